//! `limbec ensure-version`: makes the version table.

use limbec::run::{Migrator, VERSION_TABLE};
use serde_json::json;

use super::{Context, script};
use crate::args::EnsureVersion;
use crate::connect::{block_on, connect};
use crate::error::{Result, Status};

pub(super) fn run(options: &EnsureVersion, context: &Context<'_>) -> Result<Status> {
    let url = context.config.database_url()?;
    if options.sql {
        let table = context.config.settings.version_table(url.dialect());
        for step in url.dialect().version_table(table).ensure(0) {
            context.printer.data(&script::statement(&step));
        }
        return Ok(Status::Done);
    }
    block_on(async {
        let mut database = connect(&url, context).await?;
        Ok(Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone())
            .ensure_version()
            .await?)
    })?;
    if context.printer.json() {
        context
            .printer
            .value(&json!({ "version_table": VERSION_TABLE }));
    }
    Ok(Status::Done)
}
