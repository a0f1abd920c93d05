//! A copy of the database beside it, before a revision that loses or overwrites data.
//!
//! It is made by a connection of its own while ours holds the write lock and has written nothing:
//! so it is what the revision finds, and of any number of processes one makes it. A copy that was
//! not finished goes by another name, and one that is there already is never overwritten.

use std::path::{Path, PathBuf};

use limbec_core::operations::Operation;
use limbec_core::sql::Lexicon;

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

/// Whether a revision is one that a copy is made before.
pub(super) fn is_due(operations: &[Operation], lexicon: &Lexicon) -> bool {
    operations.iter().any(|it| it.may_lose_data(lexicon))
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
    let copy = backup.copy(&unfinished.to_string_lossy());
    let copied = connection.beside(&[&copy]).await;
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
    copied.map_err(|error| failed(error.to_string()))?;
    finish(&unfinished, &to).map_err(|error| failed(error.to_string()))?;
    Ok(Some(Copied { to, of }))
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
