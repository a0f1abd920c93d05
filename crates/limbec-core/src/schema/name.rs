//! Names of objects that live in a namespace: tables, enums, domains.

use std::fmt;

use crate::script::builder;

/// The name of a table, enum or domain, with its schema (namespace) where one is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ObjectName {
    /// The namespace; the connection's own (`public`, `main`) when absent.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub schema: Option<String>,
    /// The name itself, unquoted.
    pub name: String,
}

builder! {
    constructors ObjectName {
        /// Names an object in the connection's own namespace.
        fn new(name: into String) {
            ObjectName { schema: None, name }
        }
        /// Names an object in a namespace.
        ///
        /// ```
        /// use limbec_core::schema::ObjectName;
        /// assert_eq!(ObjectName::qualified("billing", "invoices").to_string(), "billing.invoices");
        /// ```
        fn qualified(schema: into String, name: into String) {
            ObjectName { schema: Some(schema), name }
        }
    }
}

impl ObjectName {
    /// Another name in the same namespace.
    pub(crate) fn beside(&self, name: impl Into<String>) -> Self {
        ObjectName {
            schema: self.schema.clone(),
            name: name.into(),
        }
    }
}

impl From<&str> for ObjectName {
    fn from(name: &str) -> Self {
        ObjectName::new(name)
    }
}

impl From<String> for ObjectName {
    fn from(name: String) -> Self {
        ObjectName::new(name)
    }
}

impl From<&ObjectName> for ObjectName {
    fn from(name: &ObjectName) -> Self {
        name.clone()
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
