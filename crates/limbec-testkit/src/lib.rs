//! Throw-away servers, databases, projects and random schemas for the tests of limbec.
//!
//! `cargo xtask test` starts one PostgreSQL server ([`postgres::Cluster`]) and names it in
//! `LIMBEC_TEST_POSTGRES_URL`; each test takes a database of its own on it
//! ([`postgres::test_database`]) or an SQLite file of its own ([`sqlite::scratch_file`]).
//! Whatever a value of this crate made is gone when the value is dropped.
//!
//! Invariants: no test is skipped because something is missing, it fails and says what to do;
//! nothing is installed; no process is ended but by the id of one that was started here. Unix only.

mod error;
mod process;
mod project;

pub mod compose;
pub mod corpus;
pub mod postgres;
pub mod schemas;
pub mod sqlite;
pub mod strace;

pub use error::Error;
pub use project::TempProject;
