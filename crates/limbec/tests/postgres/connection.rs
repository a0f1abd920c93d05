//! The connection: text in and out, and which statement of a flight failed.

use limbec::connection::{Answer, Connection as _, connect_postgres};
use limbec::run::{Database, DatabaseUrl};
use limbec_core::dialect::{FaultKind, Row, postgres::Postgres};
use limbec_testkit::postgres::Pooler;

use crate::Scratch;

#[tokio::test]
async fn values_are_text() {
    let mut scratch = Scratch::new().await;
    let statements = [
        "CREATE TABLE t (a int, b bool, c bytea)",
        "INSERT INTO t VALUES (1, true, '\\x00'), (2, NULL, NULL)",
        "SELECT * FROM t ORDER BY a",
        "UPDATE t SET a = 3 WHERE a = 7",
        "DELETE FROM t",
    ];
    let answers = scratch.client.run(&statements).await.unwrap();
    let text = |value: &str| Some(value.to_string());
    assert_eq!(
        answers[2].rows,
        [
            vec![text("1"), text("t"), text("\\x00")],
            vec![text("2"), None, None],
        ]
    );
    let affected: Vec<_> = [1, 3, 4].map(|at: usize| answers[at].affected).to_vec();
    assert_eq!(affected, [2, 0, 2]);
    assert_eq!(
        scratch.client.run(&[""]).await.unwrap(),
        [Answer::default()]
    );
    // The name of this program.
    let name = scratch.sql("SELECT current_setting('application_name')");
    assert!(name.await[0].starts_with("postgres-"));
}

#[tokio::test]
async fn rows_are_handed_over_with_the_place_of_their_statement() {
    let mut scratch = Scratch::new().await;
    let mut rows = Vec::new();
    let mut keep = |statement: usize, row: &[Option<&str>]| {
        let row: Vec<_> = row.iter().map(|it| it.map(String::from)).collect();
        rows.push((statement, row));
    };
    let good = [
        "BEGIN",
        "SELECT n, NULL FROM generate_series(1, 3000) n",
        "SELECT 'last'",
        "COMMIT",
    ];
    let answers = scratch.client.stream(&good, &mut keep).await;
    assert!(answers.iter().all(Result::is_ok));
    let bad = ["BEGIN", "SELECT nonsense", "SELECT 2", "ROLLBACK"];
    let answers = scratch.client.stream(&bad, &mut keep).await;
    let states = answers
        .iter()
        .map(|it| it.as_ref().err()?.sqlstate.as_deref());
    let states: Vec<_> = states.collect();
    assert_eq!(states, [None, Some("42703"), Some("25P02"), None]);
    // What comes next has its own answer.
    assert_eq!(scratch.sql("SELECT 'next'").await, ["next"]);

    let text = |value: &str| Some(value.to_string());
    assert_eq!(rows.len(), 3001);
    assert_eq!(rows[2999], (1, vec![text("3000"), None]));
    assert_eq!(rows[3000], (2, vec![text("last")]));
}

#[tokio::test]
async fn a_flight_commits_or_names_the_statement_that_failed() {
    let mut scratch = Scratch::new().await;
    let good = [
        "BEGIN",
        "CREATE TABLE a (id int)",
        "INSERT INTO a VALUES (1)",
        "COMMIT",
    ];
    let answers = scratch.client.flight(&good).await.unwrap();
    assert_eq!(answers[2].affected, 1);

    let bad = [
        "BEGIN",
        "INSERT INTO a VALUES (2)",
        "SELECT nonsense FROM a",
        "INSERT INTO a VALUES (3)",
        "COMMIT",
    ];
    let error = scratch.client.flight(&bad).await.unwrap_err();
    assert_eq!(error.index, 2);
    assert_eq!(error.error.sqlstate.as_deref(), Some("42703"));
    assert_eq!(error.error.position, Some(8));
    assert!(error.error.message.contains("nonsense"), "{}", error.error);
    assert_eq!(scratch.sql("SELECT id FROM a").await, ["1"]);

    let deferred = [
        "BEGIN",
        "CREATE TABLE b (id int, CONSTRAINT u UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO b VALUES (1), (1)",
        "COMMIT",
    ];
    let error = scratch.client.flight(&deferred).await.unwrap_err();
    assert_eq!(error.index, 3);
    assert_eq!(error.error.sqlstate.as_deref(), Some("23505"));
    assert_eq!(
        error.error.detail.as_deref(),
        Some("Key (id)=(1) already exists.")
    );
}

