//! `limbec accept`: a person's word on a revision that changed, or that a run was stopped in.

use limbec::report;
use limbec::run::{Accept, Migrator, Revisions as _};
use serde_json::json;

use super::{Context, resolve};
use crate::args;
use crate::connect::{block_on, connect};
use crate::error::{CommandError, Result, Status};

pub(super) fn run(options: &args::Accept, context: &Context<'_>) -> Result<Status> {
    if options.reason.trim().is_empty() {
        return Err(CommandError::new("The reason is empty")
            .hint("whoever reads `limbec log` wants to know why"));
    }
    let url = context.config.database_url()?;
    let what = if options.done {
        Accept::Done
    } else if options.again {
        Accept::Again
    } else if options.abandon {
        Accept::Abandon
    } else {
        Accept::Changed
    };
    let id = match resolve(&options.revision, context) {
        // What is given up may have no file any more.
        Err(_) if options.abandon => options.revision.clone(),
        found => match found?.as_slice() {
            [index] => context.project.graph().id(*index).to_string(),
            _ => return Err(CommandError::new("Accept one revision at a time")),
        },
    };
    let abandoned = block_on(async {
        let mut database = connect(&url, context).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone());
        Ok(migrator.accept(&id, what, options.reason.trim()).await?)
    })?;
    let (key, id, text) = match &abandoned {
        Some(half) => {
            let text = report::abandoned(half, "limbec");
            ("abandoned", &half.revision, text)
        }
        None => ("accepted", &id, format!("Accepted {id}")),
    };
    if context.printer.json() {
        context.printer.value(&json!({ key: id }));
    }
    context.printer.info("log", &text);
    Ok(Status::Done)
}
