//! The worker: takes tasks from the queue, one at a time, until it is asked to end.

use std::process::ExitCode;
use std::time::Duration;

use fileintel::service::{self, Error, log};
use fileintel::storage::queries;

fn main() -> ExitCode {
    service::run("worker", serve)
}

async fn serve(url: String) -> Result<(), Error> {
    let pool = service::pool(&url)?;
    if !service::migrate(&pool).await? {
        return Ok(());
    }
    log("worker: ready");
    let worker = format!("worker-{}", service::process());
    let mut end = std::pin::pin!(service::asked_to_end());
    loop {
        // A task in hand is done before the end.
        while let Some(task) = queries::work(&pool, &worker).await? {
            log(&format!("worker: did task {task}"));
        }
        tokio::select! {
            () = &mut end => break,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
    log("worker: ends");
    Ok(())
}
