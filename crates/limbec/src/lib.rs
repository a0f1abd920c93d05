//! limbec: database migrations for Rust.

pub mod connection;
pub mod prelude;
mod revision;
pub mod run;

pub use revision::Revision;
