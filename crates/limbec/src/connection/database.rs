//! Where a database is, and how it is reached, whichever its driver.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use limbec_core::dialect::Dialect;

use super::DatabaseError;
use super::address::Address;
use super::drivers::{Database, Driver, Wait, find};
use crate::connection::interrupt::{Ear, Interrupt};
use crate::open::Observe;
use crate::run::{Error, ErrorKind, Event};

/// Where a database is: a URL that limbec has read.
///
/// Shown, it never holds a password.
#[derive(Clone)]
pub struct DatabaseUrl {
    driver: &'static Driver,
    address: Address,
    interrupt: Interrupt,
}

impl DatabaseUrl {
    /// Reads a URL: `sqlite:FILE`, `sqlite::memory:`, `postgresql://USER:PASSWORD@HOST/DATABASE`
    /// and their other forms, which `docs/configuration.md` lists, libpq's `host=HOST dbname=DATABASE`
    /// among them; SQLAlchemy's driver suffixes (`postgresql+psycopg://`) are ignored. Paths are relative
    /// to `base`.
    ///
    /// ```
    /// use limbec::run::DatabaseUrl;
    /// # #[cfg(feature = "sqlite")] {
    /// let url = DatabaseUrl::parse("sqlite:app.db", "/srv/app".as_ref()).unwrap();
    /// assert_eq!(url.to_string(), "sqlite:/srv/app/app.db");
    /// # }
    /// # #[cfg(feature = "postgres")] {
    /// let url = DatabaseUrl::parse("postgres://me:s3cret@db/shop", "".as_ref()).unwrap();
    /// assert_eq!(url.to_string(), "postgresql://me:***@db/shop");
    /// # }
    /// ```
    ///
    /// # Errors
    /// When limbec does not know the scheme, the feature of its driver is off, or the rest cannot be
    /// read, or can be read in two ways. The message shows nothing that may belong to a password.
    pub fn parse(url: &str, base: &Path) -> Result<Self, Error> {
        let read = || {
            let (driver, form) = find(url)?;
            let address = (driver.read)(form, base)?;
            Ok(DatabaseUrl {
                driver,
                address,
                interrupt: Interrupt::new(),
            })
        };
        read().map_err(|error: DatabaseError| failed(error.message.clone(), error))
    }

    /// The variables that [`DatabaseUrl::completed`] asks for.
    pub const VARIABLES: [&str; 17] = [
        "APPDATA",
        "HOME",
        "PGAPPNAME",
        "PGCHANNELBINDING",
        "PGCONNECT_TIMEOUT",
        "PGDATABASE",
        "PGHOST",
        "PGHOSTADDR",
        "PGLOADBALANCEHOSTS",
        "PGOPTIONS",
        "PGPASSFILE",
        "PGPASSWORD",
        "PGPORT",
        "PGSSLMODE",
        "PGSSLROOTCERT",
        "PGTARGETSESSIONATTRS",
        "PGUSER",
    ];

    /// Adds what the URL does not say and the environment does, as libpq has it on PostgreSQL: `PGHOST`,
    /// `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE` and their like, and the file of passwords
    /// (`PGPASSFILE`, `~/.pgpass`). The variables are read by the function that is given, nowhere else.
    ///
    /// # Errors
    /// When a variable does not read.
    pub fn completed(
        mut self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let completed = (self.driver.complete)(&mut self.address, environment);
        completed.map_err(|error| failed(error.message.clone(), error))?;
        Ok(self)
    }

    /// Lets connections to this database stop on request.
    pub fn interrupted_by(mut self, interrupt: &Interrupt) -> Self {
        self.interrupt = interrupt.clone();
        self
    }

    /// The dialect of the database.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.driver.dialect
    }

    /// The URL with its password, for another program that connects.
    pub fn with_password(&self) -> impl fmt::Display {
        self.address.with_password()
    }

    /// The same server's database of another name.
    #[cfg(feature = "generate")]
    pub(crate) fn with_database(&self, name: &str) -> Self {
        let mut url = self.clone();
        url.address.path = name.into();
        url
    }

    /// A database of the same kind that lives as long as its connection, if the driver has such.
    pub(crate) fn in_memory(&self) -> Option<Self> {
        let driver = self.driver;
        driver.in_memory.map(|address| DatabaseUrl {
            driver,
            address: address(),
            interrupt: self.interrupt.clone(),
        })
    }

    /// Connects to the database that judges expressions, unless it is the URL's own.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn judge(&self) -> Result<Option<Database>, Error> {
        match self.in_memory() {
            Some(memory) => Database::connect(&memory).await.map(Some),
            None => Ok(None),
        }
    }
}

