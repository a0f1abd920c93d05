//! The engine of limbec: plain data and algorithms, in the order of the flow.
//!
//! - [`schema`]: what a database looks like.
//! - [`compare`]: two schemas in, operations out.
//! - [`operations`]: what a revision does.
//! - `reach`: the part of a schema that operations can reach (feature `compare`).
//! - [`revision`]: the graph of revisions, identifiers and plans.
//! - [`steps`]: the SQL a dialect makes of an operation.
//! - [`journal`]: what is remembered of the steps that ran.
//! - [`dialect`]: one folder a database.
//! - [`checksum`]: how a revision is known that was changed after it was applied.
//! - [`settings`]: how patient a run is, as a project says it.
//! - [`text`]: text of others, as it may be shown.
//!
//! Invariants: no I/O, no clock, no environment, no async; nothing outside `dialect/<name>/`
//! writes SQL.

pub mod checksum;
#[cfg(feature = "compare")]
pub mod compare;
pub mod dialect;
pub mod journal;
pub mod operations;
pub mod packed;
#[cfg(feature = "compare")]
pub mod reach;
pub mod revision;
pub mod schema;
pub mod script;
pub mod settings;
pub mod sql;
pub mod steps;
pub mod text;
