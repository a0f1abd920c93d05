//! A copy of the database beside it, before a revision that loses or overwrites data.
//!
//! It is made by a connection of its own while ours holds the write lock and has written nothing:
//! so it is what the revision finds, and of any number of processes one makes it. A copy that was
//! not finished goes by another name, and one that is there already is never overwritten.

use std::path::{Path, PathBuf};

use super::{Error, ErrorKind};
use crate::connection::{Answer, Connection};

/// A copy that was made.
#[derive(Debug)]
pub(super) struct Copied {
    /// The copy.
    pub(super) to: PathBuf,
    /// The database.
    pub(super) of: PathBuf,
}

impl Copied {
    /// Removes the copy of a database that is as before.
    pub(super) fn remove(&self) {
        // What stays behind is a file too many, which harms nothing.
        let _ = std::fs::remove_file(&self.to);
    }
}

/// Copies the database, where it is a file that holds rows.
pub(super) async fn make<C: Connection>(
    connection: &mut C,
    revision: &str,
    own_tables: &[&str],
) -> Result<Option<Copied>, Error> {
    let Some(backup) = connection.dialect().backup() else {
        return Ok(None);
    };
    let file = ask(connection, backup.file()).await?.unwrap_or_default();
    let question = ask(connection, &backup.rows_question(own_tables)).await?;
    if file.is_empty() || question.is_none() {
        return Ok(None);
    }
    let rows = ask(connection, &question.unwrap_or_default()).await?;
    if rows.as_deref() == Some("0") {
        return Ok(None);
    }
    let of = PathBuf::from(file);
    let to = free_name(&of, revision);
    let unfinished = beside(&to, ".unfinished");
    // Of a process that was killed: nobody else can be at it while we hold the lock.
    let _ = std::fs::remove_file(&unfinished);
    let failed = |error: String| {
        let _ = std::fs::remove_file(&unfinished);
        Error::new(
            ErrorKind::Backup,
            format!(
                "cannot copy the database to {} before {revision}, which may lose data: {error}",
                to.display()
            ),
        )
        .with_hint("make room for it, or go without: `--no-backup`, or `backup = false`")
    };
    // SQLite writes into a file that is there already, if it is empty.
    make_like(&of, &unfinished).map_err(|error| failed(error.to_string()))?;
    let copy = backup.copy(&unfinished.to_string_lossy());
    let copied = connection.beside(&[&copy]).await;
    copied.map_err(|error| failed(error.to_string()))?;
    finish(&unfinished, &to).map_err(|error| failed(error.to_string()))?;
    Ok(Some(Copied { to, of }))
}

/// Makes the empty file of a copy, which only those can read who can read the database.
#[cfg(unix)]
fn make_like(database: &Path, copy: &Path) -> std::io::Result<()> {
    use std::fs::{File, Permissions};
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};

    const OWNER: u32 = 0o700;
    const OTHERS: u32 = 0o707;
    const ALL: u32 = 0o777;
    let like = std::fs::metadata(database)?;
    let mode = like.mode() & ALL;
    let mut options = File::options();
    let options = options.write(true).create_new(true).mode(mode & OWNER);
    let file = options.open(copy)?;
    // Only the system's administrator gives files away. Whoever runs this has read the database, and keeps
    // the copy; a group that it is not in has no part in it, nor has the own group in its place.
    let is_given = fchown(&file, Some(like.uid()), Some(like.gid())).is_ok()
        || fchown(&file, None, Some(like.gid())).is_ok();
    let mode = if is_given { mode } else { mode & OTHERS };
    file.set_permissions(Permissions::from_mode(mode))
}

/// Elsewhere a file has the rights of its folder.
#[cfg(not(unix))]
fn make_like(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Gives a copy its name, once it is on the disk: SQLite does not wait for that.
fn finish(unfinished: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::File::options()
        .write(true)
        .open(unfinished)?
        .sync_all()?;
    std::fs::rename(unfinished, to)
}

/// The first value of the answer.
async fn ask<C: Connection>(connection: &mut C, question: &str) -> Result<Option<String>, Error> {
    let answers = connection
        .run(&[question])
        .await
        .map_err(|error| Error::statement(error.error, question))?;
    let mut values = answers.into_iter().flat_map(|it: Answer| it.rows).flatten();
    Ok(values.next().flatten())
}

/// A name beside the database that no file has: `app.db.before-3950395dfef3.bak`, then `…-2.bak`.
fn free_name(database: &Path, revision: &str) -> PathBuf {
    let mut number = 1;
    loop {
        let again = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let path = beside(database, &format!(".before-{revision}{again}.bak"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(end);
    PathBuf::from(name)
}
