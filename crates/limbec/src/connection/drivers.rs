//! The list of drivers: for each a name, its feature, its URLs and its connection.

use std::convert::Infallible;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use limbec_core::dialect::Dialect;

use super::address::{Address, Form};
use super::{Answer, Connection, DatabaseError, StatementError, TakeRow};
use crate::connection::interrupt::Ear;

/// A kind of database URL, whether its driver is in this build or not.
pub(crate) struct Entry {
    /// The feature that brings the driver.
    pub(crate) feature: &'static str,
    /// The schemes of its URLs.
    schemes: &'static [&'static str],
    /// What its URLs look like.
    example: &'static str,
    /// Whether libpq's keywords and values are its as well.
    takes_keywords: bool,
    /// The driver; `None` if its feature is off.
    pub(crate) driver: Option<&'static Driver>,
}

/// What limbec asks of a driver before there is a connection.
pub(crate) struct Driver {
    /// The dialect, of a database whose version is not known.
    pub(crate) dialect: &'static dyn Dialect,
    /// Reads an address; paths of files are relative to the folder.
    pub(crate) read: fn(Form<'_>, &Path) -> Result<Address, DatabaseError>,
    /// Adds to an address what it lacks and the environment says, by the name of each variable.
    pub(crate) complete: fn(&mut Address, &Environment<'_>) -> Result<(), DatabaseError>,
    /// Connects. The connection stops when its ear is called.
    pub(crate) connect: for<'a> fn(&'a Address, Ear, Wait<'a>) -> Connecting<'a>,
    /// Whether the database would be made by connecting to it.
    pub(crate) is_missing: fn(&Address) -> bool,
    /// The path of a database that lives as long as its connection. If there is one, expressions are
    /// judged and revisions proven there, and a missing database reads as an empty one.
    pub(crate) in_memory: Option<fn() -> Address>,
}

/// How long a server that takes no connections yet is waited for, and what is told meanwhile: why, and for
/// how long already.
pub(crate) struct Wait<'w> {
    pub(crate) longest: Duration,
    pub(crate) tell: &'w mut (dyn FnMut(&DatabaseError, Duration) + Send),
}

/// Reads a variable of the environment.
pub(crate) type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A connection that is being made.
pub(crate) type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<Database, DatabaseError>> + Send + 'a>>;

/// A connection to a database, whichever its driver.
pub struct Database(Kind);

/// Declares the drivers: [`ALL`], the connections that a [`Database`] may hold, and the macro `each!`,
/// which works on the one that it holds.
macro_rules! drivers {
    ($d:tt $($name:ident {
        feature: $feature:tt,
        schemes: $schemes:expr,
        example: $example:literal,
        keywords: $keywords:literal,
        connection: $module:ident::$connection:ident,
    })*) => {
        /// Every kind of database that limbec knows.
        pub(crate) static ALL: &[Entry] = &[$(
            Entry {
                feature: $feature,
                schemes: &$schemes,
                example: $example,
                takes_keywords: $keywords,
                driver: {
                    #[cfg(feature = $feature)]
                    { Some(&super::$module::DRIVER) }
                    #[cfg(not(feature = $feature))]
                    { None }
                },
            },
        )*];

        enum Kind {
            $(
                #[cfg(feature = $feature)]
                $name(super::$module::$connection),
            )*
            /// For a build without drivers.
            #[allow(dead_code, reason = "no value of this kind exists")]
            None(Infallible),
        }

        $(
            #[cfg(feature = $feature)]
            impl From<super::$module::$connection> for Database {
                fn from(connection: super::$module::$connection) -> Self {
                    Database(Kind::$name(connection))
                }
            }
        )*

        macro_rules! each {
            ($d database:expr, $d it:ident => $d call:expr) => {
                match $d database {
                    $(
                        #[cfg(feature = $feature)]
                        Kind::$name($d it) => $d call,
                    )*
                    Kind::None(never) => match *never {},
                }
            };
        }
    };
}

drivers! { $
    Sqlite {
        feature: "sqlite",
        schemes: ["sqlite"],
        example: "sqlite:FILE",
        keywords: false,
        connection: sqlite::Opened,
    }
    Postgres {
        feature: "postgres",
        schemes: ["postgresql", "postgres"],
        example: "postgresql://USER:PASSWORD@HOST/DATABASE",
        keywords: true,
        connection: postgres::Opened,
    }
}

impl Connection for Database {
    fn dialect(&self) -> &'static dyn Dialect {
        each!(&self.0, it => it.dialect())
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(&mut self.0, it => it.run(statements).await)
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(&mut self.0, it => it.flight(statements).await)
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        each!(&mut self.0, it => it.ask(questions).await)
    }

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        each!(&mut self.0, it => it.stream(questions, take).await)
    }

    async fn is_pooled(&mut self) -> bool {
        each!(&mut self.0, it => it.is_pooled().await)
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        each!(&mut self.0, it => it.beside(statements).await)
    }

    async fn reconnect(&mut self) -> Result<bool, DatabaseError> {
        each!(&mut self.0, it => it.reconnect().await)
    }

    fn patience(&self) -> Duration {
        each!(&self.0, it => it.patience())
    }

    fn clean_up(&mut self, cleaning: bool) {
        each!(&mut self.0, it => it.clean_up(cleaning));
    }

    fn is_interrupted(&self) -> bool {
        each!(&self.0, it => it.is_interrupted())
    }

    async fn pause(&mut self, time: Duration) {
        each!(&mut self.0, it => it.pause(time).await);
    }

    fn abandon(&mut self, last: Option<&str>) {
        each!(&mut self.0, it => it.abandon(last));
    }
}

