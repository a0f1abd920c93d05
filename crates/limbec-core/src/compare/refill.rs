//! Columns that refuse NULL and have no default, added to tables that may have rows.

use crate::dialect::Dialect;
use crate::operations::{AlterColumn, ColumnChange, Constraint, Operation};
use crate::schema::{Column, IndexKey, ObjectName};
use crate::sql::{Lexicon, mentions};

/// Whether a new column needs no value for the rows that are there.
pub(super) fn fills_itself(column: &Column) -> bool {
    column.nullable
        || column.default.is_some()
        || column.generated.is_some()
        || column.identity.is_some()
}

/// Adds a column that refuses NULL in two steps, between which the rows that are there can be given a
/// value: with NULL allowed, then without. `None` if the column needs no value, or it is no such
/// operation.
pub fn in_two_steps(operation: &Operation) -> Option<[Operation; 2]> {
    let Operation::AddColumn { table, column } = operation else {
        return None;
    };
    if fills_itself(column) {
        return None;
    }
    let nullable = |nullable| ColumnChange {
        nullable: Some(nullable),
        ..ColumnChange::default()
    };
    let refuse = AlterColumn {
        name: column.name.clone(),
        to: nullable(false),
        from: nullable(true),
        using: None,
    };
    let mut column = column.clone();
    column.nullable = true;
    Some([
        Operation::AddColumn {
            table: table.clone(),
            column,
        },
        Operation::AlterColumn {
            table: table.clone(),
            change: refuse,
        },
    ])
}

/// A downgrade that runs on tables with rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refilled {
    /// What it does.
    pub operations: Vec<Operation>,
    /// Where each operation of the original now begins.
    pub places: Vec<usize>,
    /// The operations that refuse NULL in a column which nothing fills: what lies before them is for
    /// somebody to write.
    pub open: Vec<usize>,
}

/// Makes a downgrade run on tables with rows: a column that comes back, refuses NULL and has no default
/// is added with NULL allowed and filled with a [neutral value](crate::dialect::Rows::neutral).
///
/// One of a type without such a value, or of a key, is only added in two steps.
pub fn refill(downgrade: &[Operation], dialect: &dyn Dialect) -> Refilled {
    let mut refilled = Refilled::default();
    for operation in downgrade {
        refilled.places.push(refilled.operations.len());
        let Some([add, refuse]) = in_two_steps(operation) else {
            refilled.operations.push(operation.clone());
            continue;
        };
        let fill = fill(operation, downgrade, dialect);
        refilled.operations.push(add);
        if fill.is_none() {
            refilled.open.push(refilled.operations.len());
        }
        refilled.operations.extend(fill);
        refilled.operations.push(refuse);
    }
    refilled
}

/// Gives a column that comes back a value, if there is one for all rows.
fn fill(
    operation: &Operation,
    downgrade: &[Operation],
    dialect: &dyn Dialect,
) -> Option<Operation> {
    let Operation::AddColumn { table, column } = operation else {
        return None;
    };
    let value = dialect.neutral(&column.column_type)?;
    if is_in_key(table, &column.name, downgrade, dialect.lexicon()) {
        return None;
    }
    Some(Operation::Execute {
        sql: dialect.fill(table, &column.name, &value),
        dialect: None,
        autocommit: false,
    })
}

/// Whether a key or a check over the column is made, which one value for all rows may break.
fn is_in_key(
    table: &ObjectName,
    column: &str,
    operations: &[Operation],
    lexicon: &Lexicon,
) -> bool {
    operations.iter().any(|it| match it {
        Operation::CreateConstraint {
            table: of,
            constraint,
        } => {
            of == table
                && match constraint {
                    Constraint::Check(it) => mentions(&it.expression, column, lexicon),
                    other => other.columns().contains(&column),
                }
        }
        Operation::CreateIndex { table: of, index } => {
            let mut elements = index.elements.iter();
            of == table
                && index.unique
                && elements.any(|it| matches!(&it.key, IndexKey::Column(it) if it == column))
        }
        _ => false,
    })
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::dialect::sqlite::Sqlite;
    use crate::operations::Operations;
    use crate::schema::{Custom, Integer, Text, UniqueConstraint};

    #[test]
    fn what_comes_back_is_filled_if_a_value_is_known() {
        let mut op = Operations::new();
        op.add_column("a", Column::new("plain", Text).not_null());
        op.add_column("a", Column::new("free", Text));
        op.add_column(
            "a",
            Column::new("given", Integer).not_null().server_default("7"),
        );
        op.add_column("a", Column::new("odd", Custom::new("vector(3)")).not_null());
        op.add_column("a", Column::new("key", Integer).not_null());
        op.create_unique_constraint("a", UniqueConstraint::new(["key"]));
        let refilled = refill(&op.into_vec(), &Sqlite);
        let (operations, open) = (refilled.operations, refilled.open);
        let words: Vec<String> = operations.iter().map(ToString::to_string).collect();
        let fill = "execute UPDATE a SET plain = '' WHERE plain IS NULL";
        assert_eq!(
            words[..3],
            ["add_column a.plain", fill, "alter_column a.plain: not null"]
        );
        let rest = [
            "add_column a.free",
            "add_column a.given",
            "add_column a.odd",
        ];
        assert_eq!(words[3..6], rest);
        assert_eq!(
            (open, refilled.places),
            (vec![6, 8], vec![0, 3, 4, 5, 7, 9])
        );
        assert!(
            words[6].starts_with("alter_column a.odd")
                && words[8].starts_with("alter_column a.key")
        );
    }
}
