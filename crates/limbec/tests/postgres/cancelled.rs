//! An upgrade that is given up, wherever it waits for the server: its future is dropped when it has
//! waited so many times, for every number until it comes to its end. The next run ends right, and no
//! step has run twice.

#![allow(deprecated)]

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use limbec::connection::{Connection as _, connect_postgres};
use limbec::{Migrations, embed};
use tokio_postgres::Client;

use crate::Scratch;

const HEAD: &str = "cccc00000003";

/// Polls a future until it has waited so many times, and drops it then; its answer where it comes to its
/// end before.
async fn dropped_after<T>(mut waits: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if waits == 0 => Poll::Ready(None),
        Poll::Pending => {
            waits -= 1;
            Poll::Pending
        }
    })
    .await
}

/// What the next run must leave: each step done once, in the table and in the journal, and an index.
async fn assert_right(scratch: &mut Scratch, waits: usize) {
    let found = scratch
        .sql(
            "SELECT (SELECT string_agg(times::text, ' ') FROM items), \
             (SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_items'::regclass), \
             (SELECT string_agg(version_num, ' ') FROM alembic_version), \
             (SELECT string_agg(right(revision, 1) || step || state, ' ' ORDER BY id) \
             FROM limbec_log)",
        )
        .await;
    let wanted = format!("111 111|t|{HEAD}|11done 21done 22done 23done 31done");
    assert_eq!(found, [wanted], "after {waits} waits");
}

/// Nothing is left of a transaction or a lock. In a transaction, `now()` would be when that began.
async fn assert_as_it_was(client: &mut Client, waits: usize) {
    let sql = "SELECT now() = statement_timestamp(), (SELECT count(*) FROM pg_locks \
               WHERE locktype = 'advisory' AND pid = pg_backend_pid())";
    let answers = client.run(&[sql]).await.unwrap();
    let row = [Some("t".to_string()), Some("0".to_string())];
    assert_eq!(answers[0].rows, [row], "after {waits} waits");
}

/// Back to where it began.
async fn begin_again(migrations: &Migrations, scratch: &mut Scratch) {
    migrations
        .downgrade(scratch.database.url(), "base")
        .await
        .unwrap();
    scratch.sql("DELETE FROM limbec_log").await;
}

/// Gives an upgrade up after every number of waits, on a connection that is lent to it or on its own.
async fn everywhere(migrations: &Migrations, lend: bool) {
    let mut scratch = Scratch::new().await;
    let url = scratch.database.url().to_string();
    let mut client = connect_postgres(&url).await.unwrap();
    for waits in 0.. {
        let ended = if lend {
            let work = migrations.upgrade(&mut client, "head");
            let ended = dropped_after(waits, work).await;
            assert_as_it_was(&mut client, waits).await;
            migrations.upgrade(&mut client, "head").await.unwrap();
            ended
        } else {
            let ended = dropped_after(waits, Box::pin(migrations.upgrade(&url, "head"))).await;
            migrations.upgrade(&url, "head").await.unwrap();
            ended
        };
        assert_right(&mut scratch, waits).await;
        if let Some(ended) = ended {
            assert_eq!(ended.unwrap().rows, [HEAD]);
            assert!(waits > 10, "it was given up {waits} times only");
            break;
        }
        begin_again(migrations, &mut scratch).await;
    }
}

#[tokio::test]
async fn on_a_connection_that_was_lent() {
    static MIGRATIONS: Migrations = embed!("tests/embed_parts");
    Box::pin(everywhere(&MIGRATIONS, true)).await;
}

#[tokio::test]
async fn on_a_connection_of_its_own() {
    static MIGRATIONS: Migrations = embed!("tests/embed_parts");
    Box::pin(everywhere(&MIGRATIONS, false)).await;
}
