//! The commands that change a database, or print what would: `upgrade`, `downgrade`, `stamp`.

use limbec_core::revision::{Direction, Plan, RevisionError};

use super::args::{Migrate, Stamp};
use super::{Context, Status, failed, info, log};
use crate::blocking::block_on;
use crate::report::{self, Failure, Level};
use crate::run::{Database, DryRun, Event, KeptSql, Migrator, Outcome, render};

impl Context<'_> {
    pub(super) fn migrate(&mut self, options: &Migrate, down: bool) -> Result<Status, Failure> {
        let direction = if down { Direction::Down } else { Direction::Up };
        if options.sql {
            return self.offline(options, direction);
        }
        if options.target.contains(':') {
            let hint = "a range `from:to` is for --sql, which needs no database";
            return Err(failed("Range revision not allowed", Some(hint)));
        }
        if options.dry_run {
            return self.dry_run(options, direction);
        }
        let url = self.database_url()?;
        let (err, quiet, revisions) = (&mut *self.err, self.quiet, self.revisions);
        let (program, settings) = (self.program, self.settings.clone());
        let outcome: Result<Outcome, _> = block_on(async {
            let tell = &mut |event: &Event<'_>| self::observe(event, &mut *err, quiet);
            let mut database = Database::connect_within(&url, settings.connect_wait, tell).await?;
            let observe = |event: Event<'_>| observe(&event, err, quiet);
            let migrator = Migrator::new(&mut database, revisions);
            let mut migrator = migrator.settings(settings).observe(observe);
            match direction {
                _ if options.from_database => {
                    let unapproved = || report::unapproved(program, &options.target);
                    let approve = |_: &[KeptSql]| options.yes.then_some(()).ok_or_else(unapproved);
                    migrator
                        .downgrade_from_database(&options.target, approve)
                        .await
                }
                Direction::Down => migrator.downgrade(&options.target).await,
                _ => migrator.upgrade(&options.target).await,
            }
        });
        let outcome = outcome.map_err(|error| self.failure(&error))?;
        if let Some(text) = report::nothing_to_do(outcome.unchanged, &options.target) {
            self.info("migrate", &text);
        }
        Ok(Status::Done)
    }

    pub(super) fn stamp(&mut self, options: &Stamp) -> Result<Status, Failure> {
        let url = self.database_url()?;
        if options.sql {
            let graph = self.revisions_graph();
            let plan = stamp_plan(graph, options)?;
            let plan = plan.map_err(|error| self.revision_failure(&error))?;
            self.script(&plan, options.tag.as_deref())?;
            return Ok(Status::Done);
        }
        let (err, quiet, revisions) = (&mut *self.err, self.quiet, self.revisions);
        let settings = self.settings.clone();
        let outcome: Result<Outcome, _> = block_on(async {
            let tell = &mut |event: &Event<'_>| observe(event, &mut *err, quiet);
            let mut database = Database::connect_within(&url, settings.connect_wait, tell).await?;
            let mut migrator = Migrator::new(&mut database, revisions)
                .settings(settings)
                .observe(|event| observe(&event, err, quiet));
            migrator.stamp(&options.targets, options.purge).await
        });
        outcome.map_err(|error| self.failure(&error))?;
        Ok(Status::Done)
    }

    /// Prints a script for another database: it starts where it is told to, or at the base.
    fn offline(&mut self, options: &Migrate, direction: Direction) -> Result<Status, Failure> {
        let graph = self.revisions_graph();
        let range = graph.sql_range(&options.target, direction);
        let (rows, target) = range.map_err(|error| self.revision_failure(&error))?;
        let plan = match direction {
            Direction::Down => graph.downgrade(&rows, &target),
            _ => graph.upgrade(&rows, &target),
        };
        let plan = plan.map_err(|error| self.revision_failure(&error))?;
        if plan.steps.is_empty() {
            let target = &options.target;
            let text = format!("Nothing to print: no revision lies in {target}");
            self.info("migrate", &text);
        }
        self.script(&plan, options.tag.as_deref())?;
        Ok(Status::Done)
    }

    /// Prints what would run on this database.
    fn dry_run(&mut self, options: &Migrate, direction: Direction) -> Result<Status, Failure> {
        let url = self.database_url()?;
        let (revisions, settings) = (self.revisions, self.settings.clone());
        let text: Result<String, _> = block_on(async {
            let mut database = Database::connect(&url).await?;
            let mut migrator = Migrator::new(&mut database, revisions).settings(settings);
            let tag = options.tag.as_deref();
            if options.from_database {
                let show = |found: &DryRun<'_>| report::dry_run(found, tag);
                return migrator.dry_run_from_database(&options.target, show).await;
            }
            let found = migrator.dry_run(&options.target, direction).await?;
            Ok(report::dry_run(&found, tag))
        });
        let text = text.map_err(|error| self.failure(&error))?;
        self.line(text.trim_end_matches('\n'));
        Ok(Status::Done)
    }

    fn script(&mut self, plan: &Plan<'_>, tag: Option<&str>) -> Result<(), Failure> {
        let dialect = self.database_url()?.dialect();
        let table = self.settings.version_table(dialect);
        let scripts = render(self.revisions, dialect, &table, plan);
        let scripts = scripts.map_err(|error| self.failure(&error))?;
        let text = report::script(&scripts, tag);
        if let Some(text) = text.strip_suffix('\n') {
            self.data(text);
        }
        Ok(())
    }
}

type Planned<'g> = Result<Plan<'g>, RevisionError>;

fn stamp_plan<'g>(
    graph: &'g limbec_core::revision::Graph,
    options: &Stamp,
) -> Result<Planned<'g>, Failure> {
    if options.purge {
        return Err(failed("Can't use --purge with --sql mode", None));
    }
    let (rows, targets) = match options.targets.as_slice() {
        [range] if range.contains(':') => match graph.sql_range(range, Direction::Stamp) {
            Ok((rows, target)) => (rows, vec![target]),
            Err(error) => return Ok(Err(error)),
        },
        targets if targets.iter().any(|target| target.contains(':')) => {
            let message =
                "Stamp operation with --sql only supports a single starting revision at a time";
            return Err(failed(message, None));
        }
        targets => (Vec::new(), targets.to_vec()),
    };
    Ok(graph.stamp(&rows, &targets, false))
}

fn observe(event: &Event<'_>, err: &mut (dyn std::io::Write + Send), quiet: bool) {
    match report::progress(event) {
        Some((Level::Info, text)) => info(err, quiet, "migrate", &text),
        Some((level, text)) => log(err, report::log_line(level, "migrate", &text)),
        None => {}
    }
}
