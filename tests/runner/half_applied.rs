//! States that a run cannot go on from: each ends with an error after one try, and the error names
//! the command that leads out.

use super::{project, revision};
use crate::command::{Database, Outcome, Sandbox};

on_both_databases! {
    a_row_that_is_there_twice_is_refused
    a_file_of_fewer_steps_is_refused_and_given_up
    a_revision_without_its_file_is_given_up
    a_half_reverted_revision_counts_as_applied_once_it_is_given_up
    a_stamp_forgets_what_is_half_applied
    a_version_row_that_does_not_change_is_no_race
}

/// `h2` stops in the last of its three steps.
const STOPS: &str = "    op.create_table(Table::new(\"tags\").column(Column::new(\"name\", Text)));\n    \
     op.execute_autocommit(\"VACUUM\");\n    op.execute(\"INSERT INTO missing VALUES (1)\");";

fn half_applied(database: Database) -> Sandbox {
    let it = project(database);
    let table = "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));";
    revision(&it, "h1", "", table, "    op.drop_table(\"items\");");
    revision(&it, "h2", "h1", STOPS, "    op.drop_table(\"tags\");");
    it.run("limbec upgrade head").fails_saying(&[
        "missing",
        "steps 1 to 2 of 3",
        "limbec accept h2 --abandon",
    ]);
    it
}

/// A run that fails tries once: a loop would log each try.
fn fails_once(it: &Sandbox, line: &str, texts: &[&str]) -> Outcome {
    let outcome = it.run(line).fails_saying(texts);
    let tries = outcome.stderr.matches("Running ").count();
    assert!(tries <= 1, "{tries} tries in\n{}", outcome.stderr);
    outcome
}

fn a_row_that_is_there_twice_is_refused(database: Database) {
    let it = project(database);
    revision(&it, "h1", "", "", "");
    revision(&it, "h2", "h1", "", "");
    it.run("limbec upgrade h1").succeeds();
    it.sql(
        "DROP TABLE alembic_version; CREATE TABLE alembic_version (version_num varchar(32));
         INSERT INTO alembic_version VALUES ('h1'), ('h1');",
    );
    for command in ["upgrade head", "downgrade base", "stamp h2"] {
        let line = format!("limbec {command}");
        let texts = ["holds `h1` more than once", "limbec stamp --purge h1"];
        fails_once(&it, &line, &texts);
    }
    it.run("limbec stamp --purge h1").succeeds();
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["h2"]);
}

fn a_file_of_fewer_steps_is_refused_and_given_up(database: Database) {
    let it = half_applied(database);
    let mended = "    op.create_table(Table::new(\"tags\").column(Column::new(\"name\", Text)));";
    revision(&it, "h2", "h1", mended, "    op.drop_table(\"tags\");");
    it.run("limbec accept h2 --reason 'nothing to insert'")
        .succeeds();
    for _ in 0..2 {
        let texts = ["its file now makes 1 of them", "limbec accept h2 --abandon"];
        fails_once(&it, "limbec upgrade head", &texts);
    }
    let before = it.dump();
    it.run("limbec accept h2 --abandon --reason 'begun anew'")
        .succeeds()
        .logs(&[
            "Abandoned h2: 2 of its 3 steps stay in the database",
            "counts as not applied",
        ]);
    assert_eq!(it.dump(), before);
    it.run("limbec log h2")
        .succeeds()
        .stdout
        .find("abandoned, half applied: 2 of 3 steps: begun anew")
        .expect("the journal has the reason");
    fails_once(&it, "limbec upgrade head", &["tags", "already exists"]);
    it.sql("DROP TABLE tags;");
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["h2"]);
    it.run("limbec accept h2 --abandon --reason 'once more'")
        .fails_saying(&["no run has left the revision `h2` half applied"]);
}

fn a_revision_without_its_file_is_given_up(database: Database) {
    let it = half_applied(database);
    let file = it.path().join("migrations/versions/h2.rs");
    std::fs::remove_file(file).expect("the file is there");
    revision(&it, "h3", "h1", "", "");
    // Anybody who may write the journal could say so of any id: it stops nobody.
    let texts = ["`h2` half applied: 2 of 3 steps", "accept h2 --abandon"];
    it.run("limbec upgrade h1").succeeds().logs(&texts);
    it.run("limbec accept h2 --abandon --json --reason 'the branch is gone'")
        .succeeds()
        .prints("{\n  \"abandoned\": \"h2\"\n}\n");
    let outcome = it.run("limbec upgrade head").succeeds();
    assert!(!outcome.stderr.contains("h2"), "{}", outcome.stderr);
    assert_eq!(it.version_rows(), ["h3"]);
}

fn a_half_reverted_revision_counts_as_applied_once_it_is_given_up(database: Database) {
    let it = project(database);
    let down = "    op.drop_table(\"items\");\n    op.execute_autocommit(\"VACUUM\");\n    \
                op.execute(\"DELETE FROM missing\");";
    let up = "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));";
    revision(&it, "h1", "", up, down);
    it.run("limbec upgrade head").succeeds();
    fails_once(&it, "limbec downgrade base", &["missing"]);
    let texts = [
        "`h1` is half reverted: 2 of 3 steps",
        "limbec downgrade h1-1",
    ];
    fails_once(&it, "limbec upgrade head", &texts);
    it.run("limbec accept h1 --abandon --reason 'kept'")
        .succeeds()
        .logs(&["stay reverted", "counts as applied"]);
    it.run("limbec upgrade head").succeeds().logs_nothing();
    assert_eq!(it.version_rows(), ["h1"]);
}

fn a_stamp_forgets_what_is_half_applied(database: Database) {
    let it = half_applied(database);
    it.run("limbec stamp h1").succeeds();
    assert_eq!(it.version_rows(), ["h1"]);
    // The journal has nothing half done any more: the revision begins with its first step.
    fails_once(&it, "limbec upgrade head", &["tags", "already exists"]);
    it.run("limbec stamp h2").succeeds();
    it.run("limbec upgrade head").succeeds().logs_nothing();
    assert_eq!(it.version_rows(), ["h2"]);
}

fn a_version_row_that_does_not_change_is_no_race(database: Database) {
    let it = project(database);
    revision(&it, "h1", "", "", "");
    revision(&it, "h2", "h1", "", "");
    it.run("limbec upgrade h1").succeeds();
    it.sql(if it.is_sqlite() {
        "CREATE TRIGGER kept BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(IGNORE); END;"
    } else {
        "CREATE RULE kept AS ON UPDATE TO alembic_version WHERE old.version_num = 'h1' \
         DO INSTEAD NOTHING;"
    });
    let outcome = fails_once(&it, "limbec upgrade head", &["alembic_version"]);
    assert!(
        !outcome.stderr.contains("another process"),
        "{}",
        outcome.stderr
    );
    assert_eq!(it.version_rows(), ["h1"]);
}
