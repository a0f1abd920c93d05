//! Reading the catalogue of a database.

use std::fmt;

use crate::schema::{ObjectName, Schema};
use crate::text::printable;

/// A row of a query's answer: every value as text, `None` for NULL.
pub type Row = Vec<Option<String>>;

/// Reads a truth value as any of the databases writes it; `None` if the text is none.
///
/// ```
/// use limbec_core::dialect::read_bool;
/// assert_eq!(["t", "1", "f", "0"].map(read_bool), [Some(true), Some(true), Some(false), Some(false)]);
/// assert_eq!(read_bool("yes"), None);
/// ```
pub fn read_bool(text: &str) -> Option<bool> {
    match text {
        "t" | "1" => Some(true),
        "f" | "0" => Some(false),
        _ => None,
    }
}

/// A catalogue that does not read as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReflectError(pub String);

impl fmt::Display for ReflectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

impl std::error::Error for ReflectError {}

/// The statements that frame the reading of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// What stands before the queries.
    pub begin: &'static [&'static str],
    /// What stands after them, and ends a snapshot that a failure left open.
    pub end: &'static [&'static str],
}

/// Makes a schema of the catalogue's rows. It takes them as they come, so that they need not be held
/// together.
pub trait CatalogueReader: Send {
    /// Takes a row of the answer to a query of [`Catalogue::catalogue`], by the query's place there.
    /// The answers come in the order of the queries.
    ///
    /// # Errors
    /// When the row is not what the query asks for.
    fn row(&mut self, query: usize, row: &[Option<&str>]) -> Result<(), ReflectError>;

    /// Makes the schema, when all rows have come.
    ///
    /// # Errors
    /// When the rows do not fit together.
    fn finish(self: Box<Self>) -> Result<Schema, ReflectError>;
}

/// The catalogue of a database: a fixed number of queries, and a schema of their rows.
pub trait Catalogue {
    /// The queries that read the catalogue: a fixed number, whatever the number of tables. They
    /// run in the order given; [`Catalogue::reader`] takes their rows in that order.
    fn catalogue(&self) -> &'static [&'static str];

    /// The statements round the queries that make one snapshot of them; none if the database has no
    /// snapshot of its catalogue.
    fn snapshot(&self) -> Snapshot {
        Snapshot::default()
    }

    /// Whether a table is kept by an extension, which makes and drops it, although it does not own it.
    fn is_kept_by(&self, _extension: &ObjectName, _table: &ObjectName) -> bool {
        false
    }

    /// Begins to read the answers to [`Catalogue::catalogue`].
    fn reader(&self) -> Box<dyn CatalogueReader>;

    /// Makes a schema of answers that are held together.
    ///
    /// # Errors
    /// When a row is not what the query asks for.
    fn read_catalogue(&self, answers: &[Vec<Row>]) -> Result<Schema, ReflectError> {
        let mut reader = self.reader();
        for (query, rows) in answers.iter().enumerate() {
            for row in rows {
                let row: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
                reader.row(query, &row)?;
            }
        }
        reader.finish()
    }
}
