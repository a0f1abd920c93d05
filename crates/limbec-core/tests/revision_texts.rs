//! What a user reads when an identifier, a target or a set of files is wrong, and the listings.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use limbec_core::revision::{Direction, Graph, GraphError, Header, Range, RevisionError};

fn header(id: &str, revises: &[&str], depends_on: &[&str], labels: &[&str]) -> Header {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    Header {
        id: id.to_owned(),
        revises: owned(revises),
        depends_on: owned(depends_on),
        branch_labels: owned(labels),
        message: format!("Add {id}"),
        path: format!("versions/{id}_add.rs"),
        ..Header::default()
    }
}

/// `aaaa <- bbbb <- (c1c1 c1branch <- d1d1 | c2c2 c2branch <- d2d2)`.
fn forked() -> Graph {
    Graph::new(vec![
        header("aaaa", &[], &[], &[]),
        header("bbbb", &["aaaa"], &[], &[]),
        header("c1c1", &["bbbb"], &[], &["c1branch"]),
        header("d1d1", &["c1c1"], &[], &[]),
        header("c2c2", &["bbbb"], &[], &["c2branch"]),
        header("d2d2", &["c2c2"], &[], &[]),
    ])
    .unwrap()
}

fn rows(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

fn ids<'g>(graph: &'g Graph, indexes: &[usize]) -> Vec<&'g str> {
    indexes.iter().map(|&index| graph.id(index)).collect()
}

#[track_caller]
fn says<T: std::fmt::Debug>(result: Result<T, RevisionError>, text: &str, hint: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.hint().unwrap(), hint);
}

#[track_caller]
fn broken(headers: Vec<Header>, texts: &[&str]) -> Vec<GraphError> {
    let errors = Graph::new(headers).unwrap_err();
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        texts
    );
    errors
}

#[test]
fn identifiers_resolve() {
    let graph = forked();
    for (identifier, expected) in [
        ("heads", &["d1d1", "d2d2"][..]),
        ("base", &[]),
        ("a", &["aaaa"]),
        ("c2branch", &["c2c2"]),
        ("c2branch@head", &["d2d2"]),
        ("c2branch@heads", &["d2d2"]),
        ("c2branch@d", &["d2d2"]),
        ("bbbb@heads", &["d1d1", "d2d2"]),
        ("c1branch@base", &[]),
        ("c1branch@head-1", &["c1c1"]),
        ("d1d1-2", &["bbbb"]),
        ("aaaa+1", &["bbbb"]),
        ("c2branch@aaaa+2", &["c2c2"]),
        ("base+1", &["aaaa"]),
        ("current", &["c1c1"]),
        ("current-1", &["bbbb"]),
        ("+1", &["d1d1"]),
        ("c2branch@+1", &["c2c2"]),
        ("-1", &["c1c1", "c2c2"]),
        ("c2branch@-1", &["c2c2"]),
    ] {
        let found = graph.resolve(identifier, &rows(&["c1c1"])).unwrap();
        assert_eq!(ids(&graph, &found), expected, "{identifier}");
    }
}

#[test]
fn wrong_identifiers_name_candidates() {
    let graph = forked();
    let none = rows(&[]);
    says(
        graph.resolve("d1dd", &none),
        "Can't locate revision identified by 'd1dd'",
        "did you mean `d1d1` or `d2d2`?",
    );
    says(
        graph.resolve("c", &none),
        "Can't locate revision identified by 'c': Multiple revisions start with 'c': 'c1c1', 'c2c2'",
        "write more of it: `c1c1` or `c2c2`",
    );
    says(
        graph.resolve("c3branch@head", &none),
        "Can't locate revision identified by 'c3branch': No such branch: 'c3branch'",
        "did you mean `c1branch` or `c2branch`?",
    );
    says(
        graph.resolve("c1branch@d2d2", &none),
        "Can't locate revision identified by 'd2d2': Revision d2d2 is not a member of branch 'c1branch'",
        "`history -r c1branch@base:c1branch@heads` lists that branch; `d2d2` alone names the revision",
    );
    says(
        graph.resolve("a-b", &none),
        "Can't locate revision identified by 'a-b': it is no revision identifier",
        "write `[label@][id, head, heads, base or current][+N or -N]`",
    );
    says(
        graph.upgrade(&none, "head"),
        "Multiple head revisions are present for given argument 'head'; please specify a specific \
         target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads",
        "the heads are `d1d1` and `d2d2`; `merge heads` joins them",
    );
    says(
        graph.upgrade(&none, "c1c1_add"),
        "Can't locate revision identified by 'c1c1_add'",
        "a file is named `c1c1_add.rs`, but its id is `c1c1`",
    );
}

