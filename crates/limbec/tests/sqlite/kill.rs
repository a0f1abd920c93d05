//! A process is killed while it upgrades a file: at every statement, and at any moment of a large
//! rebuild, of SQLite's own changes and of the copy that is made before. Each time the database is
//! the old or the new one, whole, and so is every copy; and the next run finishes.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use limbec::connection::open_sqlite;
use limbec::run::Migrator;
use limbec_core::dialect::sqlite::{OLDEST_LIBRARY, Sqlite};
use limbec_core::operations::{AlterColumn, Operations};
use limbec_core::schema::{Column, Text};
use limbec_testkit::sqlite::{ScratchFile, scratch_file};

use crate::support::{One, Watched, now};

/// Says to the child which file it is to upgrade, as by which library, and at which statement it
/// waits to be killed.
const FILE: &str = "LIMBEC_TEST_KILL_FILE";
const LIBRARY: &str = "LIMBEC_TEST_KILL_LIBRARY";
const AT: &str = "LIMBEC_TEST_KILL_AT";

/// What the child tells of.
const BEGINS: &str = "begins";
const STOPS: &str = "stops";
const COPIES: &str = "copies";
const HAS_COPIED: &str = "has copied";
const DONE: &str = "done";

/// The library that is linked, which changes the table by its own means.
fn linked() -> u32 {
    rusqlite::version_number().try_into().unwrap()
}

/// Changes a table that others refer to: a rebuild by the oldest library, three statements of its
/// own by a new one.
fn change(op: &mut Operations) {
    op.alter_column("t", AlterColumn::new("a").not_null());
    op.drop_column("t", "b");
    op.add_column("t", Column::new("c", Text).server_default("'c'"));
    op.execute("UPDATE children SET n = n + 1");
}

#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn announce(word: &str) {
    use std::io::Write as _;
    println!("\n{word}");
    let _ = std::io::stdout().flush();
}

/// Upgrades a file, and waits for ever before a statement, where one is given.
fn upgrade(file: &Path, library: u32, mut left: Option<usize>) -> Vec<String> {
    let mut copies = false;
    let watch = move |sql: &str| {
        if copies {
            announce(HAS_COPIED);
        }
        copies = sql.starts_with("VACUUM INTO");
        if copies {
            announce(COPIES);
        }
        if left == Some(0) {
            announce(STOPS);
            std::thread::sleep(Duration::from_secs(600));
        }
        left = left.map(|it| it - 1);
    };
    let mut connection = Watched {
        connection: open_sqlite(file).unwrap(),
        dialect: Sqlite::of_library(library),
        watch,
    };
    let revisions = One::new(change);
    let outcome = now(Migrator::new(&mut connection, &revisions).upgrade("head"));
    outcome
        .unwrap_or_else(|error| panic!("{error} {:?}", error.failed_statement()))
        .revisions
}

