//! Servers and files that take no changes: the error names the server or the file, and the way out.

use limbec_testkit::postgres::Pooler;

use super::{project, revision, server};
use crate::command::{Database, Sandbox};

const TABLE: &str =
    "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));";

fn waiting(database: Database) -> Sandbox {
    let it = project(database);
    revision(&it, "r1", "", TABLE, "    op.drop_table(\"items\");");
    it
}

/// The server as errors name it.
fn address(it: &Sandbox) -> String {
    let url = it.url();
    let authority = url.split('/').nth(2).unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_string()
}

#[test]
fn a_server_that_takes_no_changes_on_postgres() {
    let it = waiting(Database::postgres());
    let name = server(&it).name().to_string();
    it.sql(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on;"
    ));
    let named = format!("the server is `{}`", address(&it));
    for command in ["upgrade head", "stamp head"] {
        it.run(&format!("limbec {command}")).fails_saying(&[
            "in a read-only transaction",
            &named,
            "it is a standby, or `default_transaction_read_only` is on",
            "target_session_attrs=read-write",
        ]);
    }
    it.run("limbec current").succeeds();
}

#[test]
fn a_full_disk_of_the_server_on_postgres() {
    let it = project(Database::postgres());
    let full = "    op.execute(\"DO $$ BEGIN RAISE EXCEPTION 'could not extend file' \
                USING ERRCODE = 'disk_full'; END $$\");";
    revision(&it, "r1", "", full, "");
    let named = format!("could not extend file (the server is `{}`", address(&it));
    it.run("limbec upgrade head").fails_saying(&[
        &named,
        "kept:      nothing of this revision",
        "make room on the disk of the server",
    ]);
}

#[test]
fn a_pooler_that_deals_out_statements_on_postgres() {
    let it = waiting(Database::postgres());
    let pooler = Pooler::start_in(server(&it).url(), 3, "statement").expect("PgBouncer starts");
    let url = pooler.url(server(&it).url()).expect("the URL reads");
    it.run(&format!("limbec upgrade head --url '{url}'"))
        .fails_saying(&[
            "statement pooling mode",
            "`pool_mode = statement`",
            "`transaction` or `session`",
        ]);
    assert!(it.version_rows().is_empty());
}

#[test]
fn files_that_are_no_database_or_take_no_changes() {
    let it = waiting(Database::Sqlite);
    it.write(
        "app.db",
        "these are no pages of a database, but a text that is long enough for one\n",
    );
    it.run("limbec upgrade head")
        .fails_saying(&["file is not a database", "app.db` is no SQLite database"]);
    std::fs::remove_file(it.path().join("app.db")).expect("it is there");

    // A limit of the process's files stands in for a full disk: SQLite's writes fail half-way.
    let fill = "    op.create_table(Table::new(\"a\").column(Column::new(\"id\", Integer)));\n    \
                op.execute_autocommit(\"VACUUM\");\n    \
                op.execute(\"INSERT INTO a SELECT value FROM generate_series(1, 900000)\");";
    let fill = fill.replace(
        "SELECT value FROM generate_series(1, 900000)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000) SELECT i FROM n",
    );
    revision(&it, "r2", "r1", &fill, "    op.drop_table(\"a\");");
    it.run("limbec upgrade r1").succeeds();
    it.run("trap '' XFSZ; ulimit -f 2000; limbec upgrade head")
        .fails_saying(&[
            "kept:      steps 1 to 2 of 3 of this revision",
            "app.db`",
            "full",
        ]);
    it.run("limbec current")
        .succeeds()
        .prints("r1\n")
        .logs(&["r2 is half applied: 2 of 3 steps"]);
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.sql("SELECT count(*) FROM a;"), "900000\n");
}
