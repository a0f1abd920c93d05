//! SQLite files of a test's own, and the `sqlite3` shell to look into them.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{Error, process};

const MISSING: &str = "the `sqlite3` shell was not found in PATH: install Debian's package \
                       `sqlite3` or its like";

/// A path for one SQLite database in a folder of its own, removed on drop with its journals.
#[derive(Debug)]
pub struct ScratchFile {
    folder: TempDir,
}

impl ScratchFile {
    /// The file's path; nothing is there before the first connection.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("scratch.db")
    }

    /// The file's `sqlite:` URL.
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }
}

/// Makes a folder for one SQLite file.
///
/// # Errors
///
/// When the system's temporary folder cannot be written.
pub fn scratch_file() -> Result<ScratchFile, Error> {
    let folder = tempfile::Builder::new()
        .prefix("limbec-sqlite-")
        .tempdir()
        .map_err(Error::context("cannot make a temporary folder"))?;
    Ok(ScratchFile { folder })
}

/// Runs SQL by the `sqlite3` shell, which stops at the first error; returns what it printed,
/// one row a line, values separated by `|`.
///
/// # Errors
///
/// When the shell is missing or a statement fails.
pub fn sqlite3(path: impl AsRef<Path>, script: &str) -> Result<String, Error> {
    let mut command = Command::new(shell()?);
    command.args(["-batch", "-bail", "-noheader", "-list"]);
    // Neither the developer's own `.sqliterc` nor its settings.
    command.args(["-init", "/dev/null"]).arg(path.as_ref());
    process::run_with_input(&mut command, script)
}

/// Looks for the `sqlite3` shell.
///
/// # Errors
///
/// When it is missing; the error says what to install.
pub fn find_shell() -> Result<(), Error> {
    shell().map(drop)
}

fn shell() -> Result<PathBuf, Error> {
    process::find_in_path("sqlite3").ok_or_else(|| Error::new(MISSING))
}

#[cfg(test)]
mod tests {
    use super::{scratch_file, sqlite3};

    #[test]
    fn a_script_runs_on_a_scratch_file() {
        let file = scratch_file().unwrap();
        let script = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'it''s');\n";
        assert_eq!(sqlite3(file.path(), script).unwrap(), "");
        assert_eq!(
            sqlite3(file.path(), "SELECT a, b FROM t;").unwrap(),
            "1|it's\n"
        );
        assert_eq!(file.url(), format!("sqlite:{}", file.path().display()));

        let path = file.path();
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn the_first_error_stops_the_script() {
        let file = scratch_file().unwrap();
        let error = sqlite3(
            file.path(),
            "SELECT 1;\nSELECT * FROM missing;\nCREATE TABLE t (a);\n",
        )
        .unwrap_err()
        .to_string();
        assert!(error.contains("missing"), "{error}");
        assert_eq!(
            sqlite3(file.path(), "SELECT count(*) FROM sqlite_master;").unwrap(),
            "0\n"
        );
    }
}
