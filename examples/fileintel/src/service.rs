//! What `api` and `worker` have in common: where the database is, how they start, how they end.

use std::process::ExitCode;
use std::time::Duration;

use deadpool_postgres::{Manager, Pool};
use limbec::Phase;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_postgres::NoTls;

use crate::MIGRATIONS;

/// What goes wrong in a service.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Runs a program on the database of `DATABASE_URL`: its command (`api migrate upgrade head`,
/// `worker migrate current` …) where that is what it was called for, else the service.
pub fn run<S>(name: &str, serve: impl FnOnce(String) -> S) -> ExitCode
where
    S: Future<Output = Result<(), Error>>,
{
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    if let Some(code) = MIGRATIONS.command("migrate", &url) {
        return code;
    }
    let runtime = Runtime::new().map_err(Error::from);
    match runtime.and_then(|it| it.block_on(serve(url))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(&format!("{name}: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The connections to the database, made when they are first needed.
///
/// # Errors
/// When the URL cannot be read.
pub fn pool(url: &str) -> Result<Pool, Error> {
    let config = url.parse()?;
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(8);
    Ok(pool.build()?)
}

/// Brings the database to where this program wants it, unless the service is asked to end first: then
/// dropping the migration cancels what it runs, and leaves the database as after its last whole revision.
/// Returns whether the service may serve.
///
/// # Errors
/// When that cannot be done.
pub async fn migrate(pool: &Pool) -> Result<bool, Error> {
    tokio::select! {
        migrated = migrate_on(pool) => migrated.map(|()| true),
        () = asked_to_end() => {
            log("asked to end before the database was up to date");
            Ok(false)
        }
    }
}

/// Migrates on a connection of the pool. The policy is the environment's (`LIMBEC_POLICY`): apply, unless
/// it says otherwise.
async fn migrate_on(pool: &Pool) -> Result<(), Error> {
    let start = MIGRATIONS
        .start()
        .timeout(Duration::from_secs(300))
        .observe(|event| {
            if let Some((_, text)) = limbec::report::progress(event) {
                log(&text);
            }
        });
    let mut connection = pool.get().await?;
    let outcome = start.environment()?.run(&mut **connection).await?;
    match outcome.revisions.len() {
        0 => log("the database is up to date"),
        count => log(&format!(
            "the database is up to date: {count} revisions were run"
        )),
    }
    Ok(())
}

/// Whether requests can be answered.
pub fn is_ready() -> bool {
    MIGRATIONS.status().phase == Phase::Ready
}

/// Waits until the service is asked to end: Ctrl-C, or what a container is sent.
pub async fn asked_to_end() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Who this process is, in logs and in the queue: its container, else its number. In a container every
/// service is process 1.
pub fn process() -> String {
    match std::env::var("HOSTNAME") {
        Ok(host) if std::process::id() == 1 && !host.is_empty() => host,
        _ => std::process::id().to_string(),
    }
}

/// Writes a line of the log.
#[allow(clippy::print_stderr, reason = "a service logs to stderr")]
pub fn log(text: &str) {
    eprintln!("[{}] {text}", process());
}
