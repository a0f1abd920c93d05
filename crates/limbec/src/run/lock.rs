//! The lock of a database's migrations: one process works, the others look again and again.
//!
//! On a connection of its own it is a lock of the session, gone with the session. Where a pooler
//! stands between, it is a [lease](super::lease). Both see each other.

use std::fmt;
use std::time::{Duration, Instant};

use limbec_core::dialect::{FaultKind, Row, read_bool};
use limbec_core::schema::ObjectName;
use limbec_core::text::{one_line, printable};

use super::home::Home;
use super::lease::{Found, Hold};
use super::{Error, ErrorKind, Event, Migrator, Revisions, Settings};
use crate::connection::{Answer, Connection, DatabaseError};
use crate::random::Pauses;

/// The first and the longest pause between two tries of the lock.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How often it is told who has the lock.
pub(crate) const TELL: Duration = Duration::from_secs(5);

/// Who migrates the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The server's process of a lock; the client's of a lease.
    pub pid: String,
    /// What its program calls itself.
    pub application: String,
    /// Its machine, of a lease; of a session the address that it comes from.
    pub host: Option<String>,
    /// For how many seconds it has been connected, or has had the lease.
    pub seconds: u64,
    /// The revision it is at.
    pub revision: Option<String>,
    /// For how many seconds a lease has run out; such a one may be cleared.
    pub silent: Option<u64>,
    /// What its session does, if that may be seen.
    pub doing: Option<Doing>,
    /// The statement that ends its session, if it is a session.
    pub terminate: Option<String>,
}

/// What a session does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Doing {
    /// `active`, `idle`, `idle in transaction`.
    pub state: String,
    /// For how many seconds.
    pub seconds: u64,
    /// Its statement, the last one where it is idle.
    pub statement: String,
    /// The processes that hold what it waits for.
    pub waits_for: String,
}

/// From when on a holder that does nothing is taken for one whose program hangs, in seconds.
const HANGS: u64 = 30;

impl Doing {
    /// Whether it looks as if the program behind it hangs.
    pub fn hangs(&self) -> bool {
        self.state != "active" && self.seconds >= HANGS
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {} s", printable(&self.state), self.seconds)?;
        if !self.waits_for.is_empty() {
            write!(f, ", waiting for process {}", self.waits_for)?;
        }
        if self.state == "active" && !self.statement.is_empty() {
            write!(f, ": {}", printable(&self.statement))?;
        }
        Ok(())
    }
}

