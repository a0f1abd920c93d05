//! From headers to a sound graph, or to all that is wrong with them.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::cycles;
use super::graph::Graph;
use super::header::Header;
use super::ids::{check_id, check_label};
use super::labels;
use super::links::Links;
use super::load_error::{CycleLink, EdgeKind, GraphError, NamedFile};
use super::suggest;

impl Graph {
    /// Builds the graph of a project's revisions, whatever order they come in.
    ///
    /// # Errors
    /// Names everything that is wrong at once: illegal, reserved and duplicate ids and labels,
    /// parents and dependencies that no file has, self-loops and cycles.
    pub fn new(headers: Vec<Header>) -> Result<Self, Vec<GraphError>> {
        let mut revisions = headers;
        revisions.sort_by(|a, b| {
            let names = a.file_name().cmp(b.file_name());
            names.then_with(|| (&a.path, &a.id).cmp(&(&b.path, &b.id)))
        });
        // One file reached by two version locations.
        revisions.dedup_by(|a, b| a == b && !a.path.is_empty());

        let mut loading = Loading {
            graph: Self {
                revisions,
                ..Self::default()
            },
            errors: Vec::new(),
        };
        loading.name_revisions();
        loading.name_branches();
        loading.link();
        loading.find_cycles();
        if !loading.errors.is_empty() {
            return Err(loading.errors);
        }
        let mut graph = loading.graph;
        graph.children = graph.parents.inverted();
        graph.dependents = graph.dependencies.inverted();
        graph.normalized = normalize(&graph);
        graph.labels = labels::spread(&graph);
        Ok(graph)
    }
}

struct Loading {
    graph: Graph,
    errors: Vec<GraphError>,
}

impl Loading {
    fn name_revisions(&mut self) {
        let mut duplicates: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, header) in self.graph.revisions.iter().enumerate() {
            if let Err(error) = check_id(&header.id) {
                self.errors.push(GraphError::IllegalName {
                    path: header.path.clone(),
                    error,
                });
            }
            match self.graph.by_id.entry(header.id.clone()) {
                Entry::Vacant(place) => drop(place.insert(index)),
                Entry::Occupied(first) => duplicates
                    .entry(&header.id)
                    .or_insert_with(|| vec![*first.get()])
                    .push(index),
            }
        }
        for (id, indexes) in duplicates {
            let path = |index: usize| self.graph.revisions[index].path.clone();
            self.errors.push(GraphError::DuplicateId {
                id: id.to_owned(),
                paths: indexes.into_iter().map(path).collect(),
            });
        }
    }

    fn name_branches(&mut self) {
        let revisions = &self.graph.revisions;
        for (index, header) in revisions.iter().enumerate() {
            let carrier = |index: usize| NamedFile {
                path: revisions[index].path.clone(),
                id: revisions[index].id.clone(),
            };
            for (place, label) in header.branch_labels.iter().enumerate() {
                if header.branch_labels[..place].contains(label) {
                    continue;
                }
                if let Err(error) = check_label(label) {
                    self.errors.push(GraphError::IllegalName {
                        path: header.path.clone(),
                        error,
                    });
                }
                if let Some(&other) = self.graph.by_id.get(label) {
                    self.errors.push(GraphError::LabelIsId {
                        label: label.clone(),
                        carrier: carrier(index),
                        path: revisions[other].path.clone(),
                    });
                }
                if let Some(&first) = self.graph.by_label.get(label) {
                    self.errors.push(GraphError::LabelUsedTwice {
                        label: label.clone(),
                        first: carrier(first),
                        second: carrier(index),
                    });
                } else {
                    self.graph.by_label.insert(label.clone(), index);
                }
            }
        }
    }

    fn link(&mut self) {
        let (mut parents, mut dependencies) = (Links::default(), Links::default());
        let mut all_parents = Links::default();
        for (index, header) in self.graph.revisions.iter().enumerate() {
            let mut ends = |kind| ends(&self.graph, index, header, kind, &mut self.errors);
            let (revised, needed) = (ends(EdgeKind::Revises), ends(EdgeKind::DependsOn));
            all_parents.push(joined(&revised, &needed));
            parents.push(revised);
            dependencies.push(needed);
        }
        self.graph.parents = parents;
        self.graph.dependencies = dependencies;
        self.graph.all_children = all_parents.inverted();
        self.graph.all_parents = all_parents;
        self.graph.topological = topological(&self.graph);
    }

    fn find_cycles(&mut self) {
        let graph = &self.graph;
        if graph.topological.len() == graph.len() {
            return;
        }
        let mut known = vec![false; graph.len()];
        for (kind, edges) in [
            (EdgeKind::Revises, &graph.parents),
            (EdgeKind::DependsOn, &graph.all_parents),
        ] {
            for component in cycles::components(edges) {
                if component
                    .iter()
                    .any(|&node| std::mem::replace(&mut known[node], true))
                {
                    continue;
                }
                let cycle = cycles::shortest_cycle(&component, edges);
                let link = |pair: &[usize]| CycleLink {
                    id: graph.id(pair[0]).to_owned(),
                    path: graph.revisions[pair[0]].path.clone(),
                    kind: if graph.parents[pair[0]].contains(&pair[1]) {
                        EdgeKind::Revises
                    } else {
                        EdgeKind::DependsOn
                    },
                };
                let mut ids = graph.ids_of(&component);
                ids.sort_unstable();
                let links = cycle.windows(2).map(link).collect();
                self.errors.push(GraphError::Cycle { kind, ids, links });
            }
        }
    }
}

