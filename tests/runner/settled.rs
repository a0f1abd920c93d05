//! What a crash left in doubt between the journal and a statement outside of transactions: before
//! it began, while it was half done, and when it was done and not yet noted.

use super::{done, project, revision, schema, value};
use crate::command::{Database, Sandbox};

/// A table with rows, and a revision that builds an index on it between two others.
fn indexed() -> Sandbox {
    let it = project(Database::postgres());
    revision(
        &it,
        "b1",
        "",
        "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));\n    \
         op.execute(\"INSERT INTO items SELECT generate_series(1, 100)\");",
        "    op.drop_table(\"items\");",
    );
    revision(
        &it,
        "b2",
        "b1",
        "    op.execute(\"UPDATE items SET id = id + 1000\");\n    \
         op.create_index(\"items\", Index::new(\"ix_items\", &[\"id\"]).unique().concurrently());\n    \
         op.add_column(\"items\", Column::new(\"note\", Text));",
        "    op.drop_column(\"items\", \"note\");\n    \
         op.drop_index_concurrently(\"items\", \"ix_items\");",
    );
    it
}

/// Runs the first step of b2, and leaves the second one as `state` says.
fn stopped(it: &Sandbox, sql: &str) {
    it.run("limbec upgrade b1").succeeds();
    it.sql(
        "INSERT INTO items VALUES (1);", // A duplicate, on which the build fails.
    );
    it.run("limbec upgrade head")
        .fails_saying(&["could not create unique index", "b2"]);
    assert_eq!(done(it), ["b1|1|1|1", "b2|1|3|1"]);
    // Nothing is left of the index that failed.
    assert_eq!(
        value(it, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0"
    );
    it.sql("DELETE FROM items WHERE ctid = (SELECT max(ctid) FROM items WHERE id = 1001);");
    it.sql("UPDATE limbec_log SET state = 'started', finished_at = NULL WHERE state = 'failed';");
    it.sql(sql);
}

fn finishes(it: &Sandbox) -> String {
    let told = it.run("limbec upgrade head").succeeds().stderr;
    let expected = ["b1|1|1|1", "b2|1|3|1", "b2|2|3|1", "b2|3|3|1"];
    assert_eq!(done(it), expected);
    assert_eq!(
        value(it, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0"
    );
    assert_eq!(
        value(it, "SELECT count(*) || ' ' || min(id) FROM items"),
        "100 1001"
    );
    let reference = indexed();
    reference.run("limbec upgrade head").succeeds();
    assert_eq!(schema(it), schema(&reference));
    told
}

#[test]
fn a_statement_that_had_not_begun_runs() {
    let it = indexed();
    stopped(&it, "SELECT 1;");
    assert!(!finishes(&it).contains("done already"));
}

#[test]
fn a_statement_that_was_done_is_noted() {
    let it = indexed();
    stopped(&it, "CREATE UNIQUE INDEX ix_items ON items (id);");
    assert!(finishes(&it).contains("done already"));
}

#[test]
fn half_an_index_is_dropped_and_built_again() {
    let it = indexed();
    stopped(
        &it,
        "CREATE UNIQUE INDEX ix_items ON items (id);
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_items'::regclass;",
    );
    assert!(!finishes(&it).contains("done already"));
}

#[test]
fn an_index_that_somebody_else_made_is_not_taken_for_ours() {
    let it = indexed();
    it.run("limbec upgrade b1").succeeds();
    it.sql("CREATE INDEX ix_items ON items (id) WHERE id > 5;");
    for _ in 0..2 {
        it.run("limbec upgrade head")
            .fails_saying(&["is there already", "ix_items"]);
    }
}

#[test]
fn a_half_done_revision_is_finished_before_anything_else() {
    let it = indexed();
    stopped(&it, "SELECT 1;");
    it.run("limbec downgrade base").fails_saying(&[
        "the revision `b2` is half applied: 1 of 3 steps",
        "limbec upgrade b2",
    ]);
    finishes(&it);
    it.run("limbec downgrade base").succeeds();
    assert_eq!(it.tables(), ["alembic_version"]);
}

#[test]
fn what_only_a_person_can_tell_is_asked() {
    let it = project(Database::postgres());
    it.sql(
        "CREATE TABLE calls (id int);
         CREATE PROCEDURE fill() LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO calls VALUES (1); COMMIT; PERFORM 1 / (SELECT 0); END $$;",
    );
    revision(
        &it,
        "c1",
        "",
        "    op.execute_autocommit(\"CALL fill()\");",
        "",
    );
    it.run("limbec upgrade head")
        .fails_saying(&["division by zero"]);
    it.sql("UPDATE limbec_log SET state = 'started';");
    it.run("limbec upgrade head")
        .fails_saying(&["whether it took effect cannot be seen", "limbec accept"]);
    it.run("limbec accept c1 --done --reason 'one row is there'")
        .succeeds();
    it.run("limbec upgrade head").succeeds();
    assert_eq!(value(&it, "SELECT count(*) FROM calls"), "1");
    assert_eq!(it.version_rows(), ["c1"]);
}
