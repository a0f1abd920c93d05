//! `limbec upgrade` and `limbec downgrade`.

use limbec::report::{self, Level};
use limbec::run::{Event, Migrator, Outcome, Revisions as _, Settings};
use limbec_core::revision::{Direction, Plan};
use serde_json::json;

use super::{Context, current, script};
use crate::args::Migrate;
use crate::connect::{block_on, connect};
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

pub(super) fn run(
    options: &Migrate,
    direction: Direction,
    context: &Context<'_>,
) -> Result<Status> {
    if options.sql || options.dry_run {
        return offline(options, direction, context);
    }
    if options.revision.contains(':') {
        return Err(CommandError::new("Range revision not allowed")
            .hint("a range `from:to` is for --sql, which needs no database"));
    }
    let url = context.config.database_url()?;
    let printer = context.printer;
    let outcome = block_on(async {
        let mut database = connect(&url).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(Settings {
                backups: context.config.settings.backups && !options.no_backup,
                ..context.config.settings.clone()
            })
            .observe(|event| observe(&event, printer));
        let outcome = match direction {
            Direction::Down => migrator.downgrade(&options.revision).await,
            _ => migrator.upgrade(&options.revision).await,
        };
        Ok(outcome?)
    })?;
    report(&outcome, &options.revision, printer);
    Ok(Status::Done)
}

/// Downgrades by what the database keeps of revisions that have no file here.
pub(super) fn from_database(options: &Migrate, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    let printer = context.printer;
    let outcome = block_on(async {
        let mut database = connect(&url).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone())
            .observe(|event| observe(&event, printer));
        Ok(migrator.downgrade_from_database(&options.revision).await?)
    })?;
    report(&outcome, &options.revision, printer);
    Ok(Status::Done)
}

/// Logs what happens, in Alembic's words.
pub(super) fn observe(event: &Event<'_>, printer: &Printer) {
    match report::progress(event) {
        Some((Level::Info, text)) => printer.info("migrate", &text),
        Some((Level::Warning, text)) => printer.warning("migrate", &text),
        None => {}
    }
}

fn report(outcome: &Outcome, target: &str, printer: &Printer) {
    if let Some(text) = report::nothing_to_do(outcome.unchanged, target) {
        printer.info("migrate", &text);
    }
    if printer.json() {
        printer.value(&json!({ "revisions": outcome.revisions, "current": outcome.rows }));
    }
}

/// Shows a plan without running it: for `--sql` as a script, for `--dry-run` with a summary.
fn offline(options: &Migrate, direction: Direction, context: &Context<'_>) -> Result<Status> {
    let dialect = context.config.database_url()?.dialect()?;
    let plan = plan(options, direction, context)?;
    if options.dry_run && plan.steps.is_empty() {
        context.printer.text("Nothing would be run.");
    } else if plan.steps.is_empty() {
        let message = format!("Nothing to print: no revision lies in {}", options.revision);
        context.printer.info("migrate", &message);
    }
    let summary = (options.dry_run && !plan.steps.is_empty()).then(|| report::summary(&plan));
    let tag = options.tag.as_deref();
    script::print(&plan, dialect, summary.as_deref(), tag, context)?;
    Ok(Status::Done)
}

/// The plan of a script's range, or of a dry run from where the database is.
fn plan<'g>(options: &Migrate, direction: Direction, context: &'g Context<'_>) -> Result<Plan<'g>> {
    let graph = context.project.graph();
    // A script is for another database than this one: it starts where it is told to, or at the base.
    let (rows, target) = if options.sql {
        graph.sql_range(&options.revision, direction)?
    } else {
        (current::rows(context)?, options.revision.clone())
    };
    Ok(match direction {
        Direction::Down => graph.downgrade(&rows, &target)?,
        _ => graph.upgrade(&rows, &target)?,
    })
}
