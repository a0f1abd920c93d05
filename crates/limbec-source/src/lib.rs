//! Rust source to data and back: reads revision files, writes revision files.
//!
//! - [`revisions`]: the header and the body of a revision file, `.rs` or `.sql`.
//! - [`write`](mod@write): the text of a new revision file.

pub mod diagnostic;
pub mod models;
pub mod revisions;
pub mod suggest;
pub mod write;
