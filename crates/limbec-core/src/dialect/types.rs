//! Column types, and the other parts of a column or sequence that each database resolves in its own
//! way.

use std::borrow::Cow;

use super::CompileError;
use crate::schema::{Column, ColumnType, Sequence, Table};

/// Behind a time: it becomes one with a zone, or without, in UTC.
const AS_UTC: &str = " AT TIME ZONE 'UTC'";

/// Whether an expression is the [conversion](Types::conversion) of a time, which is its own reverse.
pub fn converts_as_utc(using: &str) -> bool {
    using.ends_with(AS_UTC)
}

/// The types of a database.
pub trait Types {
    /// The type in the dialect's own SQL.
    ///
    /// # Errors
    /// When the database has no such type.
    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError>;

    /// Whether a type reflected from the database is the one that a model asks for.
    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        current == target
    }

    /// How a value becomes one of another type, as an SQL expression, where the database's own way
    /// would hang on a setting of the session. `column` is quoted.
    ///
    /// Times without a zone are read and written as UTC.
    fn conversion(&self, column: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
        match (from, to) {
            (ColumnType::Timestamp { .. }, ColumnType::TimestampTz { .. })
            | (ColumnType::TimestampTz { .. }, ColumnType::Timestamp { .. }) => {
                Some(format!("{column}{AS_UTC}"))
            }
            _ => None,
        }
    }

    /// Whether a foreign key stays while a column on one of its sides takes another type.
    fn keys_stay(&self, _from: &ColumnType, _to: &ColumnType) -> bool {
        false
    }

    /// Whether the database treats the identities of two columns, and with them their types, as
    /// equal; `current` is reflected.
    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        current.identity == target.identity
    }

    /// The type that a table keeps of the one asked for.
    fn kept_type<'a>(&self, _table: &Table, asked: &'a ColumnType) -> Cow<'a, ColumnType> {
        Cow::Borrowed(asked)
    }

    /// Whether two columns allow NULL alike; `current` is reflected.
    fn same_nullability(&self, current: &Column, target: &Column) -> bool {
        current.nullable == target.nullable
    }

    /// Whether two sequences count alike, whatever their names, owners and comments; `current` is
    /// reflected.
    fn same_sequence(&self, current: &Sequence, target: &Sequence) -> bool {
        current == target
    }
}
