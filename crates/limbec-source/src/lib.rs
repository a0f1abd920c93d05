//! Reads Rust source as data: models and revision files; writes revisions.
//!
//! Input: the text of files. Output: plain data of `limbec-core`, and [`diagnostic::Diagnostic`]s.
//! Reading never stops at the first mistake and never panics. `syn` lives here and nowhere else,
//! besides the macros that this crate does the work of.

pub mod diagnostic;
pub mod models;
pub mod suggest;

mod mistake;
mod nesting;
mod source;
