//! What the command `limbec` knows of a project, as a library: compares models with a database, and
//! drafts the revisions that lead from one to the other.
//!
//! - [`Config`] is `limbec.toml`, [`Project`] the revision files that it leads to.
//! - [`Generator`] compares the models with the database that the revisions made: the
//!   [`Differences`] are data.
//! - [`Draft`] is a revision file before it is written. [`Generator::revise`] fills it with what the
//!   differences ask for, and proves it on a scratch copy before anybody sees it.
//! - [`Selection`] says which tables take part, [`renames`] what is the same by a new name.
//! - [`assert_models_match!`] is for a service's own tests: no change of a model was left without a
//!   revision.
//!
//! What `limbec revision --autogenerate` does, without its words:
//!
//! ```
//! use limbec_generate::{Config, Draft, DraftOptions, Generator, Project, Result};
//!
//! async fn autogenerate(config: &Config, project: &Project) -> Result<Draft> {
//!     let generator = Generator::new(config, project)?;
//!     let mut differences = generator.compare(None).await?;
//!     let options = DraftOptions { message: "Add tags", ..DraftOptions::default() };
//!     let draft = Draft::new(config, project, options)?;
//!     let revised = generator.revise(&draft, &mut differences).await?;
//!     draft.write(&revised.text)?;
//!     Ok(draft)
//! }
//!
//! # let folder = limbec_testkit::TempProject::new()?;
//! # let file = folder.write(
//! #     "limbec.toml",
//! #     "[database]\nurl = \"sqlite::memory:\"\n[models]\npaths = [\"models.rs\"]\n",
//! # )?;
//! # std::fs::create_dir_all(folder.path().join("migrations/versions"))?;
//! # folder.write("models.rs", "#[derive(Table)] struct Tag { #[column(primary_key)] name: String }")?;
//! // The last argument reads a variable of the environment; here there is none.
//! let config = Config::read(file, None, &|_| None)?;
//! let project = Project::load(&config)?;
//! let draft = limbec::block_on(async { Ok(autogenerate(&config, &project).await) })??;
//! assert!(draft.path().exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here prints, and only [`testing`] reads the environment. A service names this crate in
//! `[dev-dependencies]` at most: models are read with `syn`.

mod config;
mod conversions;
mod definitions;
mod draft;
mod error;
mod expressible;
mod files;
mod generator;
mod in_the_way;
mod models;
mod places;
mod project;
mod protection;
pub mod renames;
mod scope;
mod selection;
pub mod testing;

pub use config::{Config, Environment};
pub use conversions::Uncastable;
pub use draft::{Draft, DraftOptions, Language, Revised};
pub use error::{Mistake, ProjectError, Result};
pub use generator::{Differences, Generator};
pub use in_the_way::InTheWay;
pub use project::Project;
pub use protection::Opening;
pub use selection::{Partitions, Pattern, Selection};
