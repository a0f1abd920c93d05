//! The order in which revisions are listed and run.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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
    let mut walk = Walk::new(graph, todo, &heads);
    let mut order = Vec::new();
    let mut current = if heads.is_empty() { NONE } else { 0 };
    while current != NONE {
        let node = walk.heads[current];
        if walk.open_above[node] > 0
            && let Some(blocking) = walk.first_head_above(node)
        {
            current = blocking;
            continue;
        }
        order.push(node);
        current = walk.step_down(current, node);
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
    /// No slot at or above a revision is lower than its bound. Slots at or above only ever
    /// rise, so bounds are raised when a look from below finds them too low.
    bound: Vec<usize>,
    /// The revisions that need this one, by a bound that they have or had.
    above: Vec<BinaryHeap<Reverse<(usize, usize)>>>,
}

impl<'a> Walk<'a> {
    fn new(graph: &'a Graph, todo: &'a NodeSet, heads: &[usize]) -> Self {
        let mut slot = vec![NONE; graph.len()];
        for (place, &head) in heads.iter().enumerate() {
            slot[head] = place;
        }
        let mut bound = slot.clone();
        let mut open_above = vec![0; graph.len()];
        let mut above = vec![BinaryHeap::new(); graph.len()];
        for &node in graph
            .topological
            .iter()
            .rev()
            .filter(|&&node| todo.contains(node))
        {
            let children = graph
                .all_children(node)
                .iter()
                .copied()
                .filter(|&c| todo.contains(c));
            let queue: Vec<_> = children
                .map(|child| Reverse((bound[child], child)))
                .collect();
            open_above[node] = queue.len();
            for &Reverse((value, _)) in &queue {
                bound[node] = bound[node].min(value);
            }
            above[node] = BinaryHeap::from(queue);
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
            first: if len == 0 { NONE } else { 0 },
            last: len.checked_sub(1).unwrap_or(NONE),
            slot,
            open_above,
            done: NodeSet::new(graph.len()),
            bound,
            above,
        }
    }

    /// Takes a head off its slot and puts what it revises in its place; returns the next slot.
    fn step_down(&mut self, place: usize, node: usize) -> usize {
        self.done.insert(node);
        self.slot[node] = NONE;
        for &parent in self.graph.all_parents(node) {
            if self.todo.contains(parent) {
                self.open_above[parent] -= 1;
            }
        }
        let (graph, todo) = (self.graph, self.todo);
        let below: Vec<usize> = graph.normalized[node]
            .iter()
            .copied()
            .filter(|&parent| todo.contains(parent) && self.slot[parent] == NONE)
            .collect();
        let Some((&parent, rest)) = below.split_first() else {
            return self.close(place);
        };
        self.heads[place] = parent;
        self.slot[parent] = place;
        for &parent in rest {
            self.open(parent);
        }
        place
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

    /// Finds the lowest slot among the open heads above a revision.
    fn first_head_above(&mut self, node: usize) -> Option<usize> {
        let mut path = vec![node];
        while let Some(&at) = path.last() {
            let lowest = self.lowest_bound_above(at);
            if at != node {
                let bound = lowest.map_or(NONE, |(value, _)| value).min(self.slot[at]);
                if bound > self.bound[at] {
                    self.bound[at] = bound;
                    path.pop();
                    continue;
                }
            }
            let (value, child) = lowest?;
            if self.slot[child] == value {
                return Some(value).filter(|&place| place != NONE);
            }
            path.push(child);
        }
        None
    }

    /// Returns the lowest bound among the revisions that need this one, and whose it is.
    fn lowest_bound_above(&mut self, node: usize) -> Option<(usize, usize)> {
        let queue = &mut self.above[node];
        loop {
            let &Reverse((value, child)) = queue.peek()?;
            if self.done.contains(child) {
                queue.pop();
            } else if self.bound[child] > value {
                queue.pop();
                queue.push(Reverse((self.bound[child], child)));
            } else {
                return Some((value, child));
            }
        }
    }
}
