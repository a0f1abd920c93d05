//! Questions to the rows: each answers with the number of those that stand in the way.

use super::super::canonical::enclosed;
use super::super::names::{quote, quote_all, quote_plain};
use super::table::{labels, new_name};
use crate::dialect::CompileError;
use crate::schema::{CheckConstraint, Column, ColumnType, EnumType, ForeignKey, ObjectName, Table};
use crate::steps::Step;

fn none(from: &str, condition: &str, otherwise: impl Into<String>) -> Step {
    let sql = format!("SELECT count(*) FROM {from} WHERE {condition}");
    Step::check(sql, "0", otherwise)
}

/// A table must not be dropped while SQLite would delete the rows that refer to its own.
pub(super) fn foreign_keys_are_off() -> Step {
    Step::check(
        "PRAGMA foreign_keys",
        "0",
        "SQLite's foreign keys are on: dropping a table would delete rows that refer to it",
    )
}

/// A column without a value for the rows that exist needs an empty table.
pub(super) fn has_no_rows(table: &ObjectName, column: &Column) -> Result<Step, CompileError> {
    Ok(Step::check(
        format!("SELECT EXISTS (SELECT 1 FROM {})", quote_plain(table)?),
        "0",
        format!(
            "`{table}` has rows, and the new column `{0}` refuses NULL but has no default: give it \
             a `server_default`, or add it with NULL allowed, fill it and then refuse NULL",
            column.name
        ),
    ))
}

/// No value of the column, or of what becomes its value, is NULL.
pub(super) fn is_not_null(table: &Table, column: &str, source: &str) -> Step {
    none(
        &quote(&table.name.name),
        &format!("{} IS NULL", enclosed(source)),
        format!(
            "the column `{}.{column}` cannot refuse NULL: rows hold NULL; fill them first",
            table.name
        ),
    )
}

/// Every value is one of the labels.
pub(super) fn is_a_label(table: &Table, column: &str, source: &str, to: &EnumType) -> Step {
    none(
        &quote(&table.name.name),
        &format!("{} NOT IN ({})", enclosed(source), labels(to)),
        format!(
            "the column `{}.{column}` holds values that are no label of the enumeration `{}` ({})",
            table.name,
            to.name,
            to.labels.join(", ")
        ),
    )
}

/// No two rows have the same key.
pub(super) fn is_unique(table: &Table, columns: &[String]) -> Step {
    let not_null: Vec<String> = columns
        .iter()
        .map(|column| format!("{} IS NOT NULL", quote(column)))
        .collect();
    Step::check(
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1)",
            quote(&table.name.name),
            not_null.join(" AND "),
            quote_all(columns)
        ),
        "0",
        format!(
            "rows of `{}` have the same {}, so they cannot be unique",
            table.name,
            columns.join(", ")
        ),
    )
}

/// A condition holds for every row.
pub(super) fn holds(table: &Table, check: &CheckConstraint) -> Step {
    none(
        &quote(&table.name.name),
        &format!("NOT {}", enclosed(&check.expression)),
        format!(
            "rows of `{}` break the check `{}`",
            table.name, check.expression
        ),
    )
}

/// No row refers to the table that goes.
pub(super) fn refers_to_nothing(table: &Table, key: &ForeignKey) -> Step {
    let refers: Vec<String> = key
        .columns
        .iter()
        .map(|column| format!("{} IS NOT NULL", quote(column)))
        .collect();
    none(
        &quote(&table.name.name),
        &refers.join(" AND "),
        format!(
            "rows of `{}` refer to `{}` by ({}): drop the foreign key, or `{}`, first",
            table.name,
            key.referred_table,
            key.columns.join(", "),
            table.name
        ),
    )
}

/// Every value that was copied into a column of another type has become one of that type: SQLite
/// keeps what it cannot convert as it is, without a word.
pub(super) fn fits(table: &Table, column: &Column) -> Option<Step> {
    let name = quote(&column.name);
    let is = |types: &str| format!("typeof({name}) IN ({types})");
    let outside = |low: i64, high: i64| {
        format!(
            "({} OR {name} NOT BETWEEN {low} AND {high})",
            is("'text', 'blob', 'real'")
        )
    };
    let longer = |length: u32| format!("({} OR length({name}) > {length})", is("'blob'"));
    let misfit = match &column.column_type {
        ColumnType::SmallInteger => outside(i16::MIN.into(), i16::MAX.into()),
        ColumnType::Integer => outside(i32::MIN.into(), i32::MAX.into()),
        ColumnType::BigInteger => is("'text', 'blob', 'real'"),
        ColumnType::Boolean => format!("{name} NOT IN (0, 1)"),
        ColumnType::Real | ColumnType::Double | ColumnType::Numeric { .. } => is("'text', 'blob'"),
        ColumnType::Bytes => is("'text', 'integer', 'real'"),
        ColumnType::Varchar {
            length: Some(length),
        }
        | ColumnType::Char {
            length: Some(length),
        } => longer(*length),
        ColumnType::Json | ColumnType::Jsonb => format!("NOT json_valid({name})"),
        ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Char { .. }
        | ColumnType::Uuid
        | ColumnType::Enum(_) => is("'blob'"),
        _ => return None,
    };
    Some(none(
        &quote(&new_name(&table.name)),
        &format!("{name} IS NOT NULL AND {misfit}"),
        format!(
            "the column `{}.{}` holds values that do not fit its new type: say by `.using(\"…\")` \
             how they become one",
            table.name, column.name
        ),
    ))
}
