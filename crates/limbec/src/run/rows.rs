//! Asks a database about its rows in passing: without locks that others wait for, and not for long.

use limbec_core::dialect::{COUNTED, Demand, FaultKind};
use limbec_core::schema::ColumnType;

use super::Error;
use crate::connection::Connection;

/// How many rows do not meet a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Rows(u64),
    /// More than are counted.
    Many,
    /// It is not known: counting them took too long, or somebody was in the way.
    Unknown,
}

impl Count {
    /// Whether there is nothing to say.
    pub fn is_none(self) -> bool {
        self == Count::Rows(0)
    }
}

/// Counts the rows that do not meet a demand; none if the database cannot be asked, since a column is
/// yet to come.
///
/// # Errors
/// When the connection is lost.
pub async fn count_rows<C: Connection>(database: &mut C, demand: &Demand) -> Result<Count, Error> {
    let dialect = database.dialect();
    let Some(offence) = dialect.offence(demand) else {
        return Ok(Count::Rows(0));
    };
    Ok(match ask(database, &offence.question).await? {
        Ok(count) => match count.and_then(|it| it.parse().ok()) {
            Some(count) if count <= COUNTED => Count::Rows(count),
            Some(_) => Count::Many,
            None => Count::Unknown,
        },
        Err(FaultKind::Cancelled | FaultKind::Contention) => Count::Unknown,
        Err(_) => Count::Rows(0),
    })
}

/// Whether a cast leads from one type to another, as far as the database has both.
///
/// # Errors
/// When the connection is lost.
pub async fn can_cast<C: Connection>(
    database: &mut C,
    from: &ColumnType,
    to: &ColumnType,
) -> Result<bool, Error> {
    let Some(question) = database.dialect().cast_question(from, to) else {
        return Ok(true);
    };
    let answer = ask(database, &question).await?;
    Ok(!matches!(answer, Err(FaultKind::NoCast)))
}

/// The first value that a question answers with, or what its error means.
async fn ask<C: Connection>(
    database: &mut C,
    question: &str,
) -> Result<Result<Option<String>, FaultKind>, Error> {
    let dialect = database.dialect();
    let (before, after) = dialect.in_passing();
    let statements: Vec<&str> = (before.iter().copied())
        .chain([question])
        .chain(after.iter().copied())
        .collect();
    match database.flight(&statements).await {
        Ok(mut answers) => {
            answers.truncate(before.len() + 1);
            let rows = answers.pop().map(|it| it.rows).unwrap_or_default();
            Ok(Ok(rows.into_iter().flatten().next().flatten()))
        }
        Err(error) => {
            let kind = dialect.classify(&error.error.fault());
            if kind == FaultKind::ConnectionLost {
                return Err(Error::statement(error.error, question));
            }
            let _ = database.run(after).await;
            Ok(Err(kind))
        }
    }
}
