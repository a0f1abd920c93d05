//! `limbec history`: the revisions, newest first.

use std::collections::BTreeSet;

use limbec::report::Text;
use limbec::run::Revisions as _;
use limbec_core::revision::Range;
use serde_json::Value;

use super::{Context, current};
use crate::args::History;
use crate::error::{Result, Status};
use crate::report::{self, Marks};

mod drawing;

pub(super) fn run(options: &History, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let graph = context.project.graph();
    let range = Range::parse(options.rev_range.as_deref().unwrap_or(":"))?;
    let rows = if options.indicate_current || range.names_current() {
        current::rows(context)?
    } else {
        Vec::new()
    };
    let listed = graph.history(&range, &rows)?;
    let current: BTreeSet<usize> = if options.indicate_current {
        graph
            .current(&rows)?
            .into_iter()
            .map(|it| it.revision)
            .collect()
    } else {
        BTreeSet::new()
    };
    let marks = |index: usize| Marks {
        current: current.contains(&index),
    };

    if printer.json() {
        let values = listed
            .iter()
            .map(|index| report::value(graph, *index, marks(*index)));
        printer.value(&Value::Array(values.collect()));
    } else if options.graph {
        for line in drawing::draw(graph, &listed) {
            let mut text = Text::from(line.picture.trim_end());
            if let Some(index) = line.revision {
                text = Text::from(format!("{} ", line.picture))
                    .and(report::line(graph, index, marks(index)))
                    .and(format!(" {}", report::message(graph.revision(index))));
            }
            printer.listed(text);
        }
    } else {
        for index in listed {
            if options.verbose {
                printer.text(report::block(graph, index, marks(index)));
            } else {
                printer.listed(report::arrow(graph, index, marks(index)));
            }
        }
    }
    Ok(Status::Done)
}
