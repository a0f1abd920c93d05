//! Questions to the rows: each answers with the number of those that stand in the way.

use super::super::canonical::enclosed;
use super::super::names::{quote, quote_all, quote_plain, text};
use super::draft::Draft;
use super::rebuild::row_number;
use super::table::{labels, new_name};
use crate::dialect::CompileError;
use crate::schema::{CheckConstraint, Column, ColumnType, EnumType, ForeignKey, ObjectName, Table};
use crate::steps::Step;

/// How many rows are shown of those that stand in the way.
const SHOWN: usize = 3;

/// The table in which a script keeps an answer, which its constraint refuses.
const ANSWER: &str = "temp.limbec_check";

/// A check for a script: the shell that runs it cannot look at an answer, but stops (with `-bail`)
/// where a constraint fails, and shows its name.
pub(in super::super) fn in_script(step: Step) -> Vec<Step> {
    let Some(expected) = &step.expect else {
        return vec![step];
    };
    let is_change = step.sql.contains(" RETURNING ");
    let value = match expected.value.parse::<i64>() {
        _ if is_change => "1".to_string(),
        Ok(number) => number.to_string(),
        Err(_) => text(&expected.value),
    };
    let create = format!(
        "CREATE TEMP TABLE limbec_check (found CONSTRAINT {} CHECK (found = {value}), examples)",
        quote(&expected.otherwise)
    );
    let mut sql = vec![create];
    if is_change {
        sql.push(step.sql.clone());
        sql.push(format!("INSERT INTO {ANSWER} (found) SELECT changes()"));
    } else if let Some(pragma) = step.sql.strip_prefix("PRAGMA ") {
        sql.push(format!(
            "INSERT INTO {ANSWER} (found) SELECT * FROM pragma_{pragma}"
        ));
    } else if step.sql.starts_with(NUMBER_AND_EXAMPLES) {
        sql.push(format!("INSERT INTO {ANSWER} {}", step.sql));
    } else {
        sql.push(format!("INSERT INTO {ANSWER} (found) {}", step.sql));
    }
    sql.push(format!("DROP TABLE {ANSWER}"));
    let made = sql.into_iter().map(|sql| Step {
        sql,
        expect: None,
        ..step.clone()
    });
    made.collect()
}

/// How the question of [`none`] begins.
const NUMBER_AND_EXAMPLES: &str = "SELECT n, ";

/// No row is as the condition says: answers with their number and the first few.
pub(super) fn none(
    from: &str,
    condition: &str,
    example: &str,
    otherwise: impl Into<String>,
) -> Step {
    let sql = format!(
        "{NUMBER_AND_EXAMPLES}CASE WHEN n > 0 THEN (SELECT group_concat(e, '; ') FROM (SELECT {example} AS e \
         FROM {from} WHERE {condition} LIMIT {SHOWN})) END \
         FROM (SELECT count(*) AS n FROM {from} WHERE {condition})"
    );
    Step::check(sql, "0", otherwise)
}

/// A row in words: by its primary key, else by its number where it has one.
fn row(table: &Table, from_itself: bool) -> String {
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let key: Vec<String> = key
        .map(|column| {
            format!(
                "{} || quote({})",
                text(&format!("{column} ")),
                quote(column)
            )
        })
        .collect();
    if !key.is_empty() {
        return key.join(" || ', ' || ");
    }
    match row_number(&[table]).filter(|_| from_itself) {
        Some(number) => format!("'row ' || {number}"),
        None => "'a row'".to_string(),
    }
}

/// A value in words, cut where it is long.
fn value(column: &str) -> String {
    let value = format!("quote({})", quote(column));
    format!("CASE WHEN length({value}) > 60 THEN substr({value}, 1, 60) || '…' ELSE {value} END")
}

/// A row of a draft in words.
fn row_of(draft: &Draft) -> String {
    row(
        &draft.target,
        draft.rows() == quote(&draft.before.name.name),
    )
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

/// No value of the column is NULL.
pub(super) fn is_not_null(draft: &Draft, column: &str) -> Step {
    none(
        &draft.rows(),
        &format!("{} IS NULL", quote(column)),
        &row_of(draft),
        format!(
            "the column `{}.{column}` cannot refuse NULL: rows hold NULL; fill them first",
            draft.target.name
        ),
    )
}

/// Every value is one of the labels.
pub(super) fn is_a_label(draft: &Draft, column: &str, to: &EnumType) -> Step {
    none(
        &draft.rows(),
        &format!("{} NOT IN ({})", quote(column), labels(to)),
        &format!("{} || ': ' || {}", row_of(draft), value(column)),
        format!(
            "the column `{}.{column}` holds values that are no label of the enumeration `{}` ({})",
            draft.target.name,
            to.name,
            to.labels.join(", ")
        ),
    )
}

/// No two rows have the same key.
pub(super) fn is_unique(draft: &Draft, columns: &[String]) -> Step {
    let not_null: Vec<String> = columns
        .iter()
        .map(|column| format!("{} IS NOT NULL", quote(column)))
        .collect();
    let values: Vec<String> = columns.iter().map(|it| value(it)).collect();
    let (rows, key) = (draft.rows(), quote_all(columns));
    none(
        &format!(
            "(SELECT {key}, count(*) AS \"limbec n\" FROM {rows} WHERE {} GROUP BY {key} \
             HAVING count(*) > 1)",
            not_null.join(" AND ")
        ),
        "true",
        &format!(
            "{} || ' in ' || \"limbec n\" || ' rows'",
            values.join(" || ', ' || ")
        ),
        format!(
            "rows of `{}` have the same {}, so they cannot be unique",
            draft.target.name,
            columns.join(", ")
        ),
    )
}

/// A condition holds for every row.
pub(super) fn holds(draft: &Draft, check: &CheckConstraint) -> Step {
    none(
        &draft.rows(),
        &format!("NOT {}", enclosed(&check.expression)),
        &row_of(draft),
        format!(
            "rows of `{}` break the check `{}`",
            draft.target.name, check.expression
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
        &row(table, true),
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
        &format!("{} || ': ' || {}", row(table, true), value(&column.name)),
        format!(
            "the column `{}.{}` holds values that do not fit its new type: say by `.using(\"…\")` \
             how they become one",
            table.name, column.name
        ),
    ))
}
