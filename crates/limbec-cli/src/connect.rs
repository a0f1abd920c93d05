//! The runtime and the connection of a command.

use std::future::Future;

use limbec::run::{Database, DatabaseUrl, Event};

use crate::commands::{Context, observe};
use crate::error::{CommandError, Result};

/// Runs a command's asynchronous part to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::new(format!("cannot start: {error}")))?
        .block_on(work)
}

/// Connects to a database, made where it is an SQLite file that is missing.
pub(crate) async fn connect(url: &DatabaseUrl, context: &Context<'_>) -> Result<Database> {
    let wait = context.config.settings.connect_wait;
    let tell = &mut |event: &Event<'_>| observe(event, context.printer);
    Ok(Database::connect_within(url, wait, tell).await?)
}

/// Connects to read: an SQLite file that is missing stays missing, and counts as empty.
pub(crate) async fn connect_to_read(url: &DatabaseUrl) -> Result<Database> {
    Ok(Database::connect_to_read(url).await?)
}
