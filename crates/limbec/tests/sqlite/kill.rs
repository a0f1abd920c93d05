//! A process is killed while it upgrades a file: at every statement, and at any moment of a large
//! rebuild. Each time the database is the old or the new one, whole, and the next run finishes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limbec::connection::{Answer, Connection, StatementError, open_sqlite};
use limbec::run::{Error, Migrator, Revisions};
use limbec_core::dialect::{Dialect, sqlite::Sqlite};
use limbec_core::operations::{AlterColumn, Operation, Operations};
use limbec_core::revision::{Graph, Header};
use limbec_core::schema::{Column, Integer, Text};
use limbec_testkit::sqlite::scratch_file;

use crate::support::now;

/// Says to the child which file it is to upgrade, and at which statement it waits to be killed.
const FILE: &str = "LIMBEC_TEST_KILL_FILE";
const AT: &str = "LIMBEC_TEST_KILL_AT";

/// One revision that rebuilds a table others refer to, by all means a library could have.
struct One(Graph);

impl One {
    fn new() -> Self {
        let header = Header {
            id: "one".into(),
            path: "one.rs".into(),
            ..Header::default()
        };
        One(Graph::new(vec![header]).unwrap())
    }
}

impl Revisions for One {
    fn graph(&self) -> &Graph {
        &self.0
    }

    fn upgrade(&self, _id: &str) -> Result<Vec<Operation>, Error> {
        let mut op = Operations::new();
        op.alter_column("t", AlterColumn::new("a").column_type(Integer).not_null());
        op.drop_column("t", "b");
        op.add_column("t", Column::new("c", Text).server_default("'c'"));
        op.execute("UPDATE children SET n = n + 1");
        Ok(op.into_vec())
    }

    fn downgrade(&self, _id: &str) -> Result<Vec<Operation>, Error> {
        Ok(Vec::new())
    }
}

/// A connection that tells of a statement before it runs, and waits to be killed there.
struct Stopping {
    connection: rusqlite::Connection,
    left: Option<usize>,
}

impl Connection for Stopping {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let mut answers = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            if let Some(left) = &mut self.left {
                if *left == 0 {
                    announce("here");
                    std::thread::sleep(Duration::from_secs(600));
                }
                *left -= 1;
            }
            let answer = self.connection.run(&[statement]).await;
            answers.extend(answer.map_err(|error| StatementError { index, ..error })?);
        }
        Ok(answers)
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.connection.beside(statements).await
    }

    async fn pause(&mut self, time: Duration) {
        self.connection.pause(time).await;
    }
}

#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn announce(word: &str) {
    use std::io::Write as _;
    println!("\n{word}");
    let _ = std::io::stdout().flush();
}

fn upgrade(file: &Path, left: Option<usize>) -> Vec<String> {
    let connection = open_sqlite(file).unwrap();
    let mut stopping = Stopping { connection, left };
    let revisions = One::new();
    let outcome = now(Migrator::new(&mut stopping, &revisions).upgrade("head"));
    outcome
        .unwrap_or_else(|error| panic!("{error} {:?}", error.failed_statement()))
        .revisions
}

fn fill(file: &Path, rows: usize) {
    let client = open_sqlite(file).unwrap();
    client
        .execute_batch(&format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
             CREATE INDEX t_a ON t (a);
             CREATE TABLE children (id INTEGER PRIMARY KEY, t_id INT REFERENCES t ON DELETE CASCADE, n INT);
             CREATE TRIGGER t_gone AFTER DELETE ON t BEGIN DELETE FROM children WHERE n < 0; END;
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})
             INSERT INTO t SELECT n, n % 97, 'some text that takes room ' || n FROM n;
             INSERT INTO children SELECT id, id, 0 FROM t WHERE id % 10 = 0;"
        ))
        .unwrap();
}

/// Whether the file is the new one; fails where it is neither the old nor the new.
fn is_new(file: &Path, rows: usize) -> bool {
    let client = open_sqlite(file).unwrap();
    let value = |sql: &str| -> i64 { client.query_row(sql, [], |row| row.get(0)).unwrap() };
    let integrity: String = client
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
    assert_eq!(
        value("SELECT count(*) FROM t"),
        i64::try_from(rows).unwrap()
    );
    assert_eq!(
        value("SELECT count(*) FROM children"),
        i64::try_from(rows / 10).unwrap()
    );
    assert_eq!(
        value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'limbec\\_new%' ESCAPE '\\'"),
        0
    );
    assert_eq!(
        value("SELECT count(*) FROM sqlite_schema WHERE name IN ('t_a', 't_gone')"),
        2
    );
    let new = value("SELECT count(*) FROM pragma_table_info('t') WHERE name = 'c'");
    let old = value("SELECT count(*) FROM pragma_table_info('t') WHERE name = 'b'");
    assert_eq!(new + old, 1);
    let versions = value("SELECT count(*) FROM sqlite_schema WHERE name = 'alembic_version'");
    let at = if versions == 1 {
        value("SELECT count(*) FROM alembic_version")
    } else {
        0
    };
    assert_eq!(at, new, "the version row and the table go together");
    assert_eq!(value("SELECT coalesce(max(n), 0) FROM children"), new);
    new == 1
}

fn child(file: &Path, at: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kill::the_process", "--nocapture"]);
    command.env(FILE, file).env_remove(AT);
    if let Some(at) = at {
        command.env(AT, at.to_string());
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The process that is killed; by itself, an upgrade that nobody disturbs.
#[test]
fn the_process() {
    let own = scratch_file().unwrap();
    let file = std::env::var_os(FILE).map(std::path::PathBuf::from);
    let at = std::env::var(AT).ok().map(|at| at.parse().unwrap());
    let file = file.unwrap_or_else(|| {
        fill(&own.path(), 20);
        own.path()
    });
    upgrade(&file, at);
    announce("done");
    if std::env::var_os(FILE).is_none() {
        assert!(is_new(&file, 20));
    }
}

#[test]
fn at_every_statement() {
    let mut killed = 0;
    for at in 0.. {
        let scratch = scratch_file().unwrap();
        let file = scratch.path();
        fill(&file, 20);
        let mut process = child(&file, Some(at));
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let word = lines.find(|line| line == "here" || line == "done");
        process.kill().unwrap();
        process.wait().unwrap();
        let new = is_new(&file, 20);
        upgrade(&file, None);
        assert!(is_new(&file, 20), "statement {at}");
        if word.as_deref() == Some("done") {
            assert!(new);
            break;
        }
        assert_eq!(word.as_deref(), Some("here"), "statement {at}");
        killed += 1;
    }
    assert!(killed > 20, "{killed}");
}

#[test]
fn at_any_moment_of_a_large_rebuild() {
    const ROWS: usize = 100_000;
    const TIMES: u32 = 12;
    let (filled, scratch) = (scratch_file().unwrap(), scratch_file().unwrap());
    let (filled, file) = (filled.path(), scratch.path());
    fill(&filled, ROWS);
    let begin = || {
        for end in ["", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
        std::fs::copy(&filled, &file).unwrap();
        (child(&file, None), Instant::now())
    };
    let (mut process, since) = begin();
    assert!(process.wait().unwrap().success());
    let whole = since.elapsed();
    assert!(is_new(&file, ROWS));
    for number in 0..TIMES {
        let (mut process, _) = begin();
        std::thread::sleep(whole * (2 * number + 1) / (2 * TIMES));
        // It may be done already.
        let _ = process.kill();
        process.wait().unwrap();
        is_new(&file, ROWS);
        upgrade(&file, None);
        assert!(is_new(&file, ROWS));
    }
}
