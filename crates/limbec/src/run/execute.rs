//! Runs one revision: its parts, each in one transaction with its row of the journal, the last with
//! the version rows too.

mod guard;
mod outside;
mod queue;

use limbec_core::dialect::{CompileError, Dialect, FaultKind, Limits, TimeLimit};
use limbec_core::operations::{Operation, Timeout};
use limbec_core::steps::{Knowledge, Part, RevisionPlan, Step, script};

pub(super) use self::guard::Guard;
use self::queue::{Pending, Queue};
use super::backup::Copied;
use super::event::{Event, Observer};
use super::journal::{Entry, Record};
use super::lease::Hold;
use super::state::Progress;
use super::{Error, ErrorKind, Settings, contention, revert};
use crate::connection::Connection;

/// What carries a revision's work out.
pub(super) struct Runner<'r, 'o, C> {
    pub(super) connection: &'r mut C,
    pub(super) settings: &'r Settings,
    pub(super) observer: &'r mut Observer<'o>,
    /// The lease that is to be kept up, where a pooler stands between.
    pub(super) lease: Option<&'r Hold>,
    /// The namespace of the version table, if it is known.
    pub(super) namespace: Option<&'r str>,
    /// What is known of the schema.
    pub(super) knowledge: &'r mut Knowledge<'static>,
    /// Whether this run has copied the database.
    pub(super) copied: &'r mut bool,
}

/// What one revision changes.
#[derive(Default)]
pub(super) struct Work<'a> {
    /// Its id.
    pub(super) revision: &'a str,
    pub(super) plan: RevisionPlan,
    /// How much of it is done already.
    pub(super) progress: Progress,
    pub(super) record: Option<Record<'a>>,
    /// What must hold when a transaction begins, where no lock sees to it.
    pub(super) guard: Option<Guard<'a>>,
    /// What reverts the revision, for the journal.
    pub(super) downgrade: Option<&'a [Operation]>,
}

/// How far a part that runs outside a transaction has come.
#[derive(Debug, Clone, Copy, Default)]
struct Cursor {
    /// How many of its statements are done.
    done: usize,
    /// Whether the next one was begun, and may be done as well.
    in_doubt: bool,
}

/// What bounds every transaction of a run.
#[derive(Clone, Copy)]
struct Bounds<'b> {
    settings: &'b Settings,
    lease: Option<&'b Hold>,
    namespace: Option<&'b str>,
}

/// The limits of a part: its own, else those of the settings.
fn limits<'l>(
    part: &Part,
    bounds: Bounds<'l>,
    revision: &'l str,
    waits: bool,
) -> Result<Limits<'l>, CompileError> {
    let settings = bounds.settings;
    let given = |kind: Timeout| {
        let found = part.timeouts.iter().find(|(timeout, _)| *timeout == kind);
        let limit = found.map(|(_, time)| TimeLimit::read(kind, time));
        limit.transpose()
    };
    let usual = settings.statement_timeout.map(TimeLimit::from);
    Ok(Limits {
        lock_timeout: given(Timeout::Lock)?.unwrap_or(settings.lock_timeout.into()),
        statement_timeout: given(Timeout::Statement)?.or(usual),
        namespace: bounds.namespace,
        waits,
        revision,
    })
}

