//! Who is waited for is named: the session with the lock of the migrations, the session with the
//! lock of a table, the process with the lease.

use std::io::{BufRead as _, BufReader};

use limbec::connection::{Connection as _, connect_postgres};
use limbec_core::dialect::Session as _;
use limbec_core::dialect::postgres::Postgres;
use limbec_testkit::postgres::Pooler;

use super::{end, project, revision, start, value};
use crate::command::{Database, Sandbox};

fn one_table() -> Sandbox {
    let it = project(Database::postgres());
    revision(
        &it,
        "e1",
        "",
        "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));",
        "    op.drop_table(\"items\");",
    );
    revision(
        &it,
        "e2",
        "e1",
        "    op.add_column(\"items\", Column::new(\"note\", Text));",
        "    op.drop_column(\"items\", \"note\");",
    );
    it
}

#[tokio::test]
async fn the_holder_of_the_lock_is_named_and_the_wait_ends() {
    let it = one_table();
    let url = format!("{}?application_name=billing", it.url());
    let mut other = connect_postgres(&url).await.unwrap();
    let (take, give_back) = Postgres.lock(None).unwrap();
    other.run(&[&take]).await.unwrap();
    // If its machine is gone, the server finds out.
    let asked = ["SELECT current_setting('tcp_keepalives_idle')"];
    let answers = other.run(&asked).await.unwrap();
    assert_eq!(answers[0].rows, [[Some("10".to_string())]]);
    it.run("LIMBEC_LOCK_WAIT=300ms limbec upgrade head")
        .fails_saying(&[
            "was not free for a migration within 0 s",
            "(billing)",
            "limbec locks",
        ])
        .logs(&["Waiting for process ", "(billing)"]);
    let shown = it.run("limbec locks").succeeds().stdout;
    assert!(
        shown.starts_with("Locked by the session of process "),
        "{shown}"
    );
    assert!(shown.contains("(billing)"), "{shown}");
    it.run("limbec locks --clear --yes")
        .succeeds()
        .logs(&["pg_terminate_backend("]);
    other.run(&[&give_back]).await.unwrap();
    it.run("limbec upgrade head").succeeds();
}

/// `CREATE INDEX CONCURRENTLY` waits for every transaction that is open: one that waited for the
/// lock of the migrations, which the builder of the index holds, would never end.
#[tokio::test]
async fn who_waits_holds_up_no_index() {
    let it = one_table();
    it.run("limbec upgrade e1").succeeds();
    let mut other = connect_postgres(&it.url()).await.unwrap();
    let (take, give_back) = Postgres.lock(None).unwrap();
    other.run(&[&take]).await.unwrap();
    let line = "env LIMBEC_LOCK_WAIT=60s limbec upgrade head";
    let mut waits = start(&it, line);
    let mut log = BufReader::new(waits.stderr.take().unwrap()).lines();
    let told = log.find(|line| {
        line.as_ref()
            .is_ok_and(|line| line.contains("Waiting for "))
    });
    assert!(told.is_some(), "the command waits");
    let index = "CREATE INDEX CONCURRENTLY by_id ON items (id)";
    other
        .run(&["SET statement_timeout = '30s'", index])
        .await
        .expect("no transaction stands in the way of the index");
    other.run(&[&give_back]).await.unwrap();
    let rest: Vec<_> = log.collect();
    end(line, waits).succeeds();
    assert!(!rest.is_empty(), "and goes on");
    assert_eq!(it.version_rows(), ["e2"]);
}

#[tokio::test]
async fn the_session_in_the_way_is_named_and_the_statement_tried_again() {
    let it = one_table();
    it.run("limbec upgrade e1").succeeds();
    let url = format!("{}?application_name=report", it.url());
    let mut other = connect_postgres(&url).await.unwrap();
    other.run(&["BEGIN", "SELECT * FROM items"]).await.unwrap();
    it.run("LIMBEC_LOCK_TIMEOUT=100ms LIMBEC_LOCK_RETRIES=2 limbec upgrade head")
        .fails_saying(&[
            "lock timeout, 3 times",
            "`items` is locked by process",
            "(report)",
        ])
        .logs(&["try 1 of 2", "idle in transaction", "SELECT * FROM items"]);
    assert_eq!(it.version_rows(), ["e1"]);
    other.run(&["COMMIT"]).await.unwrap();
    it.run("limbec upgrade head").succeeds();
}

#[test]
fn a_limit_of_the_revision_counts() {
    let it = one_table();
    revision(
        &it,
        "e3",
        "e2",
        "    op.statement_timeout(\"100ms\");\n    op.execute(\"SELECT pg_sleep(20)\");",
        "",
    );
    it.run("limbec upgrade head")
        .fails_saying(&["statement timeout", "op.statement_timeout"]);
    // One that no statement follows is read too.
    for (first, last, mistaken) in [("soon", "1s", "soon"), ("1s", "never", "never")] {
        let upgrade = format!(
            "    op.lock_timeout(\"{first}\");\n    op.execute(\"SELECT 1\");\n    \
             op.lock_timeout(\"{last}\");"
        );
        revision(&it, "e3", "e2", &upgrade, "");
        it.run("limbec upgrade head")
            .fails_saying(&[&format!("`{mistaken}` is no time for `lock_timeout`")]);
    }
}