#[tokio::test]
async fn run_stops_at_the_first_failure() {
    let mut scratch = Scratch::new().await;
    let statements = [
        "CREATE TABLE a (id int)",
        "SELECT 1/0",
        "CREATE TABLE b (id int)",
    ];
    let error = scratch.client.run(&statements).await.unwrap_err();
    assert_eq!(
        (error.index, error.error.sqlstate.as_deref()),
        (1, Some("22012"))
    );
    assert_eq!(
        scratch
            .sql("SELECT to_regclass('a'), to_regclass('b')")
            .await,
        ["a|NULL"]
    );
}

/// A server that goes says so; whoever asks afterwards finds the connection closed, of which only the
/// driver knows.
#[tokio::test]
async fn a_lost_connection_is_seen_as_one() {
    let mut scratch = Scratch::new().await;
    let end = ["SELECT pg_terminate_backend(pg_backend_pid())"];
    let said = scratch.client.run(&end).await.unwrap_err().error;
    let after = scratch.client.run(&["SELECT 1"]).await.unwrap_err().error;
    for error in [&said, &after] {
        assert!(error.is(FaultKind::ConnectionLost, &Postgres), "{error:?}");
    }
    assert_eq!(said.sqlstate.as_deref(), Some("57P01"));
    assert_eq!(after.sqlstate.as_deref(), Some("08006"));
}

#[tokio::test]
async fn a_large_flight_has_all_its_answers() {
    let mut scratch = Scratch::new().await;
    let wide = "SELECT repeat('x', 10000) FROM generate_series(1, 20)";
    let statements = vec![wide; 300];
    let answers = scratch.client.flight(&statements).await.unwrap();
    assert_eq!(answers.len(), 300);
    assert!(answers.iter().all(|answer| answer.rows.len() == 20));
}

#[tokio::test]
async fn one_session_has_the_lock() {
    let mut first = Scratch::new().await;
    let mut second = connect_postgres(first.database.url()).await.unwrap();
    let (take, give_back) = first.client.dialect().lock(None).unwrap();
    // The first value tells; the second is how often the server looks for a lost client.
    let taken = |rows: &[Row]| rows[0][0].clone();
    let answer = first.client.run(&[&take]).await.unwrap();
    assert_eq!(taken(&answer[0].rows).as_deref(), Some("t"));
    let answer = second.run(&[&take]).await.unwrap();
    assert_eq!(taken(&answer[0].rows).as_deref(), Some("f"));
    assert_eq!(first.sql(&give_back).await, ["t"]);
    let answer = second.run(&[&take]).await.unwrap();
    assert_eq!(taken(&answer[0].rows).as_deref(), Some("t"));
}

#[tokio::test]
async fn a_refused_connection_names_the_server_and_not_the_password() {
    let error = connect_postgres("postgresql://me:s3cret@127.0.0.1:1/shop")
        .await
        .err()
        .unwrap();
    assert!(error.message.contains("`127.0.0.1:1`"), "{error}");
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_pooler_is_noticed_however_few_sessions_it_deals_out() {
    let is_pooled = async |url: &str| {
        let url = DatabaseUrl::parse(url, "".as_ref()).unwrap();
        Database::connect(&url).await.unwrap().is_pooled().await
    };
    let scratch = Scratch::new().await;
    let url = scratch.database.url();
    assert!(!is_pooled(url).await);
    let named = format!("{url}?options=-c%20statement_timeout%3D1min");
    assert!(!is_pooled(&named).await);
    for sessions in [1, 8] {
        let pooler = Pooler::start(url, sessions).unwrap();
        let pooled = pooler.url(url).unwrap();
        assert!(is_pooled(&pooled).await, "{sessions}");
    }
}
