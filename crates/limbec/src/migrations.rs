//! The revisions of a project in a program, and what a service does with them.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use limbec_core::revision::{Direction, Graph};

use crate::connection::Connection;
use crate::embedded::Embedded;
use crate::open::{Open, Session};
use crate::run::{Error, ErrorKind, Event, Migrator, Outcome, Revisions as _, Settings, WhenAhead};
use crate::standing::Standing;
use crate::start::Start;
use crate::status::{Status, StatusCell};
use crate::trace;

/// How long a service waits for a server that refuses connections or is starting up, by default.
const CONNECT_WAIT: Duration = Duration::from_secs(30);

/// What receives progress.
pub(crate) type Observer<'a> = dyn FnMut(&Event<'_>) + Send + 'a;

/// The revisions of a project, baked into the program by `limbec::embed!()`.
///
/// It is made at compile time and costs nothing until a method is called. Every method takes
/// anything that leads to a database ([`Open`]): a URL, or a connection that the service has.
/// Dropping a future half-way leaves the database as it was after the last whole revision.
///
/// ```
/// # #[cfg(all(feature = "embed", feature = "sqlite"))] {
/// # #![allow(deprecated)]
/// static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
///
/// # limbec::block_on(async {
/// let mut database = rusqlite::Connection::open_in_memory().unwrap();
/// assert_eq!(MIGRATIONS.pending(&mut database).await?.len(), 3);
/// MIGRATIONS.upgrade(&mut database, "head").await?;
/// assert!(MIGRATIONS.check(&mut database).await?.is_up_to_date());
/// assert!(MIGRATIONS.status().is_ready());
/// # Ok(())
/// # }).unwrap();
/// # }
/// ```
pub struct Migrations {
    packed: &'static [u8],
    embedded: OnceLock<Option<Embedded>>,
    status: StatusCell,
}

impl Migrations {
    /// What `embed!` expands to; the bytes are its own.
    #[doc(hidden)]
    pub const fn from_packed(packed: &'static [u8]) -> Self {
        Migrations {
            packed,
            embedded: OnceLock::new(),
            status: StatusCell::new(),
        }
    }

    /// Upgrades a database to a target: `head`, `heads`, an id, `+1` …
    ///
    /// If the database is there already, this is one query and no lock. Any number of processes may
    /// call it at once: one works, the others wait and find nothing left to do.
    ///
    /// # Errors
    /// When the database cannot be reached, there is no plan to the target, or the database refuses
    /// a statement; the revision that failed leaves nothing behind, those before it stay.
    pub async fn upgrade<D: Open>(&self, database: D, target: &str) -> Result<Outcome, Error> {
        let quiet: &mut Observer<'_> = &mut |_| {};
        self.migrate(database, Direction::Up, target, quiet).await
    }

    /// Downgrades a database to a target: `-1`, `base`, an id …
    ///
    /// # Errors
    /// As [`Migrations::upgrade`].
    pub async fn downgrade<D: Open>(&self, database: D, target: &str) -> Result<Outcome, Error> {
        let quiet: &mut Observer<'_> = &mut |_| {};
        self.migrate(database, Direction::Down, target, quiet).await
    }