fn fill(file: &Path, rows: usize, journal: &str) {
    let client = open_sqlite(file).unwrap();
    client
        .execute_batch(&format!(
            "PRAGMA journal_mode = {journal};
             CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
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

/// The copies beside a file; each is the old database, whole.
fn copies(file: &Path, rows: usize) -> usize {
    let copies = beside(file).filter(|it| it.extension().is_some_and(|it| it == "bak"));
    let copies: Vec<PathBuf> = copies.collect();
    for copy in &copies {
        assert!(!is_new(copy, rows), "{}", copy.display());
    }
    copies.len()
}

/// The files in a database's folder.
fn beside(file: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(file.parent().unwrap()).unwrap();
    entries.map(|entry| entry.unwrap().path())
}

/// The next run finishes, and leaves nothing unfinished.
fn finishes(file: &Path, rows: usize, library: u32) {
    is_new(file, rows);
    copies(file, rows);
    upgrade(file, library, None);
    assert!(is_new(file, rows));
    assert!(copies(file, rows) > 0);
    let unfinished = |it: &PathBuf| it.to_string_lossy().ends_with(".unfinished");
    assert_eq!(beside(file).find(unfinished), None);
}

/// A process that upgrades a file, and what it tells.
struct Upgrade {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Upgrade {
    fn start(file: &Path, library: u32, at: Option<usize>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::the_process", "--nocapture"]);
        command.env(FILE, file).env_remove(AT);
        command.env(LIBRARY, library.to_string());
        if let Some(at) = at {
            command.env(AT, at.to_string());
        }
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Upgrade { process, lines }
    }

    /// Waits for one of these words.
    fn tells(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let mut lines = self.lines.by_ref().map_while(Result::ok);
        lines.find_map(|line| words.iter().find(|it| **it == line).copied())
    }

    fn kill(mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }
}

/// The process that is killed; by itself, an upgrade that nobody disturbs.
#[test]
fn the_process() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .map(|it| it.parse::<u32>().unwrap())
    };
    let library = number(LIBRARY).unwrap_or(OLDEST_LIBRARY);
    if let Some(file) = std::env::var_os(FILE) {
        announce(BEGINS);
        upgrade(file.as_ref(), library, number(AT).map(|it| it as usize));
        announce(DONE);
        return;
    }
    let own = scratch_file().unwrap();
    fill(&own.path(), 20, "DELETE");
    upgrade(&own.path(), library, None);
    assert!(is_new(&own.path(), 20));
}

/// Kills before each statement of an upgrade in turn.
fn at_every_statement(library: u32, journal: &str) {
    const ROWS: usize = 20;
    for at in 0.. {
        let scratch = scratch_file().unwrap();
        let file = scratch.path();
        fill(&file, ROWS, journal);
        let mut upgrade = Upgrade::start(&file, library, Some(at));
        let word = upgrade.tells(&[STOPS, DONE]);
        upgrade.kill();
        if word == Some(DONE) {
            assert!(is_new(&file, ROWS));
            assert!(at > 20, "{at}");
            return;
        }
        assert_eq!(word, Some(STOPS), "statement {at}");
        finishes(&file, ROWS, library);
    }
}

/// Kills at moments that are spread over what lies between two words.
fn at_any_moment(library: u32, journal: &str, from: &'static str, to: &'static str) {
    const ROWS: usize = 100_000;
    const TIMES: u32 = 6;
    let filled = scratch_file().unwrap();
    fill(&filled.path(), ROWS, journal);
    let begin = || -> (ScratchFile, Upgrade) {
        let scratch = scratch_file().unwrap();
        std::fs::copy(filled.path(), scratch.path()).unwrap();
        let mut upgrade = Upgrade::start(&scratch.path(), library, None);
        assert_eq!(upgrade.tells(&[from]), Some(from));
        (scratch, upgrade)
    };
    let (scratch, mut upgrade) = begin();
    let since = Instant::now();
    assert_eq!(upgrade.tells(&[to]), Some(to));
    let whole = since.elapsed();
    upgrade.kill();
    drop(scratch);
    for number in 0..TIMES {
        let (scratch, upgrade) = begin();
        std::thread::sleep(whole * (2 * number + 1) / (2 * TIMES));
        upgrade.kill();
        finishes(&scratch.path(), ROWS, library);
    }
}

#[test]
fn at_every_statement_of_a_rebuild() {
    at_every_statement(OLDEST_LIBRARY, "DELETE");
}

#[test]
fn at_every_statement_of_sqlites_own() {
    at_every_statement(linked(), "WAL");
}

#[test]
fn at_any_moment_of_a_large_rebuild() {
    at_any_moment(OLDEST_LIBRARY, "DELETE", BEGINS, DONE);
}

#[test]
fn at_any_moment_of_a_large_rebuild_beside_readers() {
    at_any_moment(OLDEST_LIBRARY, "WAL", BEGINS, DONE);
}

#[test]
fn at_any_moment_of_sqlites_own_changes() {
    at_any_moment(linked(), "DELETE", HAS_COPIED, DONE);
}

#[test]
fn at_any_moment_of_the_copy() {
    at_any_moment(OLDEST_LIBRARY, "DELETE", COPIES, HAS_COPIED);
}
