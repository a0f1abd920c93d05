//! Database migrations for Rust: change a struct, generate a revision, deploy.
//!
//! - `#[derive(Table)]` and `#[derive(Enum)]` make models of ordinary structs and enums, and
//!   `Domain`, `Sequence`, `Schema` and `Extension` describe what else a database has; the command
//!   `limbec` reads the same files.
//! - [`prelude`] has every name that a revision file uses.
//! - [`embed!`](embed) bakes the revisions into a service, and [`Migrations`] is what the service
//!   does with them when it starts.
//! - [`run`] brings a database to a revision, on a [`connection`].
//!
//! # Features
//!
//! A service switches on the driver of its database, and `embed`. Only `derive` is on by default.
//!
//! | feature | what it brings | costs |
//! |---|---|---|
//! | `derive` | `#[derive(Table)]`, `#[derive(Enum)]` and the other derives | `syn`, at compile time only |
//! | `embed` | [`embed!`](embed): the revisions of a project, baked into the program | |
//! | `sqlite` | SQLite | `rusqlite`, of which the service chooses the version and `bundled` |
//! | `postgres` | PostgreSQL | `tokio-postgres` and `tokio` |
//! | `tls` | TLS to PostgreSQL: `sslmode` and `sslrootcert` of the URL | `rustls` with `ring` |
//! | `command` | the command inside the service: `Migrations::command` | `signal-hook` |
//! | `signals` | [`Signals`]: the work in hand stops on SIGINT and SIGTERM; part of `command` | `signal-hook` |
//! | `tracing` | progress as events of `tracing` | `tracing` |
//! | `generate` | comparing schemas, and proving a revision on a scratch database: for the command | |
//!
//! The URL of a database whose driver is off is refused, and the error names the feature.
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

mod blocking;
#[cfg(feature = "command")]
mod command;
pub mod connection;
mod embedded;
mod migrations;
mod model;
mod open;
pub mod prelude;
mod random;
pub mod report;
mod revision;
pub mod run;
#[cfg(feature = "signals")]
mod signals;
mod standing;
mod start;
mod status;
mod trace;

pub use blocking::block_on;
pub use embedded::Embedded;
#[cfg(feature = "embed")]
pub use limbec_macros::embed;
#[cfg(feature = "derive")]
pub use limbec_macros::{Domain, Enum, Extension, Schema, Sequence, Table};
pub use migrations::Migrations;
pub use model::{Labels, Model};
pub use open::{Observe, Open};
pub use revision::Revision;
#[cfg(feature = "signals")]
pub use signals::Signals;
pub use standing::Standing;
pub use start::{Policy, Start};
pub use status::{Phase, Status};