#[test]
fn wrong_targets_say_what_to_do() {
    let graph = forked();
    says(
        graph.upgrade(&rows(&["bbbb"]), "+1"),
        "Ambiguous walk: '+1' comes to `bbbb`, which is followed by `c1c1` and `c2c2`",
        "name the one to go to: `c1c1` or `c2c2`, or a branch: `<label>@+N`",
    );
    says(
        graph.upgrade(&rows(&["c1c1", "c2c2"]), "+1"),
        "Ambiguous upgrade from multiple current revisions: `c1c1` and `c2c2`",
        "name the branch: `c1c1@+1` or `c2c2@+1`",
    );
    says(
        graph.upgrade(&rows(&["c1c1"]), "+2"),
        "Relative revision +2 didn't produce 2 migrations",
        "`history` shows what lies above and below; `base` and `heads` are the ends",
    );
    says(
        graph.downgrade(&rows(&["c1c1"]), "+1"),
        "Relative revision +1 didn't produce 1 migrations: a downgrade counts down, as in `-1`",
        "`history` shows what lies above and below; `base` and `heads` are the ends",
    );
    says(
        graph.downgrade(&rows(&["c1c1"]), "c2c2"),
        "Destination c2c2 is not a valid downgrade target from current head(s)",
        "the database is at `c1c1`; name a revision below, `-N` or `base`",
    );
    says(
        graph.downgrade(&rows(&["d1d1", "d2d2"]), "bbbb@-1"),
        "Ambiguous downgrade from multiple current revisions: `d1d1` and `d2d2`",
        "name the one to start from: `d1d1-1` or `d2d2-1`",
    );
    says(
        graph.upgrade(&rows(&[]), "aaaa:bbbb"),
        "Range revision not allowed",
        "`start:end` goes with `--sql`",
    );
    says(
        graph.upgrade(&rows(&["c1cc"]), "head"),
        "Can't locate revision identified by 'c1cc'",
        "the database is at a revision that no file has; the nearest known is `c1c1` or `c2c2`. \
         Restore its file, or, if you know what the schema is like, `stamp --purge` the right revision",
    );
    says(
        graph.stamp(&rows(&[]), &rows(&["head"]), false),
        "Multiple heads are present; please specify a single target revision",
        "name `d1d1` or `d2d2`, or `heads` for all",
    );
    says(
        graph.stamp(&rows(&[]), &rows(&["d1d1-1"]), false),
        "Can't locate revision identified by 'd1d1-1': a relative identifier is not allowed here",
        "name the revision itself",
    );
}

#[test]
fn downgrade_from_several_rows_warns() {
    let plan_of = forked();
    let plan = plan_of.downgrade(&rows(&["d2d2", "d1d1"]), "-1").unwrap();
    assert_eq!(plan.rows_after, ["d1d1", "c2c2"]);
    assert_eq!(
        plan.warning.unwrap(),
        "downgrade -1 from multiple heads is ambiguous; it counts from `d2d2`. \
         Name one instead: `d2d2-1`, `d1d1-1`"
    );
}

