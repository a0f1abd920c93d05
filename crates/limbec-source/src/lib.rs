//! Rust source to data and back: reads models and revision files, writes revision files.
//!
//! - [`models`]: structs with `#[derive(Table)]` into the target schema.
//! - [`definitions`]: SQL files of views, functions and triggers.
//! - [`revisions`]: the header and the body of a revision file, `.rs` or `.sql`.
//! - [`write`](mod@write): the text of a new revision file.
//! - [`project`]: where a project's files are; `embed`: the revisions of a project as an
//!   expression, for the macro of that name.
//! - [`diagnostic`]: a mistake in a file, with its place; [`suggest`]: "did you mean".
//!
//! Reading never stops at the first mistake, never panics, and never guesses.

pub mod definitions;
pub mod diagnostic;
#[cfg(feature = "embed")]
pub mod embed;
#[cfg(feature = "models")]
pub mod models;
pub mod project;
pub mod revisions;
pub mod suggest;
#[cfg(feature = "write")]
pub mod write;

#[cfg(feature = "models")]
mod mistake;
#[cfg(feature = "models")]
mod nesting;
#[cfg(feature = "models")]
mod source;
