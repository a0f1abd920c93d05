//! `limbec show`: one revision.

use limbec::run::Revisions as _;
use serde_json::Value;

use super::Context;
use crate::args::Show;
use crate::error::{CommandError, Result, Status};
use crate::report::{self, Marks};

pub(super) fn run(options: &Show, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let graph = context.project.graph();
    let found = super::resolve(&options.revision, context)?;
    if found.is_empty() {
        return Err(CommandError::new(format!(
            "No revision files indicated by symbol '{}'",
            options.revision
        )));
    }
    if printer.json() {
        let values = found
            .iter()
            .map(|index| report::value(graph, *index, Marks::default()));
        printer.value(&Value::Array(values.collect()));
    }
    for index in found {
        printer.text(report::block(graph, index, Marks::default()));
    }
    Ok(Status::Done)
}
