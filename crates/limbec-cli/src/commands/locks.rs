//! `limbec locks`: who is migrating this database, and the end of a lease that is stale.

use limbec::run::{Holder, Locks, VERSION_TABLE, clear_lease, locks};
use serde_json::{Value, json};

use super::Context;
use crate::args;
use crate::connect::{block_on, connect_to_read};
use crate::error::{CommandError, Result, Status};

pub(super) fn run(options: &args::Locks, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    let table = VERSION_TABLE.into();
    let printer = context.printer;
    let found = block_on(async {
        let mut database = connect_to_read(&url).await?;
        Ok(locks(&mut database, &table).await?)
    })?;
    show(&found, context);
    if !options.clear {
        if printer.json() {
            printer.value(&value(&found, false));
        }
        return Ok(Status::Done);
    }
    if let Some(session) = &found.session {
        printer.info(
            "locks",
            &format!(
                "A session's lock ends with the session: SELECT pg_terminate_backend({})",
                session.pid
            ),
        );
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
    printer.text(if cleared {
        "The lease is cleared."
    } else {
        "There is no lease to clear."
    });
    Ok(Status::Done)
}

fn show(found: &Locks, context: &Context<'_>) {
    let printer = context.printer;
    if let Some(session) = &found.session {
        printer.text(&format!("Locked by the session of {session}"));
    }
    if let Some(lease) = &found.lease {
        let stale = match lease.silent {
            Some(seconds) => format!(" (no sign of life for {seconds} s)"),
            None => String::new(),
        };
        printer.text(&format!("Leased to {lease}{stale}"));
    }
    if found.session.is_none() && found.lease.is_none() {
        printer.text("Nobody is migrating this database.");
    }
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
    context.printer.question("Clear the lease? [y/N]");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| CommandError::new(format!("cannot read the answer: {error}")))?;
    match answer.trim().to_ascii_lowercase().as_str() {
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
        })
    };
    json!({
        "session": found.session.as_ref().map(holder),
        "lease": found.lease.as_ref().map(holder),
        "cleared": cleared,
    })
}
