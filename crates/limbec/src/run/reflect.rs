//! Reads what a database holds.

use limbec_core::schema::Schema;

use super::Error;
use crate::connection::{Connection, StatementError};

/// Reflects a database in one snapshot, by the same few queries whatever the number of tables.
///
/// # Errors
/// When the database refuses a query, or a catalogue row cannot be read.
pub async fn reflect<C: Connection>(connection: &mut C) -> Result<Schema, Error> {
    let dialect = connection.dialect();
    let (begin, end) = dialect.snapshot();
    let mut statements = vec![begin];
    statements.extend(dialect.catalogue());
    statements.push(end);
    let result = connection.flight(&statements).await;
    let mut answers = match result {
        Ok(answers) => answers,
        Err(error) => {
            // A snapshot left open would hold the next transaction up.
            let _ = connection.run(&[end]).await;
            return Err(failed(error, &statements));
        }
    };
    answers.pop();
    answers.remove(0);
    Ok(dialect.read_catalogue(answers.into_iter().map(|answer| answer.rows).collect())?)
}

/// Reflects a database inside the transaction that is open.
pub(super) async fn reflect_inside<C: Connection>(connection: &mut C) -> Result<Schema, Error> {
    let dialect = connection.dialect();
    let queries = dialect.catalogue();
    let answers = connection
        .flight(queries)
        .await
        .map_err(|error| failed(error, queries))?;
    Ok(dialect.read_catalogue(answers.into_iter().map(|answer| answer.rows).collect())?)
}

fn failed(error: StatementError, statements: &[&str]) -> Error {
    let sql = statements.get(error.index).copied().unwrap_or_default();
    Error::statement(error.error, sql)
}
