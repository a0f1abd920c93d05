//! The SQL of the tables that limbec keeps in a database.

use crate::journal::{Journal, Lease};
use crate::schema::ObjectName;
use crate::steps::Step;

/// The SQL of the version table.
///
/// Rows are the maximal elements of the applied revisions; one column, `version_num`.
pub trait VersionTable: Send + Sync {
    /// Reads the rows. If there is no such table yet, the database answers with an error of
    /// [`FaultKind::MissingTable`](super::FaultKind::MissingTable).
    fn select(&self) -> String;
    /// Creates the table if it is missing, wide enough for an id of so many characters, and
    /// widens it if it is too narrow.
    fn ensure(&self, longest_id: usize) -> Vec<Step>;
    /// Leaves a table that was just made to its owner, so that nobody else may write there; `None` if the
    /// database has no rights.
    fn protect(&self) -> Option<Step> {
        None
    }
    /// Inserts a row.
    fn insert(&self, id: &str) -> Step;
    /// Replaces a row; exactly one row must change.
    fn update(&self, from: &str, to: &str) -> Step;
    /// Deletes a row; exactly one row must go.
    fn delete(&self, id: &str) -> Step;
    /// Deletes every row.
    fn purge(&self) -> Step;
    /// The query whose answer changes as soon as another connection commits a change to what is read
    /// with this table, and not by what the connection itself does. `None` if there is no such query.
    fn data_version(&self) -> Option<String> {
        None
    }
}

/// The tables that limbec keeps in a database.
pub trait OwnTables {
    /// The query that names who may write tables of limbec's own besides their owners: a role and a table
    /// a row. `None` if the database has no rights.
    fn writers(&self, _tables: &[ObjectName]) -> Option<String> {
        None
    }

    /// The version table's SQL, for a table of a name.
    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable>;

    /// The journal's SQL, for a table of a name.
    fn journal(&self, name: ObjectName) -> Box<dyn Journal>;

    /// The query that says in which namespaces limbec's tables of these names stand, as the connection
    /// finds them: a row of the connection's own namespace, the version table's, the journal's (each NULL
    /// if there is none), and whether the own one is the role's by the server's default, which nobody asked
    /// for. `None` if a database has one namespace.
    fn home(&self, _version_table: &ObjectName, _journal: &ObjectName) -> Option<String> {
        None
    }

    /// The lease's SQL, for a table of a name; `None` if the transaction itself locks.
    fn lease(&self, _name: ObjectName) -> Option<Box<dyn Lease>> {
        None
    }
}
