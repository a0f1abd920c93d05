//! Enumerations and domains.

use super::{ColumnType, ObjectName};
use crate::script::{Names, builder};

/// A named list of labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EnumType {
    /// The type's name.
    pub name: ObjectName,
    /// The labels, in their order.
    pub labels: Vec<String>,
}

builder! {
    constructors EnumType {
        /// Makes an enumeration of a name and its labels, in order.
        fn new(name: into ObjectName, labels: into Names) {
            EnumType { name, labels: labels.0 }
        }
    }
}

impl From<EnumType> for ColumnType {
    fn from(value: EnumType) -> Self {
        ColumnType::Enum(value)
    }
}

/// A type made of another one with rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Domain {
    /// The domain's name.
    pub name: ObjectName,
    /// The type below.
    pub base: ColumnType,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// The default, as an SQL expression.
    pub default: Option<String>,
    /// The rules, as SQL expressions over `VALUE`.
    pub checks: Vec<super::CheckConstraint>,
}

builder! {
    constructors Domain {
        /// Makes a domain of a name and the type below.
        fn new(name: into ObjectName, base: into ColumnType) {
            Domain { name, base, not_null: false, default: None, checks: Vec::new() }
        }
    }
    methods {
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
            self.checks.push(super::CheckConstraint { name: Some(name), expression });
        }
    }
}
