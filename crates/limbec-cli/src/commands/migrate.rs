//! `limbec upgrade` and `limbec downgrade`.

use limbec::run::{Event, Migrator, Outcome, Revisions as _};
use limbec_core::revision::{Direction, Identifier, Plan, RevisionError};
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

/// Logs what happens, in Alembic's words.
pub(super) fn observe(event: &Event<'_>, printer: &Printer) {
    match event {
        Event::Step { step, number, total, .. } => {
            let place =
                if *total > 1 { format!(" ({number}/{total})") } else { String::new() };
            printer.info("migrate", &format!("{step}{place}"));
        }
        Event::Waiting { since } => printer.info(
            "migrate",
            &format!(
                "Another process migrates this database; waiting ({} s so far)",
                since.as_secs()
            ),
        ),
        Event::Warning { message } => printer.warning("migrate", message),
        _ => {}
    }
}

fn report(outcome: &Outcome, target: &str, printer: &Printer) {
    if outcome.already_applied {
        printer.info(
            "migrate",
            &format!("Nothing to do: {target} is applied already, below the current revision"),
        );
    }
    if printer.json() {
        let steps = outcome.steps.iter().map(|step| step.revision.as_str());
        printer.value(&json!({
            "revisions": steps.collect::<Vec<_>>(),
            "current": outcome.rows,
            "already_applied": outcome.already_applied,
        }));
    }
}

/// Shows a plan without running it: for `--sql` as a script, for `--dry-run` with a summary.
fn offline(options: &Migrate, direction: Direction, context: &Context<'_>) -> Result<Status> {
    let dialect = context.config.database_url()?.dialect();
    let plan = plan(options, direction, context)?;
    if options.dry_run && !context.printer.json() {
        if plan.steps.is_empty() {
            context.printer.text("Nothing would be run.");
            return Ok(Status::Done);
        }
        context.printer.text(&format!("Would run {} revision(s):", plan.steps.len()));
        for step in &plan.steps {
            context.printer.text(&format!("  {step}"));
        }
        context.printer.text("");
    }
    script::print(&plan, dialect, options.tag.as_deref(), context)?;
    Ok(Status::Done)
}

/// The plan of a range, or from where the database is.
fn plan(options: &Migrate, direction: Direction, context: &Context<'_>) -> Result<Plan> {
    let graph = context.project.graph();
    let (from, target) = match options.revision.split_once(':') {
        Some((from, target)) => (Some(from), target),
        None => (None, options.revision.as_str()),
    };
    let rows = match from {
        None if direction == Direction::Down && options.sql => {
            return Err(RevisionError::DowngradeRange { range: options.revision.clone() }.into());
        }
        None => current::rows(context)?,
        Some("") => Vec::new(),
        Some(from) => {
            if Identifier::parse(from)?.is_relative() {
                return Err(RevisionError::RelativeNotAllowed { identifier: from.into() }.into());
            }
            let found = graph.resolve(from, &[])?;
            found.into_iter().map(|index| graph.id(index).to_string()).collect()
        }
    };
    Ok(match direction {
        Direction::Down => graph.downgrade(&rows, target)?,
        _ => graph.upgrade(&rows, target)?,
    })
}
