//! Upgrades, downgrades and stamps a database.

use std::sync::Arc;

use limbec_core::dialect::{Dialect, Row};
use limbec_core::operations::only_adds;
use limbec_core::revision::{Direction, Plan, PlanStep, Unchanged};
use limbec_core::schema::ObjectName;
use limbec_core::steps::{Knowledge, RevisionPlan};

use super::ahead;
use super::error::Race;
use super::event::{Event, Observer};
use super::execute::{Guard, Runner, Work};
use super::home::Home;
use super::journal::Record;
use super::lease::Hold;
use super::races::Races;
use super::revisions::of_step;
use super::state::State;
use super::version::{RowChange, VERSION_TABLE};
use super::{Content, Error, ErrorKind, Revisions, Settings};
use crate::connection::Connection;

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
pub struct Migrator<'a, C: Connection, R> {
    pub(super) connection: &'a mut C,
    pub(super) revisions: &'a R,
    /// The version table as statements name it; until the database was asked, as the settings name it.
    pub(super) version_table: ObjectName,
    /// Where limbec's own tables stand, once the database was asked.
    pub(super) home: Option<Home>,
    /// The server's process of the session that has the lock.
    pub(super) process: Option<String>,
    pub(super) settings: Settings,
    pub(super) observer: Observer<'a>,
    /// The lease that this process holds or asks for, where a pooler stands between.
    pub(super) lease: Option<Hold>,
    /// What this run knows of the schema.
    knowledge: Knowledge<'static>,
    /// By what the database shows that another connection has written since the state was read.
    seen: Option<Row>,
    /// Whether this run has copied the database.
    copied: bool,
}

impl<C: Connection, R> Drop for Migrator<'_, C, R> {
    /// A lease that is still held belongs to work that was dropped half-way: nobody else would have the
    /// lock until it has run out.
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            self.connection.abandon(Some(&lease.giving_back()));
        }
    }
}

/// A plan with the content of each of its steps.
pub(super) struct Prepared<'g> {
    pub(super) plan: Plan<'g>,
    pub(super) contents: Vec<Arc<Content>>,
}

/// One step of a plan, or the upkeep of limbec's own tables.
#[derive(Default)]
struct OneStep<'s, 'g> {
    step: Option<(&'s PlanStep<'g>, &'s Content)>,
    purge: bool,
}

impl<'a, C: Connection, R: Revisions> Migrator<'a, C, R> {
    /// Makes a migrator of a connection and the project's revisions.
    pub fn new(connection: &'a mut C, revisions: &'a R) -> Self {
        Migrator {
            connection,
            revisions,
            version_table: VERSION_TABLE.into(),
            home: None,
            process: None,
            settings: Settings::default(),
            observer: Box::new(|_| {}),
            lease: None,
            knowledge: Knowledge::unknown(),
            seen: None,
            copied: false,
        }
    }

    /// Tells progress to a callback.
    pub fn observe(mut self, observer: impl FnMut(Event<'_>) + Send + 'a) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Sets how patient the run is.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.version_table = settings.version_table(self.connection.dialect());
        self.home = None;
        self.settings = settings;
        self
    }

    /// Upgrades to a target: `head`, `heads`, an id, `+1` …
    ///
    /// Where the database is there already, this is one round trip and no lock. Any number of
    /// processes may call it at once: one works, the others wait and find nothing left to do.
    ///
    /// # Errors
    /// When there is no plan to the target, a revision does not read or is no longer what was
    /// applied, or the database refuses a statement; the transaction that failed leaves nothing
    /// behind, those before it stay, and the next run goes on from there.
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
    /// rows are. What the journal knows of the files' contents, and of half-applied revisions, is
    /// forgotten.
    ///
    /// # Errors
    /// When a target is unknown, the targets contradict each other, or a row is unknown and
    /// `purge` is not asked for.
    pub async fn stamp(&mut self, targets: &[String], purge: bool) -> Result<Outcome, Error> {
        let state = self.read_state().await?;
        let plan = self.stamp_plan(&state, targets, purge)?;
        if plan.is_empty() && state.unfinished().is_none() {
            return Ok(outcome(&plan, Vec::new()));
        }
        let lock = self.lock().await?;
        let result = self.stamp_locked(targets, purge).await;
        self.unlock(lock).await;
        result
    }

    /// Reads where the database stands, and so where limbec's own tables do.
    pub(super) async fn read_state(&mut self) -> Result<State, Error> {
        let asked = self.settings.version_table(self.connection.dialect());
        let state = State::read(self.connection, &asked).await?;
        self.work_at(&asked, state.home.clone());
        Ok(state)
    }

    /// Takes the tables of a home for limbec's own, and says so if they are not where others would be made.
    fn work_at(&mut self, asked: &ObjectName, home: Home) {
        self.version_table = home.named(asked);
        let is_known = self.home.as_ref().is_some_and(|it| it.is_at(&home));
        if let (Some(own), false, true) = (home.own_beside(), is_known, home.exists) {
            (self.observer)(Event::Elsewhere {
                version_table: &home.qualified(asked),
                own,
            });
        }
        self.home = Some(home);
    }

