//! Revisions as lines and blocks of text.

use limbec_core::revision::{Graph, Header};

use super::{Text, Tone};

/// What is marked besides a revision's place in the graph.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks {
    /// Whether the database is at it.
    pub current: bool,
}

/// What Alembic prints for the absence of a parent.
const BASE: &str = "<base>";

/// The ids of parents, `<base>` where there are none.
pub fn parents(header: &Header) -> String {
    if header.revises.is_empty() {
        BASE.to_string()
    } else {
        header.revises.join(", ")
    }
}

/// The words in parentheses behind an id: labels, head, current, branchpoint, mergepoint.
pub fn marks(graph: &Graph, index: usize, marks: Marks) -> Text {
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
    words.iter().fold(Text::default(), |text, word| {
        text.and(" ")
            .and(Text::of(Tone::Mark, &format!("({word})")))
    })
}

/// `3950395dfef3 (head)`.
pub fn line(graph: &Graph, index: usize, shown: Marks) -> Text {
    Text::of(Tone::Id, graph.id(index)).and(marks(graph, index, shown))
}

/// `61ee6f04df66 -> 3950395dfef3 (head), Add description to collections`.
pub fn arrow(graph: &Graph, index: usize, shown: Marks) -> Text {
    let header = graph.revision(index);
    let dependencies = if header.depends_on.is_empty() {
        String::new()
    } else {
        format!(" ({})", header.depends_on.join(", "))
    };
    Text::from(format!("{}{dependencies} -> ", parents(header)))
        .and(line(graph, index, shown))
        .and(format!(", {}", message(header)))
}

/// All that is known of a revision, over several lines.
pub fn block(graph: &Graph, index: usize, shown: Marks) -> Text {
    let header = graph.revision(index);
    let mut text = String::from("\n");
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
    Text::from("Rev: ").and(line(graph, index, shown)).and(text)
}

/// The first line of a revision's doc.
pub fn message(header: &Header) -> &str {
    if header.message.is_empty() {
        "empty message"
    } else {
        &header.message
    }
}
