//! `cargo xtask contention`: how long writers of a table stall while it is altered and a long
//! transaction is in the way, by limbec and by the bare statement.
//!
//! Eight writers insert rows one by one. A transaction that has read the table stays open for ten
//! seconds. One second after it began, the table is to get a column.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use limbec_testkit::TempProject;
use limbec_testkit::postgres::{Cluster, create_database, psql};

use crate::run::{Failure, cargo, run as run_command};
use crate::tools::{self, Tool};

const WRITERS: usize = 8;
/// How long the transaction is open that is in the way.
const HELD: Duration = Duration::from_secs(10);
const ALTER: &str = "ALTER TABLE load ADD COLUMN note text";

const REVISION: &str = "//! Add a note
//!
//! Revision ID: a1
//! Revises:

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new(\"a1\");

pub fn upgrade(op: &mut Operations) {
    op.add_column(\"load\", Column::new(\"note\", Text));
}

pub fn downgrade(op: &mut Operations) {
    op.drop_column(\"load\", \"note\");
}
";

pub(crate) fn run() -> Result<(), Failure> {
    run_command(&mut cargo(&["build", "--workspace", "--all-features"]))?;
    tools::provide(&[Tool::Postgres, Tool::PostgresClient])?;
    let cluster = Cluster::start()?;
    for by_limbec in [false, true] {
        let longest = measure(&cluster.url(), by_limbec)?;
        let who = if by_limbec {
            "limbec"
        } else {
            "the bare ALTER"
        };
        println!(
            "longest stall of a writer with {who}: {:.1} s",
            longest.as_secs_f64()
        );
    }
    Ok(())
}

/// The longest time that one insert of one writer took.
fn measure(server: &str, by_limbec: bool) -> Result<Duration, Failure> {
    let database = create_database(server)?;
    let url = database.url().to_string();
    database.execute("CREATE TABLE load (id bigserial PRIMARY KEY, written timestamptz)")?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (url, stop) = (url.clone(), Arc::clone(&stop));
            thread::spawn(move || write(&url, &stop))
        })
        .collect();
    let held = {
        let url = url.clone();
        let seconds = HELD.as_secs();
        thread::spawn(move || {
            psql(
                &url,
                &format!("BEGIN; SELECT count(*) FROM load; SELECT pg_sleep({seconds}); COMMIT;"),
            )
        })
    };
    thread::sleep(Duration::from_secs(1));
    if by_limbec {
        upgrade(&url)?;
    } else {
        database.execute(ALTER)?;
    }
    held.join()
        .map_err(|_| Failure::new("the long transaction failed".into()))??;
    stop.store(true, Ordering::Relaxed);
    let mut longest = Duration::ZERO;
    for writer in writers {
        let stall = writer
            .join()
            .map_err(|_| Failure::new("a writer failed".into()))??;
        longest = longest.max(stall);
    }
    Ok(longest)
}

fn write(url: &str, stop: &AtomicBool) -> Result<Duration, Failure> {
    let mut client = ::postgres::Client::connect(url, ::postgres::NoTls)
        .map_err(|error| Failure::new(format!("a writer cannot connect: {error}")))?;
    let mut longest = Duration::ZERO;
    while !stop.load(Ordering::Relaxed) {
        let begin = Instant::now();
        client
            .simple_query("INSERT INTO load (written) VALUES (now())")
            .map_err(|error| Failure::new(format!("a writer's insert: {error}")))?;
        longest = longest.max(begin.elapsed());
    }
    Ok(longest)
}

/// Runs the built command.
fn upgrade(url: &str) -> Result<(), Failure> {
    let project = TempProject::new()?;
    project.write("limbec.toml", "")?;
    project.write("migrations/versions/a1.rs", REVISION)?;
    let limbec = fs::canonicalize("target/debug/limbec")
        .map_err(|error| Failure::new(format!("the command is not built: {error}")))?;
    let status = Command::new(limbec)
        .args(["upgrade", "head", "--url", url])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::new(format!("cannot run limbec: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("the upgrade failed".into()))
    }
}
