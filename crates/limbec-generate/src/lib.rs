//! What the command `limbec` knows of a project, as a library: compares models with a database, and
//! drafts the revisions that lead from one to the other.
//!
//! - [`Config`] is `limbec.toml`, [`Project`] the revision files that it leads to.
//! - [`Generator`] compares the models with the database that the revisions made, and proves a
//!   revision on a scratch copy before anybody sees it. What it found are [`Differences`]: data.
//! - [`Selection`] says which tables take part, [`renames`] what is the same by a new name.
//! - [`assert_models_match!`] is for a service's own tests: no change of a model was left without a
//!   revision.
//!
//! Nothing here prints, and only [`testing`] reads the environment. A service names this crate in
//! `[dev-dependencies]` at most: models are read with `syn`.

mod config;
mod conversions;
mod definitions;
mod error;
mod expressible;
mod files;
mod generator;
mod models;
mod places;
mod project;
mod protection;
pub mod renames;
mod selection;
pub mod testing;

pub use config::{Config, Environment};
pub use conversions::Uncastable;
pub use error::{Mistake, ProjectError, Result};
pub use generator::{Differences, Generator, InTheWay, Proof};
pub use project::Project;
pub use protection::Opening;
pub use selection::{Partitions, Pattern, Selection};
