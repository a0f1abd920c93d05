//! What a service does with its revisions, on SQLite.

// The revisions of this test never change, so no build script watches them.
#![allow(deprecated)]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::sync::Mutex;
use std::time::Duration;

use limbec::connection::open_sqlite;
use limbec::run::{ErrorKind, Event, Settings, WhenAhead};
use limbec::{Migrations, Phase, Policy, block_on, embed};
use limbec_testkit::TempProject;
use rusqlite::Connection;

const HEAD: &str = "27c6a30d7c24";

fn memory() -> Connection {
    open_sqlite(":memory:".as_ref()).unwrap()
}

#[test]
fn a_service_upgrades_looks_and_downgrades() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    assert_eq!(MIGRATIONS.status().phase, Phase::NotStarted);
    let mut database = memory();

    let standing = block_on(MIGRATIONS.check(&mut database)).unwrap();
    let pending = "3 revisions are pending: 61ee6f04df66, 3950395dfef3, 27c6a30d7c24";
    assert_eq!(standing.to_string(), pending);
    assert!(!standing.is_up_to_date());

    let outcome = block_on(MIGRATIONS.upgrade(&mut database, "3950395dfef3")).unwrap();
    assert_eq!(outcome.revisions, ["61ee6f04df66", "3950395dfef3"]);
    assert_eq!(block_on(MIGRATIONS.pending(&mut database)).unwrap(), [HEAD]);
    block_on(MIGRATIONS.upgrade(&mut database, "head")).unwrap();
    assert_eq!(block_on(MIGRATIONS.current(&mut database)).unwrap(), [HEAD]);
    assert!(MIGRATIONS.status().is_ready());

    block_on(MIGRATIONS.downgrade(&mut database, "-1")).unwrap();
    let current = block_on(MIGRATIONS.current(&mut database)).unwrap();
    assert_eq!(current, ["3950395dfef3"]);
}

#[test]
fn a_url_leads_to_a_file_and_a_look_makes_none() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let folder = TempProject::new().unwrap();
    let file = folder.path().join("service.db");
    let url = format!("sqlite:{}", file.display());
    assert_eq!(block_on(MIGRATIONS.pending(&url)).unwrap().len(), 3);
    assert!(!file.exists());
    block_on(MIGRATIONS.upgrade(&url, "head")).unwrap();
    assert!(block_on(MIGRATIONS.check(&url)).unwrap().is_up_to_date());

    let error = block_on(MIGRATIONS.upgrade("mysql://x", "head")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
}

#[test]
fn progress_is_told_and_shown() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let seen = Mutex::new(Vec::new());
    let start = MIGRATIONS.start().observe(|_| {
        seen.lock().unwrap().push(MIGRATIONS.status().to_string());
    });
    block_on(start.run(&mut memory())).unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "migrating 1 of 3 (61ee6f04df66)",
            "migrating 2 of 3 (3950395dfef3)",
            "migrating 3 of 3 (27c6a30d7c24)",
        ]
    );
    assert_eq!(MIGRATIONS.status().to_string(), "ready");
}

#[test]
fn each_policy_does_what_it_says() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let mut database = memory();
    let verify = MIGRATIONS.start().policy(Policy::Verify);
    let error = block_on(verify.run(&mut database)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Behind);
    assert_eq!(error.to_string(), "Target database is not up to date.");
    assert!(error.hint().unwrap().contains("3 revisions are pending"));
    assert_eq!(MIGRATIONS.status().phase, Phase::Failed);

    let wait = MIGRATIONS.start().policy(Policy::Wait);
    let error = block_on(wait.timeout(Duration::ZERO).run(&mut database)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Behind);
    assert!(error.to_string().contains("in 0 seconds"), "{error}");

    let outcome = block_on(MIGRATIONS.start().run(&mut database)).unwrap();
    assert_eq!(outcome.revisions.len(), 3);
    for policy in [Policy::Apply, Policy::Wait, Policy::Verify] {
        let start = MIGRATIONS.start().policy(policy).timeout(Duration::ZERO);
        let outcome = block_on(start.run(&mut database)).unwrap();
        assert!(outcome.revisions.is_empty());
        assert_eq!(outcome.rows, [HEAD]);
    }
}

