//! SIGINT and SIGTERM: the statement is cancelled, the transaction rolled back, lock and lease given
//! back, and what stands is said. The next run goes on from there.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStderr, Command};
use std::time::{Duration, Instant};

use limbec::connection::{Connection as _, connect_postgres, open_sqlite};
use limbec_core::dialect::Session as _;
use limbec_core::dialect::postgres::Postgres;
use limbec_testkit::postgres::Pooler;

use super::proxy::Proxy;
use super::{command, project, revision, server, value};
use crate::command::{Database, Sandbox};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Int,
    Term,
}

const SIGNALS: [Signal; 2] = [Signal::Int, Signal::Term];

impl Signal {
    pub(super) fn name(self) -> &'static str {
        match self {
            Signal::Int => "SIGINT",
            Signal::Term => "SIGTERM",
        }
    }

    pub(super) fn exit_code(self) -> i32 {
        match self {
            Signal::Int => 130,
            Signal::Term => 143,
        }
    }

    pub(super) fn send(self, process: u32) {
        let option = format!("-{}", &self.name()[3..]);
        let process = process.to_string();
        let sent = Command::new("kill").args([&option, &process]).status();
        assert!(sent.expect("`kill` runs").success());
    }
}

/// The command at work, with its log so far.
struct Running {
    line: String,
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    log: String,
}

impl Running {
    fn start(it: &Sandbox, line: &str) -> Self {
        let mut child = command(it, line).spawn().expect("`sh` runs");
        let stderr = child.stderr.take().expect("its log is kept");
        Running {
            line: line.to_string(),
            child,
            lines: BufReader::new(stderr).lines(),
            log: String::new(),
        }
    }

    /// Waits for a line of the log.
    #[track_caller]
    fn until(&mut self, text: &str) {
        while let Some(Ok(line)) = self.lines.next() {
            self.log.push_str(&format!("{line}\n"));
            if line.contains(text) {
                return;
            }
        }
        panic!("`{text}` is not in the log of {}\n{}", self.line, self.log);
    }

    /// Waits for the end, which is that of the signal. Returns the log.
    #[track_caller]
    fn ends_by(mut self, signal: Signal) -> String {
        while let Some(Ok(line)) = self.lines.next() {
            self.log.push_str(&format!("{line}\n"));
        }
        let code = self.child.wait().expect("the command ends").code();
        let told = format!("{signal:?} to {}\n{}", self.line, self.log);
        assert_eq!(code, Some(signal.exit_code()), "{told}");
        assert!(!self.log.contains("panicked"), "{told}");
        self.log
    }

    /// Stops the command; it says each of these texts.
    #[track_caller]
    fn stops(self, signal: Signal, texts: &[&str]) {
        signal.send(self.child.id());
        let line = self.line.clone();
        let log = self.ends_by(signal);
        let first = format!("FAILED: stopped by {}", signal.name());
        for text in [&[first.as_str()], texts].concat() {
            assert!(log.contains(text), "`{text}` is missing in {line}\n{log}");
        }
    }
}

