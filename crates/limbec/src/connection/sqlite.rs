//! SQLite, by `rusqlite`.

#![allow(
    clippy::result_large_err,
    reason = "an error ends the run, so its size costs nothing"
)]

mod opened;

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use limbec_core::dialect::sqlite::{OLDEST_LIBRARY, RESTORE, Sqlite};
use limbec_core::dialect::{Dialect, Row};
use limbec_core::text::one_line;
use rusqlite::Connection as Client;
use rusqlite::ErrorCode;
use rusqlite::types::ValueRef;

pub(super) use self::opened::Opened;
use super::address::{Address, Form};
use super::drivers::{Database, Driver};
use super::{Answer, Connection, DatabaseError, StatementError, TakeRow};
use crate::open::Open;
use crate::run::Error;

/// The path of a database that lives as long as its connection.
const MEMORY: &str = ":memory:";

/// The driver. Expressions are judged and revisions proven in memory.
pub(super) const DRIVER: Driver = Driver {
    dialect: &Sqlite,
    read,
    complete: |_, _| Ok(()),
    connect: |address, ear, _| {
        Box::pin(async move { Opened::open(&address.path, ear).map(Database::from) })
    },
    is_missing: |address| !address.path.exists(),
    in_memory: Some(|| address(MEMORY, Path::new(""))),
};

/// Reads a URL. What names a server is refused: its path would show the password.
fn read(form: Form<'_>, base: &Path) -> Result<Address, DatabaseError> {
    let (Form::Url(rest) | Form::Keywords(rest)) = form;
    let place = rest.strip_prefix("//").unwrap_or_default();
    let names_a_user = !place.starts_with('/') && place.contains(':') && place.contains('@');
    if names_a_user || rest.contains("://") {
        return Err(DatabaseError {
            message:
                "the database URL cannot be read: an SQLite database has no server and no user"
                    .into(),
            hint: Some("write `sqlite:FILE`".into()),
            ..DatabaseError::default()
        });
    }
    Ok(address(rest, base))
}

/// Reads SQLAlchemy's and sqlx's forms: `sqlite:file`, `sqlite://file`, `sqlite:///file` (relative,
/// as SQLAlchemy has it), `sqlite:////absolute`. Parameters are ignored.
fn address(rest: &str, base: &Path) -> Address {
    let rest = rest.split('?').next().unwrap_or_default();
    let path = match rest.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => rest,
    };
    let path = match path {
        "" | MEMORY => MEMORY.into(),
        path => base.join(path),
    };
    Address::of_file("sqlite", path)
}

/// How long a writer waits for another one's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The version of the library that is linked.
fn library() -> u32 {
    u32::try_from(rusqlite::version_number()).unwrap_or_default()
}

/// Opens a database file, made where it is missing; `:memory:` lives as long as the connection.
///
/// # Errors
/// When the file cannot be opened or made, or the library is too old.
pub fn open(path: &Path) -> Result<Client, DatabaseError> {
    if library() < OLDEST_LIBRARY {
        return Err(DatabaseError {
            message: format!(
                "this program runs with SQLite {}, and limbec needs 3.35 or newer",
                rusqlite::version()
            ),
            hint: Some("link a newer library, as rusqlite's feature `bundled` does".to_string()),
            ..DatabaseError::default()
        });
    }
    let client = if path.as_os_str() == MEMORY {
        Client::open_in_memory()
    } else {
        Client::open(path)
    }
    .map_err(|source| cannot_open(path, source))?;
    client.busy_timeout(BUSY_TIMEOUT).map_err(error)?;
    Ok(client)
}

/// SQLite says no more than that it cannot open the file; the usual reasons are easily seen.
fn cannot_open(path: &Path, source: rusqlite::Error) -> DatabaseError {
    let shown = |path: &Path| one_line(&path.display().to_string()).into_owned();
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let (reason, hint) = match folder {
        Some(folder) if !folder.exists() => (
            format!("the folder `{}` does not exist", shown(folder)),
            "make the folder, or correct the path of the database",
        ),
        _ if path.is_dir() => (
            "it is a folder".to_string(),
            "give the path of a file in it",
        ),
        _ => (
            error_text(&source),
            "see whether the file and its folder may be read and written",
        ),
    };
    DatabaseError {
        message: format!(
            "cannot open the SQLite database `{}`: {reason}",
            shown(path)
        ),
        hint: Some(hint.to_string()),
        source: Some(Box::new(source)),
        ..DatabaseError::default()
    }
}

