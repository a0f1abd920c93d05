//! `limbec current`: where the database is.

use limbec::run::{Revisions as _, State};
use serde_json::json;

use super::Context;
use crate::args::Current;
use crate::connect::{block_on, connect_to_read};
use crate::error::{self, CommandError, Result, Status};
use crate::report::{self, Marks};

pub(super) fn run(options: &Current, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let graph = context.project.graph();
    let url = context.config.database_url()?;
    let state = state(context)?;
    let rows = &state.version().rows;
    let current = graph.current(rows)?;
    let missing = graph.missing_heads(rows)?;
    let half_done = state.half_done();
    if let Some(text) = state.elsewhere() {
        printer.info("current", &text);
    }

    if printer.json() {
        let marks = Marks { current: true };
        printer.value(&json!({
            "database": url.to_string(),
            "current": current
                .iter()
                .map(|it| report::value(graph, it.revision, marks))
                .collect::<Vec<_>>(),
            "half_done": half_done.as_ref().map(|it| json!({
                "revision": it.revision,
                "reverting": it.reverting,
                "steps_done": it.done,
                "steps": it.steps,
            })),
            "up_to_date": missing.is_empty() && half_done.is_none(),
        }));
    }
    if options.verbose {
        printer.text(format!("Current revision(s) for {url}:"));
    }
    for it in &current {
        let text = if options.verbose {
            report::block(graph, it.revision, Marks::default())
        } else {
            report::line(graph, it.revision, Marks::default())
        };
        printer.text(text);
    }
    if let Some(half_done) = &half_done {
        printer.warning("current", &half_done.warning());
    }
    for sentence in state.drift(graph) {
        printer.warning("current", &sentence);
    }
    if let (true, true, Some(half_done)) = (options.check_heads, missing.is_empty(), &half_done) {
        let message = format!("The revision {} is {half_done}", half_done.revision);
        let error = CommandError::new(message).hint(format!("run: {}", half_done.finish()));
        error::print(&error, printer);
        return Ok(Status::Different);
    }
    if options.check_heads && !missing.is_empty() {
        let missing: Vec<&str> = missing.iter().map(|index| graph.id(*index)).collect();
        let error = CommandError::new("Database is not on all head revisions")
            .detail("missing", missing.join(", "))
            .hint(format!("run: limbec upgrade {}", graph.all_heads()));
        error::print(&error, printer);
        return Ok(Status::Different);
    }
    Ok(Status::Done)
}

/// Reads the rows of the version table; there are none where there is no database yet.
pub(super) fn rows(context: &Context<'_>) -> Result<Vec<String>> {
    Ok(state(context)?.version().rows.clone())
}

fn state(context: &Context<'_>) -> Result<State> {
    let url = context.config.database_url()?;
    block_on(async {
        let mut database = connect_to_read(&url).await?;
        let table = context.config.settings.version_table(url.dialect());
        Ok(State::read(&mut database, &table).await?)
    })
}