/// Finds what a revision refers to, each once.
fn ends(
    graph: &Graph,
    index: usize,
    header: &Header,
    kind: EdgeKind,
    errors: &mut Vec<GraphError>,
) -> Vec<usize> {
    let names = match kind {
        EdgeKind::Revises => &header.revises,
        EdgeKind::DependsOn => &header.depends_on,
    };
    let mut ends = Vec::with_capacity(names.len());
    for name in names {
        let label = || graph.labelled(name).filter(|_| kind == EdgeKind::DependsOn);
        match graph.index_of(name).or_else(label) {
            Some(end) if end == index => errors.push(GraphError::SelfLoop {
                path: header.path.clone(),
                id: header.id.clone(),
                kind,
            }),
            Some(end) if ends.contains(&end) => {}
            Some(end) => ends.push(end),
            None => errors.push(missing(graph, header, name, kind)),
        }
    }
    ends
}

fn missing(graph: &Graph, header: &Header, name: &str, kind: EdgeKind) -> GraphError {
    let ids = graph.revisions.iter().map(|other| other.id.as_str());
    GraphError::MissingRevision {
        path: header.path.clone(),
        id: header.id.clone(),
        kind,
        missing: name.to_owned(),
        named: files_named(graph.revisions(), name),
        nearest: suggest::nearest(name, ids.filter(|&id| id != header.id)),
    }
}

/// Returns the files whose name begins with `name` although their id is another.
pub(super) fn files_named(revisions: &[Header], name: &str) -> Vec<NamedFile> {
    if name.is_empty() {
        return Vec::new();
    }
    revisions
        .iter()
        .filter(|other| other.id != name && other.file_stem().starts_with(name))
        .take(suggest::LISTED)
        .map(|other| NamedFile {
            path: other.path.clone(),
            id: other.id.clone(),
        })
        .collect()
}

/// The ends of both, each once.
fn joined<'a>(a: &'a [usize], b: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    a.iter()
        .chain(b.iter().filter(|node| !a.contains(node)))
        .copied()
}

fn topological(graph: &Graph) -> Vec<usize> {
    let mut missing: Vec<usize> = graph.all_parents.iter().map(<[usize]>::len).collect();
    let mut ready: BinaryHeap<Reverse<usize>> = (0..graph.len())
        .filter(|&node| missing[node] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(graph.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for &child in graph.all_children(node) {
            missing[child] -= 1;
            if missing[child] == 0 {
                ready.push(Reverse(child));
            }
        }
    }
    order
}

/// Parents, then the dependencies that no versioned ancestor declares as well.
fn normalize(graph: &Graph) -> Links {
    let mut position = vec![0; graph.len()];
    for (place, &node) in graph.topological.iter().enumerate() {
        position[node] = place;
    }
    let mut dropped = BTreeSet::new();
    let mut reached_for = vec![usize::MAX; graph.len()];
    for dependency in 0..graph.len() {
        let users = graph.dependents(dependency);
        if users.len() < 2 {
            continue;
        }
        // Up from all users at once, no further than the last of them.
        let last = users.iter().map(|&user| position[user]).max();
        let mut todo = users.to_vec();
        while let Some(node) = todo.pop() {
            for &child in graph.children(node) {
                if Some(position[child]) <= last && reached_for[child] != dependency {
                    reached_for[child] = dependency;
                    todo.push(child);
                }
            }
        }
        let has = |&&user: &&usize| reached_for[user] == dependency;
        dropped.extend(users.iter().filter(has).map(|&user| (user, dependency)));
    }
    let mut normalized = Links::default();
    for node in 0..graph.len() {
        let kept: Vec<usize> = graph
            .dependencies(node)
            .iter()
            .copied()
            .filter(|&end| !dropped.contains(&(node, end)))
            .collect();
        normalized.push(joined(graph.parents(node), &kept));
    }
    normalized
}
