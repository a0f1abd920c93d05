//! The schema of a database as text, to tell whether two are the same.
//!
//! `pg_dump` writes it where it is at least as new as the server, which it refuses to read
//! otherwise; and in any case the server's own functions do.

use std::path::PathBuf;
use std::process::Command;

use super::{TestDatabase, binaries};
use crate::{Error, process};

/// What each line of the catalogue's description is made of, all as text.
const CATALOGUE: &str = include_str!("dump.sql");

/// The lines of `pg_dump --schema-only`, and of a description by the catalogue, sorted: the order
/// of columns does not count.
///
/// # Errors
///
/// When the database is out of reach or a program fails.
pub fn schema_dump(database: &TestDatabase) -> Result<Vec<String>, Error> {
    let mut lines: Vec<String> = database
        .query(CATALOGUE)?
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let version = database.query("SELECT current_setting('server_version_num')::int / 10000")?;
    let server = version.first().and_then(|row| row.first()?.clone());
    let programs = program()?;
    let own = process::run_with_input(Command::new(&programs).arg("--version"), "")?;
    if major(&own) >= server.and_then(|it| it.parse().ok()) {
        let mut dump = Command::new(&programs);
        dump.args(["--schema-only", "--no-owner", "--dbname", database.url()]);
        let text = process::run_with_input(&mut dump, "")?;
        // From 2025 on, a dump has a key of its own each time.
        let noise =
            |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
        let kept = text.lines().filter(noise);
        lines.extend(kept.map(|line| line.trim_end_matches(',').to_owned()));
    }
    lines.sort();
    Ok(lines)
}

/// `pg_dump (PostgreSQL) 15.18 (Debian …)`
fn major(said: &str) -> Option<u32> {
    said.split_whitespace()
        .find_map(|word| word.split('.').next()?.parse().ok())
}

/// Beside the server first, as for `psql`.
fn program() -> Result<PathBuf, Error> {
    binaries::find()
        .ok()
        .map(|folder| folder.join("pg_dump"))
        .filter(|it| it.is_file())
        .or_else(|| process::find_in_path("pg_dump"))
        .ok_or_else(|| Error::new("`pg_dump` was found neither beside the server nor in PATH"))
}
