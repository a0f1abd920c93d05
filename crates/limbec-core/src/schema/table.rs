//! Tables.

use std::collections::BTreeMap;

use super::{
    CheckConstraint, Column, ExcludeConstraint, ForeignKey, Index, Inheritance, ObjectName,
    PrimaryKey, UniqueConstraint,
};
use crate::script::builder;

/// A table with its columns, constraints and indexes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Table {
    /// The name.
    pub name: ObjectName,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The primary key.
    pub primary_key: Option<PrimaryKey>,
    /// The unique constraints.
    pub uniques: Vec<UniqueConstraint>,
    /// The check constraints.
    pub checks: Vec<CheckConstraint>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// The exclusion constraints.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub excludes: Vec<ExcludeConstraint>,
    /// The indexes.
    pub indexes: Vec<Index>,
    /// The comment.
    pub comment: Option<String>,
    /// The tables that it has columns of.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Inheritance::is_none")
    )]
    pub inherits: Inheritance,
    /// By what its rows are distributed among its partitions, as SQL: `RANGE (created_at)`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub partition_by: Option<String>,
    /// Whether the database holds more of it than could be read, so that it must not be made anew.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub unread: bool,
    /// What only one dialect knows, keyed `dialect.option`.
    pub options: BTreeMap<String, String>,
}

builder! {
    constructors Table {
        /// Makes an empty table of a name.
        ///
        /// ```
        /// use limbec_core::schema::{Column, PrimaryKey, Table, Text};
        /// let table = Table::new("tags")
        ///     .column(Column::new("name", Text).not_null())
        ///     .primary_key(PrimaryKey::new(&["name"]));
        /// assert_eq!(table.columns.len(), 1);
        /// ```
        fn new(name: into ObjectName) {
            Table {
                name,
                columns: Vec::new(),
                primary_key: None,
                uniques: Vec::new(),
                checks: Vec::new(),
                foreign_keys: Vec::new(),
                excludes: Vec::new(),
                indexes: Vec::new(),
                comment: None,
                inherits: Inheritance::None,
                partition_by: None,
                unread: false,
                options: BTreeMap::new(),
            }
        }
    }
    methods {
        /// Adds a column after the others.
        fn column(self, column: Column) {
            self.columns.push(column);
        }
        /// Sets the primary key.
        fn primary_key(self, key: PrimaryKey) {
            self.primary_key = Some(key);
        }
        /// Adds a unique constraint.
        fn unique(self, constraint: UniqueConstraint) {
            self.uniques.push(constraint);
        }
        /// Adds a check constraint.
        fn check(self, constraint: CheckConstraint) {
            self.checks.push(constraint);
        }
        /// Adds a foreign key.
        fn foreign_key(self, key: ForeignKey) {
            self.foreign_keys.push(key);
        }
        /// Adds an exclusion constraint.
        fn exclude(self, constraint: ExcludeConstraint) {
            self.excludes.push(constraint);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Distributes its rows among partitions (PostgreSQL): `"RANGE (created_at)"`.
        fn partition_by(self, key: into String) {
            self.partition_by = Some(key);
        }
        /// Makes it a partition of a table (PostgreSQL), with which rows it holds:
        /// `"FOR VALUES IN (1, 2)"`, `"DEFAULT"`.
        fn partition_of(self, table: into ObjectName, bound: into String) {
            self.inherits = Inheritance::Partition { of: table, bound };
        }
        /// Gives it the columns of another table (PostgreSQL); may be called several times.
        fn inherits(self, table: into ObjectName) {
            self.inherits.push(table);
        }
        /// Sets what only one dialect knows, keyed `dialect.option`.
        fn option(self, key: into String, value: into String) {
            self.set_option(&key, Some(value));
        }
    }
}

impl Table {
    /// Looks a column up by its exact name.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Takes the indexes out that a build has left behind when it failed.
    pub fn take_invalid_indexes(&mut self) -> Vec<Index> {
        let all = std::mem::take(&mut self.indexes);
        let (invalid, valid) = all.into_iter().partition(|it: &Index| !it.valid);
        self.indexes = valid;
        invalid
    }

    /// Whether a column belongs to the primary key.
    pub fn in_primary_key(&self, column: &str) -> bool {
        self.primary_key
            .as_ref()
            .is_some_and(|key| key.columns.iter().any(|it| it == column))
    }
}
