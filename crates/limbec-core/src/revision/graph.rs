//! The graph itself: revisions by index, and their neighbours.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::closure::{Edges, NodeSet};
use super::header::Header;
use super::links::Links;

/// Holds the revisions of a project and how they follow from each other.
///
/// A revision is named by its index, its place in file order (file name, then path).
///
/// ```
/// use limbec_core::revision::{Graph, Header};
///
/// let header = |id: &str, revises: &[&str]| Header {
///     id: id.to_owned(),
///     revises: revises.iter().map(|&id| id.to_owned()).collect(),
///     path: format!("versions/{id}.rs"),
///     ..Header::default()
/// };
/// let graph = Graph::new(vec![header("b1", &["a1"]), header("a1", &[])]).unwrap();
///
/// let plan = graph.upgrade(&[], "head").unwrap();
/// let run: Vec<&str> = plan.steps.iter().map(|step| step.id()).collect();
/// assert_eq!(run, ["a1", "b1"]);
/// assert_eq!(plan.rows_after, ["b1"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub(super) revisions: Vec<Header>,
    pub(super) by_id: BTreeMap<String, usize>,
    pub(super) by_label: BTreeMap<String, usize>,
    /// The branch labels of each revision, its own and those spread to it.
    pub(super) labels: Vec<Arc<[String]>>,
    pub(super) parents: Links,
    pub(super) dependencies: Links,
    /// Parents, then those dependencies that no versioned ancestor has: what orders a walk down.
    pub(super) normalized: Links,
    pub(super) children: Links,
    pub(super) dependents: Links,
    pub(super) all_parents: Links,
    pub(super) all_children: Links,
    /// All revisions, each after its parents and dependencies; ties in file order.
    pub(super) topological: Vec<usize>,
}

impl Graph {
    /// Returns the number of revisions.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Tells whether there is no revision at all.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// Returns the revision with this index.
    ///
    /// # Panics
    /// There is no such index; those that a graph hands out are valid for it.
    pub fn revision(&self, index: usize) -> &Header {
        &self.revisions[index]
    }

    /// Returns the id of the revision with this index.
    pub fn id(&self, index: usize) -> &str {
        &self.revisions[index].id
    }

    /// Returns all revisions in file order.
    pub fn revisions(&self) -> &[Header] {
        &self.revisions
    }

    /// Finds a revision by its full id.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Finds a revision by its full id.
    pub fn get(&self, id: &str) -> Option<&Header> {
        self.index_of(id).map(|index| self.revision(index))
    }

    /// Finds the revision that carries a branch label.
    pub fn labelled(&self, label: &str) -> Option<usize> {
        self.by_label.get(label).copied()
    }

    /// Returns every branch label with the revision that carries it, sorted by label.
    pub fn branch_labels(&self) -> impl Iterator<Item = (&str, usize)> {
        self.by_label
            .iter()
            .map(|(label, &index)| (label.as_str(), index))
    }

    /// Returns the labels of the branches that a revision is on, sorted.
    ///
    /// A label spreads to all versioned descendants of the revision that carries it, and down
    /// through its parents until a branch point or a merge point.
    pub fn labels(&self, index: usize) -> &[String] {
        &self.labels[index]
    }

    /// Returns all revisions, each after its parents and dependencies.
    pub fn topological(&self) -> &[usize] {
        &self.topological
    }

    /// Returns the revisions that this one revises, as its file orders them.
    pub fn parents(&self, index: usize) -> &[usize] {
        &self.parents[index]
    }

    /// Returns the revisions that this one depends on, as its file orders them.
    pub fn dependencies(&self, index: usize) -> &[usize] {
        &self.dependencies[index]
    }

    /// Returns the revisions that revise this one, in file order.
    pub fn children(&self, index: usize) -> &[usize] {
        &self.children[index]
    }

    /// Returns the revisions that depend on this one, in file order.
    pub fn dependents(&self, index: usize) -> &[usize] {
        &self.dependents[index]
    }

    /// Returns the revisions that this one revises or depends on.
    pub fn all_parents(&self, index: usize) -> &[usize] {
        &self.all_parents[index]
    }

    /// Returns the revisions that revise this one or depend on it, in file order.
    pub fn all_children(&self, index: usize) -> &[usize] {
        &self.all_children[index]
    }

    /// Returns the revisions that nothing revises, in file order.
    pub fn heads(&self) -> Vec<usize> {
        self.select(|index| self.is_head(index))
    }

    /// Returns the identifier that means every head: `head` if there is one, else `heads`.
    pub fn all_heads(&self) -> &'static str {
        if self.heads().len() > 1 {
            "heads"
        } else {
            "head"
        }
    }

    /// Returns the revisions that nothing revises and nothing depends on, in file order.
    ///
    /// These are the version rows of a database that is up to date.
    pub fn real_heads(&self) -> Vec<usize> {
        self.select(|index| self.all_children(index).is_empty())
    }

    /// Returns the heads that some other revision depends on, in file order.
    pub fn effective_heads(&self) -> Vec<usize> {
        self.select(|index| self.is_effective_head(index))
    }

    /// Returns the revisions that revise nothing, in file order.
    pub fn bases(&self) -> Vec<usize> {
        self.select(|index| self.is_base(index))
    }

    /// Returns the revisions that several revise, in file order.
    pub fn branch_points(&self) -> Vec<usize> {
        self.select(|index| self.is_branch_point(index))
    }

    /// Returns the revisions that revise several, in file order.
    pub fn merge_points(&self) -> Vec<usize> {
        self.select(|index| self.is_merge_point(index))
    }

    /// Tells whether nothing revises this revision.
    pub fn is_head(&self, index: usize) -> bool {
        self.children(index).is_empty()
    }

    /// Tells whether nothing revises this revision, yet another depends on it.
    pub fn is_effective_head(&self, index: usize) -> bool {
        self.is_head(index) && !self.dependents(index).is_empty()
    }

    /// Tells whether this revision revises nothing.
    pub fn is_base(&self, index: usize) -> bool {
        self.parents(index).is_empty()
    }

    /// Tells whether several revisions revise this one.
    pub fn is_branch_point(&self, index: usize) -> bool {
        self.children(index).len() > 1
    }

    /// Tells whether this revision revises several.
    pub fn is_merge_point(&self, index: usize) -> bool {
        self.parents(index).len() > 1
    }

    /// Returns all that the given revisions need, without themselves, in file order.
    pub fn ancestors(&self, of: &[usize]) -> Vec<usize> {
        let set = self.ancestor_set(of, Edges::All);
        set.difference(&NodeSet::of(self.len(), of))
            .iter()
            .collect()
    }

    /// Returns all that needs one of the given revisions, without themselves, in file order.
    pub fn descendants(&self, of: &[usize]) -> Vec<usize> {
        let set = self.descendant_set(of, Edges::All);
        set.difference(&NodeSet::of(self.len(), of))
            .iter()
            .collect()
    }

    pub(super) fn ids_of(&self, indexes: &[usize]) -> Vec<String> {
        indexes
            .iter()
            .map(|&index| self.id(index).to_owned())
            .collect()
    }

    fn select(&self, keep: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.len()).filter(|&index| keep(index)).collect()
    }
}
