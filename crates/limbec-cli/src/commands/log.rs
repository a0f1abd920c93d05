//! `limbec log`: what ran on this database.

use limbec::run::{LogEntry, Revisions as _, VERSION_TABLE, log};
use serde_json::{Value, json};

use super::Context;
use crate::args;
use crate::connect::{block_on, connect_to_read};
use crate::error::{Result, Status};
use crate::printer::{Printer, Tone};

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
        let table = VERSION_TABLE.into();
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
        printer.text(&line(entry, printer));
        if options.verbose {
            printer.text(&details(entry));
        }
    }
    Ok(Status::Done)
}

/// `2026-11-22 13:16:14 UTC  upgrade    3950395dfef3  done, 12 ms  Add description`.
fn line(entry: &LogEntry, printer: &Printer) -> String {
    let mut state = entry.state.clone();
    if entry.steps > 1 {
        state.push_str(&format!(", step {} of {}", entry.step, entry.steps));
    }
    if let Some(time) = entry.duration_ms {
        state.push_str(&format!(", {time} ms"));
    }
    let mut text = format!(
        "{}  {:<9}  {}  {state}",
        entry.started_at,
        entry.direction,
        printer.paint(Tone::Id, &entry.revision)
    );
    if !entry.message.is_empty() {
        text.push_str(&format!("  {}", entry.message));
    }
    if let Some(note) = &entry.note {
        text.push_str(&format!("  ({note})"));
    }
    text
}

fn details(entry: &LogEntry) -> String {
    let mut text = String::new();
    let mut part = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            let value = value.trim_end().replace('\n', "\n      ");
            text.push_str(&format!("    {label}:\n      {value}\n"));
        }
    };
    let runner = format!(
        "process {} on {}, limbec {}",
        entry.pid.unwrap_or_default(),
        entry.host.as_deref().unwrap_or("an unknown machine"),
        entry.limbec
    );
    part("run by", Some(&runner));
    part("ran", entry.sql.as_deref());
    part("reverted by", entry.revert_sql.as_deref());
    text
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
