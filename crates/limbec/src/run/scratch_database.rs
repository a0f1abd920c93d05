//! An empty database of a kind, thrown away after use.

use std::time::{SystemTime, UNIX_EPOCH};

use limbec_core::schema::ObjectName;

use super::home::Home;
use super::{Database, DatabaseUrl, Error, ErrorKind, VERSION_TABLE};
use crate::connection::Connection;
use crate::random;

/// What the names of scratch databases begin with.
pub(super) const PREFIX: &str = "limbec_scratch_";

/// Where else a proof finds a place, as a hint goes on.
pub(super) const ANOTHER_PLACE: &str = "name another server for scratch databases: `[database] scratch = \"postgresql://…\"` in limbec.toml, or \
     LIMBEC_SCRATCH";

/// A name that no other scratch database has, with the time in it: `limbec_scratch_1795852800_5eed…`.
pub(super) fn scratch_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.map_or(0, |it| it.as_secs());
    format!("{PREFIX}{seconds:010}_{}", random::word())
}

/// Connects to a new database, in which the namespace of a name is the connection's own.
pub(super) async fn open(
    url: &DatabaseUrl,
    beside: &mut Database,
    name: &str,
    own: Option<&str>,
) -> Result<Database, Error> {
    let home = own.and_then(|own| url.dialect().scratch_home(name, own));
    let Some(home) = home else {
        return Database::connect(&url.with_database(name)).await;
    };
    let led = beside.run(&[&home.beside]).await;
    led.map_err(|error| Error::statement(error.error, &home.beside))?;
    let mut scratch = Database::connect(&url.with_database(name)).await?;
    let made = scratch.run(&[&home.inside]).await;
    made.map_err(|error| Error::statement(error.error, &home.inside))?;
    Ok(scratch)
}

/// An empty database beside another one, thrown away after use: in memory if the driver has
/// databases there, else a database of its own on the same server.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use limbec::connection::Connection as _;
/// use limbec::run::{DatabaseUrl, ScratchDatabase};
///
/// let url = DatabaseUrl::parse("sqlite:app.db", "".as_ref()).unwrap();
/// limbec::block_on(async {
///     let mut scratch = ScratchDatabase::beside(&url).await?;
///     scratch.connection().run(&["CREATE TABLE notes (id INTEGER PRIMARY KEY)"]).await.unwrap();
///     scratch.remove().await
/// }).unwrap();
/// assert!(!std::path::Path::new("app.db").exists());
/// # }
/// ```
pub struct ScratchDatabase {
    database: Database,
    /// The database beside it, and the statement that drops the scratch database.
    beside: Option<(Database, String)>,
}

impl ScratchDatabase {
    /// Makes an empty database beside the one of a URL, which is not touched.
    ///
    /// # Errors
    /// When the database cannot be reached, or the role may not create another one.
    pub async fn beside(url: &DatabaseUrl) -> Result<Self, Error> {
        if let Some(memory) = url.in_memory() {
            return Ok(ScratchDatabase {
                database: Database::connect(&memory).await?,
                beside: None,
            });
        }
        let name = scratch_name();
        let Some(place) = url.dialect().scratch_place(&name) else {
            let dialect = url.dialect().name();
            let message = format!("limbec knows no place for a scratch database on {dialect}");
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let mut beside = Database::connect(url).await?;
        let asked = ObjectName::new(VERSION_TABLE);
        let home = Home::find(&mut beside, &asked).await?;
        let made = beside.run(&[&place.hold, &place.create_database]).await;
        made.map_err(|error| {
            Error::statement(error.error, &place.create_database).with_hint(format!(
                "give the URL of a role that may create databases (CREATEDB), or {ANOTHER_PLACE}"
            ))
        })?;
        match open(url, &mut beside, &name, home.own()).await {
            Ok(database) => Ok(ScratchDatabase {
                database,
                beside: Some((beside, place.drop_database)),
            }),
            Err(error) => {
                let _ = beside.tidy(&[&place.drop_database]).await;
                Err(error)
            }
        }
    }

    /// The connection to it.
    pub fn connection(&mut self) -> &mut Database {
        &mut self.database
    }

    /// Drops it.
    ///
    /// # Errors
    /// When the server refuses to.
    pub async fn remove(self) -> Result<(), Error> {
        #[allow(
            clippy::drop_non_drop,
            reason = "without a driver there is nothing to close"
        )]
        drop(self.database);
        let Some((mut beside, drop)) = self.beside else {
            return Ok(());
        };
        let dropped = beside.tidy(&[&drop]).await;
        dropped
            .map(|_| ())
            .map_err(|error| Error::statement(error.error, &drop))
    }
}
