//! SQLite from end to end: what is created is read back, and no change loses anything.

#![allow(
    clippy::unwrap_used,
    clippy::needless_borrows_for_generic_args,
    reason = "a test may panic, and lists of names are written as revisions write them"
)]

#[path = "sqlite/at_once.rs"]
mod at_once;
#[path = "sqlite/batch.rs"]
mod batch;
#[path = "sqlite/corpus.rs"]
mod corpus;
#[path = "sqlite/judge.rs"]
mod judge;
#[path = "sqlite/kill.rs"]
mod kill;
#[path = "sqlite/native.rs"]
mod native;
#[path = "sqlite/rebuild.rs"]
mod rebuild;
#[path = "sqlite/refused.rs"]
mod refused;
#[path = "sqlite/round_trip.rs"]
mod round_trip;
#[path = "sqlite/support.rs"]
mod support;
#[path = "sqlite/traps.rs"]
mod traps;
