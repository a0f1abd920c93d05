//! `limbec stamp`: sets the version table without running anything.

use limbec::run::{Migrator, Revisions as _};
use limbec_core::revision::Direction;
use serde_json::json;

use super::{Context, migrate, script};
use crate::args::Stamp;
use crate::connect::{block_on, connect};
use crate::error::{CommandError, Result, Status};

pub(super) fn run(options: &Stamp, context: &Context<'_>) -> Result<Status> {
    if options.sql {
        return offline(options, context);
    }
    let url = context.config.database_url()?;
    let printer = context.printer;
    let outcome = block_on(async {
        let mut database = connect(&url, context).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone())
            .observe(|event| migrate::observe(&event, printer));
        Ok(migrator.stamp(&options.revisions, options.purge).await?)
    })?;
    if printer.json() {
        printer.value(&json!({ "current": outcome.rows }));
    }
    Ok(Status::Done)
}

fn offline(options: &Stamp, context: &Context<'_>) -> Result<Status> {
    if options.purge {
        return Err(CommandError::new("Can't use --purge with --sql mode"));
    }
    let graph = context.project.graph();
    let dialect = context.config.database_url()?.dialect();
    let (rows, targets) = match options.revisions.as_slice() {
        [range] if range.contains(':') => {
            let (rows, target) = graph.sql_range(range, Direction::Stamp)?;
            (rows, vec![target])
        }
        targets if targets.iter().any(|target| target.contains(':')) => {
            return Err(CommandError::new(
                "Stamp operation with --sql only supports a single starting revision at a time",
            ));
        }
        targets => (Vec::new(), targets.to_vec()),
    };
    let plan = graph.stamp(&rows, &targets, false)?;
    script::print(&plan, dialect, options.tag.as_deref(), context)?;
    Ok(Status::Done)
}