#[test]
fn one_that_waits_goes_on_when_another_has_applied() {
    static WAITS: Migrations = embed!("tests/embed");
    static APPLIES: Migrations = embed!("tests/embed");
    let folder = TempProject::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("service.db").display());
    let applied = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            while WAITS.status().phase != Phase::Waiting {
                std::thread::yield_now();
            }
            block_on(APPLIES.start().run(&url)).unwrap().revisions.len()
        });
        let mut told = Vec::new();
        let wait = WAITS.start().policy(Policy::Wait);
        let wait = wait.observe(|event| told.extend(limbec::report::progress(event)));
        let outcome = block_on(wait.run(&url)).unwrap();
        let text = "Waiting until another process has applied 3 revisions: nobody is seen at it (";
        assert!(told[0].1.starts_with(text), "{told:?}");
        assert_eq!(outcome.rows, [HEAD]);
        assert!(outcome.revisions.is_empty());
        other.join().unwrap()
    });
    assert_eq!(applied, 3);
}

#[test]
fn what_fails_is_shown() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let mut database = memory();
    database
        .execute_batch("CREATE TABLE collections (a)")
        .unwrap();
    let error = block_on(MIGRATIONS.upgrade(&mut database, "head")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Statement);
    let status = MIGRATIONS.status();
    assert_eq!((status.phase, status.number), (Phase::Failed, 1));
    assert_eq!(status.error, Some(error.to_string()));
    // In one line, and in full for whoever ends with it.
    let line = "revision 61ee6f04df66: table collections already exists";
    assert!(error.to_string().starts_with(line), "{error}");
    let full = format!("{error:?}");
    for part in [
        "revision:  61ee6f04df66",
        "at:        migrations/versions/61ee6f04df66",
        "statement: CREATE TABLE",
        "kept:      nothing",
    ] {
        assert!(full.contains(part), "{full}");
    }
    // The service's connection is as it was.
    assert!(database.is_autocommit());
}

/// A database that a newer program has migrated, as its journal has it.
fn ahead(migrations: &Migrations, adds: bool) -> Connection {
    let mut database = memory();
    block_on(migrations.upgrade(&mut database, "head")).unwrap();
    let sql = format!(
        "UPDATE alembic_version SET version_num = 'ffff00000001'; INSERT INTO limbec_log \
         (revision, message, revises, direction, step, steps, state, started_at, limbec, adds) \
         VALUES ('ffff00000001', 'Newer', '{HEAD}', 'upgrade', 1, 1, 'done', \
         '2026-11-22 13:16:14', '0.1.0', {adds})"
    );
    database.execute_batch(&sql).unwrap();
    database
}

#[test]
fn a_revision_that_was_changed_since_stops_every_policy() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let mut database = memory();
    block_on(MIGRATIONS.upgrade(&mut database, "head")).unwrap();
    let other = "UPDATE limbec_log SET checksum = '1:0:0' WHERE revision = '3950395dfef3'";
    database.execute_batch(other).unwrap();

    let text = "the revision `3950395dfef3` is not what was applied: its file has changed";
    let standing = block_on(MIGRATIONS.check(&mut database)).unwrap();
    assert_eq!(standing.to_string(), text);
    assert_eq!(standing.changed, ["3950395dfef3"]);
    for policy in POLICIES {
        let start = MIGRATIONS.start().policy(policy).timeout(Duration::ZERO);
        let error = block_on(start.run(&mut database)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Changed, "{policy:?}");
        assert_eq!(error.to_string(), text);
    }
}

const POLICIES: [Policy; 3] = [Policy::Apply, Policy::Wait, Policy::Verify];

#[test]
fn a_database_of_a_newer_program_is_ahead() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let mut database = ahead(&MIGRATIONS, true);
    let standing = block_on(MIGRATIONS.check(&mut database)).unwrap();
    assert_eq!(standing.unknown, ["ffff00000001"]);
    assert!(standing.pending.is_empty() && !standing.is_up_to_date());
    let text = "the database is ahead of this program, by ffff00000001, Newer (only adds)";
    assert_eq!(standing.to_string(), text);

    // What an older head would still have to do is known, too.
    let older = format!("UPDATE limbec_log SET revises = '61ee6f04df66' WHERE revises = '{HEAD}'");
    database.execute_batch(&older).unwrap();
    let standing = block_on(MIGRATIONS.check(&mut database)).unwrap();
    assert_eq!(standing.pending, ["3950395dfef3", HEAD]);

    database.execute_batch("DROP TABLE limbec_log").unwrap();
    let standing = block_on(MIGRATIONS.check(&mut database)).unwrap();
    let text = "the database is ahead of this program, at ffff00000001";
    assert_eq!(standing.to_string(), text);
}

