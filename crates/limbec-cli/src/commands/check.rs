//! `limbec check`: do the models and the database agree?

use limbec::run::Revisions as _;
use serde_json::json;

use super::Context;
use crate::autogenerate;
use crate::connect::block_on;
use crate::error::{Result, Status};

pub(super) fn run(context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let found = block_on(autogenerate::compare(&context.config, &context.project))?;
    found.report(printer);
    let heads = context.project.graph().heads();
    if heads.len() > 1 {
        printer.warning(
            "check",
            &format!("There are {} heads; `limbec merge` joins them", heads.len()),
        );
    }
    let operations = &found.comparison.operations;
    if printer.json() {
        printer.value(&json!({
            "operations": operations,
            "unknown": found.comparison.unknown,
            "unmanaged": found.unmanaged,
        }));
    }
    if operations.is_empty() {
        printer.text("No new upgrade operations detected.");
        return Ok(Status::Done);
    }
    printer.text("New upgrade operations detected:");
    for operation in operations {
        let loss = if operation.loses_data() {
            "   (data is lost)"
        } else {
            ""
        };
        printer.text(&format!("  {operation}{loss}"));
    }
    Ok(Status::Different)
}
