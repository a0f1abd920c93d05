//! `limbec branches`: where branches part.

use limbec::report::Text;
use limbec::run::Revisions as _;
use serde_json::Value;

use super::Context;
use crate::args::Branches;
use crate::error::{Result, Status};
use crate::report::{self, Marks};

pub(super) fn run(options: &Branches, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let graph = context.project.graph();
    let points = graph.branch_points();
    if printer.json() {
        let values = points
            .iter()
            .map(|index| report::value(graph, *index, Marks::default()));
        printer.value(&Value::Array(values.collect()));
    }
    for &index in &points {
        if options.verbose {
            printer.text(report::block(graph, index, Marks::default()));
            continue;
        }
        printer.text(report::line(graph, index, Marks::default()));
        let indent = " ".repeat(graph.id(index).len());
        for &child in graph.children(index) {
            let line = report::line(graph, child, Marks::default());
            printer.text(Text::from(format!("{indent} -> ")).and(line));
        }
    }
    Ok(Status::Done)
}
