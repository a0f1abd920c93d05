//! From a recipe to its schema: what it asks for and cannot be had is left out.

use std::collections::BTreeSet;

use limbec_core::dialect;
use limbec_core::schema::{
    CheckConstraint, Column, ColumnType, Deferrable, EnumType, ForeignKey, Generated, Identity,
    Index, IndexElement, IndexKey, ObjectName, PrimaryKey, ReferentialAction, Schema, Table,
    UniqueConstraint,
};

use super::expressions::{Class, class, computed, condition, indexed};
use super::families::{self, COLUMNS, COMMENTS, ENUMS, TABLES, pick};
use super::recipe::{ColumnRecipe, ElementRecipe, ExtraRecipe, PartRecipe, Recipe, TableRecipe};
use super::{Extras, definitions};

/// The namespaces: the connection's own, and another.
pub(super) const NAMESPACES: [&str; 2] = ["public", "Other"];

pub(super) fn build(recipe: &Recipe, extras: Extras) -> Schema {
    let enums: Vec<EnumType> = ENUMS
        .iter()
        .zip(&recipe.enums)
        .map(|(name, labels)| EnumType::new(*name, labels.clone()))
        .collect();
    let mut names = Names::default();
    let mut schema = Schema::default();
    let mut recipes = Vec::new();
    for it in &recipe.tables {
        let bare = pick(&TABLES, it.name);
        if names.take(bare) {
            schema
                .tables
                .push(table(it, bare, &mut names, &enums, extras));
            recipes.push(it);
        }
    }
    for (at, it) in recipes.iter().enumerate() {
        for part in &it.parts {
            add_part(&mut schema, at, part, &mut names, extras);
        }
    }
    definitions::add(&mut schema, &recipe.definitions, &mut names, extras);
    let tables = schema.tables.iter().map(|it| &it.name);
    let definitions = schema.definitions.iter().map(|it| &it.name);
    let namespaces = tables.chain(definitions).filter_map(|it| it.schema.clone());
    let namespaces: BTreeSet<String> = namespaces.filter(|it| it != NAMESPACES[0]).collect();
    schema.namespaces = namespaces.into_iter().map(Into::into).collect();
    schema.enums = enums;
    let (tables, enums) = (&schema.tables, &mut schema.enums);
    enums.retain(|it| {
        let mut columns = tables.iter().flat_map(|table| &table.columns);
        columns.any(|column| uses(&column.column_type, it))
    });
    schema
}

fn uses(column_type: &ColumnType, enumeration: &EnumType) -> bool {
    match column_type {
        ColumnType::Enum(it) => it == enumeration,
        ColumnType::Array(element) => uses(element, enumeration),
        _ => false,
    }
}

/// The names that are taken, in a form that is one for all databases.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    pub(super) fn take(&mut self, name: &str) -> bool {
        self.0.insert(folded(name))
    }

    /// A name of its own, with room for a number where it would be cut.
    fn free(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        for number in 2.. {
            if self.take(&name) {
                break;
            }
            let start: String = wanted.chars().take(40).collect();
            name = format!("{start}_{number}");
        }
        name
    }
}

fn folded(name: &str) -> String {
    dialect::ALL.iter().fold(name.to_string(), |name, dialect| {
        dialect.fold_name(&name).into_owned()
    })
}

pub(super) fn comment(number: Option<usize>) -> Option<String> {
    number.map(|number| pick(&COMMENTS, number).to_string())
}

fn table(
    recipe: &TableRecipe,
    name: &str,
    names: &mut Names,
    enums: &[EnumType],
    extras: Extras,
) -> Table {
    let mut table = Table::new(name);
    if extras.namespaces {
        table.name.schema = recipe.namespace.map(|it| pick(&NAMESPACES, it).to_string());
    }
    table.comment = comment(recipe.comment);
    for it in &recipe.columns {
        let (name, _) = pick(&COLUMNS, it.name);
        if table.column_named(name).is_none() {
            let column = column(it, &table, enums, extras);
            table.columns.push(column);
        }
    }
    let key = distinct(&recipe.key, &table, |column| {
        column.generated.is_none() && is_comparable(&column.column_type)
    });
    for column in &mut table.columns {
        column.nullable &= !key.contains(&column.name);
    }
    if !key.is_empty() {
        let name = names.free(&format!("{}_pkey", table.name.name));
        table.primary_key = Some(PrimaryKey::new(key).name(name));
    }
    for (recipe, at) in recipe.columns.iter().zip(0..) {
        if let Some(ExtraRecipe::Identity(number)) = recipe.extra {
            identity(&mut table, at, number, extras);
        }
    }
    table
}

