//! Tests from outside: the command, the engine and the databases together.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod properties;
mod scenarios;
mod trial;
