//! What a comment is on, other than a table or a column.

use std::fmt;

use crate::schema::ObjectName;
use crate::script::builder;

/// An object that has a comment: all but tables and columns, whose comments have directives of
/// their own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum CommentOn {
    /// A namespace.
    Schema(String),
    /// A domain.
    Domain(ObjectName),
    /// An enumeration.
    Enum(ObjectName),
    /// A sequence of its own.
    Sequence(ObjectName),
    /// An index.
    Index {
        /// Its table.
        table: ObjectName,
        /// Its name.
        name: String,
    },
    /// A constraint.
    Constraint {
        /// Its table.
        table: ObjectName,
        /// Its name.
        name: String,
    },
}

builder! {
    constructors CommentOn {
        /// A namespace.
        ///
        /// ```
        /// use limbec_core::operations::CommentOn;
        /// assert_eq!(CommentOn::schema("billing").to_string(), "billing");
        /// ```
        fn schema(name: into String) {
            CommentOn::Schema(name)
        }
        /// A domain.
        fn domain(name: into ObjectName) {
            CommentOn::Domain(name)
        }
        /// An enumeration.
        fn enumeration(name: into ObjectName) {
            CommentOn::Enum(name)
        }
        /// A sequence of its own.
        fn sequence(name: into ObjectName) {
            CommentOn::Sequence(name)
        }
        /// An index of a table.
        fn index(table: into ObjectName, name: into String) {
            CommentOn::Index { table, name }
        }
        /// A constraint of a table.
        fn constraint(table: into ObjectName, name: into String) {
            CommentOn::Constraint { table, name }
        }
    }
}

impl fmt::Display for CommentOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommentOn::Schema(name) => f.write_str(name),
            CommentOn::Domain(name) | CommentOn::Enum(name) | CommentOn::Sequence(name) => {
                write!(f, "{name}")
            }
            CommentOn::Index { table, name } | CommentOn::Constraint { table, name } => {
                write!(f, "{name} on {table}")
            }
        }
    }
}
