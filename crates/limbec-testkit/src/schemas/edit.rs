//! Edits to a recipe: what somebody changes between two revisions.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::Extras;
use super::recipe::{
    ColumnRecipe, DefinitionRecipe, PartRecipe, Recipe, TableRecipe, column, definition, key,
    labels, part, table,
};

/// One edit; the numbers select a table, and something of it.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    AddTable(TableRecipe),
    DropTable(usize),
    AddColumn(usize, ColumnRecipe),
    /// The column keeps its name.
    ChangeColumn(usize, usize, ColumnRecipe),
    DropColumn(usize, usize),
    ChangeKey(usize, Vec<usize>),
    AddPart(usize, PartRecipe),
    ChangePart(usize, usize, PartRecipe),
    DropPart(usize, usize),
    Comment(usize, Option<usize>),
    Labels(usize, Vec<String>),
    AddDefinition(DefinitionRecipe),
    /// The definition keeps its kind and its name.
    ChangeDefinition(usize, DefinitionRecipe),
    DropDefinition(usize),
}

pub(super) fn edits(extras: Extras) -> BoxedStrategy<Vec<Edit>> {
    if extras.definitions.is_empty() {
        return vec(edit(), 0..=5).boxed();
    }
    vec(prop_oneof![3 => edit(), 1 => edit_of_definition()], 0..=5).boxed()
}

fn edit_of_definition() -> impl Strategy<Value = Edit> {
    prop_oneof![
        definition().prop_map(Edit::AddDefinition),
        (0..6_usize, definition()).prop_map(|(at, it)| Edit::ChangeDefinition(at, it)),
        (0..6_usize).prop_map(Edit::DropDefinition),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || 0..6_usize;
    prop_oneof![
        1 => table().prop_map(Edit::AddTable),
        1 => at().prop_map(Edit::DropTable),
        2 => (at(), column()).prop_map(|(table, it)| Edit::AddColumn(table, it)),
        5 => (at(), at(), column()).prop_map(|(table, at, it)| Edit::ChangeColumn(table, at, it)),
        2 => (at(), at()).prop_map(|(table, at)| Edit::DropColumn(table, at)),
        1 => (at(), key()).prop_map(|(table, it)| Edit::ChangeKey(table, it)),
        2 => (at(), part()).prop_map(|(table, it)| Edit::AddPart(table, it)),
        3 => (at(), at(), part()).prop_map(|(table, at, it)| Edit::ChangePart(table, at, it)),
        2 => (at(), at()).prop_map(|(table, at)| Edit::DropPart(table, at)),
        1 => (at(), weighted(0.6, at())).prop_map(|(table, it)| Edit::Comment(table, it)),
        2 => (at(), labels()).prop_map(|(at, it)| Edit::Labels(at, it)),
    ]
}

pub(super) fn apply(mut recipe: Recipe, edits: &[Edit]) -> Recipe {
    for edit in edits {
        carry_out(&mut recipe, edit.clone());
    }
    recipe
}

/// The item that a number selects.
fn selected<T>(items: &mut [T], number: usize) -> Option<&mut T> {
    let count = items.len().max(1);
    items.get_mut(number % count)
}

fn remove<T>(items: &mut Vec<T>, number: usize, keep: usize) {
    if items.len() > keep {
        items.remove(number % items.len());
    }
}

fn carry_out(recipe: &mut Recipe, edit: Edit) {
    let tables = &mut recipe.tables;
    match edit {
        Edit::AddTable(table) => tables.push(table),
        Edit::DropTable(at) => remove(tables, at, 0),
        Edit::Labels(at, labels) => {
            if let Some(it) = selected(&mut recipe.enums, at) {
                *it = labels;
            }
        }
        Edit::AddDefinition(definition) => recipe.definitions.push(definition),
        Edit::DropDefinition(at) => remove(&mut recipe.definitions, at, 0),
        Edit::ChangeDefinition(at, definition) => {
            if let Some(it) = selected(&mut recipe.definitions, at) {
                *it = DefinitionRecipe {
                    kind: it.kind,
                    name: it.name,
                    namespace: it.namespace,
                    ..definition
                };
            }
        }
        Edit::AddColumn(at, column) => {
            if let Some(table) = selected(tables, at) {
                table.columns.push(column);
            }
        }
        Edit::ChangeColumn(at, which, column) => {
            if let Some(table) = selected(tables, at)
                && let Some(it) = selected(&mut table.columns, which)
            {
                let name = it.name;
                *it = ColumnRecipe { name, ..column };
            }
        }
        Edit::DropColumn(at, which) => {
            if let Some(table) = selected(tables, at) {
                remove(&mut table.columns, which, 1);
            }
        }
        Edit::ChangeKey(at, key) => {
            if let Some(table) = selected(tables, at) {
                table.key = key;
            }
        }
        Edit::AddPart(at, part) => {
            if let Some(table) = selected(tables, at) {
                table.parts.push(part);
            }
        }
        Edit::ChangePart(at, which, part) => {
            if let Some(table) = selected(tables, at)
                && let Some(it) = selected(&mut table.parts, which)
            {
                *it = part;
            }
        }
        Edit::DropPart(at, which) => {
            if let Some(table) = selected(tables, at) {
                remove(&mut table.parts, which, 0);
            }
        }
        Edit::Comment(at, comment) => {
            if let Some(table) = selected(tables, at) {
                table.comment = comment;
            }
        }
    }
}
