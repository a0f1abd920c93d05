//! What a service does with its revisions, on PostgreSQL: on its own connections, in its own tasks,
//! and given up half-way.

#![allow(deprecated)]

use std::ops::{Deref, DerefMut};

use limbec::connection::{Connection as _, connect_postgres};
use limbec::{Migrations, Phase, Policy, embed};
use tokio_postgres::Client;

use crate::Scratch;
use crate::proxy::{Proxy, Traffic};

const HEAD: &str = "27c6a30d7c24";

/// What a pool lends.
struct Lent(Client);

impl Deref for Lent {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.0
    }
}

#[tokio::test]
async fn a_service_upgrades_on_what_it_has() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let scratch = Scratch::new().await;
    let mut lent = Lent(connect_postgres(scratch.database.url()).await.unwrap());

    let outcome = MIGRATIONS.upgrade(&mut *lent, "head").await.unwrap();
    assert_eq!(outcome.revisions.len(), 3);
    assert!(MIGRATIONS.check(&mut *lent).await.unwrap().is_up_to_date());
    MIGRATIONS.downgrade(&mut *lent, "base").await.unwrap();

    // In a task that a runtime may move between threads.
    let url = scratch.database.url().to_string();
    let task = tokio::spawn(async move {
        let policy = MIGRATIONS.start().policy(Policy::Apply);
        policy.run(&url).await.unwrap().rows
    });
    assert_eq!(task.await.unwrap(), [HEAD]);
    assert_eq!(MIGRATIONS.current(&mut *lent).await.unwrap(), [HEAD]);
}

#[tokio::test]
async fn services_that_start_at_once_all_find_the_head() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let scratch = Scratch::new().await;
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let url = scratch.database.url().to_string();
            tokio::spawn(async move { MIGRATIONS.start().run(&url).await.unwrap() })
        })
        .collect();
    let mut ran = 0;
    for start in starts {
        let outcome = start.await.unwrap();
        assert_eq!(outcome.rows, [HEAD]);
        ran += outcome.revisions.len();
    }
    assert_eq!(ran, 3);
}

#[test]
fn a_program_without_a_runtime_waits() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let database = limbec_testkit::postgres::test_database();
    let outcome = limbec::block_on(MIGRATIONS.upgrade(database.url(), "head")).unwrap();
    assert_eq!(outcome.rows, [HEAD]);
}

#[tokio::test]
async fn at_head_a_start_adds_one_round_trip() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let scratch = Scratch::new().await;
    MIGRATIONS
        .upgrade(scratch.database.url(), "head")
        .await
        .unwrap();

    // A server without TLS answers the request for it, which is one more message of the connection.
    for sslmode in ["disable", "prefer"] {
        let proxy = || Proxy::of(scratch.database.url(), sslmode);
        let connecting = proxy();
        drop(connect_postgres(connecting.url()).await.unwrap());
        let connecting = connecting.traffic().await;
        assert!(connecting.queries.is_empty(), "{connecting:?}");

        for policy in [Policy::Apply, Policy::Wait, Policy::Verify] {
            let proxy = proxy();
            let start = MIGRATIONS.start().policy(policy);
            start.run(proxy.url()).await.unwrap();
            let Traffic { flights, queries } = proxy.traffic().await;
            let told = format!("{policy:?}, {sslmode}: {queries:?}");
            assert_eq!(flights, connecting.flights + 1, "{told}");
            assert!(queries[0].contains("alembic_version"), "{told}");
            let only_reads = |sql: &String| sql.starts_with("SELECT ") && !sql.contains("lock");
            assert!(queries.iter().all(only_reads), "{told}");
        }
    }
}

