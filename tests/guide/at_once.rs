//! Several processes at once, and one that is killed: all replicas start, and a crash leaves
//! nothing that the next run cannot finish.

use std::process::Stdio;

use super::{TABLES, fileintel, fill};
use crate::command::{Database, Outcome, Sandbox, shell};

on_both_databases! {
    six_processes_upgrade_an_empty_database
    a_killed_upgrade_is_finished_by_the_next
}

fn six_processes_upgrade_an_empty_database(database: Database) {
    let it = fileintel(database);
    it.run("limbec revision --autogenerate --rev-id 00000000000a -m 'Initial schema'")
        .succeeds();
    it.run("limbec revision --rev-id 00000000000b -m 'First rows'")
        .succeeds();
    fill(
        &it,
        "00000000000b_first_rows.rs",
        "op.execute(\"INSERT INTO collections (id, name) VALUES ('1', 'first')\");",
        "op.execute(\"DELETE FROM collections\");",
    );
    // More revisions, so that processes meet between two of them as well.
    for id in ["00000000000c", "00000000000d", "00000000000e"] {
        it.run(&format!("limbec revision --rev-id {id} -m 'Empty'"))
            .succeeds();
    }
    let line = "limbec upgrade head";
    let started: Vec<_> = (0..6)
        .map(|_| {
            shell(it.path(), line)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("`sh` runs")
        })
        .collect();
    for process in started {
        let output = process.wait_with_output().expect("the process ends");
        Outcome::new(line, output).succeeds();
    }
    assert_eq!(it.version_rows(), ["00000000000e"]);
    let mut tables = [&TABLES[..], &["alembic_version"]].concat();
    tables.sort_unstable();
    assert_eq!(it.tables(), tables);
    // Once, though six ran.
    assert_eq!(it.sql("SELECT id, name FROM collections;"), "1|first\n");
    it.run("limbec check").succeeds();
}

fn a_killed_upgrade_is_finished_by_the_next(database: Database) {
    let it = fileintel(database);
    it.run("limbec revision --autogenerate --rev-id 00000000000a -m 'Initial schema'")
        .succeeds();
    it.run("limbec revision --rev-id 00000000000b -m 'Slow rows'")
        .succeeds();
    let slow = if it.is_sqlite() {
        "INSERT INTO collections (id, name) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL \
         SELECT i + 1 FROM n WHERE i < 100000000) SELECT i, i FROM n"
    } else {
        "INSERT INTO collections (id, name) SELECT 'slow', pg_sleep(600)::text"
    };
    let quick = "INSERT INTO collections (id, name) VALUES ('1', 'first')";
    let name = "00000000000b_slow_rows.rs";
    let bodies = |statement: &str| {
        fill(
            &it,
            name,
            &format!(
                "op.add_column(\"collections\", Column::new(\"extra\", Text));
    op.execute(\"{statement}\");"
            ),
            "op.drop_column(\"collections\", \"extra\");",
        );
    };
    bodies(slow);

    let mut process = shell(it.path(), "exec limbec upgrade head")
        .stderr(Stdio::piped())
        .spawn()
        .expect("`sh` runs");
    // The line is logged before its statements are sent; then the slow one is running.
    wait_for_log(&mut process, "-> 00000000000b");
    wait_until_at_work(&it);
    process.kill().expect("the process is running");
    process.wait().expect("the process ends");
    end_orphan(&it);

    assert_eq!(
        it.run("limbec current").succeeds().stdout,
        "00000000000a\n",
        "the first revision stays, the second is not half there"
    );
    bodies(quick);
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["00000000000b"]);
    assert_eq!(
        it.sql("SELECT id, name, extra FROM collections;"),
        "1|first|\n"
    );
}

/// Before 14 PostgreSQL looks at its client only when a statement ends: an operator ends the
/// session of a client that is gone.
fn end_orphan(it: &Sandbox) {
    if let Database::Postgres(database) = &it.database {
        database
            .query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE current_setting('server_version_num')::int < 140000 \
                 AND datname = current_database() AND query LIKE '%pg_sleep(600)%' \
                 AND pid <> pg_backend_pid()",
            )
            .expect("the server answers");
    }
}

/// Reads the process's log until a line holds `text`.
fn wait_for_log(process: &mut std::process::Child, text: &str) {
    use std::io::BufRead as _;
    let stderr = process.stderr.take().expect("stderr is piped");
    let mut lines = std::io::BufReader::new(stderr).lines();
    let found = lines.any(|line| line.is_ok_and(|line| line.contains(text)));
    assert!(found, "the log has no `{text}`");
}

/// Waits until the database has begun with the slow statement.
fn wait_until_at_work(it: &Sandbox) {
    loop {
        let begun = match &it.database {
            // The transaction has pages of its own once rows are written.
            Database::Sqlite => std::fs::metadata(it.path().join("app.db-journal"))
                .or_else(|_| std::fs::metadata(it.path().join("app.db-wal")))
                .is_ok_and(|journal| journal.len() > 0),
            Database::Postgres(database) => database
                .query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND wait_event = 'PgSleep'")
                .expect("the server answers")
                .len()
                == 1,
        };
        if begun {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
