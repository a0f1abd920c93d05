//! limbec: database migrations for Rust.

pub mod connection;
