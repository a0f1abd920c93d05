//! PostgreSQL 13 and newer.

mod canonical;
mod compile;
mod definition;
mod journal;
mod lock;
mod names;
mod reflect;
mod rights;
mod rows;
mod session;
mod types;
mod version_table;

use super::postgres_lexicon as lexicon;
use super::{Capabilities, Dialect, OwnTables, VersionTable};
use crate::journal::{Journal, Lease};
use crate::schema::ObjectName;

pub use lexicon::LEXICON;
pub use lock::{give_back, session_probe, session_standing};

/// PostgreSQL 13 and newer.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn answers_to(&self, name: &str) -> bool {
        matches!(name, "postgresql" | "postgres")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            namespaces: true,
            native_enums: true,
            named_objects: true,
            inheritance: true,
            constraints_are_named: true,
            keys_bind_their_targets: true,
            identity_is_a_type: false,
            canonical_is_sql: true,
            definitions_step_aside: true,
            changes_read_definitions: false,
            options_change: true,
        }
    }
}

impl OwnTables for Postgres {
    fn writers(&self, tables: &[ObjectName]) -> Option<String> {
        Some(rights::writers(tables))
    }

    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable> {
        Box::new(version_table::Table::new(&name))
    }

    fn journal(&self, name: ObjectName) -> Box<dyn Journal> {
        Box::new(journal::Log::new(&name))
    }

    fn home(&self, version_table: &ObjectName, journal: &ObjectName) -> Option<String> {
        Some(version_table::home(version_table, journal))
    }

    fn lease(&self, name: ObjectName) -> Option<Box<dyn Lease>> {
        Some(Box::new(lock::Table::new(&name)))
    }
}
