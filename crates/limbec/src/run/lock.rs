//! The lock of a database's migrations: one process works, the others look again and again.
//!
//! On a connection of its own it is a lock of the session, gone with the session. Where a pooler
//! stands between, it is a [lease](super::lease). Both see each other.

use std::fmt;
use std::time::{Duration, Instant};

use limbec_core::dialect::Row;
use limbec_core::schema::ObjectName;

use super::contention::random;
use super::lease::{Found, Hold};
use super::{Error, ErrorKind, Event, Migrator, Revisions, Settings};
use crate::connection::{Answer, Connection, DatabaseError};

/// The first and the longest pause between two tries of the lock.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How often it is told who has the lock.
const TELL: Duration = Duration::from_secs(5);

/// Who migrates the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The server's process of a lock; the client's of a lease.
    pub pid: String,
    /// What its program calls itself.
    pub application: String,
    /// Its machine, of a lease.
    pub host: Option<String>,
    /// For how many seconds it has been connected, or has had the lease.
    pub seconds: u64,
    /// The revision it is at.
    pub revision: Option<String>,
    /// For how many seconds a lease has run out; such a one may be cleared.
    pub silent: Option<u64>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        if !self.application.is_empty() {
            write!(f, " ({})", self.application)?;
        }
        if let Some(host) = &self.host {
            write!(f, " on {host}")?;
        }
        write!(f, ", for {} s", self.seconds)?;
        match &self.revision {
            Some(revision) => write!(f, ", at {revision}"),
            None => Ok(()),
        }
    }
}

/// Who has the lock of a database's migrations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locks {
    /// The session with the lock.
    pub session: Option<Holder>,
    /// The lease, where a pooler stands between.
    pub lease: Option<Holder>,
}

/// Reads who has the lock.
///
/// # Errors
/// When the database refuses.
pub async fn locks<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
) -> Result<Locks, Error> {
    let dialect = connection.dialect();
    let hold = Hold::new(dialect, version_table, &Settings::default());
    let (Some(session), Some(hold)) = (dialect.holder(), hold) else {
        return Ok(Locks::default());
    };
    let lease = hold.question();
    let mut answers = connection.ask(&[&session, &lease]).await.into_iter();
    let mut next = || answers.next().unwrap_or_else(|| Ok(Answer::default()));
    let failed = |sql: &str| {
        let sql = sql.to_string();
        move |error: DatabaseError| Error::statement(error, &sql)
    };
    let rows = next().map_err(failed(&session))?.rows;
    let found = hold.read(next()).map_err(failed(&lease))?;
    Ok(Locks {
        session: rows.into_iter().next().map(session_holder),
        lease: found.map(|found| found.holder),
    })
}

/// Clears a lease whose owner gives no sign of life. Answers whether there was one to clear.
///
/// # Errors
/// When the owner lives, or the database refuses.
pub async fn clear_lease<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
) -> Result<bool, Error> {
    let dialect = connection.dialect();
    let Some(hold) = Hold::new(dialect, version_table, &Settings::default()) else {
        return Ok(false);
    };
    let question = hold.question();
    let mut answers = connection.ask(&[&question]).await;
    let answer = answers.pop().unwrap_or_else(|| Ok(Answer::default()));
    let found = hold
        .read(answer)
        .map_err(|error| Error::statement(error, &question))?;
    let Some(found) = found else {
        return Ok(false);
    };
    let lives = || {
        Error::new(
            ErrorKind::Busy,
            format!(
                "the lease is not stale: {} gives signs of life",
                found.holder
            ),
        )
        .with_hint("end that process first; its lease runs out half a minute later")
    };
    if found.holds {
        return Err(lives());
    }
    let clear = hold.clearing(&found);
    match connection.run(&[&clear.sql]).await {
        Ok(_) => Ok(true),
        Err(error) if dialect.is_lost(error.error.sqlstate.as_deref()) => Err(lives()),
        Err(error) => Err(Error::statement(error.error, &clear.sql)),
    }
}