fn column(recipe: &ColumnRecipe, table: &Table, enums: &[EnumType], extras: Extras) -> Column {
    let (name, family) = pick(&COLUMNS, recipe.name);
    let column_type = families::column_type(family, recipe.column_type, enums, extras);
    let mut column = Column::new(name, column_type);
    column.nullable = recipe.nullable;
    column.default = recipe
        .default
        .and_then(|number| families::default(&column.column_type, number));
    if !column.nullable && column.default.as_deref() == Some("NULL") {
        column.default = None;
    }
    column.comment = comment(recipe.comment);
    match recipe.extra {
        Some(ExtraRecipe::Generated(number)) => {
            let bases = table.columns.iter().filter(|base| {
                base.generated.is_none() && class(&base.column_type) == class(&column.column_type)
            });
            let bases: Vec<&Column> = bases.collect();
            if !bases.is_empty()
                && let Some(expression) = computed(pick(&bases, number), number)
            {
                column.default = None;
                let stored = !extras.virtual_columns || number.is_multiple_of(2);
                column.generated = Some(Generated { expression, stored });
            }
        }
        Some(ExtraRecipe::Collation(number))
            if class(&column.column_type) == Class::Text && !extras.collations.is_empty() =>
        {
            column.collation = Some(pick(extras.collations, number).to_string());
        }
        _ => {}
    }
    column
}

/// Lets the database count a column up, where it can: SQLite only in the primary key.
fn identity(table: &mut Table, at: usize, number: usize, extras: Extras) {
    let Some(name) = table.columns.get(at).map(|it| it.name.clone()) else {
        return;
    };
    let alone = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns == [name]);
    let column = &mut table.columns[at];
    let integer = matches!(
        column.column_type,
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
    );
    if !integer || column.generated.is_some() || !(alone || extras.sequences) {
        return;
    }
    let plain = [Identity::always(), Identity::by_default()];
    let rich = [
        Identity::serial(),
        Identity::always().start(100),
        Identity::by_default().increment(5).cache(10),
        Identity::by_default().minimum(1).maximum(1000).cycle(),
        Identity::always().increment(-1),
    ];
    let kinds = if extras.sequences {
        [&plain[..], &rich].concat()
    } else {
        plain.to_vec()
    };
    column.default = None;
    column.nullable = false;
    column.identity = Some(Box::new(pick(&kinds, number)));
}

/// Whether a type can be in a key or an index.
fn is_comparable(column_type: &ColumnType) -> bool {
    *column_type != ColumnType::Json
}

/// The columns that numbers select, each once.
pub(super) fn distinct(
    numbers: &[usize],
    table: &Table,
    fits: impl Fn(&Column) -> bool,
) -> Vec<String> {
    let fitting: Vec<&Column> = table.columns.iter().filter(|it| fits(it)).collect();
    let mut names = Vec::new();
    for number in numbers {
        if let Some(column) = fitting.get(number % fitting.len().max(1))
            && !names.contains(&column.name)
        {
            names.push(column.name.clone());
        }
    }
    names
}

fn deferrable(number: usize) -> Option<Deferrable> {
    match number {
        8..=9 => Some(Deferrable::InitiallyImmediate),
        10..=11 => Some(Deferrable::InitiallyDeferred),
        _ => None,
    }
}

fn add_part(schema: &mut Schema, at: usize, part: &PartRecipe, names: &mut Names, extras: Extras) {
    let bare = schema.tables[at].name.name.clone();
    match part {
        PartRecipe::ForeignKey { table, key, .. } => {
            let other = table % schema.tables.len();
            if let Some(it) = foreign_key(schema, at, other, *key, part, names) {
                schema.tables[at].foreign_keys.push(it);
            }
        }
        PartRecipe::Unique {
            columns,
            deferrable: number,
        } => {
            let table = &mut schema.tables[at];
            let columns = distinct(columns, table, |it| is_comparable(&it.column_type));
            if !columns.is_empty() {
                let name = names.free(&format!("{bare}_{}_key", columns.join("_")));
                let mut unique = UniqueConstraint::new(columns).name(name);
                if extras.deferrable_uniques {
                    unique.deferrable = deferrable(*number);
                }
                table.uniques.push(unique);
            }
        }
        PartRecipe::Check {
            column,
            kind,
            named,
        } => {
            let table = &mut schema.tables[at];
            let column = pick(&table.columns, *column);
            let name = if *named {
                names.free("a rule")
            } else {
                names.free(&format!("{bare}_{}_check", column.name))
            };
            let check = CheckConstraint::new(condition(&column, *kind)).name(name);
            table.checks.push(check);
        }
        PartRecipe::Index { .. } => {
            let index = index(&schema.tables[at], part, names, extras);
            schema.tables[at].indexes.extend(index);
        }
    }
}

