//! What a database holds and a schema has no place for.

use super::{Index, ObjectName, Table};

/// Something that is read from a database so that it can be told of, and is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Unmodelled {
    /// The table that it belongs to, where it does.
    pub table: Option<ObjectName>,
    /// What it is, in words: ``the exclusion constraint `no_overlap` ``.
    pub what: String,
}

impl Unmodelled {
    /// An index that is as good as missing.
    pub fn invalid_index(table: &Table, index: &Index) -> Self {
        Unmodelled {
            table: Some(table.name.clone()),
            what: format!("the index `{}`, which is not valid,", index.name),
        }
    }
}

impl std::fmt::Display for Unmodelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.table {
            Some(table) => write!(f, "{} of the table `{table}`", self.what),
            None => f.write_str(&self.what),
        }
    }
}
