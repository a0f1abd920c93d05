//! Readers and writers beside an upgrade of the same file.

use std::time::Duration;

use limbec::connection::open_sqlite;
use limbec::run::{ErrorKind, Event, Migrator, Settings};
use limbec_core::dialect::sqlite::Sqlite;
use limbec_core::operations::{AlterColumn, Operations};
use limbec_core::schema::Text;
use limbec_testkit::sqlite::{ScratchFile, scratch_file};

use crate::support::{One, Watched, now};

fn filled(journal: &str) -> ScratchFile {
    let scratch = scratch_file().unwrap();
    let client = open_sqlite(&scratch.path()).unwrap();
    let fill = format!(
        "PRAGMA journal_mode = {journal};
         CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
         CREATE TABLE children (t_id INT REFERENCES t (id) ON DELETE CASCADE);
         INSERT INTO t VALUES (1, 10), (2, 20);
         INSERT INTO children VALUES (1), (1), (2);"
    );
    client.execute_batch(&fill).unwrap();
    scratch
}

/// A rebuild by any library.
fn change(op: &mut Operations) {
    op.alter_column("t", AlterColumn::new("a").column_type(Text));
}

/// What a reader finds: the type of the values, and how many rows there are.
fn read(reader: &rusqlite::Connection) -> (String, i64) {
    let sql = "SELECT min(typeof(a)), (SELECT count(*) FROM children) FROM t";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    reader.query_row(sql, [], row).unwrap()
}

/// In WAL, readers see the old table until the upgrade has committed, and one that began to read
/// before goes on with it.
#[test]
fn readers_go_on_while_a_table_is_rebuilt() {
    let scratch = filled("WAL");
    let (old, new) = (("integer".to_string(), 3), ("text".to_string(), 3));
    let long = open_sqlite(&scratch.path()).unwrap();
    long.execute_batch("BEGIN").unwrap();
    assert_eq!(read(&long), old);

    let reader = open_sqlite(&scratch.path()).unwrap();
    let mut seen = Vec::new();
    let found = &mut seen;
    let mut connection = Watched {
        connection: open_sqlite(&scratch.path()).unwrap(),
        dialect: &Sqlite,
        watch: move |sql: &str| found.push((sql.to_string(), read(&reader))),
    };
    let revisions = One::new(change);
    now(Migrator::new(&mut connection, &revisions).upgrade("head")).unwrap();
    drop(connection);

    let commit = seen.iter().position(|(sql, _)| sql == "COMMIT").unwrap();
    assert!(seen.iter().any(|(sql, _)| sql.starts_with("DROP TABLE")));
    for (sql, found) in &seen[..=commit] {
        assert_eq!(*found, old, "before {sql}");
    }
    let late = open_sqlite(&scratch.path()).unwrap();
    assert_eq!(read(&late), new);
    assert_eq!(read(&long), old);
    long.execute_batch("COMMIT").unwrap();
    assert_eq!(read(&long), new);
}

/// A writer that holds the file's lock.
fn writer(scratch: &ScratchFile) -> rusqlite::Connection {
    let writer = open_sqlite(&scratch.path()).unwrap();
    writer
        .execute_batch("BEGIN IMMEDIATE; UPDATE t SET a = 11 WHERE id = 1")
        .unwrap();
    writer
}

/// An upgrade that gives the writer two tries to be done.
fn upgrade(
    scratch: &ScratchFile,
    observer: impl FnMut(Event<'_>) + Send,
) -> Result<Vec<String>, limbec::run::Error> {
    let mut connection = open_sqlite(&scratch.path()).unwrap();
    connection.busy_timeout(Duration::from_millis(20)).unwrap();
    let revisions = One::new(change);
    let settings = Settings {
        retries: 2,
        ..Settings::default()
    };
    let mut migrator = Migrator::new(&mut connection, &revisions)
        .settings(settings)
        .observe(observer);
    now(migrator.upgrade("head")).map(|outcome| outcome.revisions)
}

#[test]
fn a_writer_that_ends_is_waited_for() {
    for journal in ["DELETE", "WAL"] {
        let scratch = filled(journal);
        let writer = writer(&scratch);
        let mut tries = 0;
        let tried = &mut tries;
        let done = upgrade(&scratch, move |event| {
            if let Event::Retrying { .. } = event {
                *tried += 1;
                writer.execute_batch("COMMIT").unwrap();
            }
        });
        assert_eq!(done.unwrap(), ["one"], "{journal}");
        assert_eq!(tries, 1);
        let written: String = open_sqlite(&scratch.path())
            .unwrap()
            .query_row("SELECT a FROM t WHERE id = 1", [], |row| row.get(0))
            .unwrap();
        assert_eq!(written, "11");
    }
}

#[test]
fn a_writer_that_does_not_end_is_told_of() {
    let scratch = filled("DELETE");
    let writer = writer(&scratch);
    let error = upgrade(&scratch, |_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(
        error.to_string(),
        "revision one: database is locked, 3 times"
    );
    let statement = error.failed_statement().unwrap();
    assert_eq!(statement.sql, "BEGIN IMMEDIATE");
    let hint = statement.hint.clone().unwrap();
    assert!(
        hint.contains("lsof") && hint.contains("scratch.db"),
        "{hint}"
    );
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(read(&writer), ("integer".to_string(), 3));
}
