//! Alembic's defects in the revision graph, each done right.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use limbec_core::revision::{Graph, Header, Plan, PlanStep, Unchanged};

/// Builds headers from lines `id <- parent parent {dependency dependency} (label)`.
fn headers(lines: &[&str]) -> Vec<Header> {
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let part = |line: &str, open: char, close: char| {
        let inner = line
            .split_once(open)
            .and_then(|(_, rest)| rest.split_once(close));
        words(inner.map_or("", |(inner, _)| inner))
    };
    lines
        .iter()
        .map(|line| {
            let plain = line.split(['{', '(']).next().unwrap();
            let (id, revises) = plain.split_once("<-").unwrap_or((plain, ""));
            Header {
                id: id.trim().to_owned(),
                revises: words(revises),
                depends_on: part(line, '{', '}'),
                branch_labels: part(line, '(', ')'),
                path: format!("{}.rs", id.trim()),
                ..Header::default()
            }
        })
        .collect()
}

fn graph(lines: &[&str]) -> Graph {
    Graph::new(headers(lines)).unwrap()
}

fn rows(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

fn run<'g>(plan: &Plan<'g>) -> Vec<&'g str> {
    plan.steps.iter().map(PlanStep::id).collect()
}

#[test]
fn a_stamp_heads_keeps_the_rows_that_are_heads() {
    let graph = graph(&["a", "c1 <- a", "d1 <- c1", "c2 <- a", "d2 <- c2"]);
    let plan = graph
        .stamp(&rows(&["d1", "c2"]), &rows(&["heads"]), false)
        .unwrap();
    assert_eq!(plan.rows_after, ["d1", "d2"]);
    // Alembic's answer leaves `d2` alone in the table and so runs `c1` and `d1` again.
    assert!(graph.upgrade(&plan.rows_after, "heads").unwrap().is_empty());
}

#[test]
fn b_merge_that_depends_on_an_ancestor_upgrades() {
    let graph = graph(&["a", "b1 <- a", "b2 <- a", "c <- b1 b2 {a}"]);
    let plan = graph.upgrade(&[], "head").unwrap();
    assert_eq!(plan.rows_after, ["c"]);
    assert_eq!(plan.steps.last().unwrap().rows_delete.len(), 2);
    let plan = graph.downgrade(&rows(&["c"]), "b1").unwrap();
    assert_eq!(plan.rows_after, ["b1", "b2"]);
}

#[test]
fn c_upgrade_to_below_a_base_does_nothing() {
    let graph = graph(&["a", "b <- a"]);
    let plan = graph.upgrade(&rows(&["b"]), "a-1").unwrap();
    assert!(plan.is_empty() && plan.rows_after == ["b"]);
    assert_eq!(
        graph.upgrade(&rows(&["b"]), "a-2").unwrap_err().to_string(),
        "Walked too far: 'a-2' lies outside the history"
    );
}

#[test]
fn d_check_heads_counts_heads_that_others_depend_on() {
    let graph = graph(&["a", "x", "y <- x {a}"]);
    let plan = graph.upgrade(&[], "heads").unwrap();
    assert_eq!(plan.rows_after, ["y"]);
    assert!(graph.missing_heads(&plan.rows_after).unwrap().is_empty());
    let missing = graph.missing_heads(&rows(&["x"])).unwrap();
    assert_eq!(
        missing,
        [graph.index_of("a").unwrap(), graph.index_of("y").unwrap()]
    );
    let effective: Vec<bool> = graph
        .heads_listing(false)
        .iter()
        .map(|head| head.effective)
        .collect();
    assert_eq!(effective, [true, false]);
    assert_eq!(graph.heads_listing(true).len(), 1);
}

#[test]
fn e_a_missing_parent_is_named_with_its_file() {
    let mut headers = headers(&["b <- add_users"]);
    headers.push(Header {
        id: "2025_add_users".to_owned(),
        path: "versions/add_users_table.rs".to_owned(),
        ..Header::default()
    });
    let errors = Graph::new(headers).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].to_string(),
        "`b.rs` revises `add_users`, which no file has; \
         a file is *named* `add_users_table.rs`, but its id is `2025_add_users`"
    );
    assert!(errors[0].hint().unwrap().contains("`2025_add_users`"));
}

#[test]
fn f_duplicate_ids_are_an_error_with_both_files() {
    let mut headers = headers(&["a", "a"]);
    headers[1].path = "other/a_again.rs".to_owned();
    let errors = Graph::new(headers).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "Revision a is present more than once: `a.rs`, `other/a_again.rs`"
    );
}

#[test]
fn g_contradictory_stamps_are_refused() {
    let graph = graph(&["a", "b <- a", "x", "y <- x {b}"]);
    assert_eq!(
        graph
            .stamp(&[], &rows(&["a", "b"]), false)
            .unwrap_err()
            .to_string(),
        "Requested revision a overlaps with other requested revisions b"
    );
    // What `current` prints (a row, and what it implies) can be stamped back.
    let plan = graph.stamp(&[], &rows(&["b", "y"]), false).unwrap();
    assert_eq!(plan.rows_after, ["y"]);
}

#[test]
fn h_downgrade_to_an_implied_revision_is_no_error() {
    let graph = graph(&["a", "b <- a", "x", "y <- x {a}"]);
    let plan = graph.downgrade(&rows(&["y"]), "a").unwrap();
    assert!(plan.is_empty() && plan.rows_after == ["y"]);
    assert_eq!(plan.unchanged, Some(Unchanged::Implied));
    // What isn't applied stays an error.
    assert!(graph.downgrade(&rows(&["y"]), "b").is_err());
    let plan = graph.downgrade(&rows(&["b", "y"]), "a").unwrap();
    assert_eq!(run(&plan), ["b"]);
}

#[test]
fn a_redundant_row_goes_with_the_first_step() {
    let graph = graph(&["a", "b <- a", "c <- b"]);
    let plan = graph.upgrade(&rows(&["a", "b"]), "head").unwrap();
    assert_eq!(plan.steps[0].rows_delete, ["a", "b"]);
    assert_eq!(plan.rows_after, ["c"]);
    let plan = graph.downgrade(&rows(&["a", "b"]), "base").unwrap();
    assert_eq!(
        (plan.rows_after_steps(1), plan.rows_after),
        (rows(&["a"]), rows(&[]))
    );
}

#[test]
fn a_branch_is_left_without_its_siblings() {
    // `c2` is applied because `z` needs it; going down from `c1` must leave both alone.
    let graph = graph(&["a (lib)", "b <- a", "c1 <- b", "c2 <- b", "z {c2}"]);
    let plan = graph.downgrade(&rows(&["c1", "z"]), "lib@-1").unwrap();
    assert_eq!((run(&plan), &plan.rows_after), (vec!["c1"], &rows(&["z"])));
    // Above the label, `lib@b` means all that is on the branch.
    let plan = graph.downgrade(&rows(&["c1", "z"]), "lib@b").unwrap();
    assert_eq!(plan.rows_after, ["b"]);
}
