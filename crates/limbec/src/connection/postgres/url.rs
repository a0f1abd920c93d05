//! URLs of PostgreSQL databases: what the driver is told, and what is asked of TLS.

use std::str::FromStr as _;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::connection::DatabaseError;

/// The name under which a server lists the connections of a program that does not know its own.
const APPLICATION: &str = "limbec";

/// The name under which a server lists limbec's connections, unless the URL gives another: the program's
/// own, so that whoever waits for one reads which service that is.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_stem().and_then(|it| it.to_str());
    name.unwrap_or(APPLICATION).to_string()
}

/// What a URL says.
pub(super) struct Address {
    /// For the driver.
    pub(super) config: Config,
    /// How the connection is encrypted.
    pub(super) tls: Tls,
}

/// What a URL asks of TLS, in libpq's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tls {
    /// `sslmode`.
    pub(super) mode: Mode,
    /// `sslrootcert`: the file of the authorities that are trusted.
    pub(super) roots: Option<String>,
}

/// How much a connection must be encrypted, and the server be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Mode {
    Disable,
    #[default]
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    const ALL: [(&'static str, Mode); 5] = [
        ("disable", Mode::Disable),
        ("prefer", Mode::Prefer),
        ("require", Mode::Require),
        ("verify-ca", Mode::VerifyCa),
        ("verify-full", Mode::VerifyFull),
    ];

    /// Whether nothing goes over the network unless it is encrypted.
    #[cfg(any(test, not(feature = "tls")))]
    pub(super) fn is_strict(self) -> bool {
        self >= Mode::Require
    }

    fn read(word: &str) -> Result<Self, DatabaseError> {
        let found = Mode::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, mode)| *mode).ok_or_else(|| DatabaseError {
            message: format!("`sslmode={word}` in the database URL is not known"),
            hint: Some("it is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`".into()),
            ..DatabaseError::default()
        })
    }
}

/// Reads a URL: `postgresql://user:password@host:port/database`. SQLAlchemy's drivers
/// (`postgresql+psycopg://`) are understood too.
pub(super) fn read(url: &str) -> Result<Address, DatabaseError> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(unreadable("it has no `://`"));
    };
    let dialect = scheme.split('+').next().unwrap_or_default();
    if !matches!(dialect, "postgres" | "postgresql") {
        return Err(unreadable("it does not begin with `postgresql://`"));
    }
    let (rest, tls) = take_tls(rest)?;
    let mut config = Config::from_str(&format!("postgresql://{rest}")).map_err(|source| {
        // The driver's message names the part it cannot read: of an unescaped password, too.
        let credentials = rest.rsplit_once('@').map_or("", |(before, _)| before);
        let may_tell =
            !credentials.contains(['/', '?', '#', '@', '%']) && !rest.contains("password=");
        if may_tell {
            unreadable(&super::chain(&source))
        } else {
            unreadable("it is not a valid URL")
        }
    })?;
    config.ssl_mode(match tls.mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        _ => SslMode::Require,
    });
    if config.get_application_name().is_none() {
        config.application_name(program());
    }
    Ok(Address { config, tls })
}

/// Takes out of a URL what is said of TLS: the driver knows less of it.
fn take_tls(rest: &str) -> Result<(String, Tls), DatabaseError> {
    let mut tls = Tls::default();
    // The last `@` ends the credentials: a password may hold a `?`.
    let authority = rest.rfind('@').map_or(0, |at| at + 1);
    let Some(at) = rest[authority..].find('?').map(|at| authority + at) else {
        return Ok((rest.to_string(), tls));
    };
    let mut others = Vec::new();
    for part in rest[at + 1..].split('&') {
        match part.split_once('=') {
            Some(("sslmode", word)) => tls.mode = Mode::read(word)?,
            Some(("sslrootcert", file)) => tls.roots = Some(decoded(file)),
            _ => others.push(part),
        }
    }
    let mut rest = rest[..at].to_string();
    if !others.is_empty() {
        rest.push('?');
        rest.push_str(&others.join("&"));
    }
    Ok((rest, tls))
}

/// A value without its `%2F` and their like.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('%') {
        bytes.extend(rest[..at].bytes());
        let code = rest.get(at + 1..at + 3);
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[at + 3..];
            }
            None => {
                bytes.push(b'%');
                rest = &rest[at + 1..];
            }
        }
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unreadable(why: &str) -> DatabaseError {
    DatabaseError {
        message: format!("the database URL cannot be read: {why}"),
        hint: Some(
            "it looks like `postgresql://user:password@host:5432/database`; in a password, \
             write `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`, `%` as `%25`"
                .to_string(),
        ),
        ..DatabaseError::default()
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn urls_of_sqlalchemy_are_read() {
        for scheme in [
            "postgres",
            "postgresql",
            "postgresql+psycopg",
            "postgresql+asyncpg",
        ] {
            let config = read(&format!("{scheme}://me:secret@db:6543/shop"))
                .unwrap()
                .config;
            assert_eq!(config.get_hosts(), [Host::Tcp("db".into())]);
            assert_eq!(config.get_ports(), [6543]);
            assert_eq!(config.get_dbname(), Some("shop"));
            assert_eq!(config.get_application_name(), Some(program().as_str()));
        }
        let named = read("postgresql://db/shop?application_name=api")
            .unwrap()
            .config;
        assert_eq!(named.get_application_name(), Some("api"));
    }

    #[test]
    fn what_is_said_of_tls_is_taken_out() {
        let address = read(
            "postgresql://me:a?b@db/shop?sslmode=verify-full&application_name=api\
             &sslrootcert=%2Fetc%2Fmy%20ca.pem",
        );
        let Address { config, tls } = address.unwrap();
        assert_eq!(config.get_application_name(), Some("api"));
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert_eq!(tls.mode, Mode::VerifyFull);
        assert_eq!(tls.roots.as_deref(), Some("/etc/my ca.pem"));

        let plain = read("postgresql://db/shop").unwrap();
        assert_eq!(plain.tls, Tls::default());
        assert_eq!(plain.config.get_ssl_mode(), SslMode::Prefer);
        let error = read("postgresql://db/shop?sslmode=maybe").err().unwrap();
        assert!(error.message.contains("`sslmode=maybe`"), "{error}");
        assert_eq!(decoded("100%"), "100%");
    }

    #[test]
    fn no_message_holds_a_password() {
        let urls = [
            "postgresql://me:s3cret@host:port/shop",
            "postgresql://me:a?s3cret=x@host/shop",
            "postgresql://me:a/s3cret@host/shop",
            "postgresql://me:5@s3cret@host:x/shop",
            "postgresql://me:a@s3cret",
            "postgresql://me:%s3cret@host/shop",
            "postgresql://host:x/shop?password=s3cret",
            "mysql://me:s3cret@host/shop",
            "me:s3cret@host",
        ];
        for url in urls {
            if let Err(error) = read(url) {
                let all = format!("{error:?} {error}");
                assert!(
                    url.ends_with("a@s3cret") || !all.contains("s3cret"),
                    "{all}"
                );
            }
        }
    }

    #[test]
    fn unreadable_urls_say_what_is_wrong() {
        let message = |url| read(url).err().unwrap().to_string();
        assert!(message("shop.db").contains("no `://`"));
        assert!(message("mysql://x").contains("`postgresql://`"));
        assert!(message("postgresql://host/shop?nonsense=1").contains("nonsense"));
    }
}