impl Holder {
    /// How a session's lock ends, which no command takes away.
    pub fn end(&self) -> String {
        let end = "end its session, which loses nothing that was committed";
        match &self.terminate {
            Some(statement) => format!("{end}: {statement}"),
            None => end.to_string(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        if !self.application.is_empty() {
            write!(f, " ({})", one_line(&self.application))?;
        }
        if let Some(host) = &self.host {
            write!(f, " on {}", one_line(host))?;
        }
        write!(f, ", for {} s", self.seconds)?;
        match &self.revision {
            Some(revision) => write!(f, ", at {}", one_line(revision)),
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

impl Locks {
    /// Whoever migrates.
    pub fn holder(&self) -> Option<&Holder> {
        self.session.as_ref().or(self.lease.as_ref())
    }
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
    let table = Home::table(connection, version_table).await?;
    let hold = Hold::new(dialect, &table, &Settings::default());
    let holder = dialect.holder(table.schema.as_deref());
    let (Some(session), Some(hold)) = (holder, hold) else {
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
    let end = |holder: Holder| Holder {
        terminate: dialect.terminate(&holder.pid),
        ..holder
    };
    Ok(Locks {
        session: rows.into_iter().next().map(session_holder).map(end),
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
    let table = Home::table(connection, version_table).await?;
    let Some(hold) = Hold::new(dialect, &table, &Settings::default()) else {
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
        Err(error) if error.error.is(FaultKind::LockLost, dialect) => Err(lives()),
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
    let seconds = next().parse().unwrap_or_default();
    let host = Some(next()).filter(|it| !it.is_empty());
    let doing = Doing {
        state: next(),
        seconds: next().parse().unwrap_or_default(),
        statement: next(),
        waits_for: next(),
    };
    Holder {
        pid,
        application,
        host,
        revision,
        seconds,
        silent: None,
        // Hidden from roles that may not see what another one does.
        doing: Some(doing).filter(|it| !it.state.is_empty()),
        terminate: None,
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
        let table = match &self.home {
            Some(home) => home.qualified(&self.version_table),
            None => Home::table(self.connection, &self.version_table).await?,
        };
        let hold = Hold::new(dialect, &table, &self.settings);
        let lock = dialect.lock(table.schema.as_deref());
        let (Some((take, give_back)), Some(hold)) = (lock, hold) else {
            return Ok(None);
        };
        if self.connection.is_pooled().await {
            // From here on, so that it is given back wherever the work is dropped.
            let lease = self.lease.insert(hold);
            let taking = Taking::Lease(lease.clone());
            let result = self.wait_for_turn(&taking).await;
            if result.is_err() {
                self.lease = None;
            }
            result?;
        } else {
            let taking = Taking::Session {
                take,
                give_back: give_back.clone(),
                lease: hold,
            };
            self.wait_for_turn(&taking).await?;
            self.process = own_process(self.connection).await?;
        }
        Ok(Some(give_back))
    }

    async fn wait_for_turn(&mut self, taking: &Taking) -> Result<(), Error> {
        let begin = Instant::now();
        let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
        let mut told: Option<Instant> = None;
        while !taking.attempt(self.connection).await? {
            let since = begin.elapsed();
            let is_over = since >= self.settings.lock_wait;
            if is_over || told.is_none_or(|told| told.elapsed() >= TELL) {
                let locks = locks(self.connection, &self.version_table).await?;
                if is_over {
                    return Err(waited_in_vain(since, &locks));
                }
                (self.observer)(Event::Waiting {
                    since,
                    holder: locks.holder(),
                });
                told = Some(Instant::now());
            }
            let left = self.settings.lock_wait.saturating_sub(since);
            self.connection.pause(pauses.next(left)).await;
        }
        Ok(())
    }

    pub(super) async fn unlock(&mut self, lock: Option<String>) {
        let Some(give_back) = lock else { return };
        match self.lease.take() {
            Some(hold) => hold.give_back(self.connection).await,
            // The lock goes with the connection in any case.
            None => drop(self.connection.tidy(&[&give_back]).await),
        }
    }
}

/// The server's process of a session, by which others find it.
async fn own_process<C: Connection>(connection: &mut C) -> Result<Option<String>, Error> {
    let Some(question) = connection.dialect().own_process() else {
        return Ok(None);
    };
    let answers = connection.run(&[question]).await;
    let answers = answers.map_err(|error| Error::statement(error.error, question))?;
    let mut values = answers.into_iter().flat_map(|it| it.rows).flatten();
    Ok(values.next().flatten())
}

/// How the lock is taken.
enum Taking {
    /// By a session of one's own; where a lease holds that a pooled process has taken, it is given back.
    Session {
        take: String,
        give_back: String,
        lease: Hold,
    },
    /// Behind a pooler.
    Lease(Hold),
}

impl Taking {
    /// Tries once, without waiting.
    async fn attempt<C: Connection>(&self, connection: &mut C) -> Result<bool, Error> {
        let (take, give_back, hold) = match self {
            Taking::Lease(hold) => return hold.take(connection).await,
            Taking::Session {
                take,
                give_back,
                lease,
            } => (take, give_back, lease),
        };
        let question = hold.question();
        let mut answers = connection.ask(&[take, &question]).await.into_iter();
        let mut next = || answers.next().unwrap_or_else(|| Ok(Answer::default()));
        let rows = next().map_err(|error| Error::statement(error, take))?.rows;
        let lease = hold
            .read(next())
            .map_err(|error| Error::statement(error, &question))?;
        let taken = rows.into_iter().flatten().flatten().next();
        if taken.as_deref().and_then(read_bool) != Some(true) {
            return Ok(false);
        }
        if lease.is_some_and(|Found { holds, .. }| holds) {
            let given = connection.run(&[give_back]).await;
            given.map_err(|error| Error::statement(error.error, give_back))?;
            return Ok(false);
        }
        Ok(true)
    }
}

fn waited_in_vain(since: Duration, locks: &Locks) -> Error {
    let who = locks.holder().map_or_else(
        || "another process migrates it".to_string(),
        |holder| match &holder.doing {
            Some(doing) => format!("{holder} migrates it; it is {doing}"),
            None => format!("{holder} migrates it"),
        },
    );
    let end = match (&locks.session, &locks.lease) {
        (Some(session), _) => format!("; where it hangs, {}", session.end()),
        (None, Some(_)) => "; where its process is gone, `limbec locks --clear`".to_string(),
        (None, None) => String::new(),
    };
    Error::new(
        ErrorKind::Busy,
        format!(
            "the database was not free for a migration within {} s: {who}",
            since.as_secs()
        ),
    )
    .with_hint(format!(
        "`limbec locks` shows who holds the lock; let it end, or wait longer \
         (`[migrations] lock_wait`){end}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(values: &[&str]) -> Holder {
        session_holder(values.iter().map(|it| Some((*it).to_string())).collect())
    }

    #[test]
    fn a_session_tells_its_revision() {
        let row = |name: &str| holder(&["7", name, "12"]).to_string();
        assert_eq!(row("api [3950]"), "process 7 (api), for 12 s, at 3950");
        assert_eq!(row("psql"), "process 7 (psql), for 12 s");
    }

    #[test]
    fn a_session_tells_what_it_does() {
        let row = |state, seconds, waits_for| {
            let sql = "ALTER TABLE a ADD b int";
            holder(&["7", "api", "12", "10.0.0.3", state, seconds, sql, waits_for])
        };
        let busy = row("active", "40", "");
        assert_eq!(busy.to_string(), "process 7 (api) on 10.0.0.3, for 12 s");
        let doing = busy.doing.unwrap();
        assert_eq!(
            doing.to_string(),
            "active for 40 s: ALTER TABLE a ADD b int"
        );
        assert!(!doing.hangs());

        let waits = row("active", "2", "8, 9").doing.unwrap();
        let text = "active for 2 s, waiting for process 8, 9: ALTER TABLE a ADD b int";
        assert_eq!(waits.to_string(), text);
        let idle = row("idle in transaction", "31", "").doing.unwrap();
        assert_eq!(idle.to_string(), "idle in transaction for 31 s");
        assert!(idle.hangs() && !row("idle", "3", "").doing.unwrap().hangs());
        // Without the right to see it.
        assert_eq!(row("", "", "").doing, None);
    }
}
