//! Revisions as lines and blocks of text, and as JSON.

use limbec_core::revision::{Graph, Header};
use serde_json::{Value, json};

use crate::printer::{Printer, Tone};

/// What is marked besides a revision's place in the graph.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks {
    /// Whether the database is at it.
    pub(crate) current: bool,
}

/// What Alembic prints for the absence of a parent.
pub(crate) const BASE: &str = "<base>";

/// The ids of parents, `<base>` where there are none.
pub(crate) fn parents(header: &Header) -> String {
    if header.revises.is_empty() {
        BASE.to_string()
    } else {
        header.revises.join(", ")
    }
}

/// The words in parentheses behind an id: labels, head, current, branchpoint, mergepoint.
pub(crate) fn marks(graph: &Graph, index: usize, marks: Marks, printer: &Printer) -> String {
    let mut words = Vec::new();
    let labels = graph.labels(index);
    if !labels.is_empty() {
        words.push(labels.join(", "));
    }
    if graph.is_effective_head(index) {
        words.push("effective head".to_string());
    } else if graph.is_head(index) {
        words.push("head".to_string());
    }
    if marks.current {
        words.push("current".to_string());
    }
    if graph.is_branch_point(index) {
        words.push("branchpoint".to_string());
    }
    if graph.is_merge_point(index) {
        words.push("mergepoint".to_string());
    }
    let painted = words
        .iter()
        .map(|word| printer.paint(Tone::Mark, &format!("({word})")));
    painted.map(|word| format!(" {word}")).collect()
}

/// `3950395dfef3 (head)`.
pub(crate) fn line(graph: &Graph, index: usize, shown: Marks, printer: &Printer) -> String {
    let id = printer.paint(Tone::Id, graph.id(index));
    format!("{id}{}", marks(graph, index, shown, printer))
}

/// All that is known of a revision, over several lines.
pub(crate) fn block(graph: &Graph, index: usize, shown: Marks, printer: &Printer) -> String {
    let header = graph.revision(index);
    let mut text = format!("Rev: {}\n", line(graph, index, shown, printer));
    let names = |ids: &[String]| ids.join(", ");
    let children: Vec<String> = graph
        .children(index)
        .iter()
        .map(|child| graph.id(*child).to_string())
        .collect();
    if graph.is_merge_point(index) {
        text.push_str(&format!("Merges: {}\n", parents(header)));
    } else {
        text.push_str(&format!("Parent: {}\n", parents(header)));
    }
    if !header.depends_on.is_empty() {
        text.push_str(&format!("Also depends on: {}\n", names(&header.depends_on)));
    }
    if graph.is_branch_point(index) {
        text.push_str(&format!("Branches into: {}\n", names(&children)));
    }
    let labels = graph.labels(index);
    if !labels.is_empty() {
        text.push_str(&format!("Branch names: {}\n", labels.join(", ")));
    }
    text.push_str(&format!("Path: {}\n", header.path));
    if let Some(date) = &header.create_date {
        text.push_str(&format!("Create Date: {date}\n"));
    }
    text.push('\n');
    for line in message(header).lines().chain(header.doc.lines()) {
        text.push_str(&format!("    {line}\n").replace("    \n", "\n"));
    }
    text
}

/// The first line of a revision's doc.
pub(crate) fn message(header: &Header) -> &str {
    if header.message.is_empty() {
        "empty message"
    } else {
        &header.message
    }
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
