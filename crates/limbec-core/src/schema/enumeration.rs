//! Enumerations.

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
    /// The comment; none in the type of a column, where the enumeration itself has it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

builder! {
    constructors EnumType {
        /// Makes an enumeration of a name and its labels, in order.
        fn new(name: into ObjectName, labels: into Names) {
            EnumType { name, labels: labels.0, comment: None }
        }
    }
    methods {
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
    }
}

impl From<EnumType> for ColumnType {
    fn from(value: EnumType) -> Self {
        ColumnType::Enum(EnumType {
            comment: None,
            ..value
        })
    }
}