/// Waits until a query has an answer other than none.
fn until(it: &Sandbox, query: &str) {
    let begin = Instant::now();
    while value(it, query).is_empty() {
        let waits = begin.elapsed() < Duration::from_secs(60);
        assert!(waits, "nothing is found by {query}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A session of the database, of another process than this one, that runs a statement.
fn runs(it: &Sandbox, statement: &str) {
    let query = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
         AND pid <> pg_backend_pid() AND strpos(query, '{statement}') > 0"
    );
    until(it, &query);
}

/// Nobody holds the lock or the lease any more, and no session of limbec's is left.
fn is_free(it: &Sandbox) {
    it.run("limbec locks")
        .succeeds()
        .prints("Nobody is migrating this database.\n");
    let left = value(
        it,
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name LIKE 'limbec%' AND state <> 'idle'",
    );
    assert_eq!(left, "", "a session is left");
}

/// What the tests themselves need in the database: a statement that waits for as long as the test wants.
const GATE: &str = "CREATE FUNCTION gate() RETURNS int LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_lock_shared(42, 1); PERFORM pg_advisory_unlock_shared(42, 1); RETURN 1; END $$;";

/// Two revisions, of which the second is stopped.
fn chain(it: &Sandbox, work: &str) {
    let table = "    op.create_table(Table::new(\"a\").column(Column::new(\"n\", Integer)));";
    revision(it, "s1", "", table, "    op.drop_table(\"a\");");
    revision(it, "s2", "s1", work, "");
}

/// A kind of work, and what is said and noted when it is stopped.
struct Work {
    upgrade: &'static str,
    /// The statement that runs meanwhile.
    statement: &'static str,
    kept: &'static str,
    /// The state of the statement in the journal.
    noted: &'static str,
}

const WORK: [Work; 4] = [
    Work {
        upgrade: "    op.add_column(\"a\", Column::new(\"x\", Integer));\n    op.execute(\"SELECT gate()\");",
        statement: "SELECT gate()",
        kept: "kept:      nothing of this revision; s1, which ran before it, stays",
        noted: "",
    },
    Work {
        upgrade: "    op.execute(\"INSERT INTO a SELECT gate() FROM generate_series(1, 100)\");",
        statement: "INSERT INTO a SELECT gate()",
        kept: "kept:      nothing of this revision; s1, which ran before it, stays",
        noted: "",
    },
    Work {
        upgrade: "    op.add_column(\"a\", Column::new(\"x\", Integer));\n    \
                  op.execute_autocommit(\"INSERT INTO a SELECT gate()\");",
        statement: "INSERT INTO a SELECT gate()",
        kept: "kept:      step 1 of 2 of this revision (add_column a.x)",
        noted: "",
    },
    // Outside any transaction.
    Work {
        upgrade: "    op.add_column(\"a\", Column::new(\"x\", Integer));\n    \
                  op.create_index(\"a\", Index::new(\"ix_a\", &[\"n\"]).concurrently());",
        statement: "CREATE INDEX CONCURRENTLY",
        kept: "kept:      step 1 of 2 of this revision (add_column a.x)",
        noted: "failed",
    },
];

/// Stops an upgrade at a kind of work, over a URL.
async fn stop_at(work: &Work, signal: Signal, is_pooled: bool) {
    let it = project(Database::postgres());
    it.sql(GATE);
    chain(&it, work.upgrade);
    it.run("limbec upgrade s1").succeeds();
    it.run("limbec downgrade base").succeeds();
    let mut holder = connect_postgres(&it.url()).await.expect("the server");
    let close: &[&str] = &["SELECT pg_advisory_lock(42, 1)"];
    holder.run(close).await.expect("the gate closes");
    let pooler = is_pooled.then(|| Pooler::start(server(&it).url(), 4).expect("PgBouncer"));
    let url = match &pooler {
        Some(pooler) => pooler.url(server(&it).url()).expect("a URL"),
        None => it.url(),
    };
    if work.statement.contains("CONCURRENTLY") {
        // The build waits for whoever sees the table as it was before.
        let see = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"];
        holder.run(&see).await.expect("a snapshot");
    }
    let running = Running::start(&it, &format!("limbec upgrade head --url '{url}'"));
    runs(&it, work.statement);
    let texts = ["revision:  s2", work.statement, work.kept, GOES_ON];
    running.stops(signal, &texts);
    is_free(&it);
    assert_eq!(it.version_rows(), ["s1"]);
    let states =
        "SELECT state || ' ' || note FROM limbec_log WHERE revision = 's2' AND state <> 'done'";
    let noted = match work.noted {
        "" => String::new(),
        state => format!("{state} stopped by {}", signal.name()),
    };
    assert_eq!(value(&it, states), noted);
    if is_pooled {
        assert_eq!(value(&it, "SELECT owner FROM limbec_lock"), "");
    }
    holder
        .run(&["ROLLBACK", "SELECT pg_advisory_unlock_all()"])
        .await
        .expect("the gate opens");
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["s2"]);
    let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    assert_eq!(value(&it, invalid), "0");
}

const GOES_ON: &str = "hint: run the command again: it goes on from what is there";

#[tokio::test]
async fn a_statement_is_cancelled() {
    for (number, work) in WORK.iter().enumerate() {
        stop_at(work, SIGNALS[number % 2], false).await;
    }
}

#[tokio::test]
async fn a_statement_is_cancelled_behind_a_pooler() {
    for (number, work) in WORK.iter().enumerate() {
        stop_at(work, SIGNALS[(number + 1) % 2], true).await;
    }
}

#[tokio::test]
async fn a_wait_for_the_lock_ends() {
    let it = project(Database::postgres());
    chain(&it, "");
    let mut other = connect_postgres(&it.url()).await.expect("the server");
    let (take, _) = Postgres.lock(None).expect("PostgreSQL has a lock");
    other.run(&[&take]).await.expect("the lock is free");
    for signal in SIGNALS {
        let mut running = Running::start(&it, "limbec upgrade head");
        running.until("Waiting for process ");
        running.stops(signal, &[]);
    }
    assert!(it.version_rows().is_empty());
}

#[test]
fn a_proof_leaves_no_scratch_database() {
    let it = project(Database::postgres());
    it.write(
        "limbec.toml",
        &format!(
            "[database]\nurl = \"{}\"\nexclude = [\"vector\"]\n[models]\n\
             paths = [\"models.rs\"]\nsql = [\"sql\"]\n",
            it.url()
        ),
    );
    it.write(
        "models.rs",
        "#[derive(Table)]\n#[table(name = \"items\")]\npub struct Item {\n    \
         #[column(primary_key)]\n    pub id: i64,\n}\n",
    );
    it.run("mkdir -p migrations/versions").succeeds();
    it.write(
        "sql/slow.sql",
        "CREATE MATERIALIZED VIEW slow AS SELECT pg_sleep(600) IS NULL AS x;",
    );
    for signal in SIGNALS {
        let running = Running::start(&it, "limbec revision --autogenerate -m slow");
        // It runs in a database of its own.
        until(
            &it,
            "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'limbec_scratch_%' \
             AND state = 'active' AND strpos(query, 'pg_sleep(600)') > 0 AND pid <> pg_backend_pid()",
        );
        let scratch = value(
            &it,
            "SELECT datname FROM pg_stat_activity WHERE datname LIKE 'limbec_scratch_%' \
             AND strpos(query, 'pg_sleep(600)') > 0 AND pid <> pg_backend_pid()",
        );
        running.stops(signal, &["the revision was not written"]);
        let left = format!("SELECT datname FROM pg_database WHERE datname = '{scratch}'");
        assert_eq!(value(&it, &left), "");
        let mut written =
            std::fs::read_dir(it.path().join("migrations/versions")).expect("a folder");
        assert!(written.next().is_none());
    }
}

/// What a long statement of SQLite is; the schema stays as it was.
const LONG: &str = "    op.add_column(\"a\", Column::new(\"x\", Integer));\n    \
    op.execute(\"INSERT INTO a (n) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) \
    SELECT n FROM c LIMIT 1000000000000\");";

#[test]
fn a_statement_of_sqlite_is_cancelled() {
    for signal in SIGNALS {
        let it = project(Database::Sqlite);
        chain(&it, LONG);
        let mut running = Running::start(&it, "limbec upgrade head");
        running.until("s1 -> s2");
        running.stops(
            signal,
            &[
                "revision:  s2",
                "kept:      nothing of this revision; s1, which ran before it, stays",
                GOES_ON,
            ],
        );
        assert_eq!(it.version_rows(), ["s1"]);
        assert_eq!(it.sql("SELECT count(*) FROM a;"), "0\n");
        chain(&it, "");
        it.run("limbec upgrade head").succeeds();
    }
}

#[test]
fn a_wait_for_a_writer_of_sqlite_ends() {
    let it = project(Database::Sqlite);
    chain(&it, "");
    let writer = open_sqlite(&it.path().join("app.db")).expect("a file");
    writer
        .execute_batch("BEGIN IMMEDIATE; CREATE TABLE other (x);")
        .expect("the file is free");
    for signal in SIGNALS {
        let mut running = Running::start(&it, "limbec upgrade head");
        running.until("-> s1");
        running.stops(signal, &["nothing was run before it"]);
    }
    writer.execute_batch("COMMIT").expect("a commit");
    it.run("limbec upgrade head").succeeds();
}

/// The server is gone behind a network that says nothing: it cannot be asked to cancel.
#[test]
fn the_second_signal_ends_at_once() {
    let it = project(Database::postgres());
    chain(&it, "    op.execute(\"SELECT pg_sleep(600)\");");
    let proxy = Proxy::before(&it.url());
    let mut running = Running::start(&it, &format!("limbec upgrade head --url '{}'", proxy.url));
    runs(&it, "pg_sleep(600)");
    proxy.mute();
    Signal::Term.send(running.child.id());
    running.until("SIGTERM: stopping; another one ends at once");
    Signal::Int.send(running.child.id());
    let log = running.ends_by(Signal::Int);
    assert!(!log.contains("FAILED"), "{log}");
    let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND strpos(query, 'pg_sleep(600)') > 0 \
                 AND pid <> pg_backend_pid()";
    value(&it, ended);
}

#[test]
fn a_server_that_does_not_answer_is_waited_for_no_more() {
    let it = project(Database::postgres());
    chain(&it, "    op.execute(\"SELECT pg_sleep(600)\");");
    let proxy = Proxy::before(&it.url());
    let running = Running::start(&it, &format!("limbec upgrade head --url '{}'", proxy.url));
    runs(&it, "pg_sleep(600)");
    proxy.mute();
    Signal::Term.send(running.child.id());
    let log = running.ends_by(Signal::Term);
    for text in [
        "was lost: it has not answered",
        "not known of this revision",
    ] {
        assert!(log.contains(text), "{log}");
    }
    let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND strpos(query, 'pg_sleep(600)') > 0 \
                 AND pid <> pg_backend_pid()";
    value(&it, ended);
}

/// The child of a process.
fn child_of(process: u32) -> Option<u32> {
    let children = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(children).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// Process 1 of a container has no default for any signal: one that it does not hear has no effect.
#[test]
fn process_1_of_a_container_hears_them() {
    let unshare = "unshare --user --map-root-user --pid --fork";
    let it = project(Database::postgres());
    let tried = it.run(&format!("{unshare} true"));
    if tried.code != Some(0) {
        #[allow(clippy::print_stderr, reason = "nothing is left out in silence")]
        {
            eprintln!(
                "SKIPPED: this kernel lets nobody make a namespace of processes: {}",
                tried.stderr.trim()
            );
        }
        return;
    }
    for signal in SIGNALS {
        chain(&it, "    op.execute(\"SELECT pg_sleep(600)\");");
        let mut running = Running::start(&it, &format!("{unshare} limbec upgrade head"));
        runs(&it, "pg_sleep(600)");
        let process = child_of(running.child.id()).expect("`unshare` has one child");
        signal.send(process);
        running.until("stopped by ");
        let log = running.ends_by(signal);
        let kept = "kept:      nothing of this revision; s1, which ran before it, stays";
        assert!(log.contains(kept), "{log}");
        is_free(&it);
        it.run("limbec downgrade base").succeeds();
    }
}
