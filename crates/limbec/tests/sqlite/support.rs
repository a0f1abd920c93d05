//! A database in memory, on which revisions are run as the executor would.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use limbec::connection::{Answer, Connection, StatementError, open_sqlite};
use limbec::run::{Content, Error, Revisions};
use limbec_core::dialect::sqlite::{OLDEST_LIBRARY, Sqlite};
use limbec_core::dialect::{Catalogue as _, Compiler as _, Dialect, Row, Session as _};
use limbec_core::operations::{Operation, Operations};
use limbec_core::revision::{Graph, Header};
use limbec_core::schema::{ObjectName, Schema, Table};
use limbec_core::steps::Step;

/// Runs a future that never waits, as those of an embedded database.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("an embedded database waits for nothing"),
    }
}

/// A connection that tells of every statement before it runs, those of a connection beside it
/// included.
pub(crate) struct Watched<W> {
    pub(crate) connection: rusqlite::Connection,
    pub(crate) dialect: &'static Sqlite,
    pub(crate) watch: W,
}

impl<W: FnMut(&str) + Send> Connection for Watched<W> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let mut answers = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            (self.watch)(statement);
            let answer = self.connection.run(&[statement]).await;
            answers.extend(answer.map_err(|error| StatementError { index, ..error })?);
        }
        Ok(answers)
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        for statement in statements {
            (self.watch)(statement);
        }
        self.connection.beside(statements).await
    }

    async fn pause(&mut self, time: Duration) {
        self.connection.pause(time).await;
    }
}

/// The revisions of a test: one, with these operations.
pub(crate) struct One {
    graph: Graph,
    operations: Vec<Operation>,
}

impl One {
    pub(crate) fn new(write: impl FnOnce(&mut Operations)) -> Self {
        let header = Header {
            id: "one".into(),
            path: "one.rs".into(),
            ..Header::default()
        };
        let mut op = Operations::new();
        write(&mut op);
        One {
            graph: Graph::new(vec![header]).unwrap(),
            operations: op.into_vec(),
        }
    }
}

impl Revisions for One {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn read(&self, _id: &str) -> Result<Arc<Content>, Error> {
        Ok(Arc::new(Content {
            upgrade: self.operations.clone(),
            ..Content::default()
        }))
    }
}

pub(crate) struct Db {
    pub(crate) client: rusqlite::Connection,
    /// As of the library that is linked, or an older one.
    pub(crate) dialect: &'static Sqlite,
    /// The statements of revisions.
    sent: Vec<String>,
}

impl Db {
    /// An empty database with the foreign keys on.
    pub(crate) fn new() -> Self {
        let client = open_sqlite(":memory:".as_ref()).unwrap();
        client.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        let dialect = Sqlite::of_library(rusqlite::version_number().try_into().unwrap());
        let sent = Vec::new();
        Db {
            client,
            dialect,
            sent,
        }
    }

    /// The same database, changed as by the oldest library that will do.
    pub(crate) fn by_the_oldest(mut self) -> Self {
        self.dialect = Sqlite::of_library(OLDEST_LIBRARY);
        self
    }

    pub(crate) fn with(sql: &str) -> Self {
        let db = Db::new();
        db.sql(sql);
        db
    }

    pub(crate) fn sql(&self, sql: &str) {
        self.client
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{error}"));
    }

    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Row> {
        now(self.client.run(&[sql]))
            .unwrap_or_else(|error| panic!("{error}\n{sql}"))
            .remove(0)
            .rows
    }

    /// The one value of the one row.
    pub(crate) fn value(&mut self, sql: &str) -> Option<String> {
        let mut rows = self.rows(sql);
        assert_eq!(rows.len(), 1, "{sql}");
        rows.remove(0).remove(0)
    }

    pub(crate) fn reflect(&mut self) -> Schema {
        let snapshot = Sqlite.snapshot();
        let queries = Sqlite.catalogue();
        let statements = [snapshot.begin, queries, snapshot.end].concat();
        let answers = now(self.client.flight(&statements)).unwrap();
        let answers = answers.into_iter().map(|answer| answer.rows);
        let answers = answers.skip(snapshot.begin.len()).take(queries.len());
        let answers: Vec<_> = answers.collect();
        Sqlite.read_catalogue(&answers).unwrap()
    }