/// Begins an upgrade, and drops it while the server is at its second revision.
async fn give_up(migrations: &Migrations, scratch: &mut Scratch, lent: Option<&mut Client>) {
    scratch.sql("CREATE TABLE go_on ()").await;
    let url = scratch.database.url().to_string();
    let work = async {
        match lent {
            Some(client) => migrations.upgrade(client, "head").await,
            None => migrations.upgrade(&url, "head").await,
        }
    };
    tokio::select! {
        result = work => panic!("it came to its end: {result:?}"),
        () = asleep(scratch) => {}
    }
    assert_eq!(migrations.status().phase, Phase::Failed);
    assert!(migrations.status().to_string().contains("half-way"));
}

/// Waits until the server sleeps in a revision.
async fn asleep(scratch: &mut Scratch) {
    until(
        scratch,
        "state = 'active' AND query LIKE '%pg_sleep%'",
        true,
    )
    .await;
}

/// Waits until the server has come to the end of all that it was sent.
async fn at_rest(scratch: &mut Scratch) {
    until(scratch, "state <> 'idle'", false).await;
}

/// Waits until there is, or is not, another session that a condition holds for.
async fn until(scratch: &mut Scratch, condition: &str, wanted: bool) {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND {condition}"
    );
    while (scratch.sql(&sql).await != ["0"]) != wanted {
        tokio::task::yield_now().await;
    }
}

/// A revision and its version row are there together, or neither is: what was sent with its commit
/// comes to its end on the server. Gives the revisions that are left to run.
async fn assert_whole(scratch: &mut Scratch) -> Vec<&'static str> {
    let tables = scratch
        .sql("SELECT to_regclass('quick'), to_regclass('slow')")
        .await;
    let version = scratch.sql("SELECT version_num FROM alembic_version").await;
    match tables[0].as_str() {
        "quick|slow" => {
            assert_eq!(version, ["bbbb00000002"]);
            Vec::new()
        }
        _ => {
            assert_eq!(
                (tables, version),
                (
                    vec!["quick|NULL".to_string()],
                    vec!["aaaa00000001".to_string()]
                )
            );
            vec!["bbbb00000002"]
        }
    }
}

#[tokio::test]
async fn an_upgrade_that_is_dropped_gives_a_connection_back_as_it_was() {
    static MIGRATIONS: Migrations = embed!("tests/embed_slow");
    let mut scratch = Scratch::new().await;
    let mut client = connect_postgres(scratch.database.url()).await.unwrap();
    give_up(&MIGRATIONS, &mut scratch, Some(&mut client)).await;

    // In a transaction, now() would be when that began.
    let sql = "SELECT now() = statement_timestamp(), (SELECT count(*) FROM pg_locks \
               WHERE locktype = 'advisory' AND pid = pg_backend_pid())";
    let answers = client.run(&[sql]).await.unwrap();
    let text = |value: &str| Some(value.to_string());
    assert_eq!(answers[0].rows, [[text("t"), text("0")]]);
    let left = assert_whole(&mut scratch).await;

    scratch.sql("ALTER TABLE go_on ADD COLUMN id integer").await;
    scratch.sql("INSERT INTO go_on VALUES (1)").await;
    let outcome = MIGRATIONS.upgrade(&mut client, "head").await.unwrap();
    assert_eq!(outcome.revisions, left);
}

#[tokio::test]
async fn an_upgrade_that_is_dropped_leaves_the_database_whole() {
    static MIGRATIONS: Migrations = embed!("tests/embed_slow");
    let mut scratch = Scratch::new().await;
    give_up(&MIGRATIONS, &mut scratch, None).await;
    at_rest(&mut scratch).await;
    let left = assert_whole(&mut scratch).await;
    assert_eq!(left, ["bbbb00000002"], "its statement was cancelled");

    scratch.sql("ALTER TABLE go_on ADD COLUMN id integer").await;
    scratch.sql("INSERT INTO go_on VALUES (1)").await;
    let url = scratch.database.url().to_string();
    let outcome = MIGRATIONS.upgrade(&url, "head").await.unwrap();
    assert_eq!(outcome.revisions, left);
    assert!(MIGRATIONS.status().is_ready());
}
