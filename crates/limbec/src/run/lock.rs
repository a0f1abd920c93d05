//! The lock of a database's migrations: one process works, the others look again and again.

use std::time::{Duration, Instant};

use super::{Error, ErrorKind, Event, Migrator, Revisions};
use crate::connection::Connection;

/// The first and the longest pause between two tries of the lock.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Who migrates the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The server's process.
    pub pid: String,
    /// What its program calls itself.
    pub application: String,
    /// For how many seconds already.
    pub seconds: u64,
    /// The revision it is at.
    pub revision: Option<String>,
}

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Runs work while this process alone holds the lock of this database's migrations.
    ///
    /// Polls, with no transaction open: a process blocked inside a statement would hold up another
    /// one's `CREATE INDEX CONCURRENTLY`.
    pub(super) async fn locked<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some((take, give_back)) = self.connection.dialect().lock() else {
            return work(self).await;
        };
        self.take_lock(&take).await?;
        let result = work(self).await;
        // The lock goes with the connection in any case.
        let _ = self.connection.run(&[&give_back]).await;
        result
    }

    async fn take_lock(&mut self, take: &str) -> Result<(), Error> {
        let begin = Instant::now();
        let mut pause = PAUSES.0;
        let mut told = Duration::ZERO;
        loop {
            let answers = self
                .connection
                .run(&[take])
                .await
                .map_err(|error| Error::statement(error.error, take))?;
            let taken = answers
                .iter()
                .flat_map(|answer| &answer.rows)
                .flatten()
                .flatten()
                .next();
            if taken.is_some_and(|taken| taken == "t") {
                return Ok(());
            }
            let since = begin.elapsed();
            if since >= self.settings.lock_wait {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "another process has been migrating this database for 15 minutes",
                )
                .with_hint("look what it does, then run the command again"));
            }
            if told.is_zero() || since >= told + Duration::from_secs(5) {
                (self.observer)(Event::Waiting {
                    since,
                    holder: None,
                });
                told = since.max(Duration::from_millis(1));
            }
            self.connection.pause(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}
