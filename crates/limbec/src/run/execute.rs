//! Runs one revision: its operations in groups, each in one transaction with its row of the
//! journal, the last with the version rows too.

mod outside;
mod queue;

use std::time::Duration;

use limbec_core::dialect::{Dialect, Limits};
use limbec_core::operations::{Operation, Timeout, apply};
use limbec_core::schema::{ObjectName, Schema};
use limbec_core::steps::{Group, Step, groups, script};

use self::queue::{Pending, Queue};
use super::backup::{self, Copied};
use super::journal::{Part, Record};
use super::lease::Hold;
use super::migrate::{Event, Observer};
use super::state::{Progress, State};
use super::{Error, ErrorKind, Settings, contention, revert};
use crate::connection::Connection;

/// What carries a revision's work out.
pub(super) struct Runner<'r, 'o, C> {
    pub(super) connection: &'r mut C,
    pub(super) settings: &'r Settings,
    pub(super) observer: &'r mut Observer<'o>,
    /// The lease that is to be kept up, where a pooler stands between.
    pub(super) lease: Option<&'r Hold>,
    /// The schema as it is now, as far as it was read and followed.
    pub(super) known: &'r mut Option<Schema>,
    /// Whether this run has copied the database.
    pub(super) copied: &'r mut bool,
}

/// What one revision changes.
#[derive(Default)]
pub(super) struct Work<'a> {
    /// Its id.
    pub(super) revision: &'a str,
    pub(super) groups: Vec<Group>,
    /// How much of it is done already.
    pub(super) progress: Progress,
    /// Makes the tables ready that limbec itself keeps.
    pub(super) ensure: Vec<Step>,
    /// Changes of version rows, each with the number of rows it must touch.
    pub(super) rows: Vec<(Step, Option<u64>)>,
    pub(super) record: Option<Record<'a>>,
    /// What must hold when a transaction begins, where no lock sees to it.
    pub(super) guard: Option<Guard<'a>>,
    /// What reverts the revision, for the journal.
    pub(super) downgrade: Option<&'a [Operation]>,
}

/// What a transaction looks at before it does anything.
pub(super) struct Guard<'a> {
    pub(super) version_table: &'a ObjectName,
    /// The version rows.
    pub(super) rows: &'a [String],
}

/// What bounds every transaction of a run.
#[derive(Clone, Copy)]
struct Bounds<'b> {
    settings: &'b Settings,
    lease: Option<&'b Hold>,
}

/// The limits of a group in the server's words.
struct GroupLimits {
    lock: String,
    statement: Option<String>,
}

impl GroupLimits {
    fn of(group: &Group, settings: &Settings) -> Self {
        let given = |kind: Timeout| {
            let found = group.timeouts.iter().find(|(timeout, _)| *timeout == kind);
            found.map(|(_, time)| time.clone())
        };
        let in_words = |time: Duration| format!("{}ms", time.as_millis());
        GroupLimits {
            lock: given(Timeout::Lock).unwrap_or_else(|| in_words(settings.lock_timeout)),
            statement: given(Timeout::Statement)
                .or_else(|| settings.statement_timeout.map(in_words)),
        }
    }

    fn as_limits<'l>(&'l self, revision: &'l str, waits: bool) -> Limits<'l> {
        Limits {
            lock_timeout: &self.lock,
            statement_timeout: self.statement.as_deref(),
            waits,
            revision,
        }
    }
}

impl<'r, C: Connection> Runner<'r, '_, C> {
    /// Runs a revision's work from where it stands. A group that fails leaves nothing behind.
    pub(super) async fn execute(&mut self, work: &Work<'_>) -> Result<(), Error> {
        let total = work.groups.len();
        if work.progress.done >= total {
            return self.conclude(work).await;
        }
        for index in work.progress.done..total {
            let mut in_doubt = index == work.progress.done && work.progress.started;
            if total > 1 {
                (self.observer)(Event::Part {
                    revision: work.revision,
                    number: index + 1,
                    total,
                });
            }
            let mut attempt = 0;
            loop {
                let result = if work.groups[index].outside {
                    self.outside(work, index, &mut in_doubt).await
                } else {
                    self.inside(work, index).await
                };
                let Err(error) = result else { break };
                *self.known = None;
                attempt += 1;
                self.before_next_try(error, attempt, work.revision).await?;
            }
        }
        Ok(())
    }

    /// Writes the version rows of a revision whose last step a person has said to be done.
    async fn conclude(&mut self, work: &Work<'_>) -> Result<(), Error> {
        let last = work.groups.len() - 1;
        let word = Some("a person said that it was done");
        self.end(work, last, &[], word).await
    }

    fn bounds(&self) -> Bounds<'r> {
        Bounds {
            settings: self.settings,
            lease: self.lease,
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
            .is_some_and(|said| dialect.is_contention(said.sqlstate.as_deref(), &said.message));
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

    /// Runs a group in one transaction.
    async fn inside(&mut self, work: &Work<'_>, index: usize) -> Result<(), Error> {
        let group = &work.groups[index];
        let frame = self.connection.dialect().frame(&group.operations);
        let due = self.settings.backups
            && !*self.copied
            && work.record.is_some()
            && backup::is_due(&group.operations);
        let mut copied = None;
        let place = due.then_some(&mut copied);
        let bounds = self.bounds();
        let mut queue = Queue::framed(self.connection, frame);
        let result = transaction(&mut queue, work, index, bounds, self.known, place).await;
        let result = queue.close(result).await;
        if let Some(copied) = copied {
            if result.is_ok() {
                *self.copied = true;
                (self.observer)(Event::Copied {
                    revision: work.revision,
                    to: &copied.to,
                    of: &copied.of,
                });
            } else {
                copied.remove();
            }
        }
        result
    }
}

