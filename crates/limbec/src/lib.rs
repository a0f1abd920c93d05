//! Database migrations for Rust: change a struct, generate a revision, deploy.
//!
//! - `#[derive(Table)]` and `#[derive(Enum)]` make models of ordinary structs and enums, and
//!   `Domain`, `Sequence`, `Schema` and `Extension` what else a database has; the command `limbec`
//!   reads the same files.
//! - [`prelude`] is all that a revision file names.
//! - [`run`] brings a database to a revision, on a [`connection`].
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use limbec::{Model, Table};
//!
//! /// A named set of documents.
//! #[derive(Table)]
//! #[table(name = "collections")]
//! struct Collection {
//!     #[column(primary_key)]
//!     id: String,
//!     description: Option<String>,
//! }
//!
//! assert_eq!(Collection::TABLE, "collections");
//! assert_eq!(Collection::COLUMNS, ["id", "description"]);
//! # let _ = Collection { id: String::new(), description: None };
//! # }
//! ```

pub mod connection;
mod embedded;
mod migrations;
mod model;
pub mod prelude;
mod revision;
pub mod run;

pub use embedded::Embedded;
#[cfg(feature = "embed")]
pub use limbec_macros::embed;
#[cfg(feature = "derive")]
pub use limbec_macros::{Domain, Enum, Extension, Schema, Sequence, Table};
pub use migrations::Migrations;
pub use model::{Labels, Model};
pub use revision::Revision;
