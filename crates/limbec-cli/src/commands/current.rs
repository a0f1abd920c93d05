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
    let rows = rows(context)?;
    let current = graph.current(&rows)?;
    let missing = graph.missing_heads(&rows)?;

    if printer.json() {
        let marks = Marks { current: true };
        printer.value(&json!({
            "database": url.to_string(),
            "current": current
                .iter()
                .map(|it| report::value(graph, it.revision, marks))
                .collect::<Vec<_>>(),
            "up_to_date": missing.is_empty(),
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
    let url = context.config.database_url()?;
    block_on(async {
        let mut database = connect_to_read(&url).await?;
        let table = context.config.settings.version_table(url.dialect());
        let state = State::read(&mut database, &table).await?;
        Ok(state.version().rows.clone())
    })
}
