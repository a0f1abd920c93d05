//! URLs of PostgreSQL databases: what they say to the driver, and what they ask of TLS.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::connection::DatabaseError;
pub(super) use crate::connection::address::Host;
use crate::connection::address::{Address, Form, Unreadable, read_port};

/// The port of a URL that names none.
pub(super) const PORT: u16 = 5432;

/// How long a connection may be silent before the system asks whether the server is there, how long
/// between two questions, and how many may go unanswered.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 4;

/// How long what was sent may go without a sign that it has arrived.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// The name under which a server lists the connections of a program that does not know its own.
const APPLICATION: &str = "limbec";

/// The name under which a server lists limbec's connections, unless the URL gives another: the program's
/// own, so that whoever waits for one reads which service that is.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_stem().and_then(|it| it.to_str());
    name.unwrap_or(APPLICATION).to_string()
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
            message: "the `sslmode` in the database URL is not known".into(),
            hint: Some("it is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`".into()),
            ..DatabaseError::default()
        })
    }
}

/// The parameters: libpq's, and those of the driver.
const KNOWN: [&str; 53] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Reads a URL, `//user:password@host:port/database` behind its scheme, or libpq's keywords and values.
pub(super) fn read(form: Form<'_>, _base: &Path) -> Result<Address, DatabaseError> {
    let address = Address::of_server("postgresql", form, &KNOWN).and_then(in_place);
    address.map_err(unreadable)
}

/// Puts the parameters that are parts of the address into their places, where they win, as in libpq.
fn in_place(mut address: Address) -> Result<Address, Unreadable> {
    let user = address.take("user").pop();
    let password = address.take("password").pop();
    if let Some(name) = address.take("dbname").pop() {
        address.path = name.into();
    }
    let hosts = address.take("host");
    let hosts = hosts.iter().filter(|it| !it.is_empty());
    let hosts: Vec<Host> = hosts
        .flat_map(|list| list.split(','))
        .map(host)
        .collect::<Result<_, _>>()?;
    let mut server = address.server.take().unwrap_or_default();
    server.user = user.or(server.user);
    server.password = password.map(String::into_bytes).or(server.password);
    if !hosts.is_empty() {
        let ports: Vec<_> = server.hosts.iter().map(|it| it.port).collect();
        server.hosts = hosts;
        spread(&ports, &mut server.hosts)?;
    }
    // Without a host they are of `hostaddr`.
    if !server.hosts.is_empty() {
        let ports = address.take("port");
        let ports: Vec<_> = ports
            .iter()
            .flat_map(|list| list.split(','))
            .map(read_port)
            .collect::<Result<_, _>>()?;
        spread(&ports, &mut server.hosts)?;
    }
    address.server = Some(server);
    Ok(address)
}

/// A host as a parameter: a name, an IP address, a socket's folder, or SQLAlchemy's `name:port`.
pub(super) fn host(text: &str) -> Result<Host, Unreadable> {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) if !name.starts_with('/') && !port.contains(':') => (name, port),
        _ => (text, ""),
    };
    Host::new(name.to_string(), port)
}

/// Gives the hosts their ports: one for all, or one for each.
pub(super) fn spread(ports: &[Option<u16>], hosts: &mut [Host]) -> Result<(), Unreadable> {
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err("it does not have as many ports as hosts");
    }
    for (host, port) in hosts.iter_mut().zip(ports.iter().cycle()) {
        host.port = port.or(host.port);
    }
    Ok(())
}

/// What an address says to the driver, and what it asks of TLS.
pub(super) fn of(address: &Address) -> Result<(Config, Tls), DatabaseError> {
    let mut address = address.clone();
    let tls = Tls::take(&mut address)?;
    super::reach::check(&address)?;
    // The driver does not know all of them, and never chooses.
    address.take("target_session_attrs");
    if let Some(count) = address.take("keepalives_count").pop() {
        // As the driver calls it.
        address.query.push(("keepalives_retries".into(), count));
    }
    let mut config = parameters(&address.query)?;
    keep_alive(&mut config, &address);
    if let Some(name) = address.database() {
        config.dbname(name);
    }
    let server = address.server.unwrap_or_default();
    if let Some(user) = server.user {
        config.user(user);
    }
    if let Some(password) = server.password {
        config.password(password);
    }
    let names_a_host = !server.hosts.is_empty() || !config.get_hostaddrs().is_empty();
    if !names_a_host || server.hosts.iter().any(|it| it.name.is_empty()) {
        return Err(without_host());
    }
    for Host { name, port } in server.hosts {
        config.host(name).port(port.unwrap_or(PORT));
    }
    config.ssl_mode(match tls.mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        _ => SslMode::Require,
    });
    if config.get_application_name().is_none() {
        config.application_name(program());
    }
    Ok((config, tls))
}

