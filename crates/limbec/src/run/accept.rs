//! What only a person can say: a changed revision is right as it is, a step was done or was not.

use std::sync::Arc;

use limbec_core::journal;
use limbec_core::revision::{Direction, Header};
use limbec_core::steps::Step;

use super::execute::run_own;
use super::journal::{Entry, Record};
use super::state::{HalfDone, Standing};
use super::{Error, ErrorKind, Migrator, Revisions};
use crate::connection::Connection;

/// What is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// The revision's file says something else than what was applied, and the database is right.
    Changed,
    /// The step that a run was stopped at is done.
    Done,
    /// The step that a run was stopped at is not done, and runs again.
    Again,
    /// A half-applied revision is given up: what it has done stays in the database, and it counts as not
    /// applied, so that a later upgrade begins with its first step. One that is half reverted counts as
    /// applied.
    Abandon,
}

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Notes in the journal what a person says about a revision, applied or half done, and why.
    ///
    /// A revision that is given up ([`Accept::Abandon`]) is returned as it was; it may be one that is not
    /// known here, and the beginning of its id is enough.
    ///
    /// # Errors
    /// When the revision is unknown, not applied, not half done, or stands at no step in doubt.
    pub async fn accept(
        &mut self,
        id: &str,
        what: Accept,
        reason: &str,
    ) -> Result<Option<HalfDone>, Error> {
        let lock = self.lock().await?;
        let result = match what {
            Accept::Abandon => self.abandon_locked(id, reason).await.map(Some),
            _ => self.accept_locked(id, what, reason).await.map(|()| None),
        };
        self.unlock(lock).await;
        result
    }

    async fn abandon_locked(&mut self, id: &str, reason: &str) -> Result<HalfDone, Error> {
        let state = self.read_state().await?;
        let half = state.half_done_of(id).ok_or_else(|| {
            let message = format!("no run has left the revision `{id}` half applied");
            Error::new(ErrorKind::Revision, message).with_hint("`limbec log` shows what ran")
        })?;
        self.give_up(&half, reason).await?;
        Ok(half)
    }

    /// Notes that a half-done revision is given up.
    pub(super) async fn give_up(&mut self, half: &HalfDone, reason: &str) -> Result<(), Error> {
        let graph = self.revisions.graph();
        let unknown = Header {
            id: half.revision.clone(),
            ..Header::default()
        };
        let header = match graph.index_of(&half.revision) {
            Some(index) => graph.revision(index),
            None => &unknown,
        };
        let (dialect, table) = (self.connection.dialect(), &self.version_table);
        let record = Record::new(dialect, table, header, Direction::Up, &self.settings);
        let reason = abandoned(reason, half);
        let row = record.accepting().insert(&note((1, 1), "done", &reason));
        self.write(&[row], &half.revision).await
    }

    async fn write(&mut self, steps: &[Step], id: &str) -> Result<(), Error> {
        let namespace = self.home.as_ref().and_then(|it| it.namespace.as_deref());
        run_own(self.connection, steps, &self.settings, namespace, id).await
    }

    async fn accept_locked(&mut self, id: &str, what: Accept, reason: &str) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let state = self.read_state().await?;
        let graph = self.revisions.graph();
        let index = graph.index_of(id).ok_or_else(|| {
            Error::new(
                ErrorKind::Revision,
                format!("Can't locate revision identified by '{id}'"),
            )
        })?;
        let unfinished = state.unfinished().filter(|it| it.revision == id);
        let direction = match unfinished {
            Some(it) if it.is_downgrade() => Direction::Down,
            _ => Direction::Up,
        };
        let content = match direction {
            Direction::Up => self.revisions.read(id)?,
            _ => Arc::default(),
        };
        let record = Record::new(
            dialect,
            &self.version_table,
            graph.revision(index),
            direction,
            &self.settings,
        )
        .with_checksum(content.checksum.as_deref());
        let step = match (what, unfinished) {
            (Accept::Changed, None) => {
                if !graph.applied(&state.version.rows)?.contains(&index) {
                    return Err(Error::new(
                        ErrorKind::Revision,
                        format!(
                            "the revision `{id}` is not applied, so there is nothing to accept"
                        ),
                    ));
                }
                record.accepting().insert(&note((1, 1), "done", reason))
            }
            (Accept::Changed, Some(it)) => record.insert(&of_statement(it, it.state(), reason)),
            (Accept::Done | Accept::Again, Some(it)) if it.is_in_doubt() => {
                let state = if what == Accept::Done {
                    "settled"
                } else {
                    "failed"
                };
                record.finish(&of_statement(it, state, reason))
            }
            (Accept::Done | Accept::Again | Accept::Abandon, _) => {
                return Err(Error::new(
                    ErrorKind::Revision,
                    format!("no run was stopped at a step of the revision `{id}`"),
                )
                .with_hint("`limbec log` shows what ran"));
            }
        };
        let ensure = dialect.journal(journal::name(&self.version_table)).ensure();
        self.write(&[ensure, step], id).await
    }
}

/// The row that gives a half-done revision up.
fn abandoned(reason: &str, half: &HalfDone) -> String {
    format!("abandoned, {half}: {reason}")
}

fn note<'a>(step: (usize, usize), state: &'a str, reason: &'a str) -> Entry<'a> {
    Entry {
        step,
        state,
        note: Some(reason),
        ..Entry::default()
    }
}

/// A row about the statement at which a revision stands.
fn of_statement<'a>(standing: &Standing, state: &'a str, reason: &'a str) -> Entry<'a> {
    Entry {
        statement: standing.statement,
        ..note((standing.step, standing.steps), state, reason)
    }
}

impl Standing {
    fn is_downgrade(&self) -> bool {
        self.direction == Some(Direction::Down)
    }

    fn state(&self) -> &'static str {
        if self.done { "done" } else { "started" }
    }

    fn is_in_doubt(&self) -> bool {
        !self.done
    }
}
