//! PostgreSQL itself judges the dialect and the connection. Each test has a database of its own on
//! the server that `LIMBEC_TEST_POSTGRES_URL` names, and fails where that is missing.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod alter_column;
#[cfg(feature = "embed")]
mod cancelled;
mod canonical;
mod connection;
#[cfg(feature = "generate")]
mod corpus;
mod definitions;
#[cfg(feature = "embed")]
mod embedded;
mod enums;
mod names;
mod own_namespace;
#[cfg(feature = "embed")]
mod proxy;
mod raw_sql;
mod round_trip;
#[cfg(feature = "generate")]
mod settle;
mod strange;
#[cfg(feature = "tls")]
mod tls;
mod types;
mod version_table;

use limbec::connection::{Connection as _, connect_postgres};
use limbec::run::{reflect, run_operations};
use limbec_core::operations::Operation;
use limbec_core::schema::{Column, Schema, Table};
use limbec_testkit::postgres::{TestDatabase, test_database};
use tokio_postgres::Client;

/// A database of the test's own, and a connection to it.
struct Scratch {
    client: Client,
    // Dropped after the connection.
    database: TestDatabase,
}

impl Scratch {
    async fn new() -> Self {
        let database = test_database();
        let client = connect_postgres(database.url()).await.unwrap();
        Scratch { client, database }
    }

    /// Runs operations in one transaction.
    async fn apply(&mut self, operations: &[Operation]) {
        if let Err(error) = run_operations(&mut self.client, operations, true).await {
            panic!("{error}: {operations:#?}");
        }
    }

    /// What the server says against operations.
    async fn refusal(&mut self, operations: &[Operation]) -> String {
        let result = run_operations(&mut self.client, operations, true).await;
        result.expect_err("the operations run").to_string()
    }

    async fn reflect(&mut self) -> Schema {
        reflect(&mut self.client).await.unwrap()
    }

    /// The only table.
    async fn table(&mut self) -> Table {
        let mut tables = self.reflect().await.tables;
        assert_eq!(tables.len(), 1);
        tables.remove(0)
    }

    async fn column(&mut self, name: &str) -> Column {
        self.table().await.column_named(name).unwrap().clone()
    }

    /// Runs SQL and gives the rows of its last statement, values joined by `|`.
    async fn sql(&mut self, sql: &str) -> Vec<String> {
        let answers = self.client.run(&[sql]).await;
        let answer = answers.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let row = |row: &Vec<Option<String>>| {
            let values = row.iter().map(|value| value.as_deref().unwrap_or("NULL"));
            values.collect::<Vec<_>>().join("|")
        };
        answer[0].rows.iter().map(row).collect()
    }
}

fn create(table: &Table) -> Vec<Operation> {
    let mut table = table.clone();
    let indexes = std::mem::take(&mut table.indexes);
    let name = table.name.clone();
    let mut operations = vec![Operation::CreateTable { table }];
    operations.extend(indexes.into_iter().map(|index| Operation::CreateIndex {
        table: name.clone(),
        index,
    }));
    operations
}

/// Compares two large values, and shows the lines that differ.
#[track_caller]
fn assert_same<T: std::fmt::Debug + PartialEq>(found: &T, wanted: &T) {
    if found == wanted {
        return;
    }
    let (found, wanted) = (format!("{found:#?}"), format!("{wanted:#?}"));
    let pairs = found.lines().zip(wanted.lines()).enumerate();
    let differ = pairs
        .filter(|(_, (found, wanted))| found != wanted)
        .take(10);
    let lines: Vec<_> = differ
        .map(|(line, (found, wanted))| format!("{line}: {found}\n{line}: {wanted} (wanted)"))
        .collect();
    panic!("{}", lines.join("\n"));
}
