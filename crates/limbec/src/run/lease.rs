//! The lease: who migrates, on connections whose sessions a pooler deals out.

use std::sync::Arc;

use limbec_core::dialect::{Dialect, FaultKind, Row, read_bool};
use limbec_core::journal::{self, Claim, Lease};
use limbec_core::schema::ObjectName;
use limbec_core::steps::Step;

use super::error::Race;
use super::execute::advised;
use super::lock::Holder;
use super::{Error, Settings};
use crate::connection::{Connection, DatabaseError};
use crate::random;

/// For how long a lease holds without a sign of life. Each transaction gives one, and so does a
/// statement outside of transactions for as long as it runs.
const SECONDS: u64 = 30;

/// A lease that this process holds or asks for.
#[derive(Clone)]
pub(super) struct Hold {
    sql: Arc<dyn Lease>,
    dialect: &'static dyn Dialect,
    owner: String,
    host: Option<String>,
}

impl Hold {
    /// Prepares to ask; `None` where the database needs no lease.
    pub(super) fn new(
        dialect: &'static dyn Dialect,
        version_table: &ObjectName,
        settings: &Settings,
    ) -> Option<Self> {
        Some(Hold {
            sql: dialect.lease(journal::lease_name(version_table))?.into(),
            dialect,
            owner: random::word() + &random::word(),
            host: settings.host(),
        })
    }

    fn claim(&self) -> Claim<'_> {
        Claim {
            owner: &self.owner,
            host: self.host.as_deref(),
            pid: std::process::id(),
            seconds: SECONDS,
        }
    }

    /// Tries to take the lease, without waiting.
    pub(super) async fn take<C: Connection>(&self, connection: &mut C) -> Result<bool, Error> {
        let frame = self.dialect.frame(&[]);
        let take = self.counted(self.sql.take(&self.claim()));
        let steps = [self.sql.alone(), self.sql.ensure(), take];
        let all: Vec<&Step> = frame
            .begin
            .iter()
            .chain(&steps)
            .chain(&frame.commit)
            .collect();
        let statements: Vec<&str> = all.iter().map(|step| step.sql.as_str()).collect();
        match connection.flight(&statements).await {
            Ok(_) => Ok(true),
            Err(error) if error.error.is(FaultKind::LockLost, self.dialect) => Ok(false),
            Err(error) => {
                let failed = Error::statement(error.error, statements[error.index]);
                Err(advised(failed, self.dialect))
            }
        }
    }

    /// A statement that fails unless the lease still holds, and makes it hold on.
    pub(super) fn renewal(&self, revision: &str) -> Step {
        self.counted(self.sql.renew(&self.claim(), revision))
    }

    /// Gives a sign of life between two transactions.
    pub(super) async fn beat<C: Connection>(
        &self,
        connection: &mut C,
        revision: &str,
    ) -> Result<(), Error> {
        let renewal = self.renewal(revision);
        match connection.run(&[&renewal.sql]).await {
            Ok(_) => Ok(()),
            Err(error) if error.error.is(FaultKind::LockLost, self.dialect) => {
                Err(Error::race(Race::LockLost))
            }
            Err(error) => Err(Error::statement(error.error, &renewal.sql)),
        }
    }

    /// A statement that fails while another transaction holds the lock of the migrations.
    pub(super) fn alone(&self) -> String {
        self.sql.alone().sql
    }

    /// A statement by which others see that this process lives.
    pub(super) fn signed(&self, sql: &str) -> String {
        self.sql.signed(&self.owner, sql)
    }

    pub(super) async fn give_back<C: Connection>(&self, connection: &mut C) {
        // It runs out in any case.
        let _ = connection.tidy(&[&self.giving_back()]).await;
    }

    /// The statement that gives the lease back; it changes nothing where another process has it.
    pub(super) fn giving_back(&self) -> String {
        self.sql.give_back(&self.owner).sql
    }

    /// The question who has the lease.
    pub(super) fn question(&self) -> String {
        self.sql.read()
    }

    /// Reads the answer to [`Hold::question`].
    pub(super) fn read(
        &self,
        answer: Result<crate::connection::Answer, DatabaseError>,
    ) -> Result<Option<Found>, DatabaseError> {
        match answer {
            Ok(answer) => Ok(answer.rows.into_iter().next().map(Found::of)),
            Err(error) if error.is(FaultKind::MissingTable, self.dialect) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The statement that clears a lease.
    pub(super) fn clearing(&self, found: &Found) -> Step {
        self.counted(self.sql.clear(&found.owner, &found.epoch))
    }

    fn counted(&self, step: Step) -> Step {
        match self.dialect.counted(&step.sql) {
            Some(sql) => Step::new(sql),
            None => step,
        }
    }
}

/// A lease that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    owner: String,
    epoch: String,
    pub(super) holder: Holder,
    /// Whether it still holds.
    pub(super) holds: bool,
}

impl Found {
    fn of(row: Row) -> Self {
        let mut values = row.into_iter();
        let mut next = || values.next().flatten();
        let owner = next().unwrap_or_default();
        let host = next();
        let pid = next().unwrap_or_default();
        let seconds = next().and_then(|it| it.parse().ok()).unwrap_or_default();
        let over: i64 = next().and_then(|it| it.parse().ok()).unwrap_or_default();
        let alive = next().as_deref().and_then(read_bool) == Some(true);
        let revision = next();
        Found {
            owner,
            epoch: next().unwrap_or_default(),
            holds: alive || over < 0,
            holder: Holder {
                pid,
                application: String::new(),
                host,
                seconds,
                revision,
                silent: u64::try_from(over).ok(),
                doing: None,
                terminate: None,
            },
        }
    }
}
