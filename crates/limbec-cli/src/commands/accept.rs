//! `limbec accept`: a person's word on a revision that changed, or that a run was stopped in.

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
    let graph = context.project.graph();
    let ids: Vec<&str> = resolve(&options.revision, context)?
        .into_iter()
        .map(|index| graph.id(index))
        .collect();
    let [id] = ids.as_slice() else {
        return Err(CommandError::new("Accept one revision at a time"));
    };
    let what = match (options.done, options.again) {
        (true, _) => Accept::Done,
        (_, true) => Accept::Again,
        _ => Accept::Changed,
    };
    block_on(async {
        let mut database = connect(&url).await?;
        let mut migrator = Migrator::new(&mut database, &context.project)
            .settings(context.config.settings.clone());
        Ok(migrator.accept(id, what, options.reason.trim()).await?)
    })?;
    if context.printer.json() {
        context.printer.value(&json!({ "accepted": id }));
    }
    context.printer.info("log", &format!("Accepted {id}"));
    Ok(Status::Done)
}
