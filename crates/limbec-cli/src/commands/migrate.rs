//! `limbec upgrade` and `limbec downgrade`.

use limbec::report::{self, Level};
use limbec::run::{
    DryRun, Error, ErrorKind, Event, KeptSql, Migrator, Outcome, Revisions as _, Settings,
};
use limbec_core::revision::Direction;
use serde_json::json;

use super::{Context, script};
use crate::args::{Downgrade, Migrate};
use crate::connect::{block_on, connect};
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

pub(super) fn run(
    options: &Migrate,
    direction: Direction,
    context: &Context<'_>,
) -> Result<Status> {
    if options.sql {
        return offline(options, direction, context);
    }
    if options.revision.contains(':') {
        return Err(CommandError::new("Range revision not allowed")
            .hint("a range `from:to` is for --sql, which needs no database"));
    }
    if options.dry_run {
        return dry_run(options, direction, context);
    }
    let url = context.config.database_url()?;
    let printer = context.printer;
    let outcome = block_on(async {
        let mut database = connect(&url, context).await?;
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
pub(super) fn from_database(options: &Downgrade, context: &Context<'_>) -> Result<Status> {
    let target = &options.migrate.revision;
    let url = context.config.database_url()?;
    let printer = context.printer;
    let tag = options.migrate.tag.as_deref();
    let outcome = block_on(async {
        let mut database = connect(&url, context).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone())
            .observe(|event| observe(&event, printer));
        if options.migrate.dry_run {
            let show = |found: &DryRun<'_>| show(found, tag, printer);
            migrator.dry_run_from_database(target, show).await?;
            return Ok(None);
        }
        let approve = |_: &[KeptSql]| approve(options, context);
        Ok(Some(
            migrator.downgrade_from_database(target, approve).await?,
        ))
    })?;
    if let Some(outcome) = outcome {
        report(&outcome, target, printer);
    }
    Ok(Status::Done)
}

/// Asks whether the SQL that was shown may run.
fn approve(options: &Downgrade, context: &Context<'_>) -> std::result::Result<(), Error> {
    if options.yes {
        return Ok(());
    }
    if !context.printer.is_interactive() {
        return Err(report::unapproved("limbec", &options.migrate.revision));
    }
    let unapproved = |message: String| Error::new(ErrorKind::Unapproved, message);
    let answer = context.ask("Run it with the rights of this connection? [y/N]");
    let answer = answer.map_err(|error| unapproved(error.to_string()))?;
    match answer.as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(unapproved("nothing was run".to_string())),
    }
}

/// Logs what happens, in Alembic's words.
pub(crate) fn observe(event: &Event<'_>, printer: &Printer) {
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

/// Prints a script for another database: it starts where it is told to, or at the base.
fn offline(options: &Migrate, direction: Direction, context: &Context<'_>) -> Result<Status> {
    let dialect = context.config.database_url()?.dialect();
    let graph = context.project.graph();
    let (rows, target) = graph.sql_range(&options.revision, direction)?;
    let plan = match direction {
        Direction::Down => graph.downgrade(&rows, &target)?,
        _ => graph.upgrade(&rows, &target)?,
    };
    if plan.steps.is_empty() {
        let message = format!("Nothing to print: no revision lies in {}", options.revision);
        context.printer.info("migrate", &message);
    }
    script::print(&plan, dialect, options.tag.as_deref(), context)?;
    Ok(Status::Done)
}

/// Prints what would run on this database.
fn dry_run(options: &Migrate, direction: Direction, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    let tag = options.tag.as_deref();
    let printer = context.printer;
    block_on(async {
        let mut database = connect(&url, context).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone());
        let found = migrator.dry_run(&options.revision, direction).await?;
        show(&found, tag, printer);
        Ok(())
    })?;
    Ok(Status::Done)
}

fn show(found: &DryRun<'_>, tag: Option<&str>, printer: &Printer) {
    if printer.json() {
        printer.value(&script::values(&found.scripts));
    } else {
        printer.text(report::dry_run(found, tag).trim_end_matches('\n'));
    }
}