#[test]
fn a_stale_lease_is_cleared_when_it_is_asked_for_twice() {
    let it = one_table();
    let Database::Postgres(database) = &it.database else {
        unreachable!()
    };
    let pooler = Pooler::start(database.url(), 4).unwrap();
    let url = pooler.url(database.url()).unwrap();
    it.run(&format!("limbec upgrade e1 --url '{url}'"))
        .succeeds();
    // Given back by whoever had it.
    it.run("limbec locks")
        .succeeds()
        .prints("Nobody is migrating this database.\n");
    let lease = |expires: &str| {
        it.sql(&format!(
            "UPDATE limbec_lock SET owner = 'abc', host = 'web-1', pid = 7, revision = 'e2', \
             taken_at = now() - interval '90 s', expires_at = now() + interval '{expires}';"
        ))
    };
    lease("20 s");
    let wait = format!("LIMBEC_LOCK_WAIT=200ms limbec upgrade head --url '{url}'");
    it.run(&wait).fails_saying(&["process 7 on web-1", "at e2"]);
    // A direct connection sees the lease too.
    it.run("LIMBEC_LOCK_WAIT=200ms limbec upgrade head")
        .fails_saying(&["process 7 on web-1"]);
    it.run("limbec locks --clear --yes")
        .fails_saying(&["the lease is not stale"]);
    lease("-40 s");
    it.run("limbec locks --clear")
        .fails_saying(&["--clear --yes"]);
    let shown = it.run("limbec locks --clear --yes").succeeds().stdout;
    assert!(shown.contains("no sign of life for 4"), "{shown}");
    assert!(shown.ends_with("The lease is cleared.\n"), "{shown}");
    // One that has run out is taken over without a word.
    lease("-1 s");
    it.run(&format!("limbec upgrade head --url '{url}'"))
        .succeeds();
    assert_eq!(value(&it, "SELECT owner FROM limbec_lock"), "");
}

#[tokio::test]
async fn one_that_has_lost_its_lease_waits_and_goes_on() {
    let it = one_table();
    revision(
        &it,
        "e3",
        "e2",
        "    op.create_index(\"items\", Index::new(\"ix_items\", &[\"id\"]).concurrently());",
        "    op.drop_index(\"items\", \"ix_items\");",
    );
    let Database::Postgres(database) = &it.database else {
        unreachable!()
    };
    let pooler = Pooler::start(database.url(), 4).unwrap();
    let url = pooler.url(database.url()).unwrap();
    it.run(&format!("limbec upgrade e2 --url '{url}'"))
        .succeeds();

    // The build waits for whoever has written into the table.
    let mut writer = connect_postgres(&it.url()).await.unwrap();
    let insert = "INSERT INTO items (id) VALUES (1)";
    writer.run(&["BEGIN", insert]).await.unwrap();
    let line = format!("limbec upgrade head --url '{url}'");
    let process = start(&it, &line);
    let builds = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' \
                  AND pid <> pg_backend_pid() AND query LIKE '%CREATE INDEX CONCURRENTLY%'";
    while value(&it, builds) != "1" {
        std::thread::yield_now();
    }
    it.sql(
        "UPDATE limbec_lock SET owner = 'abc', epoch = epoch + 1, host = 'web-1', pid = 7, \
         expires_at = now() + interval '2 s';",
    );
    writer.run(&["COMMIT"]).await.unwrap();
    end(&line, process)
        .succeeds()
        .logs(&["Waiting for process 7 on web-1", "is done already"]);
    assert_eq!(it.version_rows(), ["e3"]);
}

/// A server that is not there yet: the command waits for it if it is asked to.
#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let it = one_table();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let place = listener.local_addr().expect("an address");
    drop(listener);
    let authority = it.url();
    let authority = authority.split('/').nth(2).expect("an authority");
    let server = authority.rsplit('@').next().expect("a host").to_string();
    let url = it.url().replacen(&server, &place.to_string(), 1);
    let line = format!("limbec upgrade head --url '{url}?sslmode=disable'");
    it.run(&line)
        .fails_saying(&[&format!("cannot reach `{place}`")])
        .logs(&["Connection refused"]);

    let waiting = format!("env LIMBEC_CONNECT_WAIT=60s {line}");
    let mut waits = start(&it, &waiting);
    let mut log = BufReader::new(waits.stderr.take().expect("its log is kept")).lines();
    let told = log.find(|line| {
        line.as_ref()
            .is_ok_and(|line| line.contains("Waiting for the server: cannot reach"))
    });
    assert!(told.is_some(), "the command waits");
    let proxy = super::proxy::Proxy::at(&place.to_string(), &it.url());
    let rest: Vec<_> = log.collect();
    end(&waiting, waits).succeeds();
    assert!(!rest.is_empty() && proxy.url.contains(&place.to_string()));
    assert_eq!(it.version_rows(), ["e2"]);
}