    /// Begins a start-up, which follows a policy: apply what is pending, wait until another process
    /// has applied it, or only look.
    ///
    /// ```
    /// # #[cfg(all(feature = "embed", feature = "sqlite"))] {
    /// # #![allow(deprecated)]
    /// use std::time::Duration;
    /// use limbec::Policy;
    ///
    /// # static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
    /// # limbec::block_on(async {
    /// # let mut database = rusqlite::Connection::open_in_memory().unwrap();
    /// let verify = MIGRATIONS.start().policy(Policy::Verify);
    /// let error = verify.run(&mut database).await.unwrap_err();
    /// assert_eq!(error.to_string(), "Target database is not up to date.");
    ///
    /// let apply = MIGRATIONS.start().timeout(Duration::from_secs(300));
    /// assert_eq!(apply.run(&mut database).await?.revisions.len(), 3);
    /// # Ok(())
    /// # }).unwrap();
    /// # }
    /// ```
    pub fn start(&self) -> Start<'_> {
        Start::new(self)
    }

    /// The revisions that a database is at.
    ///
    /// # Errors
    /// When the database cannot be reached or read.
    pub async fn current<D: Open>(&self, database: D) -> Result<Vec<String>, Error> {
        Ok(self.check(database).await?.current)
    }

    /// The revisions that an upgrade to all heads would run, in order.
    ///
    /// # Errors
    /// When the database cannot be reached or read.
    pub async fn pending<D: Open>(&self, database: D) -> Result<Vec<String>, Error> {
        Ok(self.check(database).await?.pending)
    }

    /// Compares a database with the revisions of this program, without changing anything: behind,
    /// in step or ahead, and which applied revisions have another text in this program.
    ///
    /// # Errors
    /// When the database cannot be reached or read.
    pub async fn check<D: Open>(&self, database: D) -> Result<Standing, Error> {
        let revisions = self.revisions()?;
        let mut session = Session::new(database.open_to_read().await?);
        let standing = Standing::read(&mut session.connection, revisions, &self.settings()).await;
        session.finish();
        standing
    }

    /// How far the last migration of this process is, for a health endpoint. It may be called from
    /// any thread, and does not slow the migration down.
    pub fn status(&self) -> Status {
        self.status.get()
    }

    /// How patient this program's runs are: what the project's `limbec.toml` said when the program
    /// was built. The program serves with a database that is ahead of it if everything new in the
    /// database only adds, unless `when_ahead` says otherwise.
    ///
    /// ```
    /// # #[cfg(feature = "embed")] {
    /// # #![allow(deprecated)]
    /// use limbec::run::{Settings, WhenAhead};
    ///
    /// # static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
    /// assert_eq!(MIGRATIONS.settings().when_ahead, WhenAhead::ServeIfAdds);
    /// let strict = Settings { when_ahead: WhenAhead::Refuse, ..MIGRATIONS.settings() };
    /// let start = MIGRATIONS.start().settings(strict);
    /// # let _ = start;
    /// # }
    /// ```
    pub fn settings(&self) -> Settings {
        let usual = Settings {
            when_ahead: WhenAhead::ServeIfAdds,
            connect_wait: CONNECT_WAIT,
            ..Settings::default()
        };
        // What does not read is an error as soon as a revision is asked for.
        self.revisions()
            .map_or(usual.clone(), |it| usual.given(&it.settings))
    }

    pub(crate) fn status_cell(&self) -> &StatusCell {
        &self.status
    }

    /// The revisions, for a [`Migrator`] that the caller configures.
    ///
    /// # Errors
    /// When the bytes are not those that `embed!` makes.
    pub fn revisions(&self) -> Result<&Embedded, Error> {
        let embedded = self.embedded.get_or_init(|| Embedded::read(self.packed));
        embedded.as_ref().ok_or_else(|| {
            let message = "the revisions in this program were written by another version of limbec";
            Error::new(ErrorKind::Source, message)
                .with_hint("build the program anew, with one version of limbec's crates")
        })
    }

    async fn migrate<D: Open>(
        &self,
        database: D,
        direction: Direction,
        target: &str,
        observer: &mut Observer<'_>,
    ) -> Result<Outcome, Error> {
        let watch = self.status.watch();
        let result = async {
            let settings = self.settings();
            let mut observe = |event: &Event<'_>| {
                watch.event(event);
                trace::event(event);
                observer(event);
            };
            let opening = database.open_within(settings.connect_wait, &mut observe);
            let mut session = Session::new(opening.await?);
            let result = self
                .migrate_on(
                    &mut session.connection,
                    settings,
                    direction,
                    target,
                    &mut observe,
                )
                .await;
            session.finish();
            result
        }
        .await;
        trace::end(&result);
        watch.end(&result);
        result
    }

    pub(crate) async fn migrate_on<C: Connection>(
        &self,
        connection: &mut C,
        settings: Settings,
        direction: Direction,
        target: &str,
        observer: &mut Observer<'_>,
    ) -> Result<Outcome, Error> {
        let revisions = self.revisions()?;
        let mut migrator = Migrator::new(connection, revisions)
            .settings(settings)
            .observe(|event| observer(&event));
        match direction {
            Direction::Down => migrator.downgrade(target).await,
            _ => migrator.upgrade(target).await,
        }
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.revisions().map(Embedded::graph).ok();
        let ids = graph.into_iter().flat_map(Graph::revisions);
        f.debug_list().entries(ids.map(|it| &it.id)).finish()
    }
}
