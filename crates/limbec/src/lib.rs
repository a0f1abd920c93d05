//! limbec: database migrations for Rust.

pub mod connection;
pub mod run;
