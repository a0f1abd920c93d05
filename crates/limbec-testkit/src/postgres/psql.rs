//! Scripts fed to the real `psql`, and what the real `pg_dump` prints, as a person would.

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
    let mut command = Command::new(client("psql")?);
    command
        // Neither the developer's `.psqlrc` nor its format.
        .args(["--no-psqlrc", "--no-password", "--quiet"])
        .args(["--no-align", "--tuples-only"])
        .args(["--set", "ON_ERROR_STOP=1", "--file", "-", "--dbname", url])
        .env("PGCLIENTENCODING", "UTF8");
    process::run_with_input(&mut command, script)
}

/// Runs `pg_dump` with options; returns what it printed.
///
/// # Errors
///
/// When `pg_dump` is missing, or the server is out of reach.
pub fn pg_dump(url: &str, options: &[&str]) -> Result<String, Error> {
    let mut command = Command::new(client("pg_dump")?);
    command
        .args(["--no-password", "--dbname", url])
        .args(options)
        .env("PGCLIENTENCODING", "UTF8");
    process::run_with_input(&mut command, "")
}

/// The major version of `pg_dump`, from `pg_dump (PostgreSQL) 15.18 (Debian …)`.
pub(super) fn pg_dump_version() -> Result<Option<u32>, Error> {
    let said = process::run_with_input(Command::new(client("pg_dump")?).arg("--version"), "")?;
    let mut words = said.split_whitespace();
    Ok(words.find_map(|word| word.split('.').next()?.parse().ok()))
}

/// Looks for `psql` and `pg_dump`.
///
/// # Errors
///
/// When one is missing; the error says what to install.
pub fn find_client() -> Result<(), Error> {
    client("psql").and_then(|_| client("pg_dump")).map(drop)
}

/// Looks for a program of PostgreSQL's clients, beside the server first: Debian's programs in `PATH` are
/// wrappers that pick a version themselves.
///
/// # Errors
///
/// When it is missing; the error says what to install.
pub fn client(program: &str) -> Result<PathBuf, Error> {
    binaries::find()
        .ok()
        .map(|folder| folder.join(program))
        .filter(|path| path.is_file())
        .or_else(|| process::find_in_path(program))
        .ok_or_else(|| {
            Error::new(format!(
                "`{program}` was found neither beside the server's programs nor in PATH: install \
                 Debian's package `postgresql-client` or its like"
            ))
        })
}
