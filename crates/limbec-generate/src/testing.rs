//! Assertions for the tests of a service.
//!
//! Here the environment is read, as the command reads it: `DATABASE_URL` and its kin.

use std::path::{Path, PathBuf};

use limbec::run::Revisions as _;
use limbec_source::project::{FILE, find_upward};

use crate::config::Config;
use crate::error::{ProjectError, Result};
use crate::generator::{Differences, Generator};
use crate::project::Project;
use crate::renames::{attribute, question};

/// Asserts that the revisions of a project lead to what its models say: no change of a model was
/// left without a revision.
///
/// It reads the `limbec.toml` that `limbec::embed!()` reads too: the nearest one upward from the
/// package's `Cargo.toml`. It runs all revisions on an empty scratch database, compares that with
/// the models, and panics with a line for each difference. The database itself is not touched, and
/// nothing stays behind: SQLite's scratch database is in memory, PostgreSQL's is created beside the
/// project's and dropped again, for which the role needs `CREATEDB`.
///
/// Which kind of database it is, and where its server is, the project's URL says: `DATABASE_URL` in
/// the environment, else `[database] url` of `limbec.toml`. `database = …` gives another one, and
/// `config = …` another `limbec.toml`, relative to the package's `Cargo.toml`. It may be called with
/// or without a runtime.
///
/// ```no_run
/// #[test]
/// fn models_and_revisions_agree() {
///     limbec_generate::assert_models_match!();
/// }
///
/// // On both databases, whatever the environment says:
/// #[test]
/// fn models_and_revisions_agree_on_sqlite() {
///     limbec_generate::assert_models_match!(database = "sqlite::memory:");
/// }
/// ```
#[macro_export]
macro_rules! assert_models_match {
    ($($name:ident = $value:expr),* $(,)?) => {
        $crate::testing::ModelsMatch::of_package(env!("CARGO_MANIFEST_DIR"))
            $(.$name($value))*
            .assert()
    };
}

/// What [`assert_models_match!`](crate::assert_models_match) asserts.
#[derive(Debug, Clone)]
pub struct ModelsMatch {
    package: PathBuf,
    config: Option<PathBuf>,
    database: Option<String>,
}

impl ModelsMatch {
    /// Prepares for the project of a package, by the folder of its `Cargo.toml`.
    pub fn of_package(package: impl Into<PathBuf>) -> Self {
        ModelsMatch {
            package: package.into(),
            config: None,
            database: None,
        }
    }

    /// Names the project's `limbec.toml`, relative to the package.
    pub fn config(mut self, path: impl AsRef<Path>) -> Self {
        self.config = Some(self.package.join(path));
        self
    }

    /// Gives the URL of a database beside which the scratch database is made.
    pub fn database(mut self, url: impl Into<String>) -> Self {
        self.database = Some(url.into());
        self
    }

    /// Panics if the models and the revisions do not agree, or that cannot be found out.
    ///
    /// # Panics
    /// With a text that says what differs and what to do next.
    #[track_caller]
    pub fn assert(self) {
        if let Err(error) = self.check() {
            panic!("{error}\n");
        }
    }

    /// Compares, and returns what [`assert`](Self::assert) panics with.
    ///
    /// # Errors
    /// When the models and the revisions do not agree, or that cannot be found out.
    pub fn check(self) -> Result<()> {
        let file = self.file()?;
        let config = Config::read(file, self.database, &|name| std::env::var(name).ok())?;
        let project = Project::load(&config)?;
        let generator = Generator::new(&config, &project)?;
        let found = limbec::block_on(async { Ok(generator.compare_with_revisions().await) })??;
        if found.is_empty() {
            return Ok(());
        }
        Err(disagreement(&found, &project))
    }

    fn file(&self) -> Result<PathBuf> {
        let Some(given) = &self.config else {
            return find_upward(&self.package).ok_or_else(|| {
                let folder = self.package.display();
                ProjectError::new(format!("no {FILE} was found in {folder} or above")).hint(
                    "`limbec init` starts a project; `assert_models_match!(config = \
                     \"../path/limbec.toml\")` names one",
                )
            });
        };
        let file = if given.is_dir() {
            given.join(FILE)
        } else {
            given.clone()
        };
        if file.is_file() {
            return Ok(file);
        }
        Err(
            ProjectError::new(format!("there is no file {}", file.display()))
                .hint("the path is relative to the package's Cargo.toml"),
        )
    }
}

/// What the models have and no revision makes, line by line, and how to write that revision.
fn disagreement(found: &Differences, project: &Project) -> ProjectError {
    let unknown = found.comparison.unknown.iter();
    let lines: String = found
        .lines()
        .chain(unknown.map(|it| format!("not compared: {it}")))
        .map(|line| format!("\n  {line}"))
        .collect();
    let error = ProjectError::new(format!(
        "the models and the revisions do not agree; from the revisions to the models:{lines}"
    ));
    let look_alikes = found.comparison.look_alikes.iter();
    let error = error.hints(look_alikes.map(|it| {
        let attribute = attribute(it, found.current.own_namespace.as_deref());
        format!("{} If it was, say {attribute}", question(it))
    }));
    if found.comparison.planned.is_empty() {
        return error;
    }
    let heads = project.graph().all_heads();
    error.hint(format!(
        "to write the revision: limbec upgrade {heads} && limbec revision --autogenerate -m \"…\""
    ))
}
