//! What the journal is for: a file that changed, a database that is ahead, a revision whose file
//! is gone, a database without a journal.

use super::{project, revision};
use crate::command::{Database, Sandbox};

on_both_databases! {
    a_revision_without_its_file_is_reverted_by_what_the_database_keeps
    a_newer_program_s_database_is_served_where_it_only_adds
    a_database_without_a_journal_goes_on
    a_change_far_down_a_long_file_is_seen
}

/// Three revisions: the second only adds, the third does not.
fn chain(database: Database) -> Sandbox {
    let it = project(database);
    revision(
        &it,
        "f1",
        "",
        "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer).not_null())\
         .column(Column::new(\"name\", Text)).primary_key(PrimaryKey::new(&[\"id\"])));\n    \
         op.create_table(Table::new(\"parts\").column(Column::new(\"item\", Integer))\
         .foreign_key(ForeignKey::new(&[\"item\"], \"items\", &[\"id\"]).on_delete(Cascade)));\n    \
         op.execute(\"INSERT INTO items VALUES (1, 'one')\");\n    \
         op.execute(\"INSERT INTO parts VALUES (1)\");",
        "    op.drop_table(\"parts\");\n    op.drop_table(\"items\");",
    );
    revision(
        &it,
        "f2",
        "f1",
        "    op.add_column(\"items\", Column::new(\"note\", Text));",
        "    op.drop_column(\"items\", \"note\");",
    );
    revision(
        &it,
        "f3",
        "f2",
        "    op.alter_column(\"items\", AlterColumn::new(\"name\").not_null());",
        "    op.alter_column(\"items\", AlterColumn::new(\"name\").nullable());",
    );
    it
}

fn forget(it: &Sandbox, id: &str) {
    let path = it.path().join(format!("migrations/versions/{id}.rs"));
    std::fs::remove_file(path).expect("the file is there");
}

fn a_revision_without_its_file_is_reverted_by_what_the_database_keeps(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade f1").succeeds();
    let before = it.dump();
    it.run("limbec upgrade head").succeeds();
    forget(&it, "f3");
    forget(&it, "f2");
    it.run("limbec downgrade -1")
        .fails_saying(&["Can't locate revision identified by 'f3'"]);
    it.run("limbec downgrade --from-database f1 --yes")
        .succeeds()
        .logs(&[
            "Running downgrade f3 -> f2, Step f3",
            "Running downgrade f2 -> f1",
        ]);
    assert_eq!(it.dump(), before);
    // No row went with the tables that were made anew.
    assert_eq!(
        it.sql("SELECT count(*) FROM items JOIN parts ON item = id;"),
        "1\n"
    );
    it.run("limbec upgrade head").succeeds();
}

fn a_newer_program_s_database_is_served_where_it_only_adds(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade f2").succeeds();
    forget(&it, "f3");
    forget(&it, "f2");
    it.run("limbec upgrade head")
        .fails_saying(&["Can't locate revision identified by 'f2'"]);
    let serve = "LIMBEC_WHEN_AHEAD=serve-if-adds limbec upgrade head";
    it.run(serve)
        .succeeds()
        .logs(&["ahead of the revisions here", "f2, Step f2 (only adds)"]);
    assert_eq!(it.version_rows(), ["f2"]);

    let it = chain(match it.database {
        Database::Sqlite => Database::Sqlite,
        Database::Postgres(_) => Database::postgres(),
    });
    it.run("limbec upgrade f3").succeeds();
    forget(&it, "f3");
    it.run(serve).fails_saying(&[
        "the database is ahead",
        "f3, Step f3 (changes what was there)",
    ]);
    it.run(&serve.replace("-if-adds", "")).succeeds();
}

fn a_database_without_a_journal_goes_on(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade f2").succeeds();
    it.sql("DROP TABLE limbec_log;");
    // Whatever the files say now: nobody knows what was applied.
    revision(
        &it,
        "f1",
        "",
        "",
        "    op.drop_table(\"parts\");\n    op.drop_table(\"items\");",
    );
    it.run("limbec upgrade f2").succeeds();
    it.run("limbec log").succeeds().prints("");
    it.run("limbec upgrade head").succeeds();
    it.run("limbec downgrade base").succeeds();
    assert_eq!(it.tables(), ["alembic_version"]);
}

fn a_change_far_down_a_long_file_is_seen(database: Database) {
    let it = project(database);
    let comments = "    // One of many lines of a comment, which does not count.\n".repeat(200);
    let write = |upgrade: &str| {
        let upgrade = format!("{comments}    op.execute(\"{upgrade}\");");
        revision(&it, "f1", "", &upgrade, "");
    };
    write("SELECT 1");
    it.run("limbec upgrade head").succeeds();
    write("SELECT 2");
    it.run("limbec upgrade head")
        .fails_saying(&["the revision `f1` is not what was applied"]);
    revision(&it, "f1", "", "    op.execute(\"SELECT 1\");", "");
    it.run("limbec upgrade head").succeeds();
}
