//! SQLite, embedded.
//!
//! Whatever a model says is kept in the SQL that SQLite stores, so that what is read back is what
//! was created: types by distinct declared names, enumerations as named checks,
//! comments as comments of the SQL.
//!
//! Invariant: what the library that runs can do by its own `ALTER TABLE` is done so, since it then
//! checks views and triggers itself; everything else is a rebuild of the table.

mod backup;
mod canonical;
mod compile;
mod definition;
mod journal;
mod names;
mod reflect;
mod session;
mod types;
mod version_table;

use super::sqlite_lexicon as lexicon;
use super::{Backup, Capabilities, Dialect, OwnTables, Rows, VersionTable};
use crate::journal::Journal;
use crate::schema::ObjectName;

pub use lexicon::LEXICON;
pub use session::{RESTORE, Restore};

/// The oldest library that does what every revision needs (`DROP COLUMN`, `RETURNING`).
pub const OLDEST_LIBRARY: u32 = 3_035_000;

/// SQLite, embedded, with what its library can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sqlite {
    /// `ALTER TABLE` sets and drops `NOT NULL`, adds checks and drops constraints.
    alters_constraints: bool,
}

/// SQLite of the oldest library that will do: right for a script that some other library runs.
#[allow(
    non_upper_case_globals,
    reason = "a dialect is written as PostgreSQL's is, which has no fields"
)]
pub const Sqlite: Sqlite = Sqlite {
    alters_constraints: false,
};

impl Sqlite {
    /// SQLite of a library's version, as the library numbers itself: 3.53.1 is 3053001.
    ///
    /// ```
    /// use limbec_core::dialect::sqlite::Sqlite;
    /// assert_eq!(*Sqlite::of_library(3_040_001), Sqlite);
    /// assert_ne!(*Sqlite::of_library(3_053_001), Sqlite);
    /// ```
    pub fn of_library(version: u32) -> &'static Self {
        const ALTERS_CONSTRAINTS: Sqlite = Sqlite {
            alters_constraints: true,
        };
        match version {
            3_053_000.. => &ALTERS_CONSTRAINTS,
            _ => &Sqlite,
        }
    }
}

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            namespaces: false,
            native_enums: false,
            named_objects: false,
            inheritance: false,
            constraints_are_named: false,
            keys_bind_their_targets: false,
            identity_is_a_type: true,
            canonical_is_sql: false,
            definitions_step_aside: false,
            changes_read_definitions: true,
            options_change: false,
        }
    }

    fn backup(&self) -> Option<&'static dyn Backup> {
        Some(&backup::VacuumInto)
    }
}

impl Rows for Sqlite {}

impl OwnTables for Sqlite {
    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable> {
        version_table::new(name)
    }

    fn journal(&self, name: ObjectName) -> Box<dyn Journal> {
        Box::new(journal::Log::new(name))
    }
}