/// The schemes of other databases and other things, which a message may name. What else stands before a
/// colon may be a user, a host or a password.
const OTHERS: [&str; 16] = [
    "clickhouse",
    "cockroachdb",
    "db2",
    "duckdb",
    "file",
    "http",
    "https",
    "jdbc",
    "libsql",
    "mariadb",
    "mongodb",
    "mssql",
    "mysql",
    "oracle",
    "redis",
    "sqlserver",
];

/// Whether a text in lower case has the scheme of a database that is reached with a password in it.
pub(crate) fn names_a_server(text: &str) -> bool {
    let with_password = ALL.iter().filter(|it| it.example.contains('@'));
    let mut schemes = with_password.flat_map(|it| it.schemes);
    schemes.any(|it| text.contains(it))
}

/// Looks up the driver of a database URL, and gives with it what the driver reads.
///
/// # Errors
/// When the scheme is of no driver, or of one that this build is without. No part of the URL is in the
/// message but a scheme that is well known.
pub(super) fn find(url: &str) -> Result<(&'static Driver, Form<'_>), DatabaseError> {
    let hint = || {
        let examples: Vec<_> = ALL.iter().map(|it| format!("`{}`", it.example)).collect();
        format!("write {}", examples.join(" or "))
    };
    let failed = |message: String, hint: String| DatabaseError {
        message,
        hint: Some(hint),
        ..DatabaseError::default()
    };
    if let Some(form) = Form::keywords(url)
        && let Some(entry) = ALL.iter().find(|it| it.takes_keywords)
    {
        return Ok((entry.driver()?, form));
    }
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(failed("the database URL has no scheme".into(), hint()));
    };
    // SQLAlchemy names its own driver after a `+`.
    let name = scheme.split('+').next().unwrap_or_default();
    let is_it = |it: &&str| it.eq_ignore_ascii_case(name);
    if let Some(entry) = ALL.iter().find(|it| it.schemes.iter().any(is_it)) {
        return Ok((entry.driver()?, Form::Url(rest)));
    }
    let message = match OTHERS.iter().find(|it| is_it(it)) {
        Some(other) => {
            format!("the database URL begins with `{other}:`, which limbec does not know")
        }
        None => "the database URL does not begin with a scheme that limbec knows".into(),
    };
    Err(failed(message, hint()))
}

impl Entry {
    /// The driver, if it is in this build.
    fn driver(&self) -> Result<&'static Driver, DatabaseError> {
        self.driver.ok_or_else(|| DatabaseError {
            message: format!(
                "this program was built without the driver for `{}:` databases",
                self.schemes[0]
            ),
            hint: Some(format!(
                "switch on the feature `{}` of the crate `limbec`",
                self.feature
            )),
            ..DatabaseError::default()
        })
    }
}
