//! The keys of what only SQLite knows, in a table's or a column's options.
//!
//! They let a rebuild put back what the neutral schema has no place for.

/// Table: `WITHOUT ROWID`.
pub(in super::super) const WITHOUT_ROWID: &str = "sqlite.without_rowid";
/// Table: `STRICT`.
pub(in super::super) const STRICT: &str = "sqlite.strict";
/// Table: the elements of the primary key, where they have an order or a collation.
pub(in super::super) const PRIMARY_KEY: &str = "sqlite.primary_key";
/// Table: what the primary key does on a conflict.
pub(in super::super) const PRIMARY_KEY_CONFLICT: &str = "sqlite.primary_key_on_conflict";
/// Table, with the columns: the elements of a unique constraint.
pub(in super::super) const UNIQUE: &str = "sqlite.unique.";
/// Table, with the columns: what a unique constraint does on a conflict.
pub(in super::super) const UNIQUE_CONFLICT: &str = "sqlite.unique_on_conflict.";
/// Column: what `NOT NULL` does on a conflict.
pub(in super::super) const NOT_NULL_CONFLICT: &str = "sqlite.not_null_on_conflict";
/// Column: the name of its `NOT NULL`.
pub(in super::super) const NOT_NULL_NAME: &str = "sqlite.not_null_name";
/// Column: of the primary key, and yet NULL is allowed, as SQLite does without `NOT NULL`.
pub(in super::super) const NULLABLE_KEY: &str = "sqlite.nullable_key";
/// Column: the declared name of the integer that alone is the primary key, where it is not
/// `INTEGER`: with any other name it is no row number.
pub(in super::super) const KEY_TYPE: &str = "sqlite.key_type";

/// The key of a unique constraint's option.
pub(in super::super) fn of_unique(prefix: &str, columns: &[String]) -> String {
    format!("{prefix}{}", columns.join(","))
}
