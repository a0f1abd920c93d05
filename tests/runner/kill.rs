//! The kill matrix: a run is stopped before, in and after each of its steps, by SIGKILL, by the
//! server that ends its session, by its own limits, and by a deadlock; alone and among eight.
//!
//! Gates stop a run where the test wants it: a statement `gate(n)` waits for as long as the test
//! holds the n-th lock.

use std::process::Child;
use std::time::{Duration, Instant};

use limbec::connection::{Connection as _, connect_postgres};

use super::{command, done, end, is_stress, project, revision, schema, value};
use crate::command::{Database, Sandbox};

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Killed,
    CutOff,
    StatementTimeout,
    LockTimeout,
    Deadlock,
}

/// Where a run is when it happens: at a gate, or while it builds an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Gate(u32),
    Build,
}

const FAULTS: [Fault; 5] = [
    Fault::Killed,
    Fault::CutOff,
    Fault::StatementTimeout,
    Fault::LockTimeout,
    Fault::Deadlock,
];

/// Before, in and after the first step; in the index; before and after the third; in the fourth
/// and in the next revision.
const PLACES: [Place; 8] = [
    Place::Gate(1),
    Place::Gate(2),
    Place::Gate(3),
    Place::Build,
    Place::Gate(4),
    Place::Gate(5),
    Place::Gate(6),
    Place::Gate(7),
];

/// What the tests themselves need in the database.
const SETUP: &str = "
CREATE FUNCTION gate(n int) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_lock_shared(42, n); PERFORM pg_advisory_unlock_shared(42, n); END $$;
CREATE TABLE ran (step text NOT NULL);";