#[test]
fn new_revisions_go_on_heads() {
    let graph = forked();
    says(
        graph.new_revision_parents(&rows(&["head"]), false),
        "Multiple heads are present; please specify the head revision on which the new revision \
         should be based, or perform a merge.",
        "the heads are `d1d1` and `d2d2`: give one as `--head`, or run `merge heads`",
    );
    says(
        graph.new_revision_parents(&rows(&["bbbb"]), false),
        "Revision bbbb is not a head revision; please specify --splice to create a new branch \
         from this revision",
        "`c1c1` or `c2c2` revises it already",
    );
    says(
        graph.new_revision_parents(&rows(&["d1d1", "d1"]), false),
        "Duplicate head revisions specified: d1d1",
        "name each once",
    );
    assert_eq!(
        graph
            .new_revision_parents(&rows(&["bbbb"]), true)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        graph
            .new_revision_parents(&rows(&["heads"]), false)
            .unwrap()
            .len(),
        2
    );
    assert!(
        graph
            .new_revision_parents(&rows(&["base"]), false)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn every_broken_thing_is_named_at_once() {
    let mut double = header("aaaa", &[], &[], &[]);
    double.path = "versions/again.rs".to_owned();
    let errors = broken(
        vec![
            header("aaaa", &[], &[], &["lib"]),
            double,
            header("b-b", &["aaaa"], &[], &["lib"]),
            header("cccc", &["missing"], &["aaab"], &["aaaa"]),
            header("head", &["head"], &[], &[]),
            header("dddd", &["ffff"], &[], &[]),
            header("eeee", &["dddd"], &[], &[]),
            header("ffff", &["eeee"], &[], &[]),
            header("gggg", &["ffff"], &[], &[]),
        ],
        &[
            "Character(s) '-' not allowed in revision identifier 'b-b' (`versions/b-b_add.rs`)",
            "'head' has a meaning of its own and can't be a revision identifier (`versions/head_add.rs`)",
            "Revision aaaa is present more than once: `versions/aaaa_add.rs`, `versions/again.rs`",
            "Branch name 'lib' in revision b-b already used by revision aaaa \
             (`versions/b-b_add.rs`, `versions/aaaa_add.rs`)",
            "Branch name 'aaaa' in revision cccc is the id of a revision \
             (`versions/cccc_add.rs`, `versions/aaaa_add.rs`)",
            "`versions/cccc_add.rs` revises `missing`, which no file has",
            "`versions/cccc_add.rs` depends on `aaab`, which no file has",
            "Self-loop is detected in revisions (head): `versions/head_add.rs` revises itself",
            "Cycle is detected in revisions (dddd, eeee, ffff): `versions/dddd_add.rs` revises ffff \
             (`versions/ffff_add.rs`), which revises eeee (`versions/eeee_add.rs`), which revises \
             dddd (`versions/dddd_add.rs`)",
        ],
    );
    assert!(
        errors
            .iter()
            .all(|error| error.hint().is_some() && error.path().starts_with("versions/"))
    );
    assert_eq!(errors[6].hint().unwrap(), "did you mean `aaaa`?");
}

#[test]
fn dependency_cycles_are_told_from_others() {
    broken(
        vec![
            header("aaaa", &[], &["cccc"], &[]),
            header("bbbb", &["aaaa"], &[], &[]),
            header("cccc", &["bbbb"], &[], &[]),
            header("dddd", &[], &["dlib"], &["dlib"]),
        ],
        &[
            "Dependency self-loop is detected in revisions (dddd): `versions/dddd_add.rs` depends on itself",
            "Dependency cycle is detected in revisions (aaaa, bbbb, cccc): `versions/aaaa_add.rs` \
             depends on cccc (`versions/cccc_add.rs`), which revises bbbb (`versions/bbbb_add.rs`), \
             which revises aaaa (`versions/aaaa_add.rs`)",
        ],
    );
}

#[test]
fn history_lists_ranges_newest_first() {
    let graph = forked();
    let current = rows(&["d1d1"]);
    for (range, expected) in [
        (":", "d1d1 c1c1 d2d2 c2c2 bbbb aaaa"),
        ("bbbb:d1d1", "d1d1 c1c1 bbbb"),
        ("-1:current", "d1d1 c1c1"),
        ("-9:current", "d1d1 c1c1 bbbb aaaa"),
        ("current:", "d1d1"),
        (":bbbb", "bbbb aaaa"),
        ("c2c2:", "d2d2 c2c2"),
        ("c2branch@-1:", "d2d2 c2c2"),
        ("c2branch@-1:heads", "d2d2 c2c2"),
        ("aaaa:+1", "bbbb aaaa"),
        ("c1c1:+9", "d1d1 c1c1"),
        ("d1d1-1:d1d1", "d1d1 c1c1"),
        ("base:c2branch@head", "d2d2 c2c2 bbbb aaaa"),
    ] {
        let parsed = Range::parse(range).unwrap();
        let listed = graph.history(&parsed, &current);
        assert_eq!(ids(&graph, &listed.unwrap()).join(" "), expected, "{range}");
    }
    says(
        graph.history(&Range::parse("c1c1:d2d2").unwrap(), &[]),
        "Requested range c1c1:d2d2 does not refer to ancestor/descendant revisions along the same branch",
        "the older end comes first",
    );
    says(
        Range::parse("c1c1"),
        "History range requires [start]:[end], [start]:, or :[end]",
        "for example `-r base:head`, `-r -3:current`",
    );
}

#[test]
fn sql_ranges_start_without_a_database() {
    let graph = forked();
    assert_eq!(
        graph.sql_range("head", Direction::Up).unwrap(),
        (rows(&[]), "head".to_owned())
    );
    assert_eq!(
        graph.sql_range("heads:base", Direction::Down).unwrap(),
        (rows(&["d1d1", "d2d2"]), "base".to_owned())
    );
    let (start, end) = graph.sql_range("bb:c1branch@head", Direction::Up).unwrap();
    assert_eq!(graph.upgrade(&start, &end).unwrap().rows_after, ["d1d1"]);
    says(
        graph.sql_range("base", Direction::Down),
        "downgrade with --sql requires <fromrev>:<torev>",
        "without a database, give the revision to start from too: `head:base`",
    );
    assert!(graph.sql_range("aaaa:bbbb:c1c1", Direction::Up).is_err());
    assert!(graph.sql_range("aaaa:", Direction::Up).is_err());
}

#[test]
fn labels_spread_up_and_down_to_the_next_fork() {
    let graph = Graph::new(vec![
        header("a", &[], &[], &[]),
        header("b", &["a"], &[], &[]),
        header("c", &["b"], &[], &["lib"]),
        header("d", &["c"], &[], &[]),
        header("x", &["a"], &[], &["other"]),
        header("y", &["x", "d"], &[], &[]),
    ])
    .unwrap();
    let labels: Vec<String> = (0..graph.len())
        .map(|index| graph.labels(index).join(" "))
        .collect();
    assert_eq!(labels, ["", "lib", "lib", "lib", "other", "lib other"]);
    assert_eq!(ids(&graph, &graph.branch_points()), ["a"]);
    assert_eq!(ids(&graph, &graph.merge_points()), ["y"]);
}

#[test]
fn steps_print_as_log_lines() {
    let graph = Graph::new(vec![
        header("a1", &[], &[], &[]),
        header("a2", &[], &[], &[]),
        header("m", &["a1", "a2"], &[], &[]),
    ])
    .unwrap();
    let lines = |plan: &limbec_core::revision::Plan| -> Vec<String> {
        plan.steps.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        lines(&graph.upgrade(&[], "head").unwrap()),
        [
            "Running upgrade  -> a2, Add a2",
            "Running upgrade  -> a1, Add a1",
            "Running upgrade a1, a2 -> m, Add m"
        ]
    );
    assert_eq!(
        lines(&graph.downgrade(&rows(&["m"]), "a1").unwrap()),
        ["Running downgrade m -> a1, a2, Add m"]
    );
    assert_eq!(
        lines(
            &graph
                .stamp(&rows(&["a1", "a2"]), &rows(&["m"]), false)
                .unwrap()
        ),
        ["Running stamp_revision a1, a2 -> m"]
    );
}

#[test]
fn purge_forgets_rows_that_no_file_has() {
    let graph = forked();
    assert!(
        graph
            .stamp(&rows(&["gone"]), &rows(&["d1d1"]), false)
            .is_err()
    );
    let plan = graph
        .stamp(&rows(&["gone"]), &rows(&["d1d1"]), true)
        .unwrap();
    assert!(plan.purge && !plan.is_empty());
    assert_eq!(
        (plan.rows_before, plan.rows_after),
        (rows(&["gone"]), rows(&["d1d1"]))
    );
    assert_eq!(
        (plan.steps[0].direction, plan.steps[0].id()),
        (Direction::Stamp, "d1d1")
    );
    let plan = graph
        .stamp(&rows(&["gone"]), &rows(&["base"]), true)
        .unwrap();
    assert!(plan.steps.is_empty() && !plan.is_empty() && plan.rows_after.is_empty());
}
