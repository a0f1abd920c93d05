//! Tests from outside: the command, the engine and the databases together.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod cli;
mod command;
mod guide;
mod properties;
mod scenarios;
mod structure;
mod trial;
