//! `limbec heads`: the revisions that nothing revises.

use limbec::run::Revisions as _;
use serde_json::Value;

use super::Context;
use crate::args::Heads;
use crate::error::{Result, Status};
use crate::report::{self, Marks};

pub(super) fn run(options: &Heads, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let graph = context.project.graph();
    let heads = graph.heads_listing(options.resolve_dependencies);
    if printer.json() {
        let values = heads
            .iter()
            .map(|it| report::value(graph, it.revision, Marks::default()));
        printer.value(&Value::Array(values.collect()));
    }
    for head in &heads {
        let text = if options.verbose {
            report::block(graph, head.revision, Marks::default())
        } else {
            report::line(graph, head.revision, Marks::default())
        };
        printer.text(text);
    }
    let open = heads.iter().filter(|head| !head.effective).count();
    if open > 1 {
        printer.info(
            "heads",
            "There are several heads; `limbec merge` joins them",
        );
    }
    Ok(Status::Done)
}
