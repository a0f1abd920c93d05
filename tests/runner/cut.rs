//! Connections that are cut round COMMIT: what limbec says of it afterwards is what the database holds.

use super::proxy::{Moment, Proxy, Strike, Then, Way};
use super::{done, project, revision};
use crate::command::{Database, Sandbox};

/// A proxy that cuts the first connection at its n-th COMMIT: before it reaches the server, or before its
/// answer is back.
fn scissors(url: &str, moment: Moment, at: usize, is_for_good: bool) -> Proxy {
    Proxy::striking(
        url,
        Strike {
            counts: |sql| sql == "COMMIT",
            at,
            moment,
            act: Box::new(move |proxy| {
                if is_for_good {
                    proxy.becomes(Way::Shut);
                }
                Then::Cut
            }),
        },
    )
}

/// Three revisions; the second has three parts, of which the middle one no transaction holds.
fn chain() -> Sandbox {
    let it = project(Database::postgres());
    let table = |name: &str| {
        format!("    op.create_table(Table::new(\"{name}\").column(Column::new(\"id\", Integer)));")
    };
    revision(&it, "c1", "", &table("a"), "    op.drop_table(\"a\");");
    let parts = format!(
        "{}\n    op.execute_autocommit(\"VACUUM a\");\n{}",
        table("b"),
        table("c")
    );
    revision(
        &it,
        "c2",
        "c1",
        &parts,
        "    op.drop_table(\"c\");\n    op.drop_table(\"b\");",
    );
    revision(&it, "c3", "c2", &table("d"), "    op.drop_table(\"d\");");
    it
}

/// Upgrades a fresh database over a connection that is cut at the n-th COMMIT; c1 has one, c2 four (the
/// statement outside a transaction one before it and one behind it).
fn cut(cut: Moment, at: usize, texts: &[&str]) -> Sandbox {
    let it = chain();
    let scissors = scissors(&it.url(), cut, at, false);
    let texts: Vec<&str> = ["the connection to `127.0.0.1:", "was lost"]
        .iter()
        .chain(texts)
        .copied()
        .collect();
    it.run(&format!("limbec upgrade head --url '{}'", scissors.url))
        .fails_saying(&texts);
    it
}

/// The next run does what is left, and nothing twice.
fn goes_on(it: &Sandbox) {
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["c3"]);
    let steps = ["c1|1|1|1", "c2|1|3|1", "c2|2|3|1", "c2|3|3|1", "c3|1|1|1"];
    assert_eq!(done(it), steps);
}

#[test]
fn before_the_commit_nothing_is_there() {
    let it = cut(
        Moment::Before,
        1,
        &["kept:      nothing of this revision; nothing was run before it"],
    );
    assert!(it.version_rows().is_empty());
    goes_on(&it);
    let it = cut(
        Moment::Before,
        6,
        &["nothing of this revision; c1, c2, which ran before it, stay"],
    );
    assert_eq!(it.version_rows(), ["c2"]);
    goes_on(&it);
}

#[test]
fn after_the_commit_all_of_it_is_there() {
    let it = cut(
        Moment::After,
        1,
        &[
            "kept:      all of this revision: it had committed",
            "it goes on behind this revision",
        ],
    );
    assert_eq!(it.version_rows(), ["c1"]);
    goes_on(&it);
    let it = cut(
        Moment::After,
        6,
        &["all of this revision: it had committed; c1, c2, which ran"],
    );
    assert_eq!(it.version_rows(), ["c3"]);
    goes_on(&it);
}

#[test]
fn between_two_steps_the_steps_that_are_there_are_named() {
    // The second COMMIT is that of the first step of c2.
    let it = cut(
        Moment::Before,
        2,
        &["nothing of this revision; c1, which ran before it, stays"],
    );
    goes_on(&it);
    let it = cut(
        Moment::After,
        2,
        &["kept:      step 1 of 3 of this revision (create_table b)"],
    );
    it.run("limbec current").succeeds().prints("c1\n").logs(&[
        "The revision c2 is half applied: 1 of 3 steps",
        "limbec upgrade c2",
        "limbec accept c2 --abandon",
    ]);
    it.run("limbec current --json")
        .succeeds()
        .stdout
        .find("\"half_done\": {\n    \"reverting\": false,\n    \"revision\": \"c2\",\n    \"steps\": 3,\n    \"steps_done\": 1\n  }")
        .expect("the half-applied revision is named");
    goes_on(&it);
    // The third notes that the statement begins, the fourth that it is done.
    let it = cut(
        Moment::After,
        3,
        &["step 2 was begun, and the next run looks how far it came"],
    );
    // `VACUUM` may run twice.
    goes_on(&it);
    let it = cut(
        Moment::After,
        4,
        &["kept:      steps 1 to 2 of 3 of this revision"],
    );
    goes_on(&it);
    let it = cut(
        Moment::After,
        5,
        &["kept:      all of this revision: it had committed; c1"],
    );
    goes_on(&it);
}

#[test]
fn what_cannot_be_looked_up_is_not_known() {
    for (cut, at, rows) in [(Moment::Before, 1, vec![]), (Moment::After, 1, vec!["c1"])] {
        let it = chain();
        let url = format!("{}?connect_timeout=2", it.url());
        let scissors = scissors(&url, cut, at, true);
        it.run(&format!("limbec upgrade head --url '{}'", scissors.url))
            .fails_saying(&[
                "kept:      not known of this revision, because cannot reach `127.0.0.1:",
                "`limbec current` shows what the database holds, once it can be reached",
            ]);
        assert_eq!(it.version_rows(), rows);
        goes_on(&it);
    }
}
