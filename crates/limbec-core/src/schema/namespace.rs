//! Namespaces, which SQL calls schemas.

/// A namespace other than the connection's own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Namespace {
    /// The name.
    pub name: String,
    /// The comment.
    pub comment: Option<String>,
}

impl From<&str> for Namespace {
    fn from(name: &str) -> Self {
        Namespace::from(name.to_string())
    }
}

impl From<String> for Namespace {
    fn from(name: String) -> Self {
        Namespace {
            name,
            comment: None,
        }
    }
}
