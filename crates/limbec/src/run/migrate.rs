//! Upgrades, downgrades and stamps a database.

use std::time::{Duration, Instant};

use limbec_core::operations::Operation;
use limbec_core::revision::{Direction, Plan, PlanStep, Unchanged};
use limbec_core::schema::ObjectName;

use super::execute::{Work, execute};
use super::version::{RowChange, VERSION_TABLE, Version};
use super::{Error, ErrorKind, Revisions};
use crate::connection::Connection;

/// How long a process waits for another one's migration.
const LOCK_WAIT: Duration = Duration::from_secs(15 * 60);
/// The first and the longest pause between two tries of the lock.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What happens while a database is migrated.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another process migrates this database; this one waits.
    Waiting {
        /// For how long already.
        since: Duration,
    },
    /// A step begins.
    Step {
        /// The step.
        step: &'a PlanStep<'a>,
        /// Its operations; none for a stamp.
        operations: &'a [Operation],
        /// Which step, counted from 1.
        number: usize,
        /// How many steps there are.
        total: usize,
    },
    /// The plan has something to say before it runs.
    Warning {
        /// What, as a sentence.
        message: &'a str,
    },
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The revisions that ran, in order.
    pub revisions: Vec<String>,
    /// The version rows now.
    pub rows: Vec<String>,
    /// Why nothing was to be done, where that is so.
    pub unchanged: Option<Unchanged>,
}

/// Brings one database to a revision.
pub struct Migrator<'a, C, R> {
    connection: &'a mut C,
    revisions: &'a R,
    version_table: ObjectName,
    observer: Box<dyn FnMut(Event<'_>) + Send + 'a>,
}

/// A plan with what its steps do.
struct Prepared<'g> {
    plan: Plan<'g>,
    operations: Vec<Vec<Operation>>,
}

impl<'a, C: Connection, R: Revisions> Migrator<'a, C, R> {
    /// Makes a migrator of a connection and the project's revisions.
    pub fn new(connection: &'a mut C, revisions: &'a R) -> Self {
        Migrator {
            connection,
            revisions,
            version_table: VERSION_TABLE.into(),
            observer: Box::new(|_| {}),
        }
    }

    /// Tells progress to a callback.
    pub fn observe(mut self, observer: impl FnMut(Event<'_>) + Send + 'a) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Upgrades to a target: `head`, `heads`, an id, `+1` …
    ///
    /// Where the database is there already, this is one query and no lock. Any number of processes
    /// may call it at once: one works, the others wait and find nothing left to do.
    ///
    /// # Errors
    /// When there is no plan to the target, a revision does not read, or the database refuses a
    /// statement; the revision that failed leaves nothing behind, those before it stay.
    pub async fn upgrade(&mut self, target: &str) -> Result<Outcome, Error> {
        self.migrate(target, Direction::Up).await
    }

    /// Downgrades to a target: `-1`, `base`, an id …
    ///
    /// # Errors
    /// As [`Migrator::upgrade`].
    pub async fn downgrade(&mut self, target: &str) -> Result<Outcome, Error> {
        self.migrate(target, Direction::Down).await
    }

    /// Sets the version rows to the targets without running anything; with `purge`, whatever the
    /// rows are.
    ///
    /// # Errors
    /// When a target is unknown, the targets contradict each other, or a row is unknown and
    /// `purge` is not asked for.
    pub async fn stamp(&mut self, targets: &[String], purge: bool) -> Result<Outcome, Error> {
        let version = Version::read(self.connection, &self.version_table).await?;
        let plan = self
            .revisions
            .graph()
            .stamp(&version.rows, targets, purge)?;
        if plan.is_empty() {
            return Ok(outcome(&plan, Vec::new()));
        }
        self.locked(async |this: &mut Self| {
            let version = Version::read(this.connection, &this.version_table).await?;
            let plan = this
                .revisions
                .graph()
                .stamp(&version.rows, targets, purge)?;
            let operations = vec![Vec::new(); plan.steps.len()];
            if plan.steps.is_empty() && plan.purge {
                this.run_step(&version, None, &[], true, &plan.rows_before)
                    .await?;
            }
            this.run(Prepared { plan, operations }, version, &mut Vec::new())
                .await
        })
        .await
    }

    /// Creates the version table where it is missing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ensure_version(&mut self) -> Result<(), Error> {
        let version = Version::read(self.connection, &self.version_table).await?;
        if version.table_exists {
            return Ok(());
        }
        self.locked(async |this: &mut Self| this.run_step(&version, None, &[], false, &[]).await)
            .await
    }

