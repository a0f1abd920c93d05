//! `cargo xtask corpus FOLDER`: the schemas of real projects, which are no part of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use limbec_testkit::corpus::{CORPUS_VARIABLE, Corpus};

use crate::run::{self, Failure, cargo};
use crate::test;
use crate::tools::{self, Tool};

/// The subfolders, one a database.
const DATABASES: [&str; 2] = ["pg", "sqlite"];

/// Adopts every schema of a folder as a user would, reads it and creates it again; all that fail
/// are reported.
pub(crate) fn run(folder: &Path) -> Result<(), Failure> {
    let folder = with_schemas(folder)?;
    tools::provide(&[Tool::Sqlite])?;
    let cluster = test::start_server()?;
    let mut tests = tests();
    tests.env(CORPUS_VARIABLE, folder);
    test::set_server(&mut tests, cluster.as_ref());
    run::run(&mut tests)
}

/// The folder's full path, once it is known to hold schemas for each database.
fn with_schemas(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.canonicalize().map_err(|error| {
        Failure::new(format!(
            "there is no folder of schemas at `{}` ({error}): name one that holds `pg/*.sql` and \
             `sqlite/*.sql`",
            folder.display()
        ))
    })?;
    let corpus = Corpus::at(&path);
    for database in DATABASES {
        let count = corpus.schemas(database)?.len();
        eprintln!("{count} schemas in {}", path.join(database).display());
    }
    Ok(path)
}

/// The tests that run a folder's schemas are ignored by `cargo test`.
fn tests() -> Command {
    let mut tests = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    tests.args(["--test", "it", "--test", "postgres", "--test", "sqlite"]);
    tests.args(["--", "--ignored", "--nocapture", "real_schemas"]);
    tests
}

#[cfg(test)]
mod tests {
    use limbec_testkit::TempProject;

    use super::with_schemas;

    #[test]
    fn a_folder_without_schemas_is_refused() {
        let folder = TempProject::new().unwrap();
        let refusal = |path: &str| {
            with_schemas(&folder.path().join(path))
                .unwrap_err()
                .to_string()
        };
        let missing = refusal("missing");
        assert!(
            missing.contains("there is no folder of schemas"),
            "{missing}"
        );
        folder.write("pg/README.md", "no schema").unwrap();
        let empty = refusal("");
        assert!(empty.contains("holds no `.sql` file"), "{empty}");
        folder
            .write("pg/a.sql", "CREATE TABLE a (id int);")
            .unwrap();
        let half = refusal("");
        assert!(half.contains("sqlite"), "{half}");
        folder
            .write("sqlite/a.sql", "CREATE TABLE a (id int);")
            .unwrap();
        assert!(with_schemas(folder.path()).is_ok());
    }
}