/// Reads the session with the lock. Its application's name ends with the revision it is at.
fn session_holder(row: Row) -> Holder {
    let mut values = row.into_iter().map(Option::unwrap_or_default);
    let mut next = || values.next().unwrap_or_default();
    let pid = next();
    let name = next();
    let (application, revision) = match name.strip_suffix(']').and_then(|it| it.rsplit_once(" [")) {
        Some((application, revision)) => (application.to_string(), Some(revision.to_string())),
        None => (name, None),
    };
    Holder {
        pid,
        application,
        revision,
        seconds: next().parse().unwrap_or_default(),
        ..Holder::default()
    }
}

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Takes the lock of this database's migrations, where it has one; gives the query that gives it
    /// back, for [`Migrator::unlock`]. Two calls and no closure between them: a service's runtime
    /// moves the future between threads, and the compiler cannot tell of an async closure that it
    /// may.
    ///
    /// Polls, with no transaction open: a process blocked inside a statement would hold up another
    /// one's `CREATE INDEX CONCURRENTLY`.
    pub(super) async fn lock(&mut self) -> Result<Option<String>, Error> {
        let dialect = self.connection.dialect();
        let hold = Hold::new(dialect, &self.version_table, &self.settings);
        let (Some((take, give_back)), Some(hold)) = (dialect.lock(), hold) else {
            return Ok(None);
        };
        let pooled = self.connection.is_pooled().await;
        let begin = Instant::now();
        let mut pause = PAUSES.0;
        let mut told: Option<Instant> = None;
        while !self.try_lock(pooled, &hold, &take, &give_back).await? {
            let since = begin.elapsed();
            let is_over = since >= self.settings.lock_wait;
            if is_over || told.is_none_or(|told| told.elapsed() >= TELL) {
                let holder = self.holder().await?;
                if is_over {
                    return Err(waited_in_vain(since, holder.as_ref()));
                }
                (self.observer)(Event::Waiting {
                    since,
                    holder: holder.as_ref(),
                });
                told = Some(Instant::now());
            }
            let left = self.settings.lock_wait.saturating_sub(since);
            let next = pause.mul_f64(0.5 + random() / 2.0);
            self.connection.pause(next.min(left)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
        self.lease = pooled.then_some(hold);
        Ok(Some(give_back))
    }

    pub(super) async fn unlock(&mut self, lock: Option<String>) {
        let Some(give_back) = lock else { return };
        match self.lease.take() {
            Some(hold) => hold.give_back(self.connection).await,
            // The lock goes with the connection in any case.
            None => drop(self.connection.run(&[&give_back]).await),
        }
    }

    /// Tries once, without waiting.
    async fn try_lock(
        &mut self,
        pooled: bool,
        hold: &Hold,
        take: &str,
        give_back: &str,
    ) -> Result<bool, Error> {
        if pooled {
            return hold.take(self.connection).await;
        }
        let question = hold.question();
        let mut answers = self.connection.ask(&[take, &question]).await.into_iter();
        let mut next = || answers.next().unwrap_or_else(|| Ok(Answer::default()));
        let rows = next().map_err(|error| Error::statement(error, take))?.rows;
        let lease = hold
            .read(next())
            .map_err(|error| Error::statement(error, &question))?;
        let taken = rows.into_iter().flatten().flatten().next();
        if taken.as_deref() != Some("t") {
            return Ok(false);
        }
        if lease.is_some_and(|Found { holds, .. }| holds) {
            let given = self.connection.run(&[give_back]).await;
            given.map_err(|error| Error::statement(error.error, give_back))?;
            return Ok(false);
        }
        Ok(true)
    }

    async fn holder(&mut self) -> Result<Option<Holder>, Error> {
        let locks = locks(self.connection, &self.version_table).await?;
        Ok(locks.session.or(locks.lease))
    }
}

fn waited_in_vain(since: Duration, holder: Option<&Holder>) -> Error {
    let who = holder.map_or_else(
        || "another process migrates it".to_string(),
        |holder| format!("{holder} migrates it"),
    );
    Error::new(
        ErrorKind::Busy,
        format!(
            "the database was not free for a migration within {} s: {who}",
            since.as_secs()
        ),
    )
    .with_hint(
        "`limbec locks` shows who holds the lock; let it end, or wait longer \
         (`[migrations] lock_wait`)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_tells_its_revision() {
        let row = |name: &str| {
            let values = ["7", name, "12"];
            session_holder(values.iter().map(|it| Some((*it).to_string())).collect())
        };
        assert_eq!(
            row("api [3950]").to_string(),
            "process 7 (api), for 12 s, at 3950"
        );
        assert_eq!(row("psql").to_string(), "process 7 (psql), for 12 s");
    }
}
