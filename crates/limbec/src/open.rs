//! What leads to a database: a URL, or a connection that the service has.

use std::path::Path;
use std::time::Duration;

use crate::connection::Connection;
use crate::run::{Database, DatabaseUrl, Error, Event};

/// What receives progress.
pub type Observe<'o> = dyn FnMut(&Event<'_>) + Send + 'o;

/// What leads to a database.
///
/// - A URL (`&str`, `&String`, `&DatabaseUrl`): limbec opens a connection of its own
///   and closes it. The path of an SQLite file is relative to the folder that the program runs in.
/// - `&mut tokio_postgres::Client`, and so what a pool lends: `&mut **object` of `deadpool-postgres`,
///   `&mut *connection` of `bb8-postgres`. `&mut`, because a statement of another task in the middle
///   would become part of the revision.
/// - `&mut rusqlite::Connection`, and so `&mut *connection` of `r2d2_sqlite`.
///
/// Other drivers (sqlx, diesel, sea-orm) cannot send several statements in one round trip and report
/// which of them failed, or read a value as text; a service that uses one passes its URL, and
/// limbec's connection lives for the upgrade only.
pub trait Open: Send {
    /// The connection that it comes to.
    type Connection: Connection;

    /// Opens it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn open(self) -> impl Future<Output = Result<Self::Connection, Error>> + Send;

    /// Opens it, and waits for so long for a server that refuses connections or is starting up; what it
    /// waits for is reported.
    ///
    /// # Errors
    /// When the database cannot be reached within that time.
    fn open_within(
        self,
        _wait: Duration,
        _observe: &mut Observe<'_>,
    ) -> impl Future<Output = Result<Self::Connection, Error>> + Send
    where
        Self: Sized,
    {
        self.open()
    }

    /// Opens it for a look: an SQLite file that is missing stays missing, and counts as empty.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn open_to_read(self) -> impl Future<Output = Result<Self::Connection, Error>> + Send
    where
        Self: Sized,
    {
        self.open()
    }
}

impl Open for &DatabaseUrl {
    type Connection = Database;

    async fn open(self) -> Result<Database, Error> {
        Database::connect(self).await
    }

    async fn open_within(
        self,
        wait: Duration,
        observe: &mut Observe<'_>,
    ) -> Result<Database, Error> {
        Database::connect_within(self, wait, observe).await
    }

    async fn open_to_read(self) -> Result<Database, Error> {
        Database::connect_to_read(self).await
    }
}

impl Open for &str {
    type Connection = Database;

    async fn open(self) -> Result<Database, Error> {
        DatabaseUrl::parse(self, Path::new(""))?.open().await
    }

    async fn open_within(
        self,
        wait: Duration,
        observe: &mut Observe<'_>,
    ) -> Result<Database, Error> {
        let url = DatabaseUrl::parse(self, Path::new(""))?;
        url.open_within(wait, observe).await
    }

    async fn open_to_read(self) -> Result<Database, Error> {
        DatabaseUrl::parse(self, Path::new(""))?
            .open_to_read()
            .await
    }
}

impl Open for &String {
    type Connection = Database;

    async fn open(self) -> Result<Database, Error> {
        self.as_str().open().await
    }

    async fn open_within(
        self,
        wait: Duration,
        observe: &mut Observe<'_>,
    ) -> Result<Database, Error> {
        self.as_str().open_within(wait, observe).await
    }

    async fn open_to_read(self) -> Result<Database, Error> {
        self.as_str().open_to_read().await
    }
}

/// A connection at work. Where the work is dropped half-way, the connection is told.
pub(crate) struct Session<C: Connection> {
    pub(crate) connection: C,
    finished: bool,
}

impl<C: Connection> Session<C> {
    pub(crate) fn new(connection: C) -> Self {
        Session {
            connection,
            finished: false,
        }
    }

    /// The work came to its end, well or not.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }
}

impl<C: Connection> Drop for Session<C> {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.abandon(None);
        }
    }
}
