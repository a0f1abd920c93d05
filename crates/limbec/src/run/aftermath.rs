//! What a failed run has left of its revision. The database is asked before anything is said: a
//! connection that is lost round COMMIT tells nothing, and neither does a failure behind it.

use std::time::{Duration, Instant};

use limbec_core::dialect::{FaultKind, read_bool};
use limbec_core::revision::{Direction, PlanStep};
use limbec_core::steps::Part;

use super::error::{Kept, Left};
use super::execute::Work;
use super::state::State;
use super::{Error, Migrator, Revisions};
use crate::connection::{Connection, DatabaseError};
use crate::random::Pauses;

/// For how long a database is tried to be reached again by a process that was asked to stop.
const PATIENCE_AT_A_STOP: Duration = Duration::from_secs(2);

/// The first and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Adds to an error what is left of the step that failed.
    pub(super) async fn look_after(
        &mut self,
        error: Error,
        work: &Work<'_>,
        before: &State,
        step: &PlanStep<'_>,
    ) -> Error {
        if error.lost_race().is_some() {
            // Nothing of it was run.
            return error;
        }
        self.connection.clean_up(true);
        let found = self.read_again(&error, step.id()).await;
        self.connection.clean_up(false);
        let left = match found {
            Ok(found) => self.left(&found, work, before, step),
            Err(why) => Left::Unknown(why),
        };
        error.leaving(left)
    }

    /// Reads the state after a failure, on another connection if this one is lost.
    async fn read_again(&mut self, error: &Error, id: &str) -> Result<State, String> {
        let dialect = self.connection.dialect();
        let is_lost = |error: &Error| {
            let said = error.database_error();
            said.is_some_and(|said| said.is(FaultKind::ConnectionLost, dialect))
        };
        let asked = self.settings.version_table(dialect);
        if !is_lost(error) {
            match State::read_of(self.connection, &asked, Some(id)).await {
                Err(error) if is_lost(&error) => {}
                result => return result.map_err(|error| error.to_string()),
            }
        }
        self.reach_again().await?;
        let found = State::read_of(self.connection, &asked, Some(id)).await;
        found.map_err(|error| error.to_string())
    }

    /// Connects anew, and waits until the server has ended the session that was lost: until then its
    /// transaction may still commit.
    async fn reach_again(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
        loop {
            let why = match self.connection.reconnect().await {
                Ok(false) => return Err("the connection is not limbec's own".to_string()),
                Ok(true) => match self.is_lost_session_there().await {
                    Ok(false) => return Ok(()),
                    Ok(true) => "the server has not ended the lost session yet".to_string(),
                    Err(error) => error.to_string(),
                },
                Err(error) => error.to_string(),
            };
            let patience = if self.connection.is_interrupted() {
                PATIENCE_AT_A_STOP
            } else {
                self.connection.patience()
            };
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(why);
            }
            self.connection.pause(pauses.next(left)).await;
        }
    }

    /// Whether the server still has the session that was lost.
    async fn is_lost_session_there(&mut self) -> Result<bool, DatabaseError> {
        let dialect = self.connection.dialect();
        if let Some(lease) = &self.lease {
            // Whichever session of the server it was, its transaction holds the lock.
            let alone = lease.alone();
            return match self.connection.run(&[&alone]).await {
                Ok(_) => Ok(false),
                Err(error) if error.error.is(FaultKind::LockLost, dialect) => Ok(true),
                Err(error) => Err(error.error),
            };
        }
        let question = self.process.as_deref().and_then(|it| dialect.is_there(it));
        let Some(question) = question else {
            return Ok(false);
        };
        let answers = self.connection.run(&[&question]).await;
        let answers = answers.map_err(|error| error.error)?;
        let mut values = answers.into_iter().flat_map(|it| it.rows).flatten();
        Ok(values.next().flatten().as_deref().and_then(read_bool) == Some(true))
    }

    /// Compares the state with the one before the step.
    fn left(&self, found: &State, work: &Work<'_>, before: &State, step: &PlanStep<'_>) -> Left {
        let rows = &found.version.rows;
        if *rows == before.version.rows {
            return steps_left(found, work, step);
        }
        let mut after = before.clone();
        after.step_done(step, false);
        let graph = self.revisions.graph();
        let is_applied = graph.applied(rows).is_ok_and(|applied| {
            let index = graph.index_of(step.id());
            index.is_some_and(|index| applied.contains(&index))
        });
        let is_done = *rows == after.version.rows
            || match step.direction {
                Direction::Up => is_applied,
                Direction::Down => !is_applied,
                Direction::Stamp => false,
            };
        if is_done {
            return Left::All;
        }
        let rows = if rows.is_empty() {
            "no revision".to_string()
        } else {
            rows.join(", ")
        };
        Left::Unknown(format!(
            "another process has changed the version table, which now holds {rows}"
        ))
    }
}

/// What the journal says of the steps of a revision whose version rows are as before.
fn steps_left(found: &State, work: &Work<'_>, step: &PlanStep<'_>) -> Left {
    let progress = found.progress(step.id(), step.direction);
    if progress.done == 0 && progress.statements == 0 && !progress.started {
        return Left::Nothing;
    }
    let parts = &work.plan.parts;
    // A file that was divided anew has other steps than those that are done.
    let known = if parts.len() == progress.steps {
        &parts[..progress.done.min(parts.len())]
    } else {
        &[]
    };
    Left::Steps(Kept {
        operations: known.iter().flat_map(Part::all_words).collect(),
        step: progress.done + 1,
        steps: progress.steps,
        statements: progress.statements,
        begun: progress.started,
    })
}
