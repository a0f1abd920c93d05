//! Random graphs and random walks over them, against a naive reading of the rules.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use limbec_core::revision::{Direction, Graph, Header, Plan, Range};
use proptest::prelude::*;
use proptest::sample::Index;

type Ids = BTreeSet<usize>;

/// One revision: how it links to earlier ones, and where its file sorts.
#[derive(Debug, Clone)]
struct Node {
    revises: Vec<Index>,
    depends_on: Vec<Index>,
    labelled: bool,
    sort: u8,
}

fn node() -> impl Strategy<Value = Node> {
    let links = |weights: [u32; 3]| {
        prop_oneof![weights[0] => Just(0_usize), weights[1] => Just(1), weights[2] => 2..4_usize]
            .prop_flat_map(|count| prop::collection::vec(any::<Index>(), count))
    };
    (
        links([1, 6, 2]),
        links([5, 2, 1]),
        any::<bool>(),
        any::<u8>(),
    )
        .prop_map(|(revises, depends_on, labelled, sort)| Node {
            revises,
            depends_on,
            labelled,
            sort,
        })
}

fn headers(nodes: &[Node]) -> Vec<Header> {
    let earlier = |of: usize, links: &[Index]| -> Vec<String> {
        let ends: Ids = links
            .iter()
            .filter(|_| of > 0)
            .map(|link| link.index(of))
            .collect();
        ends.iter().map(|&end| id(end)).collect()
    };
    nodes
        .iter()
        .enumerate()
        .map(|(place, node)| Header {
            id: id(place),
            revises: earlier(place, &node.revises),
            depends_on: earlier(place, &node.depends_on),
            branch_labels: if node.labelled {
                vec![format!("label{place}")]
            } else {
                Vec::new()
            },
            path: format!("{:03}_{}.rs", node.sort, id(place)),
            ..Header::default()
        })
        .collect()
}

fn id(place: usize) -> String {
    format!("r{place:02}")
}

/// All that `of` needs, with itself: the rule as one would write it on paper.
fn naive_closure(graph: &Graph, of: &Ids) -> Ids {
    let mut closure = of.clone();
    loop {
        let more: Ids = closure
            .iter()
            .flat_map(|&node| graph.parents(node).iter().chain(graph.dependencies(node)))
            .copied()
            .filter(|node| !closure.contains(node))
            .collect();
        if more.is_empty() {
            return closure;
        }
        closure.extend(more);
    }
}

fn naive_maximal(graph: &Graph, closure: &Ids) -> BTreeSet<String> {
    let needed = |node: usize| {
        closure.iter().any(|&other| {
            graph.parents(other).contains(&node) || graph.dependencies(other).contains(&node)
        })
    };
    closure
        .iter()
        .filter(|&&node| !needed(node))
        .map(|&node| graph.id(node).to_owned())
        .collect()
}

fn set(rows: &[String]) -> BTreeSet<String> {
    rows.iter().cloned().collect()
}

fn indexes(graph: &Graph, rows: &[String]) -> Ids {
    rows.iter()
        .map(|row| graph.index_of(row).unwrap())
        .collect()
}

/// Runs a plan as an executor would and checks every step of it.
fn follow(graph: &Graph, plan: &Plan) {
    let mut table = if plan.purge {
        BTreeSet::new()
    } else {
        set(&plan.rows_before)
    };
    let mut applied = naive_closure(graph, &indexes(graph, &plan.rows_before));
    for (place, step) in plan.steps.iter().enumerate() {
        for row in &step.rows_delete {
            assert!(table.remove(*row), "{row} is deleted, but no row");
        }
        for row in &step.rows_insert {
            assert!(table.insert((*row).to_owned()), "{row} is inserted twice");
        }
        let node = graph.index_of(step.id()).unwrap();
        match step.direction {
            Direction::Up => {
                for needed in graph.all_parents(node) {
                    assert!(applied.contains(needed), "{} runs too early", step.id());
                }
                assert!(applied.insert(node), "{} runs twice", step.id());
            }
            Direction::Down => {
                for above in graph.all_children(node) {
                    assert!(
                        !applied.contains(above),
                        "{} is dropped too early",
                        step.id()
                    );
                }
                assert!(applied.remove(&node), "{} is dropped twice", step.id());
            }
            Direction::Stamp => {
                let rows: Vec<String> = table.iter().cloned().collect();
                applied = naive_closure(graph, &indexes(graph, &rows));
            }
        }
        assert_eq!(table, naive_maximal(graph, &applied), "after {step}");
        assert_eq!(table, set(&plan.rows_after_steps(place + 1)));
    }
    assert_eq!(table, set(&plan.rows_after));
    assert_eq!(
        plan.steps.is_empty() && !plan.purge,
        plan.unchanged.is_some()
    );
}