    async fn migrate(&mut self, target: &str, direction: Direction) -> Result<Outcome, Error> {
        let version = Version::read(self.connection, &self.version_table).await?;
        let prepared = self.prepare(&version, target, direction)?;
        if prepared.plan.is_empty() {
            return Ok(outcome(&prepared.plan, Vec::new()));
        }
        if let Some(message) = &prepared.plan.warning {
            (self.observer)(Event::Warning { message });
        }
        // A relative target means the revision it meant before another process moved on.
        let goal = match prepared.plan.steps.last() {
            Some(step) if target.starts_with('+') && direction == Direction::Up => {
                step.id().to_string()
            }
            _ => target.to_string(),
        };
        let relative_down = direction == Direction::Down && target.contains('-');
        self.locked(async |this: &mut Self| {
            let mut first = Some((version, prepared));
            let mut applied = Vec::new();
            loop {
                let now = Version::read(this.connection, &this.version_table).await?;
                let (version, prepared) = match first.take() {
                    Some((before, prepared)) if before == now => (before, prepared),
                    Some(_) if relative_down => {
                        return Err(Error::new(
                            ErrorKind::Conflict,
                            "another process changed the version table meanwhile",
                        )
                        .with_hint("look at `limbec current`, then run the command again"));
                    }
                    _ => {
                        let prepared = this.prepare(&now, &goal, direction)?;
                        (now, prepared)
                    }
                };
                match this.run(prepared, version, &mut applied).await {
                    // Where the transaction itself locks, another process may have been faster,
                    // between two of our revisions too. Nothing of this one was run.
                    Err(error)
                        if error.kind() == ErrorKind::Conflict
                            && !relative_down
                            && this.connection.dialect().lock().is_none() => {}
                    result => return result,
                }
            }
        })
        .await
    }

    /// Plans, and reads every revision of the plan: one that does not read stops all of them.
    fn prepare(
        &self,
        version: &Version,
        target: &str,
        direction: Direction,
    ) -> Result<Prepared<'a>, Error> {
        let revisions: &'a R = self.revisions;
        let graph = revisions.graph();
        let plan = match direction {
            Direction::Down => graph.downgrade(&version.rows, target)?,
            _ => graph.upgrade(&version.rows, target)?,
        };
        let read = |step: &PlanStep<'_>| match step.direction {
            Direction::Up => revisions.upgrade(step.id()),
            Direction::Down => revisions.downgrade(step.id()),
            Direction::Stamp => Ok(Vec::new()),
        };
        let operations = plan.steps.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Prepared { plan, operations })
    }

    /// Runs a plan; adds to `applied` what has committed.
    async fn run(
        &mut self,
        prepared: Prepared<'_>,
        version: Version,
        applied: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let Prepared { plan, operations } = prepared;
        let total = plan.steps.len();
        let mut version = version;
        for (index, (step, operations)) in plan.steps.iter().zip(&operations).enumerate() {
            (self.observer)(Event::Step {
                step,
                operations,
                number: index + 1,
                total,
            });
            let purge = plan.purge && index == 0;
            self.run_step(&version, Some(step), operations, purge, &version.rows)
                .await
                .map_err(|error| error.of_revision(step.id()).after(applied))?;
            applied.push(step.id().to_string());
            if purge {
                version.rows.clear();
            }
            version
                .rows
                .retain(|row| !step.rows_delete.contains(&row.as_str()));
            version
                .rows
                .extend(step.rows_insert.iter().map(ToString::to_string));
            version.rows.sort();
            version.table_exists = true;
        }
        Ok(outcome(&plan, applied.clone()))
    }

    async fn run_step(
        &mut self,
        version: &Version,
        step: Option<&PlanStep<'_>>,
        operations: &[Operation],
        purge: bool,
        expected: &[String],
    ) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let (delete, insert) = match step {
            Some(step) => (step.rows_delete.as_slice(), step.rows_insert.as_slice()),
            None => (&[][..], &[][..]),
        };
        let table_exists = version.table_exists;
        let rows = RowChange::new(
            dialect,
            &self.version_table,
            table_exists,
            delete,
            insert,
            purge,
        );
        let unlocked = dialect.lock().is_none();
        let expected = unlocked.then_some((&self.version_table, expected));
        execute(
            self.connection,
            Work {
                operations,
                rows,
                expected,
            },
        )
        .await
    }

    /// Runs work while this process alone holds the lock of this database's migrations.
    ///
    /// Polls, with no transaction open: a process blocked inside a statement would hold up another
    /// one's `CREATE INDEX CONCURRENTLY`.
    async fn locked<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some((take, give_back)) = self.connection.dialect().lock() else {
            return work(self).await;
        };
        self.take_lock(&take).await?;
        let result = work(self).await;
        // The lock goes with the connection in any case.
        let _ = self.connection.run(&[&give_back]).await;
        result
    }

    async fn take_lock(&mut self, take: &str) -> Result<(), Error> {
        let begin = Instant::now();
        let mut pause = PAUSES.0;
        let mut told = Duration::ZERO;
        loop {
            let answers = self
                .connection
                .run(&[take])
                .await
                .map_err(|error| Error::statement(error.error, take))?;
            let taken = answers
                .iter()
                .flat_map(|answer| &answer.rows)
                .flatten()
                .flatten()
                .next();
            if taken.is_some_and(|taken| taken == "t") {
                return Ok(());
            }
            let since = begin.elapsed();
            if since >= LOCK_WAIT {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "another process has been migrating this database for 15 minutes",
                )
                .with_hint("look what it does, then run the command again"));
            }
            if told.is_zero() || since >= told + Duration::from_secs(5) {
                (self.observer)(Event::Waiting { since });
                told = since.max(Duration::from_millis(1));
            }
            self.connection.pause(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

fn outcome(plan: &Plan<'_>, revisions: Vec<String>) -> Outcome {
    Outcome {
        revisions,
        rows: plan.rows_after.clone(),
        unchanged: plan.unchanged,
    }
}
