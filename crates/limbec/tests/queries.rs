//! How often the database is asked: at head once, and without a lock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limbec::connection::{Answer, Connection, DatabaseError, StatementError, open_sqlite};
use limbec::run::{Content, Error, ErrorKind, Event, Migrator, Revisions};
use limbec_core::dialect::Dialect;
use limbec_core::operations::Operations;
use limbec_core::revision::{Graph, Header};
use limbec_core::schema::{Column, Table, Text};

/// A connection that keeps what is sent.
struct Recorded<C> {
    connection: C,
    sent: Vec<String>,
    /// How often an answer is waited for.
    flights: usize,
}

impl<C> Recorded<C> {
    fn of(connection: C) -> Self {
        Recorded {
            connection,
            sent: Vec::new(),
            flights: 0,
        }
    }
}

impl<C: Connection> Connection for Recorded<C> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.connection.dialect()
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.sent.extend(statements.iter().map(ToString::to_string));
        self.flights += statements.len();
        self.connection.run(statements).await
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.sent.extend(statements.iter().map(ToString::to_string));
        self.flights += 1;
        self.connection.flight(statements).await
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        self.sent.extend(questions.iter().map(ToString::to_string));
        self.flights += 1;
        self.connection.ask(questions).await
    }

    async fn pause(&mut self, time: Duration) {
        self.connection.pause(time).await;
    }
}

/// A chain of revisions, each of which makes a table.
struct Chain {
    graph: Graph,
    /// The revisions that were read, in order.
    read: Mutex<Vec<String>>,
}

impl Chain {
    fn of(length: usize) -> Self {
        let header = |number: usize| Header {
            id: format!("r{number}"),
            revises: number
                .checked_sub(1)
                .map(|parent| format!("r{parent}"))
                .into_iter()
                .collect(),
            path: format!("r{number}.rs"),
            ..Header::default()
        };
        Chain {
            graph: Graph::new((0..length).map(header).collect()).expect("a chain is sound"),
            read: Mutex::default(),
        }
    }
}

impl Revisions for Chain {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn read(&self, id: &str) -> Result<Arc<Content>, Error> {
        let (mut up, mut down) = (Operations::new(), Operations::new());
        up.create_table(Table::new(format!("t_{id}")).column(Column::new("name", Text)));
        down.drop_table(format!("t_{id}"));
        let mut read = self.read.lock().expect("no test panics with the lock");
        read.push(id.to_string());
        Ok(Arc::new(Content {
            upgrade: up.into_vec(),
            downgrade: down.into_vec(),
            checksum: Some(format!("1:{id}")),
            ..Content::default()
        }))
    }

    fn has_changed(&self, id: &str, then: &str) -> Result<bool, Error> {
        Ok(then != format!("1:{id}"))
    }
}

#[tokio::test]
async fn at_head_the_database_is_asked_once() {
    let revisions = Chain::of(20);
    let connection = open_sqlite(":memory:".as_ref()).unwrap();
    let mut recorded = Recorded::of(connection);
    let outcome = Migrator::new(&mut recorded, &revisions)
        .upgrade("head")
        .await
        .unwrap();
    assert_eq!(outcome.revisions.len(), 20);

    recorded.sent.clear();
    recorded.flights = 0;
    let outcome = Migrator::new(&mut recorded, &revisions)
        .upgrade("head")
        .await
        .unwrap();
    assert!(outcome.revisions.is_empty());
    assert_eq!(recorded.flights, 1);
    let reads = |sql: &String| sql.starts_with("SELECT ");
    assert!(recorded.sent.iter().all(reads), "{:?}", recorded.sent);
}

#[tokio::test]
async fn each_revision_runs_once_in_a_transaction_of_its_own() {
    let revisions = Chain::of(3);
    let connection = open_sqlite(":memory:".as_ref()).unwrap();
    let mut recorded = Recorded::of(connection);
    Migrator::new(&mut recorded, &revisions)
        .upgrade("head")
        .await
        .unwrap();
    let count = |word: &str| {
        recorded
            .sent
            .iter()
            .filter(|sql| sql.starts_with(word))
            .count()
    };
    assert_eq!(
        (count("BEGIN"), count("COMMIT"), count("ROLLBACK")),
        (3, 3, 0)
    );
    assert_eq!(
        recorded
            .sent
            .iter()
            .filter(|sql| sql.starts_with("CREATE TABLE t_r1"))
            .count(),
        1
    );
}

#[tokio::test]
async fn each_revision_of_a_plan_is_read_once() {
    let revisions = Chain::of(3);
    let mut connection = open_sqlite(":memory:".as_ref()).unwrap();
    let read = || std::mem::take(&mut *revisions.read.lock().unwrap());
    let mut migrator = Migrator::new(&mut connection, &revisions);
    migrator.upgrade("head").await.unwrap();
    assert_eq!(read(), ["r0", "r1", "r2"]);
    migrator.upgrade("head").await.unwrap();
    assert_eq!(read(), [""; 0]);
    migrator.downgrade("r0").await.unwrap();
    assert_eq!(read(), ["r2", "r1"]);
}

#[tokio::test]
async fn a_long_run_does_not_read_its_journal_for_each_revision() {
    let revisions = Chain::of(20);
    let connection = open_sqlite(":memory:".as_ref()).unwrap();
    let mut recorded = Recorded::of(connection);
    Migrator::new(&mut recorded, &revisions)
        .upgrade("head")
        .await
        .unwrap();
    let reads = |sql: &&String| sql.starts_with("SELECT ") && sql.contains("limbec_log");
    // Before it waits for its turn, and when it has it.
    assert_eq!(recorded.sent.iter().filter(reads).count(), 2);
}

#[tokio::test]
async fn what_another_process_begins_meanwhile_is_seen() {
    let folder = limbec_testkit::TempProject::new().unwrap();
    let file = folder.path().join("app.db");
    let revisions = Chain::of(3);
    let mut connection = open_sqlite(&file).unwrap();
    let begin = |event: Event<'_>| {
        if let Event::Step { number: 2, .. } = event {
            let other = open_sqlite(&file).unwrap();
            let row = "INSERT INTO limbec_log (revision, direction, step, steps, state, started_at) \
                       VALUES ('r1', 'upgrade', 1, 2, 'done', '2026-11-28 00:00:00.000')";
            other.execute(row, []).unwrap();
        }
    };
    let error = Migrator::new(&mut connection, &revisions)
        .observe(begin)
        .upgrade("head")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
    assert_eq!(error.applied(), ["r0"]);
}