#[test]
fn a_database_that_is_ahead_is_served_where_what_is_new_only_adds() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    for policy in POLICIES {
        let mut database = ahead(&MIGRATIONS, true);
        let mut told = Vec::new();
        let start = MIGRATIONS.start().policy(policy).observe(|event| {
            if let Event::Ahead { ahead } = event {
                told.push(ahead.in_words());
            }
        });
        let outcome = block_on(start.run(&mut database)).unwrap();
        assert_eq!(outcome.rows, ["ffff00000001"]);
        assert_eq!(told, ["ffff00000001, Newer (only adds)"], "{policy:?}");
        assert!(MIGRATIONS.status().is_ready());

        let error = block_on(
            MIGRATIONS
                .start()
                .policy(policy)
                .run(&mut ahead(&MIGRATIONS, false)),
        );
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ahead, "{policy:?}");
        let text = "the database is ahead of this program, and not everything that is new in it \
                    only adds: ffff00000001, Newer (changes what was there)";
        assert_eq!(error.to_string(), text);
        assert!(error.hint().unwrap().contains("deploy the newer program"));
        assert_eq!(MIGRATIONS.status().phase, Phase::Failed);
    }
    block_on(MIGRATIONS.upgrade(&mut ahead(&MIGRATIONS, true), "head")).unwrap();
    block_on(MIGRATIONS.upgrade(&mut ahead(&MIGRATIONS, false), "head")).unwrap_err();
}

#[test]
fn a_service_may_always_or_never_serve_a_database_that_is_ahead() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let run = |policy, when_ahead, database: &mut Connection| {
        let settings = Settings {
            when_ahead,
            ..MIGRATIONS.settings()
        };
        let start = MIGRATIONS.start().policy(policy).settings(settings);
        block_on(start.run(database))
    };
    for policy in POLICIES {
        run(policy, WhenAhead::Serve, &mut ahead(&MIGRATIONS, false)).unwrap();
        let refused = run(policy, WhenAhead::Refuse, &mut ahead(&MIGRATIONS, true));
        let error = refused.unwrap_err();
        let text = "Can't locate revision identified by 'ffff00000001'";
        assert_eq!(error.to_string(), text, "{policy:?}");
        let newer = "a newer program has applied ffff00000001, Newer (only adds)";
        assert!(error.hint().unwrap().contains(newer), "{error:?}");

        // Without a journal nobody knows what is new.
        let mut database = ahead(&MIGRATIONS, true);
        database.execute_batch("DELETE FROM limbec_log").unwrap();
        run(policy, WhenAhead::Serve, &mut database).unwrap();
        let error = run(policy, WhenAhead::ServeIfAdds, &mut database).unwrap_err();
        assert_eq!(error.to_string(), text, "{policy:?}");
    }
}

#[test]
fn a_service_is_as_patient_as_its_project_says() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let settings = Settings {
        lock_timeout: Duration::from_millis(1500),
        statement_timeout: Some(Duration::from_secs(600)),
        retries: 7,
        connect_wait: Duration::from_secs(30),
        when_ahead: WhenAhead::ServeIfAdds,
        ..Settings::default()
    };
    assert_eq!(MIGRATIONS.settings(), settings);
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn waiting_is_possible_inside_a_runtime_too() {
    static MIGRATIONS: Migrations = embed!("tests/embed");
    let mut database = memory();
    block_on(MIGRATIONS.upgrade(&mut database, "head")).unwrap();
    assert!(
        MIGRATIONS
            .check(&mut database)
            .await
            .unwrap()
            .is_up_to_date()
    );
}

#[cfg(feature = "tracing")]
#[test]
fn progress_is_traced() {
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    struct Lines<'a>(&'a Mutex<Vec<String>>);
    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            self.0 += &format!("{}={value:?} ", field.name());
        }
    }

    impl Subscriber for Lines<'static> {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "limbec"
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut line = Line(String::new());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    static MIGRATIONS: Migrations = embed!("tests/embed");
    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    tracing::subscriber::with_default(Lines(&LINES), || {
        let mut database = memory();
        block_on(MIGRATIONS.upgrade(&mut database, "61ee6f04df66")).unwrap();
        let wait = MIGRATIONS.start().policy(Policy::Wait);
        block_on(wait.timeout(Duration::ZERO).run(&mut database)).unwrap_err();
    });
    let lines = LINES.lock().unwrap();
    let rest: Vec<&str> = lines[1..].iter().map(String::as_str).collect();
    assert_eq!(
        rest,
        [
            "message=The database is at 61ee6f04df66 ran=1 ",
            "message=the database is behind, and nobody has upgraded it in 0 seconds: 2 revisions \
             are pending: 3950395dfef3, 27c6a30d7c24\n  hint: this process waits and applies nothing \
             (policy `wait`): see whether the one that applies has run ",
        ]
    );
    assert!(
        lines[0].contains("Running upgrade  -> 61ee6f04df66, Initial schema"),
        "{lines:?}"
    );
    assert!(
        lines[0].contains("revision=\"61ee6f04df66\" number=1 total=1"),
        "{lines:?}"
    );
}
