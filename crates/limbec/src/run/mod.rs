//! Brings a database to a revision: reads the version table, locks, executes, records.
//!
//! Input: a [`Connection`](crate::connection::Connection) and [`Revisions`]. Output: what was run,
//! or an [`Error`] that says what had been applied. Nothing here prints or reads the environment;
//! progress goes to the caller as [`Event`]s.
//!
//! Invariants: a revision and its version rows commit together; nothing waits with a transaction
//! open; every statement sent was made by a dialect.

mod accept;
mod aftermath;
mod ahead;
mod backup;
mod contention;
mod drift;
mod error;
mod event;
mod execute;
mod from_database;
mod home;
#[cfg(feature = "generate")]
mod invalid;
mod journal;
mod lease;
mod lock;
mod migrate;
mod place;
#[cfg(feature = "generate")]
mod prove;
mod races;
mod reflect;
mod render;
mod revert;
mod revisions;
mod rights;
#[cfg(feature = "generate")]
mod rows;
#[cfg(feature = "generate")]
mod scratch;
#[cfg(feature = "generate")]
mod scratch_database;
mod settings;
#[cfg(feature = "generate")]
mod settle;
mod state;
mod version;

pub use crate::connection::database::DatabaseUrl;
pub use crate::connection::drivers::Database;
pub use crate::connection::interrupt::Interrupt;
pub use accept::Accept;
pub use ahead::{Ahead, Newer, ahead};
pub(crate) use ahead::{judge, look};
pub use contention::Blocker;
pub(crate) use contention::in_words as blockers_in_words;
pub use error::{Error, ErrorKind, FailedStatement, Kept, Left};
pub use event::Event;
pub use execute::run_operations;
pub use from_database::KeptSql;
pub use journal::{LogEntry, log};
pub(crate) use lock::TELL;
pub use lock::{Doing, Holder, Locks, clear_lease, locks};
pub use migrate::{Migrator, Outcome};
pub use place::Place;
#[cfg(feature = "generate")]
pub use prove::{Claim, Part, ProofError, Stage, prove};
pub use reflect::reflect;
pub use render::{DryRun, Script, render};
pub use revisions::{Content, Revisions};
#[cfg(feature = "generate")]
pub use rows::{Count, can_cast, count_rows};
#[cfg(feature = "generate")]
pub use scratch::Scratch;
#[cfg(feature = "generate")]
pub use scratch_database::ScratchDatabase;
pub use settings::{Settings, WhenAhead, environment};
#[cfg(feature = "generate")]
pub use settle::{settle, settle_by};
pub use state::{HalfDone, State};
pub(crate) use state::{changed_in_words, refuse};
pub use version::{VERSION_TABLE, Version};
