//! What an operation asks of the rows that are there: questions for the database, and the statements
//! that help.
//!
//! Databases write all of it alike but for the types.

use super::{Names, Types};
use crate::schema::{ColumnType, ObjectName};

/// How many rows are counted at most.
pub const COUNTED: u64 = 10_000;

/// What an operation asks of the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// The table.
    pub table: ObjectName,
    /// What is asked.
    pub of: DemandOf,
}

/// What is asked of each row of a table.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DemandOf {
    /// That there is none, as a new column refuses NULL and has no default.
    NoRow {
        /// The column.
        column: String,
    },
    /// A value in a column.
    Value {
        /// The column.
        column: String,
    },
    /// A value that fits a narrower type.
    Fit {
        /// The column.
        column: String,
        /// The type before.
        from: ColumnType,
        /// The type after.
        to: ColumnType,
    },
    /// That a condition does not fail.
    Check {
        /// The condition.
        expression: String,
    },
    /// A key that no other row has.
    Unique {
        /// The columns of the key.
        columns: Vec<String>,
        /// Which rows count, as an SQL expression; all of them when absent.
        predicate: Option<String>,
    },
    /// A row of another table.
    Reference {
        /// The columns.
        columns: Vec<String>,
        /// The other table.
        referred_table: ObjectName,
        /// Its columns.
        referred_columns: Vec<String>,
    },
    /// None of some labels.
    Label {
        /// The column.
        column: String,
        /// The labels that go.
        labels: Vec<String>,
    },
}

/// What answers a demand that is not met: how the rows are found, and what may be done about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// Counts them, up to [`COUNTED`] and one more.
    pub question: String,
    /// A statement that mends them, with `…` for what only its author knows.
    pub mend: String,
}

/// Rows that a narrower type would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Which rows they are, as an SQL expression.
    pub condition: String,
    /// A value that fits, as an SQL expression, with `…` if only its author knows it.
    pub value: String,
}

/// Questions about rows.
pub trait Rows: Names + Types {
    /// The statements round a question about rows, by which nobody waits for it and it waits for
    /// nobody for long.
    fn in_passing(&self) -> (&'static [&'static str], &'static [&'static str]) {
        (&[], &[])
    }

    /// The rows that a narrower type would refuse; `None` if it refuses none, or nobody can say.
    fn misfit(&self, _column: &str, _from: &ColumnType, _to: &ColumnType) -> Option<Misfit> {
        None
    }

    /// The query that fails if no cast leads from one type to another; `None` if one does anyway.
    fn cast_question(&self, _from: &ColumnType, _to: &ColumnType) -> Option<String> {
        None
    }

    /// How the rows are found that do not meet a demand, and what may be done about them.
    fn offence(&self, demand: &Demand) -> Option<Offence> {
        let table = qualified(self, &demand.table);
        let of_rows = |condition: &str, mend: String| Offence {
            question: count(&format!("{table}{condition}")),
            mend,
        };
        let names = |columns: &[String], prefix: &str| {
            let names = columns
                .iter()
                .map(|it| format!("{prefix}{}", self.quote(it)));
            names.collect::<Vec<_>>()
        };
        Some(match &demand.of {
            DemandOf::NoRow { column } => of_rows("", fill(self, &demand.table, column, "…")),
            DemandOf::Value { column } => of_rows(
                &format!(" WHERE {} IS NULL", self.quote(column)),
                fill(self, &demand.table, column, "…"),
            ),
            DemandOf::Fit { column, from, to } => {
                let Misfit { condition, value } = self.misfit(&self.quote(column), from, to)?;
                let set = format!("{} = {value}", self.quote(column));
                of_rows(
                    &format!(" WHERE {condition}"),
                    format!("UPDATE {table} SET {set} WHERE {condition}"),
                )
            }
            DemandOf::Check { expression } => of_rows(
                &format!(" WHERE NOT ({expression})"),
                format!("UPDATE {table} SET … WHERE NOT ({expression})"),
            ),
            DemandOf::Unique { columns, predicate } => {
                let keys = names(columns, "");
                let not_null = keys.iter().map(|it| format!("{it} IS NOT NULL"));
                let mut conditions: Vec<String> = not_null.collect();
                conditions.extend(predicate.iter().map(|it| format!("({it})")));
                let (keys, conditions) = (keys.join(", "), conditions.join(" AND "));
                of_rows(
                    &format!(" WHERE {conditions} GROUP BY {keys} HAVING count(*) > 1"),
                    format!("DELETE FROM {table} WHERE …"),
                )
            }
            DemandOf::Reference {
                columns,
                referred_table,
                referred_columns,
            } => {
                let pairs = names(columns, "a.").into_iter();
                let pairs = pairs.zip(names(referred_columns, "b."));
                let same: Vec<String> = pairs.map(|(a, b)| format!("{a} = {b}")).collect();
                let not_null = names(columns, "a.").into_iter();
                let not_null: Vec<String> =
                    not_null.map(|it| format!("{it} IS NOT NULL")).collect();
                let condition = format!(
                    "{} AND NOT EXISTS (SELECT 1 FROM {} AS b WHERE {})",
                    not_null.join(" AND "),
                    qualified(self, referred_table),
                    same.join(" AND ")
                );
                of_rows(
                    &format!(" AS a WHERE {condition}"),
                    format!("DELETE FROM {table} AS a WHERE {condition}"),
                )
            }
            DemandOf::Label { column, labels } => {
                let labels = labels
                    .iter()
                    .map(|it| format!("'{}'", it.replace('\'', "''")));
                let labels = labels.collect::<Vec<_>>().join(", ");
                let column = self.quote(column);
                let condition = format!("CAST({column} AS text) IN ({labels})");
                of_rows(
                    &format!(" WHERE {condition}"),
                    format!("UPDATE {table} SET {column} = '…' WHERE {condition}"),
                )
            }
        })
    }

    /// The statement that gives a column a value in the rows that have none.
    fn fill(&self, table: &ObjectName, column: &str, value: &str) -> String {
        fill(self, table, column, value)
    }

    /// A value of a type that says as little as possible, as an SQL literal; `None` if the type has none
    /// that every database of the kind takes.
    fn neutral(&self, column_type: &ColumnType) -> Option<String> {
        Some(match column_type {
            ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Numeric { .. } => "0".to_string(),
            ColumnType::Boolean => "FALSE".to_string(),
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. } => {
                "''".to_string()
            }
            ColumnType::Date => "'1970-01-01'".to_string(),
            ColumnType::Time { .. } => "'00:00:00'".to_string(),
            ColumnType::Timestamp { .. } => "'1970-01-01 00:00:00'".to_string(),
            ColumnType::TimestampTz { .. } => "'1970-01-01 00:00:00+00:00'".to_string(),
            ColumnType::Uuid => "'00000000-0000-0000-0000-000000000000'".to_string(),
            ColumnType::Json | ColumnType::Jsonb => "'{}'".to_string(),
            ColumnType::Enum(it) => {
                let label = it.labels.first()?;
                format!("'{}'", label.replace('\'', "''"))
            }
            _ => return None,
        })
    }
}

fn qualified<D: Names + ?Sized>(dialect: &D, name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&name.name)),
        None => dialect.quote(&name.name),
    }
}

fn fill<D: Names + ?Sized>(dialect: &D, table: &ObjectName, column: &str, value: &str) -> String {
    let (table, column) = (qualified(dialect, table), dialect.quote(column));
    format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NULL")
}

fn count(rows: &str) -> String {
    format!(
        "SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {}) AS found",
        COUNTED + 1
    )
}
