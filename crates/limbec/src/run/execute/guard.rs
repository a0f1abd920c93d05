//! What a transaction looks at before it does anything, if no lock keeps other processes away.

use limbec_core::dialect::{FaultKind, Row};
use limbec_core::schema::ObjectName;

use super::Work;
use crate::connection::Connection;
use crate::run::error::Race;
use crate::run::journal::Record;
use crate::run::state::State;
use crate::run::version::Version;
use crate::run::{Error, Migrator};

/// What must hold when a transaction begins.
pub(in crate::run) struct Guard<'a> {
    pub(in crate::run) version_table: &'a ObjectName,
    /// The version rows.
    pub(in crate::run) rows: &'a [String],
    /// The answer to [`Migrator::data_version`] from before the state was read.
    pub(in crate::run) seen: Option<Row>,
}

impl<C: Connection, R> Migrator<'_, C, R> {
    /// Asks for what changes as soon as another connection commits. `None` if the database has no
    /// answer to that.
    pub(in crate::run) async fn data_version(&mut self) -> Result<Option<Row>, Error> {
        data_version(self.connection, &self.version_table).await
    }
}

async fn data_version<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
) -> Result<Option<Row>, Error> {
    let versions = connection.dialect().version_table(version_table.clone());
    let Some(question) = versions.data_version() else {
        return Ok(None);
    };
    let answers = connection.run(&[&question]).await;
    let answers = answers.map_err(|error| Error::statement(error.error, &question))?;
    Ok(answers.into_iter().flat_map(|answer| answer.rows).next())
}

async fn version_rows<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
) -> Result<Vec<String>, Error> {
    let select = connection
        .dialect()
        .version_table(version_table.clone())
        .select();
    match connection.run(&[&select]).await {
        Ok(answers) => {
            let rows = answers.into_iter().flat_map(|answer| answer.rows);
            Ok(Version::of(Some(rows.flatten().flatten().collect())).rows)
        }
        Err(error)
            if error
                .error
                .is(FaultKind::MissingTable, connection.dialect()) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(Error::statement(error.error, &select)),
    }
}

/// Compares the database, inside a transaction, with what the plan was made for.
///
/// # Errors
/// When another process was faster.
pub(super) async fn check<C: Connection>(
    connection: &mut C,
    guard: &Guard<'_>,
    work: &Work<'_>,
    index: usize,
) -> Result<(), Error> {
    let table = guard.version_table;
    let now = data_version(connection, table).await?;
    let (rows, as_planned) = if now.is_some() && now == guard.seen {
        // Nobody else has written anything. The journal, which is as long as the history, need not be
        // read for each revision of it.
        (version_rows(connection, table).await?, true)
    } else {
        let found = State::read_of(connection, table, Some(work.revision)).await?;
        let direction = work.record.as_ref().map(Record::direction);
        let progress = direction.map(|direction| found.progress(work.revision, direction));
        let as_planned = progress.is_none_or(|it| it.done == index || work.progress.done > index);
        (found.version.rows, as_planned)
    };
    if rows == guard.rows && as_planned {
        Ok(())
    } else {
        Err(Error::race(Race::Overtaken))
    }
}
