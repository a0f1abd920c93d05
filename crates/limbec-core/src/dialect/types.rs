//! Column types, and the other parts of a column or sequence that each database resolves in its own
//! way.

use super::CompileError;
use crate::schema::{Column, ColumnType, Sequence};

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

    /// Whether the database treats the identities of two columns, and with them their types, as
    /// equal; `current` is reflected.
    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        current.identity == target.identity
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
