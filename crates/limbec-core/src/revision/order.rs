//! The order in which revisions are listed and run.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BinaryHeap};

use super::closure::NodeSet;
use super::graph::Graph;

const NONE: usize = usize::MAX;

/// Orders a set of revisions from the newest to the oldest, each before all that it needs.
///
/// As in Alembic, the walk starts at the first head in file order and follows a branch down for
/// as long as nothing else above it is open; where something is, it goes on with the first open
/// head from which the place can be reached.
///
/// `todo` must be convex (with two revisions, all between them) and lie below `heads`.
pub(super) fn newest_first(graph: &Graph, todo: &NodeSet, heads: &[usize]) -> Vec<usize> {
    let mut heads: Vec<usize> = heads
        .iter()
        .copied()
        .filter(|&head| todo.contains(head))
        .collect();
    heads.sort_unstable();
    heads.dedup();
    if heads.is_empty() {
        return Vec::new();
    }
    let mut walk = Walk::new(graph, todo, &heads);
    let mut order = Vec::new();
    let mut current = 0;
    while current != NONE {
        let node = walk.heads[current];
        if walk.open_above[node] > 0 {
            current = walk.first_slot_above(node);
        } else {
            order.push(node);
            current = walk.step_down(current, node);
        }
    }
    order
}

/// The open heads of a walk. Each has a slot, numbered by seniority; a slot moves down its branch.
struct Walk<'a> {
    graph: &'a Graph,
    todo: &'a NodeSet,
    /// The head in each slot; the slots form a list, from which those at their end are unlinked.
    heads: Vec<usize>,
    previous: Vec<usize>,
    next: Vec<usize>,
    first: usize,
    last: usize,
    /// The slot of each revision that is an open head.
    slot: Vec<usize>,
    /// How many revisions that need this one are still to come.
    open_above: Vec<usize>,
    done: NodeSet,
    /// The lowest slot at or above each revision. It only ever rises: a walk takes slots down
    /// and gives new heads the highest.
    lowest: Vec<usize>,
    /// The place of each revision in topological order.
    position: Vec<usize>,
    /// For revisions that many need: those by their lowest slot, as it was when last looked at.
    crowds: BTreeMap<usize, BinaryHeap<Reverse<(usize, usize)>>>,
}

/// From how many children on a revision keeps a queue of them.
const CROWD: usize = 8;

impl<'a> Walk<'a> {
    fn new(graph: &'a Graph, todo: &'a NodeSet, heads: &[usize]) -> Self {
        let mut slot = vec![NONE; graph.len()];
        for (place, &head) in heads.iter().enumerate() {
            slot[head] = place;
        }
        let mut lowest = slot.clone();
        let mut position = vec![0; graph.len()];
        for (place, &node) in graph.topological.iter().enumerate() {
            position[node] = place;
        }
        let mut open_above = vec![0; graph.len()];
        for &node in graph
            .topological
            .iter()
            .rev()
            .filter(|&&node| todo.contains(node))
        {
            for &child in graph.all_children(node) {
                if todo.contains(child) {
                    open_above[node] += 1;
                    lowest[node] = lowest[node].min(lowest[child]);
                }
            }
        }
        let len = heads.len();
        Self {
            graph,
            todo,
            heads: heads.to_vec(),
            previous: (0..len)
                .map(|place| place.checked_sub(1).unwrap_or(NONE))
                .collect(),
            next: (1..=len)
                .map(|place| if place == len { NONE } else { place })
                .collect(),
            first: 0,
            last: len - 1,
            slot,
            open_above,
            done: NodeSet::new(graph.len()),
            lowest,
            position,
            crowds: BTreeMap::new(),
        }
    }

    /// Takes a head off its slot and puts what it needs in its place; returns the next slot.
    fn step_down(&mut self, place: usize, node: usize) -> usize {
        let (graph, todo) = (self.graph, self.todo);
        self.done.insert(node);
        self.slot[node] = NONE;
        let mut successor = None;
        for &parent in &graph.normalized[node] {
            if !todo.contains(parent) || self.slot[parent] != NONE {
                continue;
            }
            if successor.is_some() {
                self.open(parent);
            } else {
                successor = Some(parent);
                self.heads[place] = parent;
                self.slot[parent] = place;
            }
        }
        for &parent in graph
            .all_parents(node)
            .iter()
            .filter(|&&parent| todo.contains(parent))
        {
            self.open_above[parent] -= 1;
            // The successor has the slot that stood above it.
            if Some(parent) != successor {
                self.raise(parent);
            }
        }
        if successor.is_some() {
            place
        } else {
            self.close(place)
        }
    }

