//! The services and their entrypoint hear SIGTERM while they wait for another process's migration.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use limbec::connection::{Connection as _, connect_postgres};
use limbec_core::dialect::Session as _;
use limbec_core::dialect::postgres::Postgres;
use limbec_testkit::postgres::test_database;

/// Starts a program that finds the lock of the migrations taken, and sends SIGTERM once it waits. Returns
/// its exit code and its log.
async fn stop(mut program: Command, waits: &str) -> (Option<i32>, String) {
    let database = test_database();
    let mut other = connect_postgres(database.url()).await.unwrap();
    let (take, _) = Postgres.lock(None).unwrap();
    other.run(&[&take]).await.unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_api")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    program
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("DATABASE_URL", database.url())
        .env("LISTEN", "127.0.0.1:0")
        .env_remove("LIMBEC_POLICY")
        .stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        log.push_str(&format!("{line}\n"));
        if line.contains(waits) {
            break;
        }
    }
    let process = child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &process]).status();
    assert!(sent.unwrap().success());
    for line in lines.map_while(Result::ok) {
        log.push_str(&format!("{line}\n"));
    }
    (child.wait().unwrap().code(), log)
}

#[tokio::test]
async fn the_services_end_while_they_wait() {
    for program in [env!("CARGO_BIN_EXE_api"), env!("CARGO_BIN_EXE_worker")] {
        let (code, log) = stop(Command::new(program), "Waiting for process ").await;
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("asked to end before"), "{log}");
        assert!(!log.contains("ready"), "{log}");
    }
}

#[tokio::test]
async fn the_entrypoint_ends_while_its_upgrade_waits() {
    let mut entrypoint = Command::new("sh");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("entrypoint.sh");
    entrypoint.arg(script).arg("worker");
    let (code, log) = stop(entrypoint, "Waiting for process ").await;
    assert_eq!(code, Some(143), "{log}");
    assert!(log.contains("FAILED: stopped by SIGTERM"), "{log}");
    assert!(!log.contains("ready"), "{log}");
}

#[test]
fn the_entrypoint_upgrades_before_the_worker_only() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("entrypoint.sh");
    for (words, printed) in [
        (&["echo", "migrate"][..], "migrate\n"),
        (&["echo"], "\n"),
        (&["sh", "-c", "echo a shell"], "a shell\n"),
    ] {
        let run = Command::new("sh").arg(&script).args(words).output();
        let output = run.unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), printed);
    }
}

/// The image has no `limbec`: the hints of a service's own errors name what it has.
#[test]
fn an_error_of_a_service_names_its_own_program() {
    let database = test_database();
    let run = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(words)
            .env("DATABASE_URL", database.url())
            .env_remove("LIMBEC_POLICY");
        command.output().unwrap()
    };
    let migrated = run(
        env!("CARGO_BIN_EXE_worker"),
        &["migrate", "upgrade", "heads"],
    );
    assert!(migrated.status.success());
    database
        .execute("UPDATE alembic_version SET version_num = 'of_nobody'")
        .unwrap();
    let output = run(env!("CARGO_BIN_EXE_worker"), &[]);
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("worker migrate "), "{log}");
    assert!(!log.contains("limbec stamp"), "{log}");
}

/// While the api upgrades, it says at `/health` how far it is.
#[tokio::test]
async fn the_entrypoint_lets_the_api_upgrade_by_itself() {
    let mut entrypoint = Command::new("sh");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("entrypoint.sh");
    entrypoint.arg(script).arg("api");
    let (code, log) = stop(entrypoint, "Waiting for process ").await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("api: listens"), "{log}");
}
