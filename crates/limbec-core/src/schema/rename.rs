//! What objects were called before.

use super::ObjectName;

/// What an object was called before, as a model says it (`renamed_from`), or a person who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rename {
    /// The object, by its new name.
    pub object: Renamed,
    /// The name before: of a table or an enumeration with its namespace, which may have been another;
    /// of anything else without what it stands in.
    pub from: ObjectName,
    /// Whether it was said for this one comparison. A model goes on saying it, so that its word
    /// counts only while the old name is there and the new one is not.
    pub once: bool,
}

/// An object that may have had another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(
    missing_docs,
    reason = "the fields are the object's name and what it stands in"
)]
pub enum Renamed {
    Table {
        name: ObjectName,
    },
    Column {
        table: ObjectName,
        name: String,
    },
    Constraint {
        table: ObjectName,
        name: String,
    },
    Index {
        table: ObjectName,
        name: String,
    },
    Enum {
        name: ObjectName,
    },
    EnumValue {
        enumeration: ObjectName,
        name: String,
    },
}

impl Rename {
    /// Returns whether the object comes from another namespace.
    pub fn moves(&self) -> bool {
        match &self.object {
            Renamed::Table { name } | Renamed::Enum { name } => name.schema != self.from.schema,
            _ => false,
        }
    }
}

impl Renamed {
    /// The new name, without what it stands in.
    pub fn name(&self) -> &str {
        match self {
            Renamed::Table { name } | Renamed::Enum { name } => &name.name,
            Renamed::Column { name, .. }
            | Renamed::Constraint { name, .. }
            | Renamed::Index { name, .. }
            | Renamed::EnumValue { name, .. } => name,
        }
    }

    /// What it stands in: a table, an enumeration; nothing for those themselves.
    pub fn owner(&self) -> Option<&ObjectName> {
        match self {
            Renamed::Table { .. } | Renamed::Enum { .. } => None,
            Renamed::Column { table, .. }
            | Renamed::Constraint { table, .. }
            | Renamed::Index { table, .. } => Some(table),
            Renamed::EnumValue { enumeration, .. } => Some(enumeration),
        }
    }

    /// The name of it or of what it stands in that lives in a namespace.
    pub(super) fn namespaced_mut(&mut self) -> &mut ObjectName {
        match self {
            Renamed::Table { name } | Renamed::Enum { name } => name,
            Renamed::Column { table, .. }
            | Renamed::Constraint { table, .. }
            | Renamed::Index { table, .. } => table,
            Renamed::EnumValue { enumeration, .. } => enumeration,
        }
    }

    /// What kind of object it is.
    pub fn noun(&self) -> &'static str {
        match self {
            Renamed::Table { .. } => "table",
            Renamed::Column { .. } => "column",
            Renamed::Constraint { .. } => "constraint",
            Renamed::Index { .. } => "index",
            Renamed::Enum { .. } => "enumeration",
            Renamed::EnumValue { .. } => "label",
        }
    }
}
