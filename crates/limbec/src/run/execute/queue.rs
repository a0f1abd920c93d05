//! Steps on their way to the database: sent together for as long as nothing has to be asked
//! between them.

use limbec_core::dialect::{Dialect, FaultKind, Frame, Limits};
use limbec_core::journal;
use limbec_core::schema::Schema;
use limbec_core::steps::{Knowledge, Next, Part, Statement, Step};

use super::Work;
use super::guard::{self, Guard};
use crate::connection::{Answer, Connection};
use crate::run::Error;
use crate::run::backup::{self, Copied};
use crate::run::error::Race;
use crate::run::reflect::reflect_inside;

/// A step that waits to be sent, with where it comes from and how many rows it must touch.
pub(super) struct Pending {
    step: Step,
    operation: Option<String>,
    /// Which operation of the revision.
    origin: Option<usize>,
    affects: Option<u64>,
    /// Whether the transaction is open once it has run.
    opens: bool,
    /// What it means if the statement refuses to go on.
    refusal: Option<Refusal>,
}

/// Why a statement of limbec's own refuses to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Another process has the lock, or the lease.
    Lock,
    /// It changed no row.
    Row,
}

impl Pending {
    pub(super) fn of(step: Step) -> Self {
        Pending {
            step,
            operation: None,
            origin: None,
            affects: None,
            opens: false,
            refusal: None,
        }
    }
}

pub(super) struct Queue<'a, C> {
    pending: Vec<Pending>,
    connection: &'a mut C,
    frame: Frame,
    /// Whether a transaction of ours may be open: not while its first statements fail.
    open: bool,
    guarded: bool,
}

impl<'a, C: Connection> Queue<'a, C> {
    /// Begins a transaction of its own.
    pub(super) fn framed(connection: &'a mut C, frame: Frame) -> Self {
        let mut pending: Vec<Pending> = frame.begin.iter().cloned().map(Pending::of).collect();
        if let Some(last) = pending.last_mut() {
            last.opens = true;
        }
        Queue {
            pending,
            connection,
            frame,
            open: false,
            guarded: false,
        }
    }

