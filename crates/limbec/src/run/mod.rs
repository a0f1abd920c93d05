//! Brings a database to a revision: reads the version table, locks, executes, records.
//!
//! Input: a [`Connection`](crate::connection::Connection) and [`Revisions`]. Output: what was run,
//! or an [`Error`] that says what had been applied. Nothing here prints or reads the environment;
//! progress goes to the caller as [`Event`]s.
//!
//! Invariants: a revision and its version rows commit together; nothing waits with a transaction
//! open; every statement sent was made by a dialect.

mod accept;
mod ahead;
mod backup;
mod contention;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod database;
mod error;
mod execute;
mod journal;
mod lease;
mod lock;
mod migrate;
#[cfg(feature = "generate")]
mod prove;
mod reflect;
mod render;
mod revert;
#[cfg(all(feature = "generate", any(feature = "sqlite", feature = "postgres")))]
mod scratch;
mod settings;
#[cfg(feature = "generate")]
mod settle;
mod state;
mod version;

pub use accept::Accept;
pub use ahead::{Ahead, FromDatabase, Newer, ahead};
pub(crate) use ahead::{judge, look};
pub use contention::Blocker;
pub(crate) use contention::in_words as blockers_in_words;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use database::{Database, DatabaseUrl};
pub use error::{Error, ErrorKind, FailedStatement};
pub use execute::run_operations;
pub use journal::{LogEntry, log};
pub(crate) use lock::TELL;
pub use lock::{Doing, Holder, Locks, clear_lease, locks};
pub use migrate::{Event, Migrator, Outcome};
#[cfg(feature = "generate")]
pub use prove::{ProofError, Stage, prove};
pub use reflect::reflect;
pub use render::{Script, render};
#[cfg(all(feature = "generate", any(feature = "sqlite", feature = "postgres")))]
pub use scratch::Scratch;
pub use settings::{Settings, WhenAhead, environment};
#[cfg(feature = "generate")]
pub use settle::settle;
pub(crate) use state::{State, changed_in_words, refuse};
pub use version::{VERSION_TABLE, Version};

use limbec_core::checksum;
use limbec_core::operations::Operation;
use limbec_core::revision::Graph;

/// The revisions of a project: their graph, and the operations of those that are run.
pub trait Revisions: Send + Sync {
    /// The graph of the headers.
    fn graph(&self) -> &Graph;

    /// Reads what a revision's `upgrade` does; only called for revisions that are run.
    ///
    /// # Errors
    /// When the revision's file does not read.
    fn upgrade(&self, id: &str) -> Result<Vec<Operation>, Error>;

    /// Reads what a revision's `downgrade` does.
    ///
    /// # Errors
    /// When the revision's file does not read.
    fn downgrade(&self, id: &str) -> Result<Vec<Operation>, Error>;

    /// The checksum of what a revision's `upgrade` says, as `limbec_source::revisions::checksum`
    /// makes it; `None` where that is not known, and nothing is checked.
    ///
    /// # Errors
    /// When the revision's file does not read.
    fn checksum(&self, _id: &str) -> Result<Option<String>, Error> {
        Ok(None)
    }

    /// Whether a revision is another than the one that a checksum was made of. Asked for every
    /// revision that is applied, so worth a short cut where there is one.
    ///
    /// # Errors
    /// When the revision's file does not read.
    fn has_changed(&self, id: &str, then: &str) -> Result<bool, Error> {
        let now = self.checksum(id)?;
        Ok(now.is_some_and(|now| checksum::differ(then, &now)))
    }
}
