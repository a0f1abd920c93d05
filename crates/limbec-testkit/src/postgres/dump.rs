//! The schema of a database as text, to tell whether two are the same.
//!
//! `pg_dump` writes it where it is at least as new as the server, which it refuses to read
//! otherwise; and in any case the server's own functions do.

use super::TestDatabase;
use super::psql::{pg_dump, pg_dump_version};
use crate::Error;

/// What each line of the catalogue's description is made of, all as text.
const CATALOGUE: &str = include_str!("dump.sql");

/// The lines of `pg_dump --schema-only`, and of a description by the catalogue, sorted: the order
/// of columns does not count.
///
/// # Errors
///
/// When the database is out of reach or a program fails.
pub fn schema_dump(database: &TestDatabase) -> Result<Vec<String>, Error> {
    let mut lines = described(database)?;
    if is_dumpable(database)? {
        let text = pg_dump(database.url(), &["--schema-only", "--no-owner"])?;
        // From 2025 on, a dump has a key of its own each time.
        let noise =
            |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
        let kept = text.lines().filter(noise);
        lines.extend(kept.map(|line| line.trim_end_matches(',').to_owned()));
    }
    lines.sort();
    Ok(lines)
}

/// The lines of a description by the catalogue, sorted.
///
/// # Errors
///
/// When the database is out of reach.
pub fn described(database: &TestDatabase) -> Result<Vec<String>, Error> {
    let rows = database.query(CATALOGUE)?;
    let mut lines: Vec<String> = rows.into_iter().flatten().flatten().collect();
    lines.sort();
    Ok(lines)
}

/// Whether the `pg_dump` at hand is new enough for the database's server.
///
/// # Errors
///
/// When it is missing, or the database is out of reach.
pub fn is_dumpable(database: &TestDatabase) -> Result<bool, Error> {
    Ok(pg_dump_version()? >= Some(server_major(database)?))
}

/// The major version of a database's server.
///
/// # Errors
///
/// When the database is out of reach.
pub fn server_major(database: &TestDatabase) -> Result<u32, Error> {
    let rows = database.query("SELECT current_setting('server_version_num')::int / 10000")?;
    let said = rows.first().and_then(|row| row.first()?.as_deref());
    let major = said.and_then(|it| it.parse().ok());
    major.ok_or_else(|| Error::new("the server does not tell its version"))
}
