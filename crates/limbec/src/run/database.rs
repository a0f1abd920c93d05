//! A database by its URL, whichever the driver.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limbec_core::dialect::{self, Dialect};

use super::{Error, ErrorKind};
use crate::connection::{Answer, Connection, DatabaseError, StatementError, TakeRow};

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// An SQLite file, or `:memory:`.
    Sqlite(PathBuf),
    /// A PostgreSQL server's database, as `postgres://…`.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads a URL: `sqlite:path`, `sqlite://path`, `sqlite::memory:`, `postgres://…`,
    /// `postgresql://…`; SQLAlchemy's driver suffixes (`postgresql+psycopg://`) are understood.
    /// Paths are relative to `base`.
    ///
    /// ```
    /// use limbec::run::DatabaseUrl;
    /// let url = DatabaseUrl::parse("sqlite:app.db", "/srv/app".as_ref()).unwrap();
    /// assert_eq!(url.to_string(), "sqlite:/srv/app/app.db");
    /// ```
    ///
    /// # Errors
    /// When the scheme is none that limbec knows.
    pub fn parse(url: &str, base: &Path) -> Result<Self, Error> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        let name = scheme
            .split('+')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match name.as_str() {
            "sqlite" => Ok(DatabaseUrl::Sqlite(sqlite_path(rest, base))),
            "postgres" | "postgresql" => Ok(DatabaseUrl::Postgres(format!("postgresql:{rest}"))),
            _ => Err(Error::new(
                ErrorKind::Connection,
                format!("the database URL begins with `{scheme}:`, which limbec does not know"),
            )
            .with_hint("write `sqlite:FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`")),
        }
    }

    /// The same server's database of another name.
    #[cfg(feature = "generate")]
    pub(super) fn with_database(&self, name: &str) -> Self {
        let DatabaseUrl::Postgres(url) = self else {
            return self.clone();
        };
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let scheme = address.find("://").map_or(0, |at| at + 3);
        let authority = address.rfind('@').map_or(scheme, |at| at + 1);
        let end = address[authority..]
            .find('/')
            .map_or(address.len(), |at| authority + at);
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("?{query}")
        };
        DatabaseUrl::Postgres(format!("{}/{name}{query}", &address[..end]))
    }

    /// A connection to judge expressions on, where that is not the database itself.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn judge(&self) -> Result<Option<Database>, Error> {
        match self {
            DatabaseUrl::Sqlite(_) => Database::connect(&DatabaseUrl::Sqlite(":memory:".into()))
                .await
                .map(Some),
            DatabaseUrl::Postgres(_) => Ok(None),
        }
    }

    /// The dialect that the URL leads to.
    ///
    /// # Errors
    /// When the feature of its driver is off.
    pub fn dialect(&self) -> Result<&'static dyn Dialect, Error> {
        let name = match self {
            DatabaseUrl::Sqlite(_) => "sqlite",
            DatabaseUrl::Postgres(_) => "postgresql",
        };
        dialect::by_name(name).ok_or_else(|| without_driver(self))
    }
}

/// SQLAlchemy's and sqlx's forms: `sqlite:file`, `sqlite://file`, `sqlite:///file` (relative, as
/// SQLAlchemy has it), `sqlite:////absolute`.
fn sqlite_path(rest: &str, base: &Path) -> PathBuf {
    let rest = rest.split('?').next().unwrap_or_default();
    let path = match rest.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => rest,
    };
    if path == ":memory:" || path.is_empty() {
        return ":memory:".into();
    }
    base.join(path)
}

impl fmt::Display for DatabaseUrl {
    /// Writes the URL without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_string();
    };
    // The last `@` ends the credentials, as the driver has it: a password may hold `/`, `?` and `@`.
    let rest = match rest.rsplit_once('@') {
        Some((credentials, address)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:***@{address}"),
            None => rest.to_string(),
        },
        None => rest.to_string(),
    };
    let rest = match rest.split_once("password=") {
        Some((before, after)) => {
            let others = after.find('&').map_or("", |end| &after[end..]);
            format!("{before}password=***{others}")
        }
        None => rest,
    };
    format!("{scheme}://{rest}")
}

/// A connection to a database of either kind.
pub enum Database {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(rusqlite::Connection),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(crate::connection::Opened),
}

impl Database {
    /// Connects.
    ///
    /// # Errors
    /// When the database cannot be reached or opened, or the feature of its driver is off. The
    /// password does not stand in the message.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(clippy::unused_async, reason = "SQLite opens a file at once")
    )]
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, Error> {
        let failed = |error: DatabaseError| {
            let message = format!("cannot open the database {url}: {error}");
            let hint = error.hint.clone();
            let failed = Error::new(ErrorKind::Connection, message).with_source(error);
            match hint {
                Some(hint) => failed.with_hint(hint),
                None => failed,
            }
        };
        match url {
            #[cfg(feature = "sqlite")]
            DatabaseUrl::Sqlite(path) => crate::connection::open_sqlite(path)
                .map(Database::Sqlite)
                .map_err(failed),
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => crate::connection::Opened::connect(url)
                .await
                .map(Database::Postgres)
                .map_err(failed),
            #[allow(
                unreachable_patterns,
                reason = "with every feature on there is no other"
            )]
            url => Err(without_driver(url)),
        }
    }
}

/// The error of a program that can reach no database of the URL's kind.
fn without_driver(url: &DatabaseUrl) -> Error {
    let feature = match url {
        DatabaseUrl::Sqlite(_) => "sqlite",
        DatabaseUrl::Postgres(_) => "postgres",
    };
    Error::new(
        ErrorKind::Connection,
        format!("this program was built without the driver for {url}"),
    )
    .with_hint(format!(
        "switch the feature `{feature}` of the crate `limbec` on"
    ))
}

macro_rules! each {
    ($self:ident, $connection:ident => $call:expr) => {
        match $self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite($connection) => $call,
            #[cfg(feature = "postgres")]
            Database::Postgres($connection) => $call,
        }
    };
}

impl Connection for Database {
    fn dialect(&self) -> &'static dyn Dialect {
        each!(self, it => it.dialect())
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(self, it => it.run(statements).await)
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(self, it => it.flight(statements).await)
    }

    async fn stream(
        &mut self,
        statements: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Result<(), StatementError> {
        each!(self, it => it.stream(statements, take).await)
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        each!(self, it => it.ask(questions).await)
    }

    async fn is_pooled(&mut self) -> bool {
        each!(self, it => it.is_pooled().await)
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(self, it => it.beside(statements).await)
    }

    async fn pause(&mut self, time: Duration) {
        each!(self, it => it.pause(time).await);
    }

    fn abandon(&mut self, last: Option<&str>) {
        each!(self, it => it.abandon(last));
    }
}
