//! Domains.

use super::{CheckConstraint, ColumnType, ObjectName};
use crate::script::builder;

/// A type made of another one with rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Domain {
    /// The domain's name.
    pub name: ObjectName,
    /// The type below.
    pub base: ColumnType,
    /// The collation's name.
    pub collation: Option<String>,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// The default, as an SQL expression.
    pub default: Option<String>,
    /// The rules, as SQL expressions over `VALUE`.
    pub checks: Vec<CheckConstraint>,
    /// The comment.
    pub comment: Option<String>,
}

builder! {
    constructors Domain {
        /// Makes a domain of a name and the type below.
        ///
        /// ```
        /// use limbec_core::schema::{Domain, Text};
        /// let email = Domain::new("email", Text).check("email_check", "VALUE ~ '@'");
        /// assert_eq!(email.checks.len(), 1);
        /// ```
        fn new(name: into ObjectName, base: into ColumnType) {
            Domain {
                name,
                base,
                collation: None,
                not_null: false,
                default: None,
                checks: Vec::new(),
                comment: None,
            }
        }
    }
    methods {
        /// Sets the collation by its name.
        fn collation(self, name: into String) {
            self.collation = Some(name);
        }
        /// Refuses NULL.
        fn not_null(self) {
            self.not_null = true;
        }
        /// Sets the default, an SQL expression.
        fn server_default(self, expression: into String) {
            self.default = Some(expression);
        }
        /// Adds a named rule, an SQL expression over `VALUE`.
        fn check(self, name: into String, expression: into String) {
            self.checks.push(CheckConstraint::new(expression).name(name));
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
    }
}
