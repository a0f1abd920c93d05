//! How branch labels spread from the revisions that carry them.

use std::sync::Arc;

use super::graph::Graph;

/// Returns the labels of each revision, sorted; neighbours with the same labels share one list.
pub(super) fn spread(graph: &Graph) -> Vec<Arc<[String]>> {
    let none: Arc<[String]> = Arc::from([]);
    if graph.by_label.is_empty() {
        return vec![none; graph.len()];
    }
    let mut own = vec![none.clone(); graph.len()];
    for (label, &index) in &graph.by_label {
        own[index] = union(&own[index], &Arc::from([label.clone()]));
    }
    let mut up = own.clone();
    for &node in &graph.topological {
        for &parent in graph.parents(node) {
            up[node] = union(&up[node], &up[parent].clone());
        }
    }
    // Down the line until it forks or joins; `passing` is what a revision hands to its parent.
    let line = |node: usize| graph.all_children(node).len() < 2 && !graph.is_merge_point(node);
    let mut passing = own;
    for &node in graph.topological.iter().rev() {
        if let &[parent] = graph.parents(node)
            && line(node)
            && line(parent)
        {
            passing[parent] = union(&passing[parent], &passing[node].clone());
        }
    }
    up.iter()
        .zip(&passing)
        .map(|(up, down)| union(up, down))
        .collect()
}

fn union(a: &Arc<[String]>, b: &Arc<[String]>) -> Arc<[String]> {
    let holds = |a: &[String], b: &[String]| b.iter().all(|label| a.binary_search(label).is_ok());
    if holds(a, b) {
        return a.clone();
    }
    if holds(b, a) {
        return b.clone();
    }
    let mut both: Vec<String> = a.iter().chain(b.iter()).cloned().collect();
    both.sort_unstable();
    both.dedup();
    Arc::from(both)
}
