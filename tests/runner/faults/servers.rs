//! A server that crashes and starts again, and one whose standby takes over, at each question.

use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;

use limbec_testkit::postgres::{Cluster, Pooler, create_database, psql};

use super::network::{Place, asked, converges, is_over, quick};
use super::words::{Found, hold};
use super::{End, WORK, Work, chain, places, runs};
use crate::command::{Database, Sandbox};
use crate::runner::proxy::{Handle, Moment, Proxy, Strike, Then};
use crate::runner::{is_stress, server};

/// At how many questions it happens in the whole matrix.
const MOST: usize = 6;

const MOMENTS: [Moment; 3] = [Moment::Before, Moment::In, Moment::After];

/// A server whose sessions wait until what they commit is kept.
fn cluster() -> Cluster {
    let cluster = Cluster::start().expect("a server");
    psql(
        &cluster.url(),
        "ALTER ROLE postgres SET synchronous_commit = on;",
    )
    .expect("a setting");
    cluster
}

fn empty(cluster: &Cluster) -> Database {
    let database = create_database(&cluster.url()).expect("a database");
    database
        .execute("CREATE DOMAIN vector AS text")
        .expect("a domain");
    Database::Postgres(database)
}

/// The questions at which it happens, each with its moment.
fn cells(asked: usize, work: usize) -> Vec<(usize, Moment)> {
    let all = places(asked, MOST)
        .into_iter()
        .zip(MOMENTS.into_iter().cycle());
    if is_stress() {
        return all.collect();
    }
    all.skip(3 + work % 3).take(1).collect()
}

fn crashes(work: usize, is_pooled: bool) {
    let cluster = Arc::new(Mutex::new(cluster()));
    let url = cluster.lock().unwrap().url();
    let pooler = is_pooled.then(|| Pooler::start(&url, 8).expect("PgBouncer"));
    let place = Place {
        pooler: pooler.as_ref(),
        patience: 15,
    };
    let (name, work) = (WORK[work].name, (&WORK[work], work));
    let reference = End::reference(work.0, Database::postgres());
    for (at, moment) in cells(asked(work.0, &quick(None)), work.1) {
        let told = format!("a crash {moment:?} question {at} of {name}");
        let it = chain(empty(&cluster.lock().unwrap()), work.0);
        let struck = Arc::clone(&cluster);
        let (says, starts) = mpsc::channel();
        let proxy = Proxy::striking(
            &place.url(&it),
            Strike {
                counts: |_| true,
                at,
                moment,
                act: Box::new(move |_: &Handle| {
                    let server = Arc::clone(&struck);
                    server.lock().unwrap().crash().expect("it ends");
                    // It takes a while until it is back.
                    let started = thread::spawn(move || server.lock().unwrap().start_again());
                    says.send(started).expect("the test waits for it");
                    Then::Cut
                }),
            },
        );
        let line = format!("limbec upgrade head --url '{}'", proxy.url);
        let outcome = runs(&it, &line, &OnceLock::new());
        assert!(proxy.has_struck(), "{told}");
        drop(proxy);
        let started = starts.recv().expect("it was struck").join();
        started.expect("no panic").expect("the server starts");
        is_over(&it);
        hold(&outcome, &Found::of(&it), false, &told);
        converges(&it, &reference, &told);
    }
}

/// A primary whose sessions wait for its standby.
fn pair() -> (Cluster, Cluster) {
    let primary = cluster();
    let standby = primary.standby().expect("a standby");
    psql(
        &primary.url(),
        "ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf();",
    )
    .expect("a setting");
    (primary, standby)
}

fn fails_over(work: &Work, number: usize) {
    let reference = End::reference(work, Database::postgres());
    for (at, moment) in cells(asked(work, &quick(None)), number) {
        let told = format!("a failover {moment:?} question {at} of {}", work.name);
        let (primary, standby) = pair();
        let mut it = chain(empty(&primary), work);
        let (first, second) = (authority(&primary), authority(&standby));
        let url = server(&it)
            .url()
            .replacen(&first, &format!("{first},{second}"), 1);
        let url = format!("{url}?connect_timeout=15&target_session_attrs=read-write");
        let (primary, standby) = (Arc::new(primary), Arc::new(standby));
        let (failing, promoted) = (Arc::clone(&primary), Arc::clone(&standby));
        let proxy = Proxy::striking(
            &url,
            Strike {
                counts: |_| true,
                at,
                moment,
                act: Box::new(move |_: &Handle| {
                    failing.crash().expect("it ends");
                    let promoted = Arc::clone(&promoted);
                    thread::spawn(move || takes_over(&promoted));
                    Then::Cut
                }),
            },
        );
        let line = format!("limbec upgrade head --url '{}'", proxy.url);
        let outcome = runs(&it, &line, &OnceLock::new());
        assert!(proxy.has_struck(), "{told}");
        takes_over(&standby);
        moves(&mut it, &standby);
        is_over(&it);
        hold(&outcome, &Found::of(&it), false, &told);
        converges(&it, &reference, &told);
    }
}

/// Waits until a standby has become the primary.
fn takes_over(standby: &Cluster) {
    // The second one who asks is refused.
    let _ = psql(&standby.url(), "SELECT pg_promote();");
    let is_standby = || psql(&standby.url(), "SELECT pg_is_in_recovery();").expect("an answer");
    while is_standby() != "f\n" {
        thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn authority(cluster: &Cluster) -> String {
    let url = cluster.url();
    let authority = url.split('@').nth(1).expect("a host");
    authority.split('/').next().expect("a host").to_string()
}

fn moves(it: &mut Sandbox, to: &Cluster) {
    let Database::Postgres(database) = &mut it.database else {
        panic!("this test is for PostgreSQL");
    };
    database.moves_to(&to.url()).expect("a URL");
    let url = it.url();
    it.write("limbec.toml", &format!("[database]\nurl = \"{url}\"\n"));
}

macro_rules! matrix {
    ($($work:ident: $number:literal,)*) => {
        $(mod $work {
            #[test]
            fn crashes() {
                super::crashes($number, false);
            }
            #[test]
            fn crashes_behind_a_pooler() {
                super::crashes($number, true);
            }
            #[test]
            fn fails_over() {
                super::fails_over(&super::WORK[$number], $number);
            }
        })*
    };
}

matrix! {
    transactional: 0,
    outside: 1,
    data: 2,
}
