//! `limbec locks`: who is migrating this database, and the end of a lease that is stale.

use limbec::report;
use limbec::run::{Holder, Locks, clear_lease, locks};
use serde_json::{Value, json};

use super::Context;
use crate::args;
use crate::connect::{block_on, connect_to_read};
use crate::error::{CommandError, Result, Status};

pub(super) fn run(options: &args::Locks, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    let table = context.config.settings.version_table(url.dialect());
    let printer = context.printer;
    let found = block_on(async {
        let mut database = connect_to_read(&url).await?;
        Ok(locks(&mut database, &table).await?)
    })?;
    for line in report::locks(&found) {
        printer.text(line);
    }
    if !options.clear {
        if printer.json() {
            printer.value(&value(&found, false));
        }
        return Ok(Status::Done);
    }
    if let Some(session) = &found.session {
        printer.info("locks", &report::end_of_a_session(session));
    }
    if found.lease.is_some() {
        confirm(options, context)?;
    }
    let cleared = block_on(async {
        let mut database = connect_to_read(&url).await?;
        Ok(clear_lease(&mut database, &table).await?)
    })?;
    if printer.json() {
        printer.value(&value(&found, cleared));
    }
    printer.text(report::cleared(cleared));
    Ok(Status::Done)
}

fn confirm(options: &args::Locks, context: &Context<'_>) -> Result<()> {
    if options.yes {
        return Ok(());
    }
    if !context.printer.is_interactive() {
        return Err(
            CommandError::new("Clear the lease? Nobody can be asked here")
                .hint("say it a second time: limbec locks --clear --yes"),
        );
    }
    match context.ask("Clear the lease? [y/N]")?.as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CommandError::new("nothing was cleared")),
    }
}

fn value(found: &Locks, cleared: bool) -> Value {
    let holder = |it: &Holder| {
        json!({
            "pid": it.pid,
            "application": it.application,
            "host": it.host,
            "seconds": it.seconds,
            "revision": it.revision,
            "silent_seconds": it.silent,
            "doing": it.doing.as_ref().map(|it| json!({
                "state": it.state,
                "seconds": it.seconds,
                "statement": it.statement,
                "waits_for": it.waits_for,
            })),
        })
    };
    json!({
        "session": found.session.as_ref().map(holder),
        "lease": found.lease.as_ref().map(holder),
        "cleared": cleared,
    })
}
