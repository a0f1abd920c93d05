//! Tests from outside: the built command as a user runs it, and the engine with real databases.
//! One binary for all, so that it links once.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

/// Runs each test on SQLite and on PostgreSQL.
macro_rules! on_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[test] fn $test() { super::$test(super::Database::Sqlite); })*
        }
        mod postgresql {
            $(#[test] fn $test() { super::$test(super::Database::postgres()); })*
        }
    };
}

mod case;
mod cli;
mod command;
mod corpus;
mod dependents;
mod embedded;
mod guide;
mod invariants;
mod matrix;
mod planned;
mod printed;
mod proof;
mod properties;
mod reach;
mod rows;
mod runner;
mod scenarios;
mod scripted;
mod sources;
mod structure;
mod trial;
mod trust;
mod unmanaged;
mod wire;
