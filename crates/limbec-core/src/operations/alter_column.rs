//! Changes to a column.

use crate::schema::{Column, ColumnType, Generated, Identity};
use crate::script::builder;

/// A change to a column: what becomes of it, and what it was.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AlterColumn {
    /// The column's name.
    pub name: String,
    /// The attributes that change, with their new values.
    pub to: ColumnChange,
    /// The same attributes with the values they had; empty in what was read from a file.
    pub from: ColumnChange,
    /// How a value of the old type becomes one of the new, as an SQL expression.
    pub using: Option<String>,
}

/// New values for some attributes of a column; an attribute that is `None` stays.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(
    clippy::option_option,
    reason = "the outer one is `changes`, the inner one the value"
)]
pub struct ColumnChange {
    /// The type.
    pub column_type: Option<ColumnType>,
    /// Whether NULL is allowed.
    pub nullable: Option<bool>,
    /// The default, or its removal.
    pub default: Option<Option<String>>,
    /// The expression of a computed column, or its removal.
    pub generated: Option<Option<Generated>>,
    /// The identity, or its removal.
    pub identity: Option<Option<Box<Identity>>>,
    /// The collation, or its removal.
    pub collation: Option<Option<String>>,
    /// The comment, or its removal.
    pub comment: Option<Option<String>>,
}

impl ColumnChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == ColumnChange::default()
    }

    /// Carries the change out on a column in memory.
    pub fn apply_to(&self, column: &mut Column) {
        let change = self.clone();
        if let Some(column_type) = change.column_type {
            column.column_type = column_type;
        }
        if let Some(nullable) = change.nullable {
            column.nullable = nullable;
        }
        if let Some(default) = change.default {
            column.default = default;
        }
        if let Some(generated) = change.generated {
            column.generated = generated;
        }
        if let Some(identity) = change.identity {
            column.identity = identity;
        }
        if let Some(collation) = change.collation {
            column.collation = collation;
        }
        if let Some(comment) = change.comment {
            column.comment = comment;
        }
    }
}

builder! {
    constructors AlterColumn {
        /// Begins a change to the column of a name.
        ///
        /// ```
        /// use limbec_core::operations::AlterColumn;
        /// use limbec_core::schema::BigInteger;
        /// let change = AlterColumn::new("size").column_type(BigInteger).not_null();
        /// assert_eq!(change.to.nullable, Some(false));
        /// ```
        fn new(name: into String) {
            AlterColumn {
                name,
                to: ColumnChange::default(),
                from: ColumnChange::default(),
                using: None,
            }
        }
    }
    methods {
        /// Changes the type.
        fn column_type(self, column_type: into ColumnType) {
            self.to.column_type = Some(column_type);
        }
        /// Says how a value of the old type becomes one of the new, as an SQL expression.
        fn using(self, expression: into String) {
            self.using = Some(expression);
        }
        /// Allows NULL.
        fn nullable(self) {
            self.to.nullable = Some(true);
        }
        /// Refuses NULL.
        fn not_null(self) {
            self.to.nullable = Some(false);
        }
        /// Sets the default, an SQL expression.
        fn server_default(self, expression: into String) {
            self.to.default = Some(Some(expression));
        }
        /// Removes the default.
        fn drop_default(self) {
            self.to.default = Some(None);
        }
        /// Computes the value from an SQL expression when a row is written.
        fn generated_stored(self, expression: into String) {
            self.to.generated = Some(Some(Generated { expression, stored: true }));
        }
        /// Computes the value from an SQL expression when a row is read.
        fn generated_virtual(self, expression: into String) {
            self.to.generated = Some(Some(Generated { expression, stored: false }));
        }
        /// Makes an ordinary column of a computed one.
        fn drop_generated(self) {
            self.to.generated = Some(None);
        }
        /// Lets the database count the values up.
        fn identity(self, identity: Identity) {
            self.to.identity = Some(Some(Box::new(identity)));
        }
        /// Stops counting the values up.
        fn drop_identity(self) {
            self.to.identity = Some(None);
        }
        /// Sets the collation by its name.
        fn collation(self, name: into String) {
            self.to.collation = Some(Some(name));
        }
        /// Returns to the type's own collation.
        fn drop_collation(self) {
            self.to.collation = Some(None);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.to.comment = Some(Some(text));
        }
        /// Removes the comment.
        fn drop_comment(self) {
            self.to.comment = Some(None);
        }
    }
}
