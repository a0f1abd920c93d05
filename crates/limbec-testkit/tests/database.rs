//! Each test has a database of its own on the server of the run.

use limbec_testkit::postgres::{TestDatabase, create_database, psql, test_database};

fn value(database: &TestDatabase, sql: &str) -> Option<String> {
    let mut rows = database.query(sql).expect("the query runs");
    rows.remove(0).remove(0)
}

#[test]
fn databases_are_apart_and_dropped_with_open_connections() {
    let (first, second) = (test_database(), test_database());
    first
        .execute("CREATE TABLE t (a text); INSERT INTO t VALUES ('it''s'), (NULL)")
        .unwrap();
    assert_eq!(
        first.query("SELECT a FROM t ORDER BY a").unwrap(),
        [[Some("it's".to_owned())], [None]]
    );
    assert_eq!(value(&second, "SELECT to_regclass('t')"), None);

    let name = first.name().to_owned();
    drop(first);
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(value(&second, &count).as_deref(), Some("0"));
}

#[test]
fn psql_returns_rows_and_stops_at_the_first_error() {
    let database = test_database();
    let rows = psql(database.url(), "SELECT 1, 'ä', NULL;\n").unwrap();
    assert_eq!(rows, "1|ä|\n");

    let error = psql(
        database.url(),
        "SELECT 1;\nSELECT * FROM missing;\nCREATE TABLE t (a int);\n",
    )
    .unwrap_err()
    .to_string();
    assert!(
        error.contains("relation \"missing\" does not exist"),
        "{error}"
    );
    assert_eq!(value(&database, "SELECT to_regclass('t')"), None);
}

#[test]
fn the_servers_message_is_in_the_error() {
    let error = test_database().execute("SELEC 1").unwrap_err().to_string();
    assert!(
        error.contains("syntax error at or near \"SELEC\""),
        "{error}"
    );
}

#[test]
fn a_server_out_of_reach_is_an_error() {
    // Port 1 of this machine: nothing listens there.
    assert!(create_database("postgres://nobody@127.0.0.1:1/postgres").is_err());
}

#[test]
fn an_async_test_can_use_it_too() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = test_database();
        assert_eq!(value(&database, "SELECT 1").as_deref(), Some("1"));
    });
}
