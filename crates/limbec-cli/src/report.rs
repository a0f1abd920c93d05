//! Revisions as text, and as JSON.

use limbec_core::revision::Graph;
use serde_json::{Value, json};

pub(crate) use limbec::report::{Marks, arrow, block, entry, entry_details, line, message};

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