    /// Works in the transaction that the caller holds.
    pub(super) fn unframed(connection: &'a mut C) -> Self {
        Queue {
            pending: Vec::new(),
            connection,
            frame: Frame::default(),
            open: true,
            guarded: false,
        }
    }

    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        self.connection.dialect()
    }

    pub(super) fn is_guarded(&self) -> bool {
        self.guarded
    }

    pub(super) fn push(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    pub(super) fn extend(&mut self, steps: &[Step]) {
        self.pending.extend(steps.iter().cloned().map(Pending::of));
    }

    /// Sets the limits of the transaction, which must not go on without the lock.
    pub(super) fn enter(&mut self, limits: &Limits<'_>) {
        if let Some(sql) = self.dialect().enter(limits) {
            self.pending.push(Pending {
                refusal: Some(Refusal::Lock),
                ..Pending::of(Step::new(sql))
            });
        }
    }

    /// Keeps up the lease, without which the transaction must not go on.
    pub(super) fn renew(&mut self, renewal: Step) {
        self.pending.push(Pending {
            refusal: Some(Refusal::Lock),
            ..Pending::of(renewal)
        });
    }

    /// Looks whether the database is as the plan found it, inside the transaction.
    pub(super) async fn guard(
        &mut self,
        guard: &Guard<'_>,
        work: &Work<'_>,
        index: usize,
    ) -> Result<(), Error> {
        self.guarded = true;
        guard::check(self.connection, guard, work, index).await
    }

    /// Copies the database as it is before the operations.
    pub(super) async fn copy_database(&mut self, work: &Work<'_>) -> Result<Option<Copied>, Error> {
        self.flush().await?;
        let Some(guard) = &work.guard else {
            return Ok(None);
        };
        let journal = journal::name(guard.version_table);
        let own = [guard.version_table.name.as_str(), journal.name.as_str()];
        backup::make(self.connection, work.revision, &own).await
    }

    /// A change of limbec's own tables that must touch so many rows.
    pub(super) fn change_row(&mut self, step: Step, affects: Option<u64>) {
        let counted = affects.and_then(|_| self.dialect().counted(&step.sql));
        self.pending.push(match counted {
            Some(sql) => Pending {
                refusal: Some(Refusal::Row),
                ..Pending::of(Step::new(sql))
            },
            None => Pending {
                affects,
                ..Pending::of(step)
            },
        });
    }

    /// Takes the statements of a part up, and answers with them. Reads the schema whenever a
    /// statement depends on what the ones before it have left.
    pub(super) async fn compile(
        &mut self,
        part: &Part,
        knowledge: &mut Knowledge<'_>,
    ) -> Result<Vec<Statement>, Error> {
        let mut compiling = part.compile(self.dialect());
        let mut all = Vec::new();
        while let Some(next) = compiling.next(knowledge) {
            match next? {
                Next::Reflect => knowledge.read(self.reflect().await?),
                Next::Statements(statements) => {
                    self.statements(part, &statements);
                    all.extend(statements);
                }
            }
        }
        Ok(all)
    }

    /// Takes statements of a part up.
    pub(super) fn statements(&mut self, part: &Part, statements: &[Statement]) {
        self.pending.extend(statements.iter().map(|it| Pending {
            operation: part.words(it),
            origin: it.origin.map(|it| it.operation),
            ..Pending::of(it.step.clone())
        }));
    }

    /// Reads what the database holds, after all that is pending.
    pub(super) async fn reflect(&mut self) -> Result<Schema, Error> {
        self.flush().await?;
        reflect_inside(self.connection).await
    }

    /// Commits, in one flight with what is pending where no number of rows must be looked at.
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        if self.pending.iter().any(|it| it.affects.is_some()) {
            self.flush().await?;
        }
        let commit = self.frame.commit.clone();
        self.extend(&commit);
        self.flush().await
    }

    /// Ends the transaction after a failure, and brings back the connection's settings in any case.
    pub(super) async fn close(self, result: Result<(), Error>) -> Result<(), Error> {
        if result.is_err() && self.open {
            // The transaction may be closed already; what the rollback says adds nothing then.
            for step in &self.frame.rollback {
                let _ = self.connection.tidy(&[&step.sql]).await;
            }
        }
        let mut restored = Ok(());
        for step in &self.frame.restore {
            if let Err(error) = self.connection.tidy(&[&step.sql]).await {
                restored = Err(Error::statement(error.error, &step.sql));
            }
        }
        result.and(restored)
    }

    /// Sends what is pending and checks the answers.
    pub(super) async fn flush(&mut self) -> Result<(), Error> {
        while !self.pending.is_empty() {
            let batch = self.next_batch();
            let statements: Vec<&str> = batch
                .iter()
                .map(|pending| pending.step.sql.as_str())
                .collect();
            let result = self.connection.flight(&statements).await;
            let ran = result.as_ref().map_or_else(|error| error.index, Vec::len);
            self.open |= batch[..ran.min(batch.len())]
                .iter()
                .any(|pending| pending.opens);
            let answers = result.map_err(|error| self.failed(error, &batch))?;
            for (pending, answer) in batch.iter().zip(&answers) {
                check(pending, answer)?;
            }
        }
        Ok(())
    }

    fn failed(&self, error: crate::connection::StatementError, batch: &[Pending]) -> Error {
        let failed = batch.get(error.index);
        let refusal = failed.and_then(|pending| pending.refusal);
        if let (Some(refusal), Some(failed)) = (refusal, failed)
            && error.error.is(FaultKind::LockLost, self.dialect())
        {
            return match refusal {
                Refusal::Lock => Error::race(Race::LockLost),
                Refusal::Row => not_changed(failed, 0),
            };
        }
        let sql = failed.map_or("", |pending| &pending.step.sql);
        let operation = failed.and_then(|pending| pending.operation.clone());
        // A statement of limbec's own, which has nothing to do with it.
        let is_lost = error.error.is(FaultKind::ConnectionLost, self.dialect());
        let sql = if is_lost && operation.is_none() {
            ""
        } else {
            sql
        };
        let origin = failed.and_then(|pending| pending.origin);
        Error::statement(error.error, sql).of_operation(origin, operation)
    }

    /// Takes the steps up to the first check: what follows it must not be sent before it holds.
    fn next_batch(&mut self) -> Vec<Pending> {
        let end = self
            .pending
            .iter()
            .position(|pending| pending.step.expect.is_some())
            .map_or(self.pending.len(), |at| at + 1);
        self.pending.drain(..end).collect()
    }
}

fn check(pending: &Pending, answer: &Answer) -> Result<(), Error> {
    if let Some(expected) = &pending.step.expect {
        let mut values = answer.rows.iter().flatten();
        let value = values.next().and_then(Option::as_deref);
        if value != Some(&expected.value) {
            let examples = values.next().and_then(Option::as_deref);
            let message = expected.unmet(value, examples);
            return Err(Error::check(&message, &pending.step.sql)
                .of_operation(pending.origin, pending.operation.clone()));
        }
    }
    match pending.affects {
        Some(rows) if rows != answer.affected => Err(not_changed(pending, answer.affected)),
        _ => Ok(()),
    }
}

/// A row of limbec's own tables did not change, though nobody else may change it: this process has the
/// lock.
fn not_changed(pending: &Pending, rows: u64) -> Error {
    Error::check(
        &format!("a statement of limbec's own must change one row, and changed {rows}"),
        &pending.step.sql,
    )
    .with_hint(
        "somebody has changed the row by hand, or a trigger, a rule or a policy is in the way: \
         `limbec current` and `limbec log` show what the database says",
    )
}