/// Has a dead connection found within half a minute, unless the URL says otherwise: a server that is gone
/// closes nothing, and a system looks after two hours only.
fn keep_alive(config: &mut Config, address: &Address) {
    let is_given = |key: &str| address.query.iter().any(|(name, _)| name == key);
    if !is_given("keepalives_idle") {
        config.keepalives_idle(KEEPALIVE_IDLE);
    }
    if !is_given("keepalives_interval") {
        config.keepalives_interval(KEEPALIVE_INTERVAL);
    }
    if !is_given("keepalives_retries") {
        config.keepalives_retries(KEEPALIVE_RETRIES);
    }
    if !is_given("tcp_user_timeout") {
        config.tcp_user_timeout(UNACKNOWLEDGED);
    }
}

impl Tls {
    /// Takes out of an address what it says of TLS: the driver knows less of it.
    fn take(address: &mut Address) -> Result<Self, DatabaseError> {
        let mode = address.take("sslmode").pop();
        Ok(Tls {
            mode: mode.as_deref().map_or(Ok(Mode::default()), Mode::read)?,
            roots: address.take("sslrootcert").pop(),
        })
    }
}

/// Has the driver read the parameters, which it does from a text only.
fn parameters(query: &[(String, String)]) -> Result<Config, DatabaseError> {
    let mut text = String::new();
    for (key, value) in query {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        text.push_str(&format!("{key}='{value}' "));
    }
    // The driver names the parameter, which is one of the known names.
    Config::from_str(&text).map_err(|source| unreadable(&super::chain(&source)))
}

fn without_host() -> DatabaseError {
    DatabaseError {
        message: "the database URL names no host".into(),
        hint: Some(
            "write `postgresql://HOST/DATABASE`, or the folder of a socket: \
             `postgresql:///DATABASE?host=/run/postgresql`"
                .into(),
        ),
        ..DatabaseError::default()
    }
}

