//! A statement that no transaction holds: begun in the journal, looked for, run, done in the
//! journal. Whatever stops it, the next run finds out how far it came.

use std::time::{Duration, Instant};

use limbec_core::dialect::{Limits, Row};
use limbec_core::schema::Schema;
use limbec_core::sql::tokens;
use limbec_core::steps::{Doubt, Found, Probe, Step, script};

use super::queue::{Pending, Queue};
use super::{GroupLimits, Runner, Work, advised, enter, leave, revert_sql};
use crate::connection::Connection;
use crate::run::journal::Part;
use crate::run::migrate::Event;
use crate::run::{Error, ErrorKind, TELL};

/// How long to wait before the next look at another session's build.
const LOOK: Duration = Duration::from_millis(500);

impl<C: Connection> Runner<'_, '_, C> {
    /// Runs the group of one operation outside a transaction. `in_doubt` says whether it was begun
    /// before; it holds from the first try on.
    pub(super) async fn outside(
        &mut self,
        work: &Work<'_>,
        index: usize,
        in_doubt: &mut bool,
    ) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let mut steps = Vec::new();
        for operation in &work.groups[index].operations {
            let compiled = dialect.compile(operation, &Schema::default());
            steps.extend(compiled.map_err(|error| Error::compiling(operation, error))?);
        }
        let Some(at) = steps.iter().position(|step| !step.transactional) else {
            return self.inside(work, index).await;
        };
        let step = &steps[at];
        let operation = work.groups[index].operations.first();
        let due = self.is_due(step, *in_doubt, work.revision).await?;
        let sql = script(&steps);
        if !*in_doubt {
            self.begin(work, index, &sql).await?;
            *in_doubt = true;
        }
        if due {
            let limits = GroupLimits::of(&work.groups[index], self.settings);
            let mut limits = limits.as_limits(work.revision, false);
            if step.patient {
                limits.lock_timeout = "0";
            }
            if let Err(error) = self.limited(&step.sql, &limits).await {
                let error = error.of_operation(operation.map(ToString::to_string));
                return Err(self.after_failure(work, index, step, error).await);
            }
            self.verify(step).await?;
        } else if let Some(operation) = operation {
            (self.observer)(Event::Settled {
                revision: work.revision,
                operation,
            });
        }
        self.end(work, index, &steps[at + 1..], None).await
    }

    /// Finds out whether a statement is still to be run, and takes away what is half done.
    async fn is_due(&mut self, step: &Step, in_doubt: bool, revision: &str) -> Result<bool, Error> {
        let probe = match &step.doubt {
            Doubt::Person if in_doubt => return Err(only_a_person_can_tell(&step.sql)),
            Doubt::Again | Doubt::Person => return Ok(true),
            Doubt::Ask(probe) => probe,
        };
        let begun = Instant::now();
        let mut told: Option<Instant> = None;
        loop {
            match self.look(probe).await? {
                Found::Nothing => return Ok(true),
                Found::Done if in_doubt => return Ok(false),
                // Not ours: the statement itself says so, or is content with it.
                Found::Done if is_content(&step.sql) => return Ok(false),
                Found::Done => return Err(there_already(step)),
                Found::Half => self.clear(probe).await?,
                Found::Busy => {
                    let since = begun.elapsed();
                    if since >= self.settings.lock_wait {
                        return Err(Error::new(
                            ErrorKind::Conflict,
                            "another session has been building this index all the while",
                        )
                        .with_hint("let it end, then run the command again"));
                    }
                    if told.is_none_or(|told| told.elapsed() >= TELL) {
                        (self.observer)(Event::Building { revision, since });
                        told = Some(Instant::now());
                    }
                    self.connection.pause(LOOK).await;
                    self.beat(revision).await?;
                }
            }
        }
    }

    async fn look(&mut self, probe: &Probe) -> Result<Found, Error> {
        let answers = self
            .connection
            .run(&[&probe.question])
            .await
            .map_err(|error| Error::statement(error.error, &probe.question))?;
        let word = answers
            .into_iter()
            .flat_map(|answer| answer.rows)
            .flatten()
            .flatten()
            .next();
        word.and_then(|word| Found::read(&word)).ok_or_else(|| {
            Error::new(
                ErrorKind::Statement,
                "the database does not say how far a statement came",
            )
        })
    }

    async fn clear(&mut self, probe: &Probe) -> Result<(), Error> {
        self.connection
            .run(&[&probe.clear])
            .await
            .map(|_| ())
            .map_err(|error| Error::statement(error.error, &probe.clear))
    }

    /// Notes that the statement begins.
    async fn begin(&mut self, work: &Work<'_>, index: usize, sql: &str) -> Result<(), Error> {
        let Some(record) = &work.record else {
            return Ok(());
        };
        let row = record.insert(&Part {
            step: (index + 1, work.groups.len()),
            state: "started",
            sql: Some(sql),
            ..Part::default()
        });
        let frame = self.connection.dialect().frame(&[]);
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let result = async {
            enter(&mut queue, work, index, bounds).await?;
            queue.push(Pending::of(row));
            queue.commit().await
        };
        let result = result.await;
        queue.close(result).await
    }

    /// Runs a statement within limits of its own.
    async fn limited(&mut self, sql: &str, limits: &Limits<'_>) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let mut before: Option<Row> = None;
        // Behind a pooler the settings would be another session's.
        let set = dialect
            .enter_outside(limits)
            .filter(|_| self.lease.is_none());
        if let Some(set) = set {
            let answers = self.connection.run(&[&set]).await;
            let answers = answers.map_err(|error| Error::statement(error.error, &set))?;
            before = answers.into_iter().flat_map(|answer| answer.rows).next();
        }
        let signed = self.lease.map(|lease| lease.signed(sql));
        let result = self
            .connection
            .run(&[signed.as_deref().unwrap_or(sql)])
            .await;
        if let Some(back) = before.and_then(|row| dialect.leave(&row)) {
            // The settings go with the connection in any case.
            let _ = self.connection.run(&[&back]).await;
        }
        result
            .map(|_| ())
            .map_err(|error| Error::statement(error.error, sql))
    }

    /// Takes away what a statement has left that will not be tried again, and notes why it failed.
    async fn after_failure(
        &mut self,
        work: &Work<'_>,
        index: usize,
        step: &Step,
        error: Error,
    ) -> Error {
        let dialect = self.connection.dialect();
        let comes_again = error
            .database_error()
            .is_some_and(|said| dialect.is_contention(said.sqlstate.as_deref(), &said.message));
        if comes_again {
            return error;
        }
        // Best effort: the next run looks again. So this one waits no longer than for any lock.
        if let Doubt::Ask(probe) = &step.doubt
            && let Ok(Found::Half) = self.look(probe).await
        {
            let limits = GroupLimits::of(&work.groups[index], self.settings);
            let limits = limits.as_limits(work.revision, false);
            let _ = self.limited(&probe.clear, &limits).await;
        }
        if let Some(record) = &work.record {
            let message = error.to_string();
            let row = record.finish(&Part {
                step: (index + 1, work.groups.len()),
                state: "failed",
                note: Some(&message),
                ..Part::default()
            });
            let _ = self.connection.run(&[&row.sql]).await;
        }
        advised(error, dialect)
    }

    /// Makes sure that what was built is whole.
    async fn verify(&mut self, step: &Step) -> Result<(), Error> {
        let Doubt::Ask(probe) = &step.doubt else {
            return Ok(());
        };
        match self.look(probe).await? {
            Found::Done => Ok(()),
            _ => Err(Error::check(
                "the statement succeeded, and its effect is not there",
                &step.sql,
            )),
        }
    }

    /// Notes that the statement is done, with what belongs to it, and the version rows.
    pub(super) async fn end(
        &mut self,
        work: &Work<'_>,
        index: usize,
        rest: &[Step],
        note: Option<&str>,
    ) -> Result<(), Error> {
        if let Some(schema) = self.known.as_mut() {
            for operation in &work.groups[index].operations {
                let _ = limbec_core::operations::apply(schema, operation);
            }
        }
        let frame = self.connection.dialect().frame(&[]);
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let result = async {
            enter(&mut queue, work, index, bounds).await?;
            queue.extend(rest);
            if let Some(record) = &work.record {
                let revert = revert_sql(&mut queue, work, index, self.known).await?;
                let row = record.finish(&Part {
                    step: (index + 1, work.groups.len()),
                    state: "done",
                    revert_sql: revert.as_deref(),
                    note,
                    ..Part::default()
                });
                queue.change_row(row, Some(1));
            }
            leave(&mut queue, work, index);
            queue.commit().await
        };
        let result = result.await;
        queue.close(result).await
    }
}

/// Whether a statement says that it may find its work done.
fn is_content(sql: &str) -> bool {
    tokens(sql).any(|token| token.is_word("EXISTS"))
}

fn there_already(step: &Step) -> Error {
    Error::check(
        "the index is there already, or gone already, and no revision made it so",
        &step.sql,
    )
    .with_hint(
        "where it is what the revision wants, say so: `IF NOT EXISTS` or `IF EXISTS` in SQL; else \
         rename it or drop it first",
    )
}

fn only_a_person_can_tell(sql: &str) -> Error {
    Error::check(
        "a run was stopped while this statement was at work, and whether it took effect cannot be \
         seen",
        sql,
    )
    .with_hint(
        "look at the database, then say what you found: `limbec accept REVISION --done --reason \
         \"…\"` where it is done, `--again` where it is not",
    )
}
