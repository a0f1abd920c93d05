//! limbec: database migrations for Rust.

pub mod connection;
pub mod prelude;
mod revision;

pub use revision::Revision;
