//! Renames of tables and columns: with them go the sequences of columns that count values up.

use crate::dialect::postgres::names::{self, in_namespace_of, object, quote};
use crate::schema::{ObjectName, Schema};
use crate::steps::Step;

pub(super) fn table(from: &ObjectName, to: &str, current: &Schema) -> Vec<Step> {
    table_that_was(from, from, to, current)
}

/// Renames a table that `current` knows by another name.
pub(super) fn table_that_was(
    was: &ObjectName,
    from: &ObjectName,
    to: &str,
    current: &Schema,
) -> Vec<Step> {
    let mut steps = vec![Step::new(format!(
        "ALTER TABLE {} RENAME TO {}",
        object(from),
        quote(to)
    ))];
    steps.extend(counted(was, current).map(|column| {
        sequence(
            from,
            &names::of_sequence(&from.name, column),
            &names::of_sequence(to, column),
        )
    }));
    steps
}

pub(super) fn column(name: &ObjectName, from: &str, to: &str, current: &Schema) -> Vec<Step> {
    let mut steps = vec![Step::new(format!(
        "ALTER TABLE {} RENAME COLUMN {} TO {}",
        object(name),
        quote(from),
        quote(to)
    ))];
    if counted(name, current).any(|column| column == from) {
        let (old, new) = (
            names::of_sequence(&name.name, from),
            names::of_sequence(&name.name, to),
        );
        steps.push(sequence(name, &old, &new));
    }
    steps
}

/// The columns of a table that count values up by a sequence of the usual name.
fn counted<'a>(name: &ObjectName, current: &'a Schema) -> impl Iterator<Item = &'a str> {
    let columns = names::table(name, current).into_iter();
    let columns = columns.flat_map(|table| &table.columns);
    let counted = columns.filter(|column| {
        let identity = column.identity.as_ref();
        identity.is_some_and(|it| it.sequence.is_none())
    });
    counted.map(|column| column.name.as_str())
}

fn sequence(table: &ObjectName, from: &str, to: &str) -> Step {
    Step::new(format!(
        "ALTER SEQUENCE IF EXISTS {} RENAME TO {}",
        in_namespace_of(table, from),
        quote(to)
    ))
}
