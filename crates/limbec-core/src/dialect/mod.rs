//! What limbec knows of each database: a trait for each part of it, and one folder a database.
//!
//! A part's file here has the trait and its data; the file of the same name in a dialect's folder
//! implements it. Most methods have a default, so that a dialect overrides only what differs, and it
//! has no file for a part that it leaves alone.
//!
//! | part | what it does | in a dialect's folder |
//! |---|---|---|
//! | [`Names`] | folds and quotes names, reads SQL | `names`, `lexicon` |
//! | [`Types`] | column types, identities, sequences | `types` |
//! | [`Judge`] | whether two spellings are equal | `canonical` |
//! | [`Catalogue`] | reads the schema | `reflect` |
//! | [`Compiler`] | makes steps of operations | `compile`, `definition` |
//! | [`Rows`] | what operations ask of the rows that are there | `rows` |
//! | [`Session`] | transactions, limits, locks, errors | `session`, `lock` |
//! | [`OwnTables`] | version table, journal, lease, who may write them | `version_table`, `journal`, `lock`, `rights` |
//! | [`Backup`] | copies a database that is a file | `backup` |
//!
//! A dialect is pure: it names queries and consumes their rows, makes steps of operations, and
//! never touches a connection. Nothing outside `dialect/<name>/` writes SQL or asks which dialect
//! it has; shared code asks for [`Capabilities`] and folded names.

mod backup;
mod canonical;
mod compile;
mod fault;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod journal;
mod limits;
mod names;
mod own_tables;
#[cfg(feature = "postgres")]
pub mod postgres;
// The rules are there without the dialect: whoever reads SQL that may be for any database goes
// through all of them.
#[path = "postgres/lexicon.rs"]
mod postgres_lexicon;
mod reflect;
mod rows;
mod session;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[path = "sqlite/lexicon.rs"]
mod sqlite_lexicon;
mod types;

use std::fmt;

use crate::sql::Lexicon;

pub use backup::Backup;
pub use canonical::{
    Expression, Judge, Place, ScratchFrame, ScratchHome, ScratchPlace, ScratchSchema,
};
pub use compile::{Batch, CompileError, Compiler, Isolation, Of};
pub use fault::{Fault, FaultKind};
pub use limits::{Limits, TimeLimit};
pub use names::Names;
pub use own_tables::{OwnTables, VersionTable};
pub use reflect::{Catalogue, CatalogueReader, ReflectError, Row, Snapshot, read_bool};
pub use rows::{COUNTED, Demand, DemandOf, Misfit, Offence, Rows};
pub use session::{Frame, Session};
pub use types::{Types, converts_as_utc};

/// The names of all dialects, of those too that this build is without.
pub const NAMES: &[&str] = &["postgresql", "sqlite"];

/// How the database of each dialect reads SQL, by the dialect's name; of those too that this build
/// is without.
pub const LEXICONS: &[(&str, &Lexicon)] = &[
    ("postgresql", &postgres_lexicon::LEXICON),
    ("sqlite", &sqlite_lexicon::LEXICON),
];

/// The dialects of this build.
pub const ALL: &[&dyn Dialect] = &[
    #[cfg(feature = "postgres")]
    &postgres::Postgres,
    #[cfg(feature = "sqlite")]
    &sqlite::Sqlite,
];

/// Looks a dialect up by its name (`postgresql`, `sqlite`).
pub fn by_name(name: &str) -> Option<&'static dyn Dialect> {
    ALL.iter().copied().find(|dialect| dialect.name() == name)
}

/// What a database can do, for shared code to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Namespaces other than the connection's own.
    pub namespaces: bool,
    /// Enumerations as types of their own.
    pub native_enums: bool,
    /// Extensions, domains and sequences of their own, and comments on everything that has a name.
    pub named_objects: bool,
    /// Partitions, and tables that have columns of other tables.
    pub inheritance: bool,
    /// A primary key, unique or foreign key always has a name.
    pub constraints_are_named: bool,
    /// A foreign key locks the key it refers to and the types on both sides, so that it must be
    /// dropped before they change.
    pub keys_bind_their_targets: bool,
    /// Auto-increment fixes the column's type, so that removing it must state the type.
    pub identity_is_a_type: bool,
    /// What stands in the way of an operation steps aside and comes back when the operation is
    /// compiled; elsewhere a definition must be changed before what it no longer uses goes.
    pub definitions_step_aside: bool,
    /// A change to a table reads every view and trigger that there is, and fails if one of them is wrong.
    pub changes_read_definitions: bool,
    /// Options change without rebuilding the object that has them.
    pub options_change: bool,
    /// An answer of [`Judge::canonical`] is an expression that can be asked again, until it no
    /// longer changes.
    pub canonical_is_sql: bool,
}

/// A database as limbec knows it: all its parts.
pub trait Dialect:
    Names + Types + Judge + Catalogue + Compiler + Rows + Session + OwnTables + fmt::Debug + Send + Sync
{
    /// The name: `postgresql`, `sqlite`.
    fn name(&self) -> &'static str;

    /// Whether `op.execute_on(name, …)` and SQL files of that dialect are for this one.
    fn answers_to(&self, name: &str) -> bool {
        name == self.name()
    }

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// How the database is copied before a revision that may lose data, if it is a file.
    fn backup(&self) -> Option<&'static dyn Backup> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_name_the_same_dialects() {
        let named: Vec<&str> = LEXICONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, NAMES);
        for dialect in ALL {
            let lexicon = LEXICONS.iter().find(|(name, _)| *name == dialect.name());
            assert_eq!(lexicon.map(|(_, it)| *it), Some(dialect.lexicon()));
        }
    }
}