async fn transaction<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    bounds: Bounds<'_>,
    known: &mut Option<Schema>,
    copied: Option<&mut Option<Copied>>,
) -> Result<(), Error> {
    let group = &work.groups[index];
    enter(queue, work, index, bounds).await?;
    if let Some(copied) = copied {
        *copied = queue.copy_database(work).await?;
    }
    let statements = queue.operations(&group.operations).await?;
    if queue.is_guarded() {
        // So that the journal's times are those of the statements.
        queue.flush().await?;
    }
    follow(known, &group.operations);
    if let Some(record) = &work.record {
        let sql = script(&statements);
        let revert = revert_sql(queue, work, index, known).await?;
        let row = record.insert(&Part {
            step: (index + 1, work.groups.len()),
            state: "done",
            sql: Some(&sql),
            revert_sql: revert.as_deref(),
            note: None,
        });
        queue.push(Pending::of(row));
    }
    leave(queue, work, index);
    queue.commit().await
}

/// Begins the transaction of a group: limits, guards, limbec's own tables.
async fn enter<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    bounds: Bounds<'_>,
) -> Result<(), Error> {
    let limits = GroupLimits::of(&work.groups[index], bounds.settings);
    if work.record.is_some() || !work.rows.is_empty() {
        queue.enter(&limits.as_limits(work.revision, bounds.lease.is_some()));
        if let Some(lease) = bounds.lease {
            queue.renew(lease.renewal(work.revision));
        }
    }
    if let Some(guard) = &work.guard {
        queue.flush().await?;
        queue.guard(guard, work, index).await?;
    }
    // Those of later groups are there by then.
    if index == work.progress.done {
        queue.extend(&work.ensure);
    }
    Ok(())
}

/// Adds the version rows to the last group.
fn leave<C: Connection>(queue: &mut Queue<'_, C>, work: &Work<'_>, index: usize) {
    if index + 1 < work.groups.len() {
        return;
    }
    for (step, affects) in &work.rows {
        queue.change_row(step.clone(), *affects);
    }
}

/// The SQL that reverts the revision, with its last group.
async fn revert_sql<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: &Work<'_>,
    index: usize,
    known: &mut Option<Schema>,
) -> Result<Option<String>, Error> {
    let Some(downgrade) = work.downgrade else {
        return Ok(None);
    };
    if index + 1 < work.groups.len() {
        return Ok(None);
    }
    let dialect = queue.dialect();
    if known.is_none() && revert::needs_schema(dialect, downgrade) {
        *known = Some(queue.reflect().await?);
    }
    Ok(revert::write(dialect, downgrade, known.as_ref()))
}

/// Follows operations in the schema, as long as that is possible.
fn follow(known: &mut Option<Schema>, operations: &[Operation]) {
    let Some(schema) = known else { return };
    let is_known = operations.iter().all(|operation| {
        !matches!(operation, Operation::Execute { .. }) && apply(schema, operation).is_ok()
    });
    if !is_known {
        *known = None;
    }
}

fn advised(error: Error, dialect: &dyn Dialect) -> Error {
    let advice = error
        .database_error()
        .and_then(|said| dialect.advice(said.sqlstate.as_deref(), &said.message));
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
    if framed {
        let work = Work {
            groups: groups(operations, connection.dialect()),
            ..Work::default()
        };
        let mut runner = Runner {
            connection,
            settings: &Settings::default(),
            observer: &mut (Box::new(|_: Event<'_>| {}) as Observer<'_>),
            lease: None,
            known: &mut None,
            copied: &mut true,
        };
        return runner.execute(&work).await;
    }
    let operations: Vec<Operation> = operations.iter().map(in_transaction).collect();
    let mut queue = Queue::unframed(connection);
    queue.operations(&operations).await?;
    queue.flush().await
}

/// Runs steps of limbec's own tables in one transaction, under the lock.
pub(super) async fn run_own<C: Connection>(
    connection: &mut C,
    steps: &[Step],
    settings: &Settings,
    revision: &str,
) -> Result<(), Error> {
    let frame = connection.dialect().frame(&[]);
    let limits = GroupLimits {
        lock: format!("{}ms", settings.lock_timeout.as_millis()),
        statement: None,
    };
    let mut queue = Queue::framed(connection, frame);
    queue.enter(&limits.as_limits(revision, true));
    queue.extend(steps);
    let result = queue.commit().await;
    queue.close(result).await
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

/// Another process was faster.
fn overtaken() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "another process changed the version table meanwhile",
    )
}

/// Reads the state inside a transaction, and compares it with what the plan was made for.
async fn check_guard<C: Connection>(
    connection: &mut C,
    guard: &Guard<'_>,
    work: &Work<'_>,
    index: usize,
) -> Result<(), Error> {
    let revision = Some(work.revision);
    let found = State::read_of(connection, guard.version_table, revision).await?;
    let direction = work.record.as_ref().map(Record::direction);
    let progress = direction.map(|direction| found.progress(work.revision, direction));
    let as_planned = progress.is_none_or(|it| it.done == index || work.progress.done > index);
    if found.version.rows == guard.rows && as_planned {
        Ok(())
    } else {
        Err(overtaken())
    }
}
