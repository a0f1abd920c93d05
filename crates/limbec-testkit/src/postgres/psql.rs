//! Scripts fed to the real `psql`, as a person would.

use std::path::PathBuf;
use std::process::Command;

use super::binaries;
use crate::{Error, process};

/// Runs SQL by `psql`, which stops at the first error; returns what it printed, one row a line,
/// values separated by `|`.
///
/// # Errors
///
/// When `psql` is missing, the server is out of reach or a statement fails.
pub fn psql(url: &str, script: &str) -> Result<String, Error> {
    let mut command = Command::new(find()?);
    command
        // Neither the developer's `.psqlrc` nor its format.
        .args(["--no-psqlrc", "--no-password", "--quiet"])
        .args(["--no-align", "--tuples-only"])
        .args(["--set", "ON_ERROR_STOP=1", "--file", "-", "--dbname", url])
        .env("PGCLIENTENCODING", "UTF8");
    process::run_with_input(&mut command, script)
}

/// Beside the server first: Debian's `psql` in `PATH` is a wrapper that picks a version itself.
fn find() -> Result<PathBuf, Error> {
    binaries::find()
        .ok()
        .map(|folder| folder.join("psql"))
        .filter(|psql| psql.is_file())
        .or_else(|| process::find_in_path("psql"))
        .ok_or_else(|| {
            Error::new(
                "`psql` was found neither beside the server's programs nor in PATH: install \
                 Debian's package `postgresql-client` or its like",
            )
        })
}