pub(super) fn unreadable(why: &str) -> DatabaseError {
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
#[path = "../../../tests/url/passwords.rs"]
mod passwords;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use tokio_postgres::config::Host::{Tcp, Unix};
    use tokio_postgres::config::TargetSessionAttrs;

    use super::*;

    fn read(url: &str) -> Result<(Config, Tls), DatabaseError> {
        let (_, form) = crate::connection::drivers::find(url)?;
        of(&super::read(form, Path::new(""))?)
    }

    fn config(url: &str) -> Config {
        read(url).unwrap_or_else(|error| panic!("{url}: {error}")).0
    }

    /// URLs that the driver reads as libpq does. What limbec adds is a name.
    const AS_THE_DRIVER: &[&str] = &[
        "postgresql://db/shop",
        "postgres://db",
        "postgresql://db/",
        "postgresql://db:/shop",
        "postgresql://me@db/shop",
        "postgresql://me:s3cret@db:6543/shop",
        "postgresql://me:@db/shop",
        "postgresql://m%40e:s%3Acr%2Fet@db/sh%20op",
        "postgresql://me:%FF%00@db/shop",
        "postgresql://me:100%@db/shop",
        "postgresql://me:a/b@db/shop",
        "postgresql://me:a?b@db/shop",
        "postgresql://me:a#b@db/sh#op",
        "postgresql://me:a:b@db/shop",
        "postgresql://me@db/a/b",
        "postgresql://[2001:db8::1234]/shop",
        "postgresql://me@[::1]:6543/shop",
        "postgresql://me@a:1,b,[::1]:3/shop?target_session_attrs=read-write",
        "postgresql://%2Frun%2Fpostgresql/shop",
        "postgresql://%2Frun%2Fpostgresql:6543,db/shop",
        "postgresql:///shop?host=/run/postgresql",
        "postgresql:///shop?host=%2Frun%2Fpostgresql&user=me&password=s3cret&dbname=other",
        "postgresql://?host=db",
        "postgresql:///shop?host=db&port=6543",
        "postgresql:///shop?hostaddr=127.0.0.1&port=6543",
        "postgresql://db/shop?hostaddr=127.0.0.1",
        "postgresql://db/shop?user=me&password=s3cret",
        "postgresql://me:s3cret@db/shop?user=her&password=other&dbname=another",
        "postgresql://db/shop?options=-c%20statement_timeout%3D1min&application_name=api",
        "postgresql://db/shop?application_name=it's+a%5Cb",
        "postgresql://me:s3cret@db/shop?application_name=a@b",
        "postgresql://db/shop?connect_timeout=5&tcp_user_timeout=6&keepalives=0&keepalives_idle=7",
        "postgresql://db/shop?keepalives_interval=8&keepalives_retries=9",
        "postgresql://db/shop?channel_binding=require&load_balance_hosts=random",
        "postgresql://db/shop?sslmode=disable&sslnegotiation=direct",
        "postgresql://b\u{fc}cher.example/b\u{fc}cher",
    ];

    #[test]
    fn urls_are_read_as_the_driver_reads_them() {
        for url in AS_THE_DRIVER {
            let ours = config(url);
            let mut theirs = Config::from_str(url).unwrap();
            if theirs.get_hosts().len() == 1 && ours.get_ports().len() == 1 {
                // The driver's default is no port at all.
                let port = theirs.get_ports().is_empty();
                port.then(|| theirs.port(PORT));
            }
            if theirs.get_application_name().is_none() {
                theirs.application_name(program());
            }
            theirs.target_session_attrs(TargetSessionAttrs::Any);
            let address = super::read(Form::Url(url.split_once(':').unwrap().1), Path::new(""));
            keep_alive(&mut theirs, &address.unwrap());
            assert_eq!(ours, theirs, "{url}");
        }
    }

    #[test]
    fn urls_that_the_driver_does_not_read_are_read_as_libpq_reads_them() {
        let hosts = |url: &str| {
            let config = config(url);
            let hosts = config.get_hosts().iter().map(|it| match it {
                Tcp(name) => name.clone(),
                Unix(path) => path.display().to_string(),
            });
            let ports = config.get_ports().iter();
            let hosts: Vec<_> = hosts
                .zip(ports)
                .map(|(host, port)| format!("{host} {port}"))
                .collect();
            hosts.join(", ")
        };
        for (url, expected) in [
            ("postgresql:///shop?host=a,b&port=1,2", "a 1, b 2"),
            ("postgresql:///shop?host=a,b&port=6543", "a 6543, b 6543"),
            ("postgresql://a,b/shop?port=1,2", "a 1, b 2"),
            ("postgresql://db:1/shop?port=2", "db 2"),
            ("postgresql://db/shop?host=other", "other 5432"),
            ("postgresql://:6543/shop?host=/run/pg", "/run/pg 6543"),
            ("postgresql:///shop?host=::1&port=6543", "::1 6543"),
            // SQLAlchemy's.
            (
                "postgresql+psycopg2:///shop?host=a:1&host=b:2&host=c",
                "a 1, b 2, c 5432",
            ),
            ("postgresql+asyncpg://me:s3cret@db:6543/shop", "db 6543"),
            ("postgresql://me:5@s3cret@db/shop", "db 5432"),
            ("postgresql://db:1/shop?application_name=me@home", "db 1"),
        ] {
            assert_eq!(hosts(url), expected, "{url}");
        }
        let config = config("postgresql://me:5@s3cret@db/shop?application_name=me@home");
        assert_eq!(config.get_password(), Some("5@s3cret".as_bytes()));
        assert_eq!(config.get_application_name(), Some("me@home"));
        assert_eq!(config.get_dbname(), Some("shop"));
    }

    #[test]
    fn keywords_and_values_say_what_a_url_says() {
        for (keywords, url) in [
            (
                "host=db port=6543 user=me password='a b\\'c' dbname=shop connect_timeout=5",
                "postgresql://me:a%20b%27c@db:6543/shop?connect_timeout=5",
            ),
            (
                "host=a,b port=1,2 dbname=shop target_session_attrs=read-write",
                "postgresql://a:1,b:2/shop?target_session_attrs=read-write",
            ),
            (
                "user=me host=/run/postgresql options='-c search_path=a\\ b'",
                "postgresql://me@%2Frun%2Fpostgresql?options=-c%20search_path%3Da%20b",
            ),
        ] {
            assert_eq!(config(keywords), config(url), "{keywords}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4000, failure_persistence: None, ..ProptestConfig::default()
        })]

        /// Nobody is asked for a host that holds a part of a password.
        #[test]
        fn no_part_of_a_password_is_a_host(url in passwords::with_password()) {
            if let Ok((config, _)) = read(&url) {
                let hosts = format!("{:?}", config.get_hosts());
                prop_assert!(!hosts.contains(passwords::MARKER), "{}: {}", url, hosts);
            }
        }
    }

    #[test]
    fn what_is_said_of_tls_is_taken_out() {
        let (config, tls) = read(
            "postgresql://me:a?b@db/shop?sslmode=verify-full&application_name=api\
             &sslrootcert=%2Fetc%2Fmy%20ca.pem",
        )
        .unwrap();
        assert_eq!(config.get_application_name(), Some("api"));
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert_eq!(tls.mode, Mode::VerifyFull);
        assert_eq!(tls.roots.as_deref(), Some("/etc/my ca.pem"));

        let (config, tls) = read("postgresql://db/shop").unwrap();
        assert_eq!(tls, Tls::default());
        assert_eq!(config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(config.get_application_name(), Some(program().as_str()));
        let error = read("postgresql://db/shop?sslmode=maybe").err().unwrap();
        assert!(error.message.contains("`sslmode`"), "{error}");
        assert!(!error.message.contains("maybe"), "{error}");
    }

    #[test]
    fn unreadable_urls_say_what_is_wrong() {
        for (url, expected) in [
            ("postgresql:shop", "no `://`"),
            ("postgresql://db/shop?nonsense=1", "a parameter of a name"),
            ("postgresql://db/shop?nonsense", "a parameter of a name"),
            ("postgresql://db/shop?Password=1", "a parameter of a name"),
            ("postgresql://db/shop?gssencmode=disable", "`gssencmode`"),
            // What can be read in two ways.
            ("postgresql://me:a@s3/cret@db/shop", "an `@` in it"),
            ("postgresql://me:5/b@db/shop", "an `@` in it"),
            ("postgresql://me:5?b@db/shop", "an `@` in it"),
            ("postgresql://db/shop@home", "an `@` in it"),
            ("postgresql://me:s3cret@db/shop@home", "an `@` in it"),
            ("postgresql:////me:s3cret@db/shop", "an `@` in it"),
            ("postgresql://me:s3cret@d b/shop", "a host in it"),
            ("postgresql://me:s3cret@d%0ab/shop", "a host in it"),
            ("postgresql:///shop?host=d%20b", "a host in it"),
            ("postgresql://db/shop?keepalives=maybe", "`keepalives`"),
            ("postgresql://db:x/shop", "a port is not a number"),
            ("postgresql://db:65536/shop", "a port is not a number"),
            ("postgresql://[::1/shop", "in brackets"),
            ("postgresql://[::1]x/shop", "in brackets"),
            ("postgresql://m%ffe@db/shop", "not UTF-8"),
            ("postgresql://a,b,c/shop?port=1,2", "as many ports as hosts"),
            ("postgresql:///shop", "names no host"),
            ("postgresql://:6543/shop", "names no host"),
            ("postgresql://a,,b/shop", "names no host"),
        ] {
            let error = read(url).err().unwrap_or_else(|| panic!("{url} is read"));
            assert!(error.message.contains(expected), "{url}: {error}");
            assert!(error.hint.is_some(), "{url}");
        }
    }
}
