//! `limbec log`: what ran on this database.

use limbec::run::{LogEntry, Revisions as _, log};
use serde_json::{Value, json};

use super::Context;
use crate::args;
use crate::connect::{block_on, connect_to_read};
use crate::error::{Result, Status};
use crate::report;

pub(super) fn run(options: &args::Log, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    let printer = context.printer;
    // A revision that has no file any more is in the journal by its full id.
    let revision = options.revision.as_deref().map(|given| {
        let found = context.project.graph().resolve(given, &[]);
        match found.as_deref() {
            Ok([index]) => context.project.graph().id(*index).to_string(),
            _ => given.to_string(),
        }
    });
    let entries = block_on(async {
        let mut database = connect_to_read(&url).await?;
        let table = context.config.settings.version_table(url.dialect());
        Ok(log(&mut database, &table, revision.as_deref(), options.number).await?)
    })?;
    if printer.json() {
        printer.value(&Value::Array(entries.iter().map(value).collect()));
        return Ok(Status::Done);
    }
    if entries.is_empty() {
        printer.info("log", "Nothing has run on this database");
    }
    for entry in &entries {
        printer.text(report::entry(entry));
        if options.verbose {
            printer.text(report::entry_details(entry));
        }
    }
    Ok(Status::Done)
}

fn value(entry: &LogEntry) -> Value {
    json!({
        "id": entry.id,
        "revision": entry.revision,
        "message": entry.message,
        "revises": entry.revises,
        "depends_on": entry.depends_on,
        "direction": entry.direction,
        "step": entry.step,
        "steps": entry.steps,
        "state": entry.state,
        "started_at": entry.started_at,
        "duration_ms": entry.duration_ms,
        "host": entry.host,
        "pid": entry.pid,
        "limbec": entry.limbec,
        "checksum": entry.checksum,
        "adds": entry.adds,
        "sql": entry.sql,
        "revert_sql": entry.revert_sql,
        "note": entry.note,
    })
}
