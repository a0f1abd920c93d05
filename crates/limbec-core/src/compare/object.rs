//! What operations are about: the objects of a database by kind and name.

use std::fmt;

use crate::schema::ObjectName;

/// An object of a database, by the name that it has when it is spoken of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are the object's name and the table it belongs to"
)]
pub enum Object {
    /// A column of a table.
    Column { table: ObjectName, name: String },
    /// A constraint of a table; the name is `None` if it has none of its own.
    Constraint {
        table: ObjectName,
        name: Option<String>,
    },
    /// An index of a table.
    Index { table: ObjectName, name: String },
    /// An enumeration.
    Enum { name: ObjectName },
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Column { table, name } => write!(f, "{table}.{name}"),
            Object::Constraint {
                table,
                name: Some(name),
            }
            | Object::Index { table, name } => write!(f, "{name} on {table}"),
            Object::Constraint { table, name: None } => write!(f, "(unnamed) on {table}"),
            Object::Enum { name } => name.fmt(f),
        }
    }
}
