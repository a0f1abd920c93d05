//! Cycles in a directed graph, found without recursion.

use std::collections::VecDeque;

use super::links::Links;

/// Returns the sets of nodes that reach each other (two or more nodes each), members ascending.
pub(super) fn components(edges: &Links) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut number = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut open = vec![false; edges.len()];
    let (mut path, mut stack) = (Vec::new(), Vec::new());
    let (mut count, mut found) = (0, Vec::new());
    for root in 0..edges.len() {
        if number[root] == UNSEEN {
            path.push((root, 0));
        }
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if *next == 0 {
                (number[node], low[node], open[node]) = (count, count, true);
                count += 1;
                stack.push(node);
            }
            if let Some(&other) = edges[node].get(*next) {
                *next += 1;
                if number[other] == UNSEEN {
                    path.push((other, 0));
                } else if open[other] {
                    low[node] = low[node].min(number[other]);
                }
                continue;
            }
            path.pop();
            if let Some(&(above, _)) = path.last() {
                low[above] = low[above].min(low[node]);
            }
            if low[node] == number[node] {
                let start = stack
                    .iter()
                    .rposition(|&member| member == node)
                    .unwrap_or(0);
                let mut component = stack.split_off(start);
                for &member in &component {
                    open[member] = false;
                }
                if component.len() > 1 {
                    component.sort_unstable();
                    found.push(component);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// Returns a shortest cycle through the first node of a component, ending where it starts.
pub(super) fn shortest_cycle(component: &[usize], edges: &Links) -> Vec<usize> {
    let start = component[0];
    let mut before = vec![None; edges.len()];
    let mut todo = VecDeque::from([start]);
    'search: while let Some(node) = todo.pop_front() {
        for &other in &edges[node] {
            if component.binary_search(&other).is_ok() && before[other].is_none() {
                before[other] = Some(node);
                if other == start {
                    break 'search;
                }
                todo.push_back(other);
            }
        }
    }
    let mut cycle = vec![start];
    let mut node = start;
    while let Some(previous) = before[node] {
        cycle.push(previous);
        if previous == start {
            break;
        }
        node = previous;
    }
    cycle.reverse();
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_cycle_and_no_tail() {
        // 0 -> 1 -> 2 -> 0, a tail 3 -> 2, and 4 <-> 5.
        let edges = Links::from([&[1][..], &[2], &[0], &[2], &[5], &[4]]);
        assert_eq!(components(&edges), [vec![0, 1, 2], vec![4, 5]]);
        assert_eq!(shortest_cycle(&[0, 1, 2], &edges), [0, 1, 2, 0]);
    }

    #[test]
    fn walks_a_long_line_without_overflow() {
        let mut edges = Links::default();
        for node in 0..200_000 {
            edges.push([(node + 1) % 200_000]);
        }
        assert_eq!(components(&edges).len(), 1);
    }
}