fn chain() -> Sandbox {
    let it = project(Database::postgres());
    it.sql(SETUP);
    let table = |name: &str| {
        format!(
            "    op.create_table(Table::new(\"{name}\")\
             .column(Column::new(\"id\", Integer).not_null()).column(Column::new(\"x\", Integer)));\n    \
             op.execute(\"INSERT INTO {name} SELECT n, n FROM generate_series(1, 100) n\");"
        )
    };
    revision(
        &it,
        "d1",
        "",
        &format!("{}\n{}", table("a"), table("b")),
        "",
    );
    revision(
        &it,
        "d2",
        "d1",
        "    op.execute(\"SELECT gate(1)\");
    op.add_column(\"a\", Column::new(\"n\", Integer));
    op.execute(\"SELECT gate(2)\");
    op.execute(\"UPDATE a SET n = coalesce(n, 0) + 1\");
    op.execute(\"INSERT INTO ran VALUES ('first')\");
    op.execute(\"SELECT gate(3)\");
    op.create_index(\"a\", Index::new(\"ix_a_x\", &[\"x\"]).concurrently());
    op.execute(\"SELECT gate(4)\");
    op.drop_column(\"b\", \"x\");
    op.execute(\"INSERT INTO ran VALUES ('third')\");
    op.execute(\"SELECT gate(5)\");
    op.execute_autocommit(\"INSERT INTO ran SELECT 'fourth' FROM gate(6)\");",
        "",
    );
    revision(
        &it,
        "d3",
        "d2",
        "    op.add_column(\"a\", Column::new(\"m\", Integer));
    op.execute(\"SELECT gate(7)\");
    op.execute(\"INSERT INTO ran VALUES ('last')\");",
        "",
    );
    it
}

fn url(it: &Sandbox, runner: usize) -> String {
    format!("{}?application_name=runner{runner}", it.url())
}

/// The settings under which a run meets a fault by itself.
fn settings(fault: Fault) -> &'static str {
    match fault {
        Fault::StatementTimeout => "LIMBEC_STATEMENT_TIMEOUT=700ms LIMBEC_LOCK_TIMEOUT=0",
        Fault::LockTimeout => "LIMBEC_LOCK_TIMEOUT=300ms LIMBEC_LOCK_RETRIES=100",
        _ => "LIMBEC_LOCK_TIMEOUT=20s",
    }
}

/// The session that is stopped: its process at the server, and which runner it is.
async fn stopped(client: &mut tokio_postgres::Client) -> (String, usize) {
    const SQL: &str = "SELECT pid, application_name FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name LIKE 'runner%' \
        AND state = 'active' AND wait_event_type = 'Lock'";
    let begin = Instant::now();
    loop {
        let answers = client.run(&[SQL]).await.unwrap();
        if let Some(row) = answers[0].rows.first() {
            let text = |at: usize| row[at].clone().unwrap_or_default();
            let number: String = text(1)
                .chars()
                .skip("runner".len())
                .take_while(char::is_ascii_digit)
                .collect();
            return (text(0), number.parse().unwrap());
        }
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "no run is stopped"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn gone(client: &mut tokio_postgres::Client, pid: &str) {
    let sql = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid}");
    let begin = Instant::now();
    while !client.run(&[&sql]).await.unwrap()[0].rows.is_empty() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the session stays"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether a run waits for a lock.
const WAITS: &str = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name LIKE 'runner%' AND wait_event_type = 'Lock'";

/// Waits until a run has met its own limit.
async fn until_it_has_failed(client: &mut tokio_postgres::Client, runners: &mut [Child]) {
    let begin = Instant::now();
    // A run that fails ends; one that tries again has rolled back, and waits no more for a while.
    loop {
        let ended = runners
            .iter_mut()
            .any(|it| !matches!(it.try_wait(), Ok(None)));
        let waits = !client.run(&[WAITS]).await.unwrap()[0].rows.is_empty();
        if ended || !waits {
            return;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "no run has failed"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether a fault can happen there at all.
fn can_happen(fault: Fault, place: Place) -> bool {
    match (fault, place) {
        // No table is locked yet, so there is nothing for two to want of each other; the statement
        // that builds an index waits for locks as long as it takes, by design.
        (Fault::Deadlock, Place::Gate(1 | 4 | 6)) | (Fault::LockTimeout, Place::Build) => false,
        _ => true,
    }
}

/// The table that a run holds locked at a place.
fn locked_table(place: Place) -> &'static str {
    match place {
        Place::Gate(4 | 5) => "b",
        _ => "a",
    }
}

async fn strike(fault: Fault, place: Place, runners: usize) {
    let it = chain();
    it.run("limbec upgrade d1").succeeds();
    let mut holder = connect_postgres(&it.url()).await.unwrap();
    let mut watcher = connect_postgres(&it.url()).await.unwrap();
    let close: Vec<String> = match place {
        Place::Gate(gate) => vec![format!("SELECT pg_advisory_lock(42, {gate})")],
        // A transaction with a change of the table: the build waits for its end.
        Place::Build => vec![
            "BEGIN".to_string(),
            "UPDATE a SET x = x WHERE id = 1".to_string(),
        ],
    };
    let close: Vec<&str> = close.iter().map(String::as_str).collect();
    // For the build, only once the table is as the first step leaves it.
    if place == Place::Build {
        let first = it.run("limbec upgrade d2 --dry-run");
        drop(first);
        holder
            .run(&["SELECT pg_advisory_lock(42, 3)"])
            .await
            .unwrap();
    } else {
        holder.run(&close).await.unwrap();
    }
    let lines: Vec<String> = (0..runners)
        .map(|runner| format!("limbec upgrade head --url '{}'", url(&it, runner)))
        .collect();
    let mut started: Vec<Child> = lines
        .iter()
        .map(|line| {
            let mut command = command(&it, line);
            for setting in settings(fault).split(' ') {
                let (name, value) = setting.split_once('=').unwrap();
                command.env(name, value);
            }
            command.spawn().unwrap()
        })
        .collect();
    if place == Place::Build {
        to_the_build(&mut holder, &mut watcher, &close).await;
    }
    let (pid, runner) = stopped(&mut watcher).await;
    match fault {
        Fault::Killed => {
            started[runner].kill().unwrap();
            // The server looks for a lost client every five seconds.
            gone(&mut watcher, &pid).await;
        }
        Fault::CutOff => {
            let sql = format!("SELECT pg_terminate_backend({pid})");
            watcher.run(&[&sql]).await.unwrap();
            gone(&mut watcher, &pid).await;
        }
        Fault::StatementTimeout | Fault::LockTimeout => {
            until_it_has_failed(&mut watcher, &mut started).await;
        }
        Fault::Deadlock => {
            let mode = if place == Place::Build {
                "SHARE UPDATE EXCLUSIVE"
            } else {
                "ACCESS EXCLUSIVE"
            };
            let lock = format!("LOCK TABLE {} IN {mode} MODE", locked_table(place));
            // The run is the one that finds the deadlock and gives way.
            let mut statements = vec!["SET deadlock_timeout = '60s'"];
            if place != Place::Build {
                statements.push("BEGIN");
            }
            statements.push(&lock);
            holder.run(&statements).await.unwrap();
        }
    }
    holder
        .run(&["ROLLBACK", "SELECT pg_advisory_unlock_all()"])
        .await
        .unwrap();
    let mut failed = 0;
    for (line, child) in lines.iter().zip(started) {
        let outcome = end(line, child);
        failed += usize::from(outcome.code != Some(0));
    }
    let told = format!("{fault:?} at {place:?} among {runners}");
    match fault {
        Fault::Killed | Fault::CutOff => assert!(failed <= 1, "{told}: {failed} failed"),
        Fault::StatementTimeout => {}
        Fault::LockTimeout | Fault::Deadlock => assert_eq!(failed, 0, "{told}"),
    }
    converges(&it, &told);
}

/// Lets a run go on from its third gate into the build of the index, where the holder's
/// transaction stops it.
async fn to_the_build(
    holder: &mut tokio_postgres::Client,
    watcher: &mut tokio_postgres::Client,
    close: &[&str],
) {
    stopped(watcher).await;
    // The change cannot be made while the first step has the table.
    let open = ["SELECT pg_advisory_unlock(42, 3)"];
    holder.run(&[&open[..], close].concat()).await.unwrap();
}

/// The next run ends right, whatever happened to those before it.
fn converges(it: &Sandbox, told: &str) {
    it.run("limbec upgrade head").succeeds();
    let expected = [
        "d1|1|1|1", "d2|1|4|1", "d2|2|4|1", "d2|3|4|1", "d2|4|4|1", "d3|1|1|1",
    ];
    assert_eq!(done(it), expected, "{told}");
    let ran = it.sql("SELECT step, count(*) FROM ran GROUP BY step ORDER BY step;");
    assert_eq!(ran, "first|1\nfourth|1\nlast|1\nthird|1\n", "{told}");
    let rows = value(
        it,
        "SELECT count(*) || ' ' || sum(n) || ' ' || (SELECT count(*) FROM b) FROM a",
    );
    assert_eq!(rows, "100 100 100", "{told}");
    assert_eq!(
        value(it, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0",
        "{told}"
    );
    let reference = chain();
    reference.run("limbec upgrade head").succeeds();
    assert_eq!(schema(it), schema(&reference), "{told}");
}

/// All of the matrix where it is wanted; else each fault in its own few places.
async fn matrix(fault: Fault, runners: usize) {
    for place in PLACES {
        let is_one_of_few = matches!(place, Place::Gate(2 | 5) | Place::Build);
        if can_happen(fault, place) && (is_stress() || (is_one_of_few && runners == 1)) {
            strike(fault, place, runners).await;
        }
    }
    if runners > 1 && !is_stress() {
        strike(fault, Place::Gate(2), runners).await;
    }
}

macro_rules! faults {
    ($($name:ident: $fault:ident,)*) => {
        $(mod $name {
            #[tokio::test]
            async fn alone() {
                super::matrix(super::Fault::$fault, 1).await;
            }
            #[tokio::test]
            async fn among_eight() {
                super::matrix(super::Fault::$fault, 8).await;
            }
        })*

        #[test]
        fn every_fault_has_its_test() {
            assert_eq!([$(Fault::$fault),*], FAULTS);
        }
    };
}

faults! {
    killed: Killed,
    cut_off: CutOff,
    statement_timeout: StatementTimeout,
    lock_timeout: LockTimeout,
    deadlock: Deadlock,
}
