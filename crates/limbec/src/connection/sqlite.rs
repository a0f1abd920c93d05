//! SQLite, by `rusqlite`.

use std::path::Path;
use std::time::Duration;

use limbec_core::dialect::{Dialect, Row, sqlite::Sqlite};
use rusqlite::Connection as Client;
use rusqlite::types::ValueRef;

use super::{Answer, Connection, DatabaseError, StatementError};

/// How long a writer waits for another one's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Opens a database file, made where it is missing; `:memory:` lives as long as the connection.
///
/// # Errors
/// When the file cannot be opened or made.
pub fn open(path: &Path) -> Result<Client, DatabaseError> {
    let client = if path.as_os_str() == ":memory:" {
        Client::open_in_memory()
    } else {
        Client::open(path)
    }
    .map_err(error)?;
    client.busy_timeout(BUSY_TIMEOUT).map_err(error)?;
    Ok(client)
}

impl Connection for Client {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let answer = |(index, sql): (usize, &&str)| {
            answer(self, sql).map_err(|source| StatementError {
                index,
                error: error(source),
            })
        };
        statements.iter().enumerate().map(answer).collect()
    }

    async fn pause(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

fn answer(client: &Client, sql: &str) -> rusqlite::Result<Answer> {
    let mut statement = client.prepare(sql)?;
    let columns = statement.column_count();
    let changes = client.total_changes();
    let mut rows = statement.query([])?;
    let mut answer = Answer::default();
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|index| row.get_ref(index).map(text));
        answer.rows.push(values.collect::<rusqlite::Result<Row>>()?);
    }
    answer.affected = client.total_changes() - changes;
    Ok(answer)
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(it) => Some(it.to_string()),
        ValueRef::Real(it) => Some(it.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

fn error(source: rusqlite::Error) -> DatabaseError {
    let (message, position) = match &source {
        rusqlite::Error::SqlInputError { msg, offset, .. } => (
            msg.clone(),
            usize::try_from(*offset).ok().map(|offset| offset + 1),
        ),
        rusqlite::Error::SqliteFailure(_, Some(message)) => (message.clone(), None),
        other => (other.to_string(), None),
    };
    DatabaseError {
        message,
        position,
        source: Some(Box::new(source)),
        ..DatabaseError::default()
    }
}