    fn stamp_plan(
        &self,
        state: &State,
        targets: &[String],
        purge: bool,
    ) -> Result<Plan<'a>, Error> {
        let revisions: &'a R = self.revisions;
        if !purge {
            state.version.refuse_doubles(&self.version_table)?;
        }
        Ok(revisions
            .graph()
            .stamp(&state.version.rows, targets, purge)?)
    }

    async fn stamp_locked(&mut self, targets: &[String], purge: bool) -> Result<Outcome, Error> {
        let state = self.read_state().await?;
        let plan = self.stamp_plan(&state, targets, purge)?;
        let contents = vec![Arc::default(); plan.steps.len()];
        if plan.steps.is_empty() && plan.purge {
            let purge = OneStep {
                purge: true,
                ..OneStep::default()
            };
            self.run_step(&state, &purge).await?;
        }
        if plan.steps.is_empty() {
            // A stamp that runs forgets by its own row of the journal.
            for half in state.all_half_done() {
                self.give_up(&half, "the database was stamped").await?;
            }
        }
        self.run(Prepared { plan, contents }, state, &mut Vec::new())
            .await
    }

    /// Creates the version table where it is missing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ensure_version(&mut self) -> Result<(), Error> {
        let asked = self.settings.version_table(self.connection.dialect());
        let home = Home::find(self.connection, &asked).await?.of_own();
        let table = home.qualified(&asked);
        self.work_at(&asked, home);
        let state = State::read(self.connection, &table).await?;
        if state.version.table_exists {
            return Ok(());
        }
        let lock = self.lock().await?;
        let result = self.run_step(&state, &OneStep::default()).await;
        self.unlock(lock).await;
        result
    }

    async fn migrate(&mut self, target: &str, direction: Direction) -> Result<Outcome, Error> {
        let state = self.read_state().await?;
        if direction == Direction::Up
            && let Some(outcome) = self.serve_ahead(&state, target).await?
        {
            return Ok(outcome);
        }
        for message in state.of_nobody(self.revisions.graph()) {
            (self.observer)(Event::Warning { message: &message });
        }
        let prepared = self.prepare(&state, target, direction)?;
        if prepared.plan.is_empty() {
            return Ok(outcome(&prepared.plan, Vec::new()));
        }
        self.warn_of_writers(&state).await?;
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
        let mut first = Some((state, prepared));
        let mut applied = Vec::new();
        let mut races = Races::new(&self.settings);
        loop {
            let lock = self.lock().await?;
            let progress = (&mut first, &mut applied, &mut races);
            let result = self
                .migrate_locked(progress, &goal, direction, relative_down)
                .await;
            self.unlock(lock).await;
            match result {
                Err(error) if error.lost_race().is_some() && !relative_down => {
                    let pause = races.lost(error)?;
                    self.connection.pause(pause).await;
                }
                result => return result,
            }
        }
    }

    async fn migrate_locked(
        &mut self,
        (first, applied, races): (
            &mut Option<(State, Prepared<'a>)>,
            &mut Vec<String>,
            &mut Races,
        ),
        goal: &str,
        direction: Direction,
        relative_down: bool,
    ) -> Result<Outcome, Error> {
        let held = self.home.clone();
        self.seen = self.data_version().await?;
        let now = self.read_state().await?;
        if held.as_ref().is_some_and(|it| !it.is_at(&now.home)) {
            // The table has come to be elsewhere meanwhile, and the lock is not the one of now.
            return Err(Error::race(Race::LockLost));
        }
        races.begin(&now)?;
        let (state, prepared) = match first.take() {
            Some((before, prepared)) if before == now => (before, prepared),
            Some(_) if relative_down => {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "another process changed the version table meanwhile",
                )
                .with_hint("look at `limbec current`, then run the command again"));
            }
            _ => {
                let prepared = self.prepare(&now, goal, direction)?;
                (now, prepared)
            }
        };
        self.run(prepared, state, applied).await
    }

    /// Goes on with a database that a newer program has migrated, where that is allowed and there is
    /// nothing left that this one would do. `None` where the database is not ahead.
    async fn serve_ahead(&mut self, state: &State, target: &str) -> Result<Option<Outcome>, Error> {
        let graph = self.revisions.graph();
        let rows = &state.version.rows;
        if rows.iter().all(|row| graph.index_of(row).is_some()) {
            return Ok(None);
        }
        let found = ahead::look(self.connection, &self.version_table, graph, rows).await?;
        let ahead = ahead::judge(graph, rows, found, self.settings.when_ahead)?;
        if ahead.traced && !graph.upgrade(&ahead.known, target)?.is_empty() {
            return Err(ahead.refused("behind it as well, by revisions of another branch"));
        }
        (self.observer)(Event::Ahead { ahead: &ahead });
        Ok(Some(Outcome {
            revisions: Vec::new(),
            rows: rows.clone(),
            unchanged: Some(Unchanged::AtTarget),
        }))
    }

    /// Plans, and reads every revision of the plan: one that does not read stops all of them.
    pub(super) fn prepare(
        &self,
        state: &State,
        target: &str,
        direction: Direction,
    ) -> Result<Prepared<'a>, Error> {
        let revisions: &'a R = self.revisions;
        let graph = revisions.graph();
        let rows = &state.version.rows;
        let plan = match direction {
            Direction::Down => graph.downgrade(rows, target)?,
            _ => graph.upgrade(rows, target)?,
        };
        state.version.refuse_doubles(&self.version_table)?;
        if direction == Direction::Up {
            state.refuse_changed(revisions)?;
        }
        state.refuse_unfinished(graph, &plan, direction)?;
        let contents = plan.steps.iter().map(|step| of_step(revisions, step));
        let contents = contents.collect::<Result<_, _>>()?;
        Ok(Prepared { plan, contents })
    }

    /// Runs a plan; adds to `applied` what has committed.
    async fn run(
        &mut self,
        prepared: Prepared<'_>,
        state: State,
        applied: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let Prepared { plan, contents } = prepared;
        let total = plan.steps.len();
        let dialect = self.connection.dialect();
        let mut state = state;
        for (index, (step, content)) in plan.steps.iter().zip(&contents).enumerate() {
            (self.observer)(Event::Step {
                step,
                operations: content.operations(step.direction),
                number: index + 1,
                total,
            });
            let purge = plan.purge && index == 0;
            let one = OneStep {
                step: Some((step, content)),
                purge,
            };
            self.run_step(&state, &one)
                .await
                .map_err(|error| error.of_step(step, content, dialect).after(applied))?;
            applied.push(step.id().to_string());
            state.step_done(step, purge);
        }
        Ok(outcome(&plan, applied.clone()))
    }

    async fn run_step(&mut self, state: &State, one: &OneStep<'_, '_>) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let version_table = self.version_table.clone();
        let work = self.work(state, one, dialect, &version_table)?;
        let mut runner = Runner {
            connection: self.connection,
            settings: &self.settings,
            observer: &mut self.observer,
            lease: self.lease.as_ref(),
            namespace: self.home.as_ref().and_then(|it| it.namespace.as_deref()),
            knowledge: &mut self.knowledge,
            copied: &mut self.copied,
        };
        let result = runner.execute(&work).await;
        match (result, one.step) {
            (Err(error), Some((step, _))) => {
                Err(Box::pin(self.look_after(error, &work, state, step)).await)
            }
            (result, _) => result,
        }
    }

    /// What a step changes, with all that is written about it.
    fn work<'w>(
        &self,
        state: &'w State,
        one: &OneStep<'w, 'w>,
        dialect: &'static dyn Dialect,
        version_table: &'w ObjectName,
    ) -> Result<Work<'w>, Error> {
        let (delete, insert, plan) = match one.step {
            Some((step, content)) => (
                step.rows_delete.as_slice(),
                step.rows_insert.as_slice(),
                content.plan(step.direction, dialect)?,
            ),
            None => (&[][..], &[][..], RevisionPlan::new(&[], dialect)),
        };
        let table_exists = state.version.table_exists;
        let change = RowChange::new(
            dialect,
            version_table,
            table_exists,
            delete,
            insert,
            one.purge,
        )
        .protected(dialect, version_table, table_exists);
        let mut work = Work {
            plan: RevisionPlan {
                ensure: change.ensure,
                rows: change.steps,
                ..plan
            },
            guard: dialect.lock(None).is_none().then_some(Guard {
                version_table,
                rows: &state.version.rows,
                seen: self.seen.clone(),
            }),
            ..Work::default()
        };
        let Some((step, content)) = one.step else {
            return Ok(work);
        };
        if !state.journal_exists {
            let name = limbec_core::journal::name(version_table);
            work.plan.ensure.push(dialect.journal(name).ensure());
        }
        let direction = step.direction;
        work.revision = step.id();
        work.progress = state.progress(step.id(), direction);
        let record = Record::new(
            dialect,
            version_table,
            step.revision,
            direction,
            &self.settings,
        );
        work.record = Some(match direction {
            Direction::Up => {
                work.downgrade = Some(&content.downgrade);
                record
                    .with_checksum(content.checksum.as_deref())
                    .adding(only_adds(&content.upgrade, dialect.lexicon()))
            }
            _ => record,
        });
        Ok(work)
    }
}

fn outcome(plan: &Plan<'_>, revisions: Vec<String>) -> Outcome {
    Outcome {
        revisions,
        rows: plan.rows_after.clone(),
        unchanged: plan.unchanged,
    }
}
