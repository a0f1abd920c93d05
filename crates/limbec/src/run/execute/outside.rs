//! A statement that no transaction holds: begun in the journal, looked for, run, done in the
//! journal. Whatever stops it, the next run finds out how far it came.

use std::time::{Duration, Instant};

use limbec_core::dialect::{FaultKind, Limits, Row, TimeLimit};
use limbec_core::sql::{Lexicon, tokens};
use limbec_core::steps::{Doubt, Found, Next, Part, Probe, Statement, Step, Unit, script, units};

use super::queue::{Pending, Queue};
use super::{Cursor, Runner, Work, advised, divided_anew, enter, leave, limits, revert_sql};
use crate::connection::Connection;
use crate::run::event::Event;
use crate::run::journal::Entry;
use crate::run::reflect::reflect;
use crate::run::{Error, ErrorKind, TELL};

/// How long to wait before the next look at another session's build.
const LOOK: Duration = Duration::from_millis(500);

impl<C: Connection> Runner<'_, '_, C> {
    /// Runs a part outside a transaction: each statement has its row of the journal, begun before
    /// it and done behind it. `cursor` says where to go on, and holds from the first try on.
    pub(super) async fn outside(
        &mut self,
        work: &Work<'_>,
        index: usize,
        cursor: &mut Cursor,
    ) -> Result<(), Error> {
        let part = &work.plan.parts[index];
        let units = units(self.compile(part).await?);
        if units.is_empty() {
            return self.inside(work, index).await;
        }
        let total = units.len();
        if cursor.done >= total {
            return Err(divided_anew(work, work.plan.parts.len()));
        }
        for (number, unit) in units.iter().enumerate().skip(cursor.done) {
            let place = Place {
                part: index,
                statement: (number + 1, total),
            };
            self.unit(work, place, unit, &mut cursor.in_doubt).await?;
            cursor.done = number + 1;
            cursor.in_doubt = false;
        }
        Ok(())
    }

    /// Compiles a part with no transaction open.
    async fn compile(&mut self, part: &Part) -> Result<Vec<Statement>, Error> {
        let mut compiling = part.compile(self.connection.dialect());
        let mut all = Vec::new();
        while let Some(next) = compiling.next(self.knowledge) {
            match next? {
                Next::Reflect => self.knowledge.read(reflect(self.connection).await?),
                Next::Statements(statements) => all.extend(statements),
            }
        }
        Ok(all)
    }

    /// Runs one statement, unless a run before has done it.
    async fn unit(
        &mut self,
        work: &Work<'_>,
        place: Place,
        unit: &Unit,
        in_doubt: &mut bool,
    ) -> Result<(), Error> {
        let part = &work.plan.parts[place.part];
        let step = &unit.statement.step;
        let operation = part.operation(&unit.statement);
        let due = self.is_due(step, *in_doubt, work.revision).await?;
        if !*in_doubt {
            self.begin(work, place, unit).await?;
            *in_doubt = true;
        }
        if due {
            let mut limits = limits(part, self.bounds(), work.revision, false)?;
            if step.patient {
                limits.lock_timeout = TimeLimit::Never;
            }
            if let Err(error) = self.limited(&step.sql, &limits).await {
                let error = error.of_operation(
                    unit.statement.origin.map(|it| it.operation),
                    part.words(&unit.statement),
                );
                return Err(self.after_failure(work, place, step, error).await);
            }
            self.verify(step).await?;
        } else if let Some(operation) = operation {
            (self.observer)(Event::Settled {
                revision: work.revision,
                operation,
            });
        }
        let statement = Some(place.statement);
        self.end(work, place.part, &unit.after, statement, None)
            .await
    }