/// What a walk asks for next.
#[derive(Debug, Clone)]
struct Move {
    command: u8,
    form: u8,
    revision: Index,
    number: u8,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (any::<u8>(), any::<u8>(), any::<Index>(), 1..4_u8).prop_map(
        |(command, form, revision, number)| Move {
            command,
            form,
            revision,
            number,
        },
    );
    prop::collection::vec(one, 1..12)
}

fn target(graph: &Graph, ask: &Move) -> String {
    let revision = graph.id(ask.revision.index(graph.len()));
    let number = ask.number;
    match ask.form % 12 {
        0 => "head".to_owned(),
        1 => "heads".to_owned(),
        2 => "base".to_owned(),
        3 => format!("+{number}"),
        4 => format!("-{number}"),
        5 => format!("{revision}+{number}"),
        6 => format!("{revision}-{number}"),
        7 => format!("{revision}@head"),
        8 => format!("{revision}@base"),
        9 => format!("{revision}@+{number}"),
        10 => format!("{revision}@-{number}"),
        _ => revision.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_keeps_the_rows_maximal(nodes in prop::collection::vec(node(), 1..18), moves in moves()) {
        let graph = Graph::new(headers(&nodes)).unwrap();
        let mut rows: Vec<String> = Vec::new();
        for ask in moves {
            let target = target(&graph, &ask);
            let plan = match ask.command % 5 {
                0 | 1 => graph.upgrade(&rows, &target),
                2 | 3 => graph.downgrade(&rows, &target),
                _ => graph.stamp(&rows, &[target], ask.number == 3),
            };
            // An error is an answer; it changes nothing.
            if let Ok(plan) = plan {
                follow(&graph, &plan);
                rows = plan.rows_after;
            }
        }
        let up = graph.upgrade(&rows, "heads").unwrap();
        follow(&graph, &up);
        prop_assert_eq!(set(&up.rows_after), graph.real_heads().iter().map(|&head| graph.id(head).to_owned()).collect());
        prop_assert!(graph.missing_heads(&up.rows_after).unwrap().is_empty());
        prop_assert!(graph.upgrade(&up.rows_after, "heads").unwrap().is_empty());
        let down = graph.downgrade(&up.rows_after, "base").unwrap();
        follow(&graph, &down);
        prop_assert_eq!(down.steps.len(), graph.len());
        prop_assert!(down.rows_after.is_empty());
    }

    #[test]
    fn upgrading_runs_exactly_what_is_missing(nodes in prop::collection::vec(node(), 1..18), from: Index, to: Index) {
        let graph = Graph::new(headers(&nodes)).unwrap();
        let (from, to) = (from.index(graph.len()), to.index(graph.len()));
        let plan = graph.upgrade(&[graph.id(from).to_owned()], graph.id(to)).unwrap();
        let run: Ids = plan.steps.iter().map(|step| graph.index_of(step.id()).unwrap()).collect();
        let has = naive_closure(&graph, &Ids::from([from]));
        let needs = naive_closure(&graph, &Ids::from([to]));
        prop_assert_eq!(run, needs.difference(&has).copied().collect::<Ids>());
    }

    #[test]
    fn closures_are_as_on_paper(nodes in prop::collection::vec(node(), 1..18), of: Index) {
        let graph = Graph::new(headers(&nodes)).unwrap();
        let of = of.index(graph.len());
        let ancestors: Ids = graph.ancestors(&[of]).into_iter().collect();
        let mut expected = naive_closure(&graph, &Ids::from([of]));
        expected.remove(&of);
        prop_assert_eq!(&ancestors, &expected);
        let above = |node: usize| node != of && naive_closure(&graph, &Ids::from([node])).contains(&of);
        let descendants: Ids = (0..graph.len()).filter(|&node| above(node)).collect();
        prop_assert_eq!(graph.descendants(&[of]).into_iter().collect::<Ids>(), descendants);
        let place = |node: usize| graph.topological().iter().position(|&other| other == node).unwrap();
        prop_assert!(ancestors.iter().all(|&node| place(node) < place(of)));
    }

    #[test]
    fn the_order_of_headers_does_not_matter(nodes in prop::collection::vec(node(), 1..18), cut: Index) {
        let headers = headers(&nodes);
        let mut turned = headers.clone();
        turned.rotate_left(cut.index(headers.len()));
        turned.reverse();
        let (one, other) = (Graph::new(headers).unwrap(), Graph::new(turned).unwrap());
        prop_assert_eq!(one.upgrade(&[], "heads").unwrap(), other.upgrade(&[], "heads").unwrap());
        let all = Range::default();
        prop_assert_eq!(one.history(&all, &[]).unwrap(), other.history(&all, &[]).unwrap());
        prop_assert_eq!(one.history(&all, &[]).unwrap().len(), one.len());
    }

    #[test]
    fn a_history_range_is_all_that_lies_between(nodes in prop::collection::vec(node(), 1..18), from: Index, to: Index) {
        let graph = Graph::new(headers(&nodes)).unwrap();
        let (from, to) = (from.index(graph.len()), to.index(graph.len()));
        let range = Range::parse(&format!("{}:{}", graph.id(from), graph.id(to))).unwrap();
        let below = naive_closure(&graph, &Ids::from([to]));
        match graph.history(&range, &[]) {
            Err(_) => prop_assert!(!below.contains(&from)),
            Ok(listed) => {
                let between = |&node: &usize| naive_closure(&graph, &Ids::from([node])).contains(&from);
                let expected: Ids = below.iter().copied().filter(between).collect();
                prop_assert_eq!(listed.len(), expected.len());
                prop_assert_eq!(listed.into_iter().collect::<Ids>(), expected);
            }
        }
    }

    #[test]
    fn no_text_and_no_header_panics(text in "[ab@+\\-:0-9 head]{0,8}", ids in prop::collection::vec("[abc]{0,2}", 0..6), links in prop::collection::vec("[abc]{0,2}", 0..6)) {
        let headers = ids.iter().enumerate().map(|(place, id)| Header {
            id: id.clone(),
            revises: links.get(place).cloned().into_iter().collect(),
            depends_on: links.get(place + 1).cloned().into_iter().collect(),
            branch_labels: links.get(place + 2).cloned().into_iter().collect(),
            path: format!("{place}.rs"),
            ..Header::default()
        });
        match Graph::new(headers.collect()) {
            Err(errors) => prop_assert!(errors.iter().all(|error| !error.to_string().is_empty() && error.hint().is_some())),
            Ok(graph) => {
                let rows: Vec<String> = ids.iter().take(1).cloned().collect();
                for error in [
                    graph.resolve(&text, &rows).err(),
                    graph.upgrade(&rows, &text).err(),
                    graph.downgrade(&rows, &text).err(),
                    graph.stamp(&rows, std::slice::from_ref(&text), false).err(),
                    Range::parse(&text).and_then(|range| graph.history(&range, &rows)).err(),
                ].into_iter().flatten() {
                    prop_assert!(!error.to_string().is_empty() && error.hint().is_some());
                }
            }
        }
    }
}
