//! Sets of revisions, and the closures over the edges of a graph.

use super::graph::Graph;

/// A set of revisions by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeSet(Vec<bool>);

impl NodeSet {
    pub(super) fn new(len: usize) -> Self {
        Self(vec![false; len])
    }

    pub(super) fn of(len: usize, members: &[usize]) -> Self {
        let mut set = Self::new(len);
        for &member in members {
            set.insert(member);
        }
        set
    }

    pub(super) fn contains(&self, node: usize) -> bool {
        self.0[node]
    }

    /// Adds a node and tells whether it is new.
    pub(super) fn insert(&mut self, node: usize) -> bool {
        !std::mem::replace(&mut self.0[node], true)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(node, &member)| member.then_some(node))
    }

    pub(super) fn count(&self) -> usize {
        self.iter().count()
    }

    pub(super) fn union(mut self, other: &Self) -> Self {
        for (mine, &theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
        self
    }

    pub(super) fn intersection(mut self, other: &Self) -> Self {
        for (mine, &theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= theirs;
        }
        self
    }

    pub(super) fn difference(mut self, other: &Self) -> Self {
        for (mine, &theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
        self
    }
}

/// Which edges a closure follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edges {
    /// Only `revises`.
    Versioned,
    /// `revises` and `depends_on`.
    All,
}

impl Graph {
    /// Returns `of` and all that lies below it.
    pub(super) fn ancestor_set(&self, of: &[usize], edges: Edges) -> NodeSet {
        match edges {
            Edges::Versioned => self.reach(of, |node| self.parents(node)),
            Edges::All => self.reach(of, |node| self.all_parents(node)),
        }
    }

    /// Returns `of` and all that lies above it.
    pub(super) fn descendant_set(&self, of: &[usize], edges: Edges) -> NodeSet {
        match edges {
            Edges::Versioned => self.reach(of, |node| self.children(node)),
            Edges::All => self.reach(of, |node| self.all_children(node)),
        }
    }

    /// Returns the revision with all that lies below and above it.
    pub(super) fn lineage(&self, of: usize, edges: Edges) -> NodeSet {
        self.ancestor_set(&[of], edges)
            .union(&self.descendant_set(&[of], edges))
    }

    /// Returns the members of a set that have no child in it, in file order.
    pub(super) fn maximal(&self, set: &NodeSet, edges: Edges) -> Vec<usize> {
        set.iter()
            .filter(|&node| {
                let above = match edges {
                    Edges::Versioned => self.children(node),
                    Edges::All => self.all_children(node),
                };
                !above.iter().any(|&child| set.contains(child))
            })
            .collect()
    }

    fn reach<'a>(&self, of: &[usize], next: impl Fn(usize) -> &'a [usize]) -> NodeSet {
        let mut seen = NodeSet::of(self.len(), of);
        let mut todo = of.to_vec();
        while let Some(node) = todo.pop() {
            for &other in next(node) {
                if seen.insert(other) {
                    todo.push(other);
                }
            }
        }
        seen
    }
}
