//! What a service does about its database when it starts.

use std::str::FromStr;
use std::time::{Duration, Instant};

use limbec_core::revision::{Direction, Unchanged};

use crate::connection::Connection;
use crate::migrations::{Migrations, Observer};
use crate::open::{Open, Session};
use crate::random::Pauses;
use crate::run::{
    Error, ErrorKind, Event, Outcome, Revisions as _, Settings, TELL, environment, locks,
};
use crate::standing::Standing;
use crate::status::Watch;
use crate::trace;

/// The first and the longest pause between two looks at the version table.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// What a service does about a database that is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Applies what is pending, or waits while another process does.
    #[default]
    Apply,
    /// Waits until another process (a job, an init container) has applied it.
    Wait,
    /// Fails.
    Verify,
}

impl FromStr for Policy {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        match word {
            "apply" => Ok(Policy::Apply),
            "wait" => Ok(Policy::Wait),
            "verify" => Ok(Policy::Verify),
            _ => Err(Error::new(
                ErrorKind::Configuration,
                format!("`{word}` is no start-up policy"),
            )
            .with_hint("the policies are `apply`, `wait` and `verify`")),
        }
    }
}

/// A start-up, begun by [`Migrations::start`].
pub struct Start<'m> {
    migrations: &'m Migrations,
    policy: Policy,
    settings: Settings,
    observer: Box<Observer<'m>>,
}

impl<'m> Start<'m> {
    pub(crate) fn new(migrations: &'m Migrations) -> Self {
        Start {
            migrations,
            policy: Policy::Apply,
            settings: migrations.settings(),
            observer: Box::new(|_| {}),
        }
    }

