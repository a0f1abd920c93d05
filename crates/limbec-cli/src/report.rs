//! Revisions as lines and blocks of text, and as JSON.

use limbec::report::{self, Paint};
use limbec::run::LogEntry;
use limbec_core::revision::Graph;
use serde_json::{Value, json};

pub(crate) use limbec::report::{Marks, entry_details, message};

use crate::printer::Printer;

/// `3950395dfef3 (head)`.
pub(crate) fn line(graph: &Graph, index: usize, shown: Marks, printer: &Printer) -> String {
    painted(printer, |paint| report::line(graph, index, shown, paint))
}

/// `61ee6f04df66 -> 3950395dfef3 (head), Add description to collections`.
pub(crate) fn arrow(graph: &Graph, index: usize, shown: Marks, printer: &Printer) -> String {
    painted(printer, |paint| report::arrow(graph, index, shown, paint))
}

/// All that is known of a revision, over several lines.
pub(crate) fn block(graph: &Graph, index: usize, shown: Marks, printer: &Printer) -> String {
    painted(printer, |paint| report::block(graph, index, shown, paint))
}

/// A row of the journal.
pub(crate) fn entry(entry: &LogEntry, printer: &Printer) -> String {
    painted(printer, |paint| report::entry(entry, paint))
}

fn painted(printer: &Printer, text: impl FnOnce(&Paint<'_>) -> String) -> String {
    text(&|tone, piece| printer.paint(tone, piece))
}

/// A revision as JSON; docs/json.md describes the shape.
pub(crate) fn value(graph: &Graph, index: usize, shown: Marks) -> Value {
    let header = graph.revision(index);
    let children: Vec<&str> = graph
        .children(index)
        .iter()
        .map(|child| graph.id(*child))
        .collect();
    json!({
        "id": header.id,
        "message": header.message,
        "revises": header.revises,
        "depends_on": header.depends_on,
        "branch_labels": header.branch_labels,
        "branches": graph.labels(index),
        "children": children,
        "create_date": header.create_date,
        "path": header.path,
        "head": graph.is_head(index),
        "effective_head": graph.is_effective_head(index),
        "branch_point": graph.is_branch_point(index),
        "merge_point": graph.is_merge_point(index),
        "current": shown.current,
    })
}
