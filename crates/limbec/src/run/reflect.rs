//! Reads what a database holds.

use limbec_core::dialect::ReflectError;
use limbec_core::schema::Schema;

use super::Error;
use crate::connection::{Connection, StatementError};

/// Reflects a database in one snapshot, by the same few queries whatever the number of tables.
///
/// # Errors
/// When the database refuses a query, or a catalogue row cannot be read.
pub async fn reflect<C: Connection>(connection: &mut C) -> Result<Schema, Error> {
    let dialect = connection.dialect();
    let snapshot = dialect.snapshot();
    let statements = [snapshot.begin, dialect.catalogue(), snapshot.end].concat();
    match read(connection, &statements, snapshot.begin.len()).await {
        Ok(schema) => Ok(schema?),
        Err(error) => {
            // A snapshot left open would hold the next transaction up.
            let _ = connection.tidy(snapshot.end).await;
            Err(failed(error, &statements))
        }
    }
}

/// Reflects a database inside the transaction that is open.
pub(super) async fn reflect_inside<C: Connection>(connection: &mut C) -> Result<Schema, Error> {
    let queries = connection.dialect().catalogue();
    let schema = read(connection, queries, 0).await;
    Ok(schema.map_err(|error| failed(error, queries))??)
}

/// Runs statements, from the given one on those of the catalogue, and reads their rows as they come.
async fn read<C: Connection>(
    connection: &mut C,
    statements: &[&str],
    first: usize,
) -> Result<Result<Schema, ReflectError>, StatementError> {
    let mut reader = connection.dialect().reader();
    let mut result = Ok(());
    let mut take = |statement: usize, row: &[Option<&str>]| {
        if let (Ok(()), Some(query)) = (&result, statement.checked_sub(first)) {
            result = reader.row(query, row);
        }
    };
    let answers = connection.stream(statements, &mut take).await;
    for (index, answer) in answers.into_iter().enumerate() {
        answer.map_err(|error| StatementError { index, error })?;
    }
    Ok(result.and_then(|()| reader.finish()))
}

fn failed(error: StatementError, statements: &[&str]) -> Error {
    let sql = statements.get(error.index).copied().unwrap_or_default();
    Error::statement(error.error, sql)
}