    /// Corrects the lowest slots of a revision and of those below it that this concerns.
    fn raise(&mut self, node: usize) {
        let mut changed = BinaryHeap::from([(self.position[node], node)]);
        while let Some((_, node)) = changed.pop() {
            let lowest = self.first_slot_above(node).min(self.slot[node]);
            if std::mem::replace(&mut self.lowest[node], lowest) != lowest {
                let below = self.graph.all_parents(node).iter().copied();
                let below = below.filter(|&parent| self.todo.contains(parent));
                changed.extend(below.map(|parent| (self.position[parent], parent)));
            }
        }
    }

    /// Finds the lowest slot above a revision.
    fn first_slot_above(&mut self, node: usize) -> usize {
        let children = self.graph.all_children(node);
        let (todo, done, lowest) = (self.todo, &self.done, &self.lowest);
        let open = |&child: &usize| todo.contains(child) && !done.contains(child);
        let children = children.iter().copied();
        if children.len() < CROWD {
            return children
                .filter(open)
                .map(|child| lowest[child])
                .min()
                .unwrap_or(NONE);
        }
        let crowd = self.crowds.entry(node).or_insert_with(|| {
            children
                .filter(open)
                .map(|child| Reverse((lowest[child], child)))
                .collect()
        });
        while let Some(mut first) = crowd.peek_mut() {
            let Reverse((known, child)) = *first;
            if done.contains(child) {
                PeekMut::pop(first);
            } else if lowest[child] == known {
                return known;
            } else {
                *first = Reverse((lowest[child], child));
            }
        }
        NONE
    }

    /// Gives a head the last slot.
    fn open(&mut self, head: usize) {
        let place = self.heads.len();
        self.slot[head] = place;
        self.heads.push(head);
        self.previous.push(self.last);
        self.next.push(NONE);
        self.next[self.last] = place;
        self.last = place;
    }

    /// Unlinks a slot whose branch is at its end; returns the slot before it, else the first.
    fn close(&mut self, place: usize) -> usize {
        let (previous, next) = (self.previous[place], self.next[place]);
        match next {
            NONE => self.last = previous,
            next => self.previous[next] = previous,
        }
        match previous {
            NONE => self.first = next,
            previous => self.next[previous] = next,
        }
        if previous == NONE {
            self.first
        } else {
            previous
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::closure::Edges;
    use super::super::header::Header;
    use super::*;

    /// The rule as it reads: a list of open heads, and closures to ask which blocks which.
    fn naive(graph: &Graph, todo: &NodeSet, heads: &[usize]) -> Vec<usize> {
        let mut heads = heads.to_vec();
        heads.sort_unstable();
        let (mut order, mut current) = (Vec::new(), 0);
        while !heads.is_empty() {
            let node = heads[current];
            let blocks = |&head: &usize| {
                head != node && graph.ancestor_set(&[head], Edges::All).contains(node)
            };
            if let Some(blocking) = heads.iter().position(blocks) {
                current = blocking;
                continue;
            }
            order.push(node);
            let below = graph.normalized[node].iter().copied();
            let new: Vec<usize> = below
                .filter(|node| todo.contains(*node) && !heads.contains(node))
                .collect();
            if let Some((&first, rest)) = new.split_first() {
                heads[current] = first;
                heads.extend(rest);
            } else {
                heads.remove(current);
                current = current.saturating_sub(1);
            }
        }
        order
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn is_the_naive_order(
            links in prop::collection::vec((any::<[Index; 3]>(), 0..10_u8, 1..60_usize, any::<u8>()), 1..70),
        ) {
            let id = |place: usize| format!("r{place}");
            let header = |(place, (ends, shape, reach, sort)): (usize, &([Index; 3], u8, usize, u8))| {
                let end = |which: usize| id(place - 1 - ends[which].index(*reach.min(&place)));
                let (revises, depends_on) = match shape {
                    _ if place == 0 => (vec![], vec![]),
                    0 => (vec![], vec![end(0)]),
                    1 | 2 => (vec![end(0), end(1)], vec![]),
                    3 => (vec![end(0)], vec![end(1), end(2)]),
                    // Crowds round the first revisions.
                    4 | 5 => (vec![id(if place < 2 { 0 } else { place % 2 })], vec![]),
                    _ => (vec![end(0)], vec![]),
                };
                Header { id: id(place), revises, depends_on, path: format!("{sort:03}_{place}"), ..Header::default() }
            };
            let headers = links.iter().enumerate().skip(1).map(header);
            let first = Header { id: id(0), path: "first".to_owned(), ..Header::default() };
            let graph = Graph::new(std::iter::once(first).chain(headers).collect());
            prop_assume!(graph.is_ok());
            let graph = graph.unwrap();
            let all = NodeSet::of(graph.len(), &graph.topological);
            let heads = graph.real_heads();
            prop_assert_eq!(newest_first(&graph, &all, &heads), naive(&graph, &all, &heads));
        }
    }
}