    /// Finds out whether a statement is still to be run, and takes away what is half done.
    async fn is_due(&mut self, step: &Step, in_doubt: bool, revision: &str) -> Result<bool, Error> {
        let probe = match &step.doubt {
            Doubt::Person if in_doubt => return Err(only_a_person_can_tell(&step.sql)),
            Doubt::Again | Doubt::Person => return Ok(true),
            Doubt::Ask(probe) => probe,
        };
        let dialect = self.connection.dialect();
        let begun = Instant::now();
        let mut told: Option<Instant> = None;
        loop {
            match self.look(probe).await? {
                Found::Nothing => return Ok(true),
                Found::Done if in_doubt => return Ok(false),
                // Not ours: the statement itself says so, or is content with it.
                Found::Done if is_content(&step.sql, dialect.lexicon()) => return Ok(false),
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
    async fn begin(&mut self, work: &Work<'_>, place: Place, unit: &Unit) -> Result<(), Error> {
        if work.record.is_none() && unit.before.is_empty() {
            return Ok(());
        }
        let (part, index) = (&work.plan.parts[place.part], place.part);
        let sql = script(unit.steps(), self.connection.dialect().lexicon());
        let row = work.record.as_ref().map(|record| {
            record.insert(&Entry {
                state: "started",
                sql: Some(&sql),
                ..place.entry(work)
            })
        });
        let frame = self.connection.dialect().frame(&[]);
        let is_copy_due = self.is_copy_due(work, index);
        let mut copied = None;
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let result = async {
            enter(&mut queue, work, index, bounds).await?;
            if is_copy_due {
                copied = queue.copy_database(work).await?;
            }
            queue.statements(part, &unit.before);
            if let Some(row) = row {
                queue.push(Pending::of(row));
            }
            queue.commit().await
        };
        let result = result.await;
        let result = queue.close(result).await;
        self.after_copy(copied, work, &result);
        result
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
            let _ = self.connection.tidy(&[&back]).await;
        }
        result
            .map(|_| ())
            .map_err(|error| Error::statement(error.error, sql))
    }

    /// Takes away what a statement has left that will not be tried again, and notes why it failed.
    async fn after_failure(
        &mut self,
        work: &Work<'_>,
        place: Place,
        step: &Step,
        error: Error,
    ) -> Error {
        let dialect = self.connection.dialect();
        let comes_again = error
            .database_error()
            .is_some_and(|said| said.is(FaultKind::Contention, dialect));
        if comes_again {
            return error;
        }
        // Best effort: the next run looks again. So this one waits no longer than for any lock, and not at
        // all if somebody wants it to stop.
        if !self.connection.is_interrupted()
            && let Doubt::Ask(probe) = &step.doubt
            && let Ok(Found::Half) = self.look(probe).await
        {
            let part = &work.plan.parts[place.part];
            if let Ok(limits) = limits(part, self.bounds(), work.revision, false) {
                let _ = self.limited(&probe.clear, &limits).await;
            }
        }
        if let Some(record) = &work.record {
            let message = error.to_string();
            let row = record.finish(&Entry {
                state: "failed",
                note: Some(&message),
                ..place.entry(work)
            });
            let _ = self.connection.tidy(&[&row.sql]).await;
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

    /// Notes that a statement is done, with what belongs to it; behind the last one of the part,
    /// the version rows too.
    pub(super) async fn end(
        &mut self,
        work: &Work<'_>,
        index: usize,
        after: &[Statement],
        statement: Option<(usize, usize)>,
        note: Option<&str>,
    ) -> Result<(), Error> {
        let frame = self.connection.dialect().frame(&[]);
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let statement = statement.unwrap_or((1, 1));
        let is_last = statement.0 == statement.1;
        let result = async {
            enter(&mut queue, work, index, bounds).await?;
            queue.statements(&work.plan.parts[index], after);
            if let Some(record) = &work.record {
                let revert = if is_last {
                    revert_sql(&mut queue, work, index, self.knowledge).await?
                } else {
                    None
                };
                let row = record.finish(&Entry {
                    step: (index + 1, work.plan.parts.len()),
                    statement,
                    state: "done",
                    revert_sql: revert.as_deref(),
                    note,
                    ..Entry::default()
                });
                queue.change_row(row, Some(1));
            }
            if is_last {
                leave(&mut queue, work, index);
            }
            queue.commit().await
        };
        let result = result.await;
        queue.close(result).await
    }
}

/// Where a statement outside a transaction stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    part: usize,
    /// Which statement of the part, counted from 1, and how many there are.
    statement: (usize, usize),
}

impl Place {
    fn entry<'e>(self, work: &Work<'_>) -> Entry<'e> {
        Entry {
            step: (self.part + 1, work.plan.parts.len()),
            statement: self.statement,
            ..Entry::default()
        }
    }
}

/// Whether a statement says that it may find its work done.
fn is_content(sql: &str, lexicon: &Lexicon) -> bool {
    tokens(sql, lexicon).any(|token| token.is_word("EXISTS"))
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
