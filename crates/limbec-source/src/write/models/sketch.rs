//! Where each constraint and index of a table stands: at the field of its column, or at the struct.
//!
//! The lists are in the order in which the reader takes them, because the names that it gives go by
//! that order.

use limbec_core::schema::{
    CheckConstraint, Column, ExcludeConstraint, ForeignKey, Index, IndexElement, IndexKey,
    PrimaryKey, Table, UniqueConstraint,
};

use crate::models::naming::column_of_check;

/// A constraint or index with its place.
#[derive(Debug)]
pub(super) struct Placed<'a, T> {
    pub(super) it: &'a T,
    /// The number of its column, at whose field it stands.
    pub(super) field: Option<usize>,
    /// Whether its name must be said.
    pub(super) named: bool,
}

/// A table with the places of all that hangs on it.
#[derive(Debug)]
pub(super) struct Sketch<'a> {
    pub(super) table: &'a Table,
    /// Whether the fields make the primary key, in their order.
    pub(super) key_at_fields: bool,
    pub(super) key_named: bool,
    pub(super) checks: Vec<Placed<'a, CheckConstraint>>,
    pub(super) uniques: Vec<Placed<'a, UniqueConstraint>>,
    pub(super) foreign_keys: Vec<Placed<'a, ForeignKey>>,
    pub(super) excludes: Vec<Placed<'a, ExcludeConstraint>>,
    pub(super) indexes: Vec<Placed<'a, Index>>,
}

impl<'a> Sketch<'a> {
    /// Places everything of a table; `says` tells which foreign keys a model can say.
    pub(super) fn of(table: &'a Table, says: impl Fn(&ForeignKey) -> bool) -> Self {
        let names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
        let place = |column: &str| names.iter().position(|it| it == column);
        let alone = |columns: &[String]| match columns {
            [column] => place(column),
            _ => None,
        };
        let checks = in_order(&table.checks, |it| {
            place(&column_of_check(&it.expression, &names)?)
        });
        let uniques = in_order(&table.uniques, |it| alone(&it.columns));
        let mut referring = vec![false; names.len()];
        let said: Vec<&ForeignKey> = table.foreign_keys.iter().filter(|it| says(it)).collect();
        let mut foreign_keys: Vec<Placed<'a, ForeignKey>> = said
            .into_iter()
            .map(|it| {
                // A field refers to one column, and says only so much of it: another key, and one
                // that says more, stands at the struct.
                let field = alone(&it.columns)
                    .filter(|at| fits_a_field(it) && !std::mem::replace(&mut referring[*at], true));
                placed(it, field)
            })
            .collect();
        sort(&mut foreign_keys);
        let has_unique = |at: &usize| uniques.iter().any(|it| it.field == Some(*at));
        let indexes = in_order(&table.indexes, |it| {
            let [element] = it.elements.as_slice() else {
                return None;
            };
            let at = place(plain_column(element)?)?;
            // Beside a unique, an index at the field would say the same twice.
            Some(at).filter(|at| !has_unique(at))
        });
        Sketch {
            key_at_fields: key_follows_columns(table, &table.columns),
            key_named: false,
            checks,
            uniques,
            foreign_keys,
            excludes: in_order(&table.excludes, |_| None),
            indexes,
            table,
        }
    }
}

/// Whether the keys of a field say all of a foreign key over its column.
fn fits_a_field(key: &ForeignKey) -> bool {
    let apart = key.period || key.not_valid || key.not_enforced;
    !apart && key.comment.is_none()
}

fn placed<T>(it: &T, field: Option<usize>) -> Placed<'_, T> {
    Placed {
        it,
        field,
        named: false,
    }
}

fn in_order<T>(items: &[T], place: impl Fn(&T) -> Option<usize>) -> Vec<Placed<'_, T>> {
    let mut all: Vec<Placed<'_, T>> = items.iter().map(|it| placed(it, place(it))).collect();
    sort(&mut all);
    all
}

/// The fields' own first, in their order.
fn sort<T>(items: &mut [Placed<'_, T>]) {
    items.sort_by_key(|it| it.field.unwrap_or(usize::MAX));
}

fn key_follows_columns(table: &Table, columns: &[Column]) -> bool {
    let Some(key) = &table.primary_key else {
        return false;
    };
    let PrimaryKey {
        name: _,
        columns: _,
        include,
        deferrable,
        without_overlaps,
        comment,
    } = key;
    if !include.is_empty() || deferrable.is_some() || *without_overlaps || comment.is_some() {
        return false;
    }
    let marked = columns.iter().map(|it| &it.name);
    marked
        .filter(|it| key.columns.contains(it))
        .eq(key.columns.iter())
}

/// The column of an element that says nothing more.
pub(super) fn plain_column(element: &IndexElement) -> Option<&str> {
    let plain = !element.descending
        && element.nulls_first.unwrap_or(false) == element.descending
        && element.collation.is_none()
        && element.operator_class.is_none();
    match &element.key {
        IndexKey::Column(name) if plain => Some(name),
        _ => None,
    }
}
