//! Folders of whole schemas, one `.sql` file each: `pg/` for PostgreSQL and `sqlite/` for SQLite.
//!
//! The repository has schemas of its own in `tests/data/schemas`. Those of real projects stay outside
//! of it, and `cargo xtask corpus FOLDER` runs them.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use crate::Error;

/// Names the folder of real schemas, for the tests that `cargo xtask corpus` runs.
pub const CORPUS_VARIABLE: &str = "LIMBEC_CORPUS";

/// A schema of a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct SchemaFile {
    /// The name of its file, without the extension.
    pub name: String,
    /// The statements that create it in an empty database.
    pub sql: String,
}

/// A folder of schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    folder: PathBuf,
}

impl Corpus {
    /// The schemas of a folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder }
    }

    /// The repository's own schemas.
    pub fn own() -> Self {
        Self::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/schemas"))
    }

    /// The schemas of the folder that `LIMBEC_CORPUS` names.
    ///
    /// # Panics
    ///
    /// When the variable is not set.
    pub fn of_environment() -> Self {
        let folder = env::var_os(CORPUS_VARIABLE);
        Self::at(folder.unwrap_or_else(|| {
            panic!("{CORPUS_VARIABLE} names no folder: `cargo xtask corpus FOLDER` runs this test")
        }))
    }

    /// The schemas for a database (`pg` or `sqlite`), in the order of their names.
    ///
    /// # Errors
    ///
    /// When there are none, or a file cannot be read.
    pub fn schemas(&self, database: &str) -> Result<Vec<SchemaFile>, Error> {
        let folder = self.folder.join(database);
        let cannot_read = |path: &Path| Error::context(format!("cannot read `{}`", path.display()));
        let mut schemas = Vec::new();
        for entry in fs::read_dir(&folder).map_err(cannot_read(&folder))? {
            let path = entry.map_err(cannot_read(&folder))?.path();
            if path.extension().is_none_or(|it| it != "sql") {
                continue;
            }
            schemas.push(SchemaFile {
                name: path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                sql: fs::read_to_string(&path).map_err(cannot_read(&path))?,
            });
        }
        if schemas.is_empty() {
            return Err(Error::new(format!(
                "`{}` holds no `.sql` file",
                folder.display()
            )));
        }
        schemas.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(schemas)
    }

    /// Runs a check on every schema for a database, several at once, and prints how each ends.
    ///
    /// # Panics
    ///
    /// When there are no schemas, or the check of one panics; all others have run by then.
    pub fn check(&self, database: &str, check: impl Fn(&SchemaFile) + Sync) {
        let schemas = self
            .schemas(database)
            .unwrap_or_else(|error| panic!("{error}"));
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(Vec::new());
        let work = || {
            while let Some(schema) = schemas.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !passes(database, schema, &check)
                    && let Ok(mut failed) = failed.lock()
                {
                    failed.push(schema.name.as_str());
                }
            }
        };
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
        let mut failed = failed.into_inner().unwrap_or_default();
        failed.sort_unstable();
        assert!(
            failed.is_empty(),
            "{} of {} schemas for `{database}` failed: {}",
            failed.len(),
            schemas.len(),
            failed.join(", ")
        );
    }
}

/// Runs the check in a thread that bears the schema's name, which a panic prints.
#[allow(clippy::print_stderr, reason = "the progress of a test")]
fn passes(database: &str, schema: &SchemaFile, check: &(impl Fn(&SchemaFile) + Sync)) -> bool {
    let name = format!("{database}/{}", schema.name);
    let started = Instant::now();
    let passed = thread::scope(|scope| {
        let thread = thread::Builder::new().name(name.clone());
        let thread = thread.spawn_scoped(scope, || check(schema));
        thread.is_ok_and(|it| it.join().is_ok())
    });
    let outcome = if passed { "passes" } else { "FAILS" };
    eprintln!(
        "{name} {outcome} after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    passed
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Corpus;
    use crate::TempProject;

    #[test]
    fn a_folder_without_schemas_is_an_error() {
        let folder = TempProject::new().unwrap();
        let corpus = Corpus::at(folder.path());
        let missing = corpus.schemas("pg").unwrap_err().to_string();
        assert!(missing.contains("cannot read"), "{missing}");
        folder.write("pg/README.md", "").unwrap();
        let empty = corpus.schemas("pg").unwrap_err().to_string();
        assert!(empty.ends_with("holds no `.sql` file"), "{empty}");
    }

    #[test]
    fn every_schema_is_checked_though_one_fails() {
        let folder = TempProject::new().unwrap();
        for name in ["a", "b", "c"] {
            folder.write(format!("pg/{name}.sql"), name).unwrap();
        }
        let checked = AtomicUsize::new(0);
        let result = std::panic::catch_unwind(|| {
            Corpus::at(folder.path()).check("pg", |schema| {
                checked.fetch_add(1, Ordering::Relaxed);
                assert_ne!(schema.sql, "a");
            });
        });
        let message = *result.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(message, "1 of 3 schemas for `pg` failed: a");
        assert_eq!(checked.into_inner(), 3);
    }
}
