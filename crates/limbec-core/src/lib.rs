//! limbec-core
pub mod revision;