    pub(crate) fn table(&mut self, name: &str) -> Table {
        let schema = self.reflect();
        schema.table(&ObjectName::new(name)).unwrap().clone()
    }

    /// Runs a revision; after a failure everything is as before.
    pub(crate) fn revision(&mut self, operations: &[Operation]) -> Result<(), String> {
        let frame = self.dialect.frame(operations);
        let begun = self.steps(&frame.begin);
        let done = begun.and_then(|()| {
            let done = self.transaction(&frame.commit, operations);
            if done.is_err() {
                self.steps(&frame.rollback).unwrap();
            }
            done
        });
        self.steps(&frame.restore).unwrap();
        done
    }

    fn transaction(&mut self, commit: &[Step], operations: &[Operation]) -> Result<(), String> {
        for batch in self.dialect.batches(operations) {
            let current = if self.dialect.batch_needs_schema(&batch) {
                self.reflect()
            } else {
                Schema::default()
            };
            let steps = self.dialect.compile_batch(&batch, &current);
            let steps = steps.map_err(|of| of.item.to_string())?;
            let steps: Vec<Step> = steps.into_iter().map(|of| of.item).collect();
            self.steps(&steps)?;
        }
        self.steps(commit)
    }

    pub(crate) fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            self.sent.push(step.sql.clone());
            let answer = now(self.client.run(&[&step.sql]))
                .map_err(|error| format!("{error}\n{}", step.sql))?
                .remove(0);
            if let Some(expect) = &step.expect {
                let mut values = answer.rows.iter().flatten();
                let value = values.next().and_then(Option::as_deref);
                if value != Some(&expect.value) {
                    return Err(expect.unmet(value, values.next().and_then(Option::as_deref)));
                }
            }
        }
        Ok(())
    }

    /// Runs a revision written as in a file.
    pub(crate) fn run(&mut self, write: impl FnOnce(&mut Operations)) -> Result<(), String> {
        let mut op = Operations::new();
        write(&mut op);
        self.revision(&op.into_vec())
    }

    /// Runs a revision, and tells which tables it rebuilt.
    pub(crate) fn rebuilds(&mut self, operations: &[Operation]) -> Vec<String> {
        self.sent.clear();
        self.revision(operations)
            .unwrap_or_else(|error| panic!("{error}"));
        let prefix = "CREATE TABLE limbec_new_";
        let names = self.sent.iter().filter_map(|sql| sql.strip_prefix(prefix));
        let names = names.filter_map(|rest| rest.split(' ').next());
        names.map(str::to_string).collect()
    }

    /// Creates every table and index of a schema.
    pub(crate) fn create(&mut self, schema: &Schema) {
        let mut operations: Vec<Operation> = Vec::new();
        for table in &schema.tables {
            let name = table.name.clone();
            operations.push(Operation::CreateTable {
                table: table.clone(),
            });
            for index in table.indexes.clone() {
                let table = name.clone();
                operations.push(Operation::CreateIndex { table, index });
            }
        }
        let definitions = schema.definitions.iter().cloned();
        operations.extend(definitions.map(|definition| Operation::CreateDefinition { definition }));
        self.revision(&operations).unwrap();
    }

    /// Everything but one table: the stored SQL of all objects, and the rows of all tables.
    pub(crate) fn everything_but(&mut self, table: &str) -> Vec<Row> {
        let mut digest = self.rows(&format!(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema \
             WHERE NOT (type = 'table' AND name = '{table}') ORDER BY type, name"
        ));
        let names = self.rows(&format!(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '{table}' ORDER BY name"
        ));
        for name in names {
            let name = name[0].clone().unwrap().replace('"', "\"\"");
            digest.push(vec![Some(name.clone())]);
            let mut rows = self.rows(&format!("SELECT * FROM \"{name}\""));
            if name == "sqlite_sequence" {
                rows.sort();
            }
            digest.extend(rows);
        }
        digest
    }
}
