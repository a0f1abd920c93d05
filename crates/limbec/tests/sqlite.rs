//! SQLite from end to end: what is created is read back, and no change loses anything.

#[path = "sqlite/corpus.rs"]
mod corpus;
#[path = "sqlite/judge.rs"]
mod judge;
#[path = "sqlite/rebuild.rs"]
mod rebuild;
#[path = "sqlite/refused.rs"]
mod refused;
#[path = "sqlite/round_trip.rs"]
mod round_trip;
#[path = "sqlite/support.rs"]
mod support;