impl PartialEq for DatabaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for DatabaseUrl {}

impl fmt::Display for DatabaseUrl {
    /// Writes the URL without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl Database {
    /// Connects. A file that is missing is made.
    ///
    /// # Errors
    /// When the database cannot be reached or opened. The password is not in the message.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, Error> {
        Database::connect_within(url, Duration::ZERO, &mut |_| {}).await
    }

    /// Connects, and waits for so long for a server that refuses connections or is starting up; what it waits
    /// for is reported.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub async fn connect_within(
        url: &DatabaseUrl,
        wait: Duration,
        observe: &mut Observe<'_>,
    ) -> Result<Self, Error> {
        let mut tell = |error: &DatabaseError, since| {
            observe(&Event::Absent {
                error: &error.message,
                since,
                wait,
            });
        };
        let longest = wait;
        let wait = Wait {
            longest,
            tell: &mut tell,
        };
        let ear = Ear::new(&url.interrupt);
        let connected = (url.driver.connect)(&url.address, ear, wait).await;
        connected.map_err(|error| match error.interrupted {
            Some(_) => failed(error.message.clone(), error),
            None => failed(format!("cannot open the database {url}: {error}"), error),
        })
    }

    /// Connects to read: a file that is missing stays missing, and counts as empty.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub async fn connect_to_read(url: &DatabaseUrl) -> Result<Self, Error> {
        let missing = (url.driver.is_missing)(&url.address);
        match url.in_memory().filter(|_| missing) {
            Some(memory) => Database::connect(&memory).await,
            None => Database::connect(url).await,
        }
    }
}

/// What a driver said, as the library's error.
fn failed(message: String, error: DatabaseError) -> Error {
    let hint = error.hint.clone();
    let kind = match error.interrupted {
        Some(_) => ErrorKind::Interrupted,
        None => ErrorKind::Connection,
    };
    let failed = Error::new(kind, message).with_source(error);
    match hint {
        Some(hint) => failed.with_hint(hint),
        None => failed,
    }
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::*;

    #[cfg(feature = "postgres")]
    #[test]
    fn a_scratch_database_is_never_the_urls_own() {
        for url in [
            "postgresql://me:s3cret@db/shop?sslmode=require",
            "postgresql://me:s3cret@db/?dbname=shop&sslmode=require",
            "postgresql://me:s3cret@db?sslmode=require",
        ] {
            let url = DatabaseUrl::parse(url, Path::new("")).unwrap();
            let scratch = url.with_database("scratch").with_password().to_string();
            assert_eq!(scratch, "postgresql://me:s3cret@db/scratch?sslmode=require");
        }
    }

    /// A driver that has no databases in memory, for a dialect that has no other place.
    #[cfg(feature = "sqlite")]
    static NOWHERE: Driver = Driver {
        in_memory: None,
        ..super::super::sqlite::DRIVER
    };

    #[cfg(feature = "sqlite")]
    #[test]
    fn without_a_scratch_place_nothing_is_tried() {
        use crate::run::{Claim, ProofError, Scratch};

        let url = DatabaseUrl::parse("sqlite:no/such/folder/app.db", Path::new("")).unwrap();
        let url = DatabaseUrl {
            driver: &NOWHERE,
            ..url
        };
        let empty = limbec_core::schema::Schema::default();
        let created = limbec_core::compare::Created::default();
        let scratch = Scratch::beside(&url);
        let error = crate::block_on(async {
            let claim = Claim::new((&empty, &empty), (&[], &[]), &created);
            let proof = scratch.prove(&claim).await;
            proof.map_err(ProofError::into_error)
        });
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let expected = "no place on sqlite to try a revision in";
        assert!(error.to_string().contains(expected), "{error}");
        assert!(crate::block_on(url.judge()).unwrap().is_none());
    }
}