    /// Sets what to do about a database that is behind; [`Policy::Apply`] by default.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how long this process waits for another one; by default the project's `lock_wait`, or
    /// 15 minutes. It does not limit the revisions that this process runs.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.lock_wait = timeout;
        self
    }

    /// Sets how patient the revisions themselves are, the timeout, and what to do if the database is
    /// ahead; [`Migrations::settings`] by default.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Reports progress to a callback.
    pub fn observe(mut self, observer: impl FnMut(&Event<'_>) + Send + 'm) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Lets the environment win: `LIMBEC_POLICY` (`apply`, `wait`, `verify`), `LIMBEC_TIMEOUT`
    /// (in seconds), and what the command reads too: `LIMBEC_LOCK_TIMEOUT`, `LIMBEC_WHEN_AHEAD` and
    /// so on. A variable that is not set or empty changes nothing.
    ///
    /// # Errors
    /// When the value of one is invalid.
    pub fn environment(self) -> Result<Self, Error> {
        self.environment_of(|name| std::env::var(name).ok())
    }

    fn environment_of(mut self, read: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        self.settings = self.settings.given(&environment(&read)?);
        let read = |name| read(name).filter(|value| !value.is_empty());
        let of = |name: &str, error: Error| {
            let message = format!("{name}: {error}");
            let hint = error.hint().unwrap_or_default().to_string();
            Error::new(error.kind(), message).with_hint(hint)
        };
        if let Some(word) = read("LIMBEC_POLICY") {
            self.policy = word.parse().map_err(|error| of("LIMBEC_POLICY", error))?;
        }
        if let Some(seconds) = read("LIMBEC_TIMEOUT") {
            let seconds = seconds.parse().map_err(|_| {
                let message = format!("LIMBEC_TIMEOUT: `{seconds}` is no number of seconds");
                Error::new(ErrorKind::Configuration, message).with_hint("write it as `300`")
            })?;
            self.settings.lock_wait = Duration::from_secs(seconds);
        }
        Ok(self)
    }

    /// Runs the start-up on the database that a URL or a connection leads to.
    ///
    /// # Errors
    /// As [`Migrations::upgrade`]; when the timeout is over; with [`Policy::Verify`], when the
    /// database is behind.
    pub async fn run<D: Open>(self, database: D) -> Result<Outcome, Error> {
        let watch = self.migrations.status_cell().watch();
        let result = self.work(database, &watch).await;
        trace::end(&result);
        watch.end(&result);
        result
    }

    async fn work<D: Open>(mut self, database: D, watch: &Watch<'_>) -> Result<Outcome, Error> {
        let observer = &mut self.observer;
        let mut observe = |event: &Event<'_>| {
            watch.event(event);
            trace::event(event);
            observer(event);
        };
        let opening = database.open_within(self.settings.connect_wait, &mut observe);
        let mut session = Session::new(opening.await?);
        let result = match self.policy {
            Policy::Apply => self.apply(&mut session.connection, watch).await,
            Policy::Wait => self.wait(&mut session.connection, watch).await,
            Policy::Verify => self.verify(&mut session.connection).await,
        };
        session.finish();
        result
    }

    async fn apply<C: Connection>(
        &mut self,
        connection: &mut C,
        watch: &Watch<'_>,
    ) -> Result<Outcome, Error> {
        let observer = &mut self.observer;
        let mut observe = |event: &Event<'_>| {
            watch.event(event);
            trace::event(event);
            observer(event);
        };
        self.migrations
            .migrate_on(
                connection,
                self.settings.clone(),
                Direction::Up,
                "heads",
                &mut observe,
            )
            .await
    }

    async fn wait<C: Connection>(
        &mut self,
        connection: &mut C,
        watch: &Watch<'_>,
    ) -> Result<Outcome, Error> {
        let begin = Instant::now();
        let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
        let mut told: Option<Instant> = None;
        loop {
            let standing = match self.look(connection).await? {
                Found::MayServe(outcome) => return Ok(outcome),
                Found::Behind(standing) => standing,
            };
            let since = begin.elapsed();
            if since >= self.settings.lock_wait {
                let message = format!(
                    "the database is behind, and nobody has upgraded it in {} seconds: {standing}",
                    self.settings.lock_wait.as_secs()
                );
                return Err(Error::new(ErrorKind::Behind, message).with_hint(
                    "this process waits and applies nothing (policy `wait`): see whether the one \
                     that applies has run",
                ));
            }
            watch.waiting();
            if told.is_none_or(|told| told.elapsed() >= TELL) {
                let table = self.settings.version_table(connection.dialect());
                let locks = locks(connection, &table).await?;
                self.tell(&Event::Behind {
                    pending: &standing.pending,
                    since,
                    timeout: self.settings.lock_wait,
                    holder: locks.holder(),
                });
                told = Some(Instant::now());
            }
            let left = self.settings.lock_wait.saturating_sub(since);
            connection.pause(pauses.next(left)).await;
        }
    }

    async fn verify<C: Connection>(&mut self, connection: &mut C) -> Result<Outcome, Error> {
        match self.look(connection).await? {
            Found::MayServe(outcome) => Ok(outcome),
            Found::Behind(standing) => {
                Err(
                    Error::new(ErrorKind::Behind, "Target database is not up to date.").with_hint(
                        format!("{standing}; this process only looks (policy `verify`)"),
                    ),
                )
            }
        }
    }

    async fn look<C: Connection>(&mut self, connection: &mut C) -> Result<Found, Error> {
        let revisions = self.migrations.revisions()?;
        let standing = Standing::read(connection, revisions, &self.settings).await?;
        let ahead = standing.judge(revisions.graph(), self.settings.when_ahead)?;
        let is_half_reverted = standing.half_done.as_ref().is_some_and(|it| it.reverting);
        if !standing.pending.is_empty() || is_half_reverted {
            return Ok(Found::Behind(standing));
        }
        if let Some(ahead) = &ahead {
            self.tell(&Event::Ahead { ahead });
        }
        Ok(Found::MayServe(Outcome {
            revisions: Vec::new(),
            rows: standing.current,
            unchanged: Some(Unchanged::AtTarget),
        }))
    }

    fn tell(&mut self, event: &Event<'_>) {
        trace::event(event);
        (self.observer)(event);
    }
}

/// How a database was found by a process that only looks.
enum Found {
    MayServe(Outcome),
    Behind(Standing),
}
