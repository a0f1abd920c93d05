//! Recipes: numbers that mean a schema. A number that selects one of several is taken modulo
//! their count, so that every recipe means something.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::Extras;
use super::families::LABELS;

#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) tables: Vec<TableRecipe>,
    /// The labels of each enumeration.
    pub(super) enums: Vec<Vec<String>>,
    pub(super) definitions: Vec<DefinitionRecipe>,
}

/// What stands on a table, or on a view.
#[derive(Debug, Clone)]
pub(super) struct DefinitionRecipe {
    pub(super) kind: usize,
    pub(super) name: usize,
    pub(super) namespace: Option<usize>,
    pub(super) table: usize,
    /// All columns when absent.
    pub(super) columns: Option<Vec<usize>>,
    pub(super) condition: Option<(usize, usize)>,
    pub(super) comment: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct TableRecipe {
    pub(super) name: usize,
    pub(super) namespace: Option<usize>,
    pub(super) columns: Vec<ColumnRecipe>,
    pub(super) key: Vec<usize>,
    pub(super) parts: Vec<PartRecipe>,
    pub(super) comment: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct ColumnRecipe {
    pub(super) name: usize,
    pub(super) column_type: usize,
    pub(super) nullable: bool,
    pub(super) default: Option<usize>,
    pub(super) comment: Option<usize>,
    pub(super) extra: Option<ExtraRecipe>,
}

#[derive(Debug, Clone)]
pub(super) enum ExtraRecipe {
    Identity(usize),
    Generated(usize),
    Collation(usize),
}

#[derive(Debug, Clone)]
pub(super) enum PartRecipe {
    Unique {
        columns: Vec<usize>,
        deferrable: usize,
    },
    Check {
        column: usize,
        kind: usize,
        named: bool,
    },
    ForeignKey {
        table: usize,
        key: usize,
        on_delete: usize,
        on_update: usize,
        deferrable: usize,
        match_full: bool,
    },
    Index {
        elements: Vec<ElementRecipe>,
        unique: bool,
        predicate: Option<(usize, usize)>,
        comment: Option<usize>,
        extra: Option<usize>,
    },
}

#[derive(Debug, Clone)]
pub(super) struct ElementRecipe {
    pub(super) column: usize,
    pub(super) expression: Option<usize>,
    pub(super) descending: bool,
}

/// Small numbers select: shrinking goes towards the plain names and types.
fn number() -> impl Strategy<Value = usize> {
    0..24_usize
}

fn comment() -> impl Strategy<Value = Option<usize>> {
    weighted(0.15, number())
}

pub(super) fn recipe(extras: Extras) -> impl Strategy<Value = Recipe> {
    let definitions = if extras.definitions.is_empty() {
        // Nothing is drawn for it: the schemas without definitions stay what they are.
        Just(Vec::new()).boxed()
    } else {
        vec(definition(), 0..=6).boxed()
    };
    (vec(table(), 0..=6), vec(labels(), 2), definitions).prop_map(|(tables, enums, definitions)| {
        Recipe {
            tables,
            enums,
            definitions,
        }
    })
}

pub(super) fn definition() -> impl Strategy<Value = DefinitionRecipe> {
    let head = (number(), number(), weighted(0.2, number()), number());
    let columns = prop_oneof![
        1 => Just(None),
        3 => vec(number(), 1..=3).prop_map(Some)
    ];
    let tail = (columns, weighted(0.6, (number(), number())), comment());
    (head, tail).prop_map(
        |((kind, name, namespace, table), (columns, condition, comment))| DefinitionRecipe {
            kind,
            name,
            namespace,
            table,
            columns,
            condition,
            comment,
        },
    )
}

pub(super) fn labels() -> impl Strategy<Value = Vec<String>> {
    let all: Vec<String> = LABELS.iter().map(ToString::to_string).collect();
    let some = proptest::sample::subsequence(all, 1..=LABELS.len());
    prop_oneof![2 => some.clone(), 1 => some.prop_shuffle()]
}

pub(super) fn table() -> impl Strategy<Value = TableRecipe> {
    let head = (number(), weighted(0.2, number()), vec(column(), 1..=6));
    (head, key(), vec(part(), 0..=5), comment()).prop_map(
        |((name, namespace, columns), key, parts, comment)| TableRecipe {
            name,
            namespace,
            columns,
            key,
            parts,
            comment,
        },
    )
}

pub(super) fn key() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![1 => Just(Vec::new()), 4 => vec(number(), 1), 2 => vec(number(), 2..=3)]
}

pub(super) fn column() -> impl Strategy<Value = ColumnRecipe> {
    let extra = prop_oneof![
        number().prop_map(ExtraRecipe::Identity),
        number().prop_map(ExtraRecipe::Generated),
        number().prop_map(ExtraRecipe::Collation),
    ];
    let head = (0..64_usize, number(), any::<bool>());
    let tail = (weighted(0.4, number()), comment(), weighted(0.3, extra));
    (head, tail).prop_map(
        |((name, column_type, nullable), (default, comment, extra))| ColumnRecipe {
            name,
            column_type,
            nullable,
            default,
            comment,
            extra,
        },
    )
}

pub(super) fn part() -> impl Strategy<Value = PartRecipe> {
    let unique =
        (vec(number(), 1..=3), number()).prop_map(|(columns, deferrable)| PartRecipe::Unique {
            columns,
            deferrable,
        });
    let check =
        (number(), number(), any::<bool>()).prop_map(|(column, kind, named)| PartRecipe::Check {
            column,
            kind,
            named,
        });
    let numbers = (number(), number(), number(), number(), number());
    let foreign_key = (numbers, weighted(0.1, Just(()))).prop_map(
        |((table, key, on_delete, on_update, deferrable), full)| PartRecipe::ForeignKey {
            table,
            key,
            on_delete,
            on_update,
            deferrable,
            match_full: full.is_some(),
        },
    );
    let element = (number(), weighted(0.3, number()), any::<bool>()).prop_map(
        |(column, expression, descending)| ElementRecipe {
            column,
            expression,
            descending,
        },
    );
    let index = (
        vec(element, 1..=3),
        any::<bool>(),
        weighted(0.3, (number(), number())),
        comment(),
        weighted(0.3, number()),
    )
        .prop_map(
            |(elements, unique, predicate, comment, extra)| PartRecipe::Index {
                elements,
                unique,
                predicate,
                comment,
                extra,
            },
        );
    prop_oneof![unique, check, foreign_key, index]
}