impl<'r, C: Connection> Runner<'r, '_, C> {
    /// Runs a revision's work from where it stands. A transaction that fails leaves nothing behind;
    /// the parts before it stay, and the error says so.
    pub(super) async fn execute(&mut self, work: &Work<'_>) -> Result<(), Error> {
        let total = work.plan.parts.len();
        if work.progress.is_concluded(total) {
            return self.conclude(work).await;
        }
        if work.progress.is_of_another(total) {
            return Err(divided_anew(work, total));
        }
        for index in work.progress.done..total {
            if total > 1 {
                (self.observer)(Event::Part {
                    revision: work.revision,
                    number: index + 1,
                    total,
                });
            }
            let mut cursor = Cursor::default();
            if index == work.progress.done {
                cursor.done = work.progress.statements;
                cursor.in_doubt = work.progress.started;
            }
            let mut attempt = 0;
            loop {
                self.knowledge.doubt();
                let result = if work.plan.parts[index].outside {
                    self.outside(work, index, &mut cursor).await
                } else {
                    self.inside(work, index).await
                };
                let Err(error) = result else { break };
                self.knowledge.forget();
                attempt += 1;
                self.before_next_try(error, attempt, work.revision).await?;
            }
        }
        Ok(())
    }

    /// Writes the version rows of a revision whose last step a person has said to be done.
    async fn conclude(&mut self, work: &Work<'_>) -> Result<(), Error> {
        let last = work.plan.parts.len() - 1;
        let word = Some("a person said that it was done");
        self.end(work, last, &[], None, word).await
    }

    fn bounds(&self) -> Bounds<'r> {
        Bounds {
            settings: self.settings,
            lease: self.lease,
            namespace: self.namespace,
        }
    }

    /// Waits where another session was in the way; else hands the error back.
    async fn before_next_try(
        &mut self,
        error: Error,
        attempt: u32,
        revision: &str,
    ) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let is_contention = error
            .database_error()
            .is_some_and(|said| said.is(FaultKind::Contention, dialect));
        if !is_contention {
            return Err(advised(error, dialect));
        }
        let sql = error.failed_statement().map(|it| it.sql.clone());
        let blockers = contention::blockers(self.connection, &sql.unwrap_or_default()).await;
        if attempt > self.settings.retries {
            return Err(error.busy(attempt, &blockers));
        }
        let pause = contention::pause(attempt);
        (self.observer)(Event::Retrying {
            error: &error,
            blockers: &blockers,
            attempt,
            retries: self.settings.retries,
            pause,
        });
        self.connection.pause(pause).await;
        self.beat(revision).await
    }

    /// Keeps the lease up between two transactions.
    async fn beat(&mut self, revision: &str) -> Result<(), Error> {
        match self.lease {
            Some(lease) => lease.beat(self.connection, revision).await,
            None => Ok(()),
        }
    }

    /// Runs a part in one transaction.
    async fn inside(&mut self, work: &Work<'_>, index: usize) -> Result<(), Error> {
        let part = &work.plan.parts[index];
        let frame = part.frame(self.connection.dialect());
        let mut copied = None;
        let place = self.is_copy_due(work, index).then_some(&mut copied);
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let result = transaction(&mut queue, work, index, bounds, self.knowledge, place).await;
        let result = queue.close(result).await;
        self.after_copy(copied, work, &result);
        result
    }

    /// Whether the database is to be copied before a part: before the first one that runs, if this or a
    /// later one may lose data.
    fn is_copy_due(&self, work: &Work<'_>, index: usize) -> bool {
        let lexicon = self.connection.dialect().lexicon();
        let mut left = work.plan.parts[index..].iter();
        self.settings.backups
            && !*self.copied
            && work.record.is_some()
            && left.any(|part| part.may_lose_data(lexicon))
    }

    /// Reports a copy, unless nothing has changed the database since.
    fn after_copy<T>(
        &mut self,
        copied: Option<Copied>,
        work: &Work<'_>,
        result: &Result<T, Error>,
    ) {
        let Some(copied) = copied else { return };
        if result.is_err() {
            copied.remove();
            return;
        }
        *self.copied = true;
        (self.observer)(Event::Copied {
            revision: work.revision,
            to: &copied.to,
            of: &copied.of,
        });
    }
}

async fn transaction<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    bounds: Bounds<'_>,
    knowledge: &mut Knowledge<'_>,
    copied: Option<&mut Option<Copied>>,
) -> Result<(), Error> {
    enter(queue, work, index, bounds).await?;
    if let Some(copied) = copied {
        *copied = queue.copy_database(work).await?;
    }
    let part = &work.plan.parts[index];
    let statements = queue.compile(part, knowledge).await?;
    if queue.is_guarded() {
        // So that the journal's times are those of the statements.
        queue.flush().await?;
    }
    if let Some(record) = &work.record {
        let sql = script(
            statements.iter().map(|it| &it.step),
            queue.dialect().lexicon(),
        );
        let revert = revert_sql(queue, work, index, knowledge).await?;
        let row = record.insert(&Entry {
            step: (index + 1, work.plan.parts.len()),
            state: "done",
            sql: Some(&sql),
            revert_sql: revert.as_deref(),
            ..Entry::default()
        });
        queue.push(Pending::of(row));
    }
    leave(queue, work, index);
    queue.commit().await
}

/// Begins the transaction of a part: limits, guards, limbec's own tables.
async fn enter<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    bounds: Bounds<'_>,
) -> Result<(), Error> {
    if work.record.is_some() || !work.plan.rows.is_empty() {
        let part = &work.plan.parts[index];
        let waits = bounds.lease.is_some();
        queue.enter(&limits(part, bounds, work.revision, waits)?);
        if let Some(lease) = bounds.lease {
            queue.renew(lease.renewal(work.revision));
        }
    }
    if let Some(guard) = &work.guard {
        queue.flush().await?;
        queue.guard(guard, work, index).await?;
    }
    // Those of later parts are there by then.
    if index == work.progress.done {
        queue.extend(&work.plan.ensure);
    }
    Ok(())
}