/// A foreign key to a primary key or unique of a table; columns that are missing are added.
fn foreign_key(
    schema: &mut Schema,
    at: usize,
    other: usize,
    key: usize,
    part: &PartRecipe,
    names: &mut Names,
) -> Option<ForeignKey> {
    let PartRecipe::ForeignKey {
        on_delete,
        on_update,
        deferrable: when,
        match_full,
        ..
    } = part
    else {
        return None;
    };
    let referred = schema.tables[other].clone();
    let uniques = referred.uniques.iter();
    let uniques = uniques.filter(|it| it.deferrable.is_none());
    let keys: Vec<&Vec<String>> = referred
        .primary_key
        .iter()
        .map(|key| &key.columns)
        .chain(uniques.map(|it| &it.columns))
        .filter(|columns| {
            // PostgreSQL cannot look through the rows for a key over arrays of `varchar`.
            let refers = |column: &Column| {
                let is_array = matches!(column.column_type, ColumnType::Array(_));
                column.generated.is_none() && !is_array
            };
            let mut columns = columns.iter().filter_map(|it| referred.column_named(it));
            columns.all(refers)
        })
        .collect();
    let target = keys.get(key % keys.len().max(1))?;
    let table = &mut schema.tables[at];
    let mut columns: Vec<String> = Vec::new();
    for name in *target {
        let wanted = referred.column_named(name)?;
        let fits = |it: &&Column| {
            it.column_type == wanted.column_type
                && it.generated.is_none()
                && it.collation == wanted.collation
                && !columns.contains(&it.name)
                && !(at == other && target.contains(&it.name))
        };
        let column = if let Some(found) = table.columns.iter().find(fits) {
            found.name.clone()
        } else {
            let name = format!("{}_{}", referred.name.name, wanted.name);
            let mut taken = Names::default();
            for column in &table.columns {
                taken.take(&column.name);
            }
            let name = taken.free(&name);
            let mut column = Column::new(name.clone(), wanted.column_type.clone());
            column.collation.clone_from(&wanted.collation);
            table.columns.push(column);
            name
        };
        columns.push(column);
    }
    let name = format!("{}_{}_fkey", table.name.name, columns.join("_"));
    let actions = ReferentialAction::ALL.map(|(action, ..)| action);
    let mut key = ForeignKey::new(
        columns,
        ObjectName::clone(&referred.name),
        (*target).clone(),
    )
    .name(names.free(&name))
    .on_delete(pick(&actions, *on_delete))
    .on_update(pick(&actions, *on_update));
    key.deferrable = deferrable(*when);
    key.match_full = *match_full;
    Some(key)
}

fn index(table: &Table, part: &PartRecipe, names: &mut Names, extras: Extras) -> Option<Index> {
    let PartRecipe::Index {
        elements,
        unique,
        predicate,
        comment: text,
        extra,
    } = part
    else {
        return None;
    };
    let fitting: Vec<&Column> = table
        .columns
        .iter()
        .filter(|it| is_comparable(&it.column_type))
        .collect();
    if fitting.is_empty() {
        return None;
    }
    let mut used = BTreeSet::new();
    let mut index = Index::new("", []);
    for ElementRecipe {
        column,
        expression,
        descending,
    } in elements
    {
        let column = pick(&fitting, *column);
        let text = expression.and_then(|number| indexed(column, number));
        let mut element = match text {
            Some(text) => IndexElement::expression(text),
            None => IndexElement::column(column.name.clone()),
        };
        if used.insert(format!("{:?}", element.key)) {
            element.descending = *descending;
            index.elements.push(element);
        }
    }
    index.unique = *unique;
    index.predicate =
        predicate.map(|(column, kind)| condition(&pick(&table.columns, column), kind));
    index.comment = comment(*text);
    if let Some(number) = extra.filter(|_| extras.rich_indexes) {
        enrich(&mut index, table, number);
    }
    let words: Vec<String> = index
        .elements
        .iter()
        .map(|element| match &element.key {
            IndexKey::Column(name) => name.clone(),
            IndexKey::Expression(_) => "expr".to_string(),
        })
        .collect();
    index.name = names.free(&format!("ix_{}_{}", table.name.name, words.join("_")));
    Some(index)
}

/// Gives an index what only PostgreSQL has.
fn enrich(index: &mut Index, table: &Table, number: usize) {
    let alone = index.elements.len() == 1;
    let first = &mut index.elements[0];
    let column = match &first.key {
        IndexKey::Column(name) => table.column_named(name),
        IndexKey::Expression(_) => None,
    };
    match number % 6 {
        0 => first.nulls_first = Some(!first.descending),
        1 => first.nulls_first = Some(first.descending),
        2 if column.is_some_and(|it| it.column_type == ColumnType::Text) => {
            first.operator_class = Some("text_pattern_ops".into());
        }
        3 if column.is_some_and(|it| it.column_type == ColumnType::Text) => {
            first.collation = Some("C".into());
        }
        4 if alone && !index.unique => {
            first.descending = false;
            index.method = Some("hash".into());
        }
        _ => {
            let has = |name: &str| {
                index
                    .elements
                    .iter()
                    .any(|element| matches!(&element.key, IndexKey::Column(it) if it == name))
            };
            let mut rest = table.columns.iter().filter(|it| !has(&it.name));
            index.include = rest.next().map(|it| it.name.clone()).into_iter().collect();
        }
    }
}