impl Connection for Client {
    fn dialect(&self) -> &'static dyn Dialect {
        // The library that is linked, whatever the developer has.
        Sqlite::of_library(library())
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let answer = |(index, sql): (usize, &&str)| {
            answer_if_due(self, sql).map_err(|source| StatementError {
                index,
                error: of_file(error(source), self),
            })
        };
        statements.iter().enumerate().map(answer).collect()
    }

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        let answer = |(index, sql): (usize, &&str)| {
            let answer = stream(self, sql, &mut |row| take(index, row));
            answer.map_err(|source| of_file(error(source), self))
        };
        questions.iter().enumerate().map(answer).collect()
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let path = self.path().unwrap_or_default();
        let mut other =
            open(Path::new(path)).map_err(|error| StatementError { index: 0, error })?;
        other.run(statements).await
    }

    async fn pause(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

impl<'a> Open for &'a mut Client {
    type Connection = &'a mut Client;

    async fn open(self) -> Result<Self::Connection, Error> {
        Ok(self)
    }
}

/// Brings a setting of the connection back as it was: a connection that the caller owns is given
/// back as it came.
fn answer_if_due(client: &Client, sql: &str) -> rusqlite::Result<Answer> {
    if let Some(restore) = RESTORE.iter().find(|it| it.statement == sql)
        && let Ok(0) = client.query_row(restore.question, [], |row| row.get::<_, i64>(0))
    {
        return answer(client, restore.otherwise);
    }
    answer(client, sql)
}

fn answer(client: &Client, sql: &str) -> rusqlite::Result<Answer> {
    let mut statement = client.prepare(sql)?;
    let columns = statement.column_count();
    let changes = client.total_changes();
    let mut rows = statement.query([])?;
    let mut answer = Answer::default();
    while let Some(row) = rows.next()? {
        let values =
            (0..columns).map(|index| row.get_ref(index).map(|it| Some(text(it)?.into_owned())));
        answer.rows.push(values.collect::<rusqlite::Result<Row>>()?);
    }
    answer.affected = client.total_changes() - changes;
    Ok(answer)
}

/// Runs a statement and hands its rows over.
fn stream(
    client: &Client,
    sql: &str,
    take: &mut dyn FnMut(&[Option<&str>]),
) -> rusqlite::Result<()> {
    let mut statement = client.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|index| row.get_ref(index).map(text));
        let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        take(&values);
    }
    Ok(())
}

fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(it) => Some(it.to_string().into()),
        ValueRef::Real(it) => Some(real(it).into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}

/// A number that SQLite reads back as the same REAL: `1.0`, not `1`.
fn real(value: f64) -> String {
    if value.is_infinite() {
        format!("{}9e999", if value < 0.0 { "-" } else { "" })
    } else {
        format!("{value:?}")
    }
}

fn error_text(source: &rusqlite::Error) -> String {
    match source {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// SQLite does not know who holds the lock of a file; the system knows who has it open.
fn of_file(error: DatabaseError, client: &Client) -> DatabaseError {
    let source = error.source.as_ref();
    let source = source.and_then(|it| it.downcast_ref::<rusqlite::Error>());
    let path = client.path().filter(|it| !it.is_empty());
    let (Some(code), Some(path)) = (source.and_then(rusqlite::Error::sqlite_error_code), path)
    else {
        return error;
    };
    let path = one_line(path);
    let hint = match code {
        ErrorCode::DatabaseBusy => format!(
            "another program has begun to write to the file and has not ended its transaction; \
             `lsof {path}` tells which have it open"
        ),
        ErrorCode::NotADatabase => format!(
            "`{path}` is no SQLite database, or an encrypted one: correct the path in the URL, or give \
             the file another name"
        ),
        ErrorCode::DiskFull => format!(
            "make room on the disk that holds `{path}`, then run the command again: it goes on from what \
             is there"
        ),
        ErrorCode::SystemIoFailure => format!(
            "the system could not read or write `{path}`, or a file beside it: see whether its disk is \
             full or broken"
        ),
        ErrorCode::CannotOpen => format!(
            "SQLite could not make or open a file beside `{path}`: see whether its folder may be written, \
             and its disk is not mounted read-only"
        ),
        ErrorCode::ReadOnly => {
            format!("`{path}`, or the folder it is in, may not be written by this user")
        }
        _ => return error,
    };
    DatabaseError {
        hint: Some(hint),
        ..error
    }
}

fn error(source: rusqlite::Error) -> DatabaseError {
    let position = match &source {
        rusqlite::Error::SqlInputError { sql, offset, .. } => {
            let before = usize::try_from(*offset).ok().and_then(|end| sql.get(..end));
            before.map(|before| before.chars().count() + 1)
        }
        _ => None,
    };
    DatabaseError {
        message: error_text(&source),
        code: source.sqlite_error().map(|it| it.extended_code),
        position,
        source: Some(Box::new(source)),
        ..DatabaseError::default()
    }
}