/// Adds the version rows to the last part.
fn leave<C: Connection>(queue: &mut Queue<'_, C>, work: &Work<'_>, index: usize) {
    if work.plan.is_last(index) {
        for (step, affects) in &work.plan.rows {
            queue.change_row(step.clone(), *affects);
        }
    }
}

/// The SQL that reverts the revision, with its last part.
async fn revert_sql<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    knowledge: &mut Knowledge<'_>,
) -> Result<Option<String>, Error> {
    let Some(downgrade) = work.downgrade.filter(|_| work.plan.is_last(index)) else {
        return Ok(None);
    };
    let dialect = queue.dialect();
    if knowledge.schema().is_none() && downgrade.iter().any(|it| dialect.needs_schema(it)) {
        knowledge.read(queue.reflect().await?);
    }
    Ok(revert::write(dialect, downgrade, knowledge))
}

/// The file of a half-applied revision has other steps now.
fn divided_anew(work: &Work<'_>, total: usize) -> Error {
    let progress = &work.progress;
    Error::new(
        ErrorKind::Changed,
        format!(
            "the revision `{}` stopped at step {} of {}, and its file now makes {total} of them: what \
             is left to do is not known",
            work.revision,
            progress.done + 1,
            progress.steps,
        ),
    )
    .with_hint(
        format!(
            "bring the file's steps back as they were, mend the one that failed, and run the command \
             again; or give the run up, which leaves the schema as it is: limbec accept {} --abandon \
             --reason \"…\"; `limbec log` shows what ran",
            work.revision
        ),
    )
}

/// The error with what the dialect advises.
pub(super) fn advised(error: Error, dialect: &dyn Dialect) -> Error {
    if error.kind() == ErrorKind::Interrupted {
        return error;
    }
    let advice = error
        .database_error()
        .and_then(|said| dialect.advice(&said.fault()));
    match advice {
        Some(advice) if error.hint().is_none() => error.with_hint(advice),
        _ => error,
    }
}

/// Runs operations, each compiled against the database as the ones before it leave it, and no
/// version rows: for databases that are thrown away.
///
/// With `framed`, in transactions of their own; else in the one that the caller holds, where an
/// index is built as any other even if it asks for more.
///
/// # Errors
/// When an operation cannot be compiled or the database refuses a statement.
pub async fn run_operations<C: Connection>(
    connection: &mut C,
    operations: &[Operation],
    framed: bool,
) -> Result<(), Error> {
    let dialect = connection.dialect();
    if framed {
        let work = Work {
            plan: RevisionPlan::new(operations, dialect),
            ..Work::default()
        };
        let mut runner = Runner {
            connection,
            settings: &Settings::default(),
            observer: &mut (Box::new(|_: Event<'_>| {}) as Observer<'_>),
            lease: None,
            namespace: None,
            knowledge: &mut Knowledge::unknown(),
            copied: &mut true,
        };
        return runner.execute(&work).await;
    }
    let part = Part::of(operations.iter().map(in_transaction).collect());
    let mut queue = Queue::unframed(connection);
    queue.compile(&part, &mut Knowledge::unknown()).await?;
    queue.flush().await
}

/// Runs steps of limbec's own tables in one transaction, under the lock.
pub(super) async fn run_own<C: Connection>(
    connection: &mut C,
    steps: &[Step],
    settings: &Settings,
    namespace: Option<&str>,
    revision: &str,
) -> Result<(), Error> {
    let frame = connection.dialect().frame(&[]);
    let limits = Limits {
        lock_timeout: settings.lock_timeout.into(),
        statement_timeout: None,
        namespace,
        waits: true,
        revision,
    };
    let mut queue = Queue::framed(connection, frame);
    queue.enter(&limits);
    queue.extend(steps);
    let result = queue.commit().await;
    let dialect = queue.dialect();
    let result = queue.close(result).await;
    result.map_err(|error| advised(error, dialect))
}

/// The operation as it can run in a transaction.
fn in_transaction(operation: &Operation) -> Operation {
    let mut operation = operation.clone();
    match &mut operation {
        Operation::CreateIndex { index, .. } => index.concurrently = false,
        Operation::DropIndex { concurrently, .. } => *concurrently = false,
        _ => {}
    }
    operation
}
