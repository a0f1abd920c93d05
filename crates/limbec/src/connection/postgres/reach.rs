//! Reaching a server: the hosts of an address one after the other, each by its IP addresses, until one
//! answers that is as it was asked for.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use limbec_core::dialect::postgres::session_standing;
use tokio::time::{Instant, timeout};
use tokio_postgres::{CancelToken, Client};

use super::config::{self, PORT};
use super::patient::UntilClosed;
use super::{establish, pipeline};
use crate::connection::address::{Address, Host};
use crate::connection::drivers::Wait;
use crate::connection::{Answer, DatabaseError};
use crate::random::{self, Pauses};
use crate::run::TELL;

/// How long a server may take to be reached, with TLS and authentication, unless the URL says otherwise.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The first and the longest pause between two tries of a server that takes no connections yet.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// How long the server may take to accept a request to cancel.
const CANCEL: Duration = Duration::from_secs(2);

/// sqlclient_unable_to_establish_sqlconnection
const UNREACHABLE: &str = "08001";

/// cannot_connect_now
const NOT_NOW: &str = "57P03";

/// A client, and the server that it has reached.
pub(super) struct Reached {
    pub(super) client: Client,
    pub(super) server: Server,
}

/// One server, at one of its addresses.
#[derive(Clone)]
pub(super) struct Server {
    /// As an address that leads nowhere else.
    pub(super) address: Address,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Network(SocketAddr),
    /// A socket's file.
    #[cfg_attr(not(unix), allow(dead_code, reason = "of unix"))]
    File(PathBuf),
}

/// Which server is wanted: `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Wanted {
    #[default]
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Wanted {
    const ALL: [(&'static str, Wanted); 6] = [
        ("any", Wanted::Any),
        ("read-write", Wanted::ReadWrite),
        ("read-only", Wanted::ReadOnly),
        ("primary", Wanted::Primary),
        ("standby", Wanted::Standby),
        ("prefer-standby", Wanted::PreferStandby),
    ];

    fn read(word: &str) -> Result<Self, DatabaseError> {
        let found = Wanted::ALL.iter().find(|(name, _)| *name == word);
        found
            .map(|(_, wanted)| *wanted)
            .ok_or_else(|| {
                DatabaseError {
            message: "the `target_session_attrs` in the database URL is not known".into(),
            hint: Some(
                "it is `any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`"
                    .into(),
            ),
            ..DatabaseError::default()
        }
            })
    }

    /// Why a server is not the one that is wanted.
    fn refuses(self, is_standby: bool, is_read_only: bool) -> Option<&'static str> {
        match self {
            Wanted::ReadWrite if is_read_only || is_standby => Some("takes no changes"),
            Wanted::ReadOnly if !is_read_only && !is_standby => Some("takes changes"),
            Wanted::Primary if is_standby => Some("is a standby"),
            Wanted::Standby | Wanted::PreferStandby if !is_standby => Some("is not a standby"),
            _ => None,
        }
    }
}

/// Connects to the first server that answers and is as it was asked for.
///
/// # Errors
/// When there is none; one that refuses this user ends the search, as in libpq.
pub(super) async fn reach(address: &Address) -> Result<Reached, DatabaseError> {
    let wanted = wanted(address)?;
    let found = search(address, wanted).await;
    match found {
        Err(error) if wanted == Wanted::PreferStandby && is_absent(&error) => {
            search(address, Wanted::Any).await
        }
        found => found,
    }
}

/// Connects as [`reach`] does, again and again for as long as there may be no server yet.
pub(super) async fn reach_within(
    address: &Address,
    wait: Wait<'_>,
) -> Result<Reached, DatabaseError> {
    let begun = Instant::now();
    let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
    let mut told: Option<Instant> = None;
    loop {
        let error = match reach(address).await {
            Err(error) if is_absent(&error) => error,
            reached => return reached,
        };
        let since = begun.elapsed();
        if since >= wait.longest {
            return Err(error);
        }
        if told.is_none_or(|told| told.elapsed() >= TELL) {
            (wait.tell)(&error, since);
            told = Some(Instant::now());
        }
        let left = wait.longest.saturating_sub(since);
        tokio::time::sleep(pauses.next(left)).await;
    }
}

/// Checks what an address says of the way to its servers.
pub(super) fn check(address: &Address) -> Result<(), DatabaseError> {
    wanted(address).map(drop)
}

fn wanted(address: &Address) -> Result<Wanted, DatabaseError> {
    parameter(address, "target_session_attrs").map_or(Ok(Wanted::Any), Wanted::read)
}

fn parameter<'a>(address: &'a Address, key: &str) -> Option<&'a str> {
    let mut values = address.query.iter().filter(|(name, _)| name == key);
    values.next_back().map(|(_, value)| value.as_str())
}

/// How long one server may take; `None` waits for ever, which libpq calls `0`.
fn limit(address: &Address) -> Option<Duration> {
    match parameter(address, "connect_timeout").map(str::parse::<i64>) {
        Some(Ok(seconds)) => u64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        _ => Some(CONNECT_TIMEOUT),
    }
}

/// Whether there is no server yet, or none that takes connections: a later try may find one.
pub(super) fn is_absent(error: &DatabaseError) -> bool {
    matches!(error.sqlstate.as_deref(), Some(UNREACHABLE | NOT_NOW))
}

async fn search(address: &Address, wanted: Wanted) -> Result<Reached, DatabaseError> {
    let limit = limit(address);
    let mut failures = Vec::new();
    for host in hosts(address)? {
        let servers = match bounded(limit, host.servers(address)).await {
            Some(Ok(servers)) => servers,
            Some(Err(error)) => {
                failures.push(unreachable(&host.shown(), &error.to_string()));
                continue;
            }
            None => {
                failures.push(silent(&host.shown(), limit));
                continue;
            }
        };
        for server in servers {
            let connected = bounded(limit, server.connect(wanted)).await;
            match connected.unwrap_or_else(|| Err(silent(&host.shown(), limit))) {
                Ok(client) => return Ok(Reached { client, server }),
                Err(error) if is_absent(&error) => failures.push(error),
                Err(error) => return Err(error),
            }
        }
    }
    Err(all_of(failures))
}

/// Does work within a limit, if there is one.
pub(super) async fn bounded<T>(
    limit: Option<Duration>,
    work: impl Future<Output = T>,
) -> Option<T> {
    match limit {
        Some(limit) => timeout(limit, work).await.ok(),
        None => Some(work.await),
    }
}

/// A host, and its IP address if that was given.
struct Target {
    host: Option<Host>,
    ip: Option<IpAddr>,
    port: u16,
}

/// The hosts of an address, in the order in which they are tried.
fn hosts(address: &Address) -> Result<Vec<Target>, DatabaseError> {
    let (config, _) = config::of(address)?;
    let ips = config.get_hostaddrs();
    let named = address.server.iter().flat_map(|it| &it.hosts);
    let named: Vec<&Host> = named.collect();
    let ports = config.get_ports();
    let mut targets: Vec<Target> = (0..named.len().max(ips.len()))
        .map(|index| Target {
            host: named.get(index).map(|it| (*it).clone()),
            ip: ips.get(index).copied(),
            port: ports.get(index).or(ports.first()).copied().unwrap_or(PORT),
        })
        .collect();
    if parameter(address, "load_balance_hosts") == Some("random") {
        targets.sort_by_cached_key(|_| random::word());
    }
    Ok(targets)
}

impl Target {
    fn shown(&self) -> String {
        match &self.host {
            Some(host) if host.name.starts_with('/') => format!("`{}`", host.name),
            Some(host) => format!("`{}:{}`", host.name, self.port),
            None => {
                let ip = self.ip.map(|it| it.to_string());
                format!("`{}:{}`", ip.unwrap_or_default(), self.port)
            }
        }
    }

    /// The servers behind the host's name.
    async fn servers(&self, address: &Address) -> io::Result<Vec<Server>> {
        let name = self.host.as_ref().map(|it| it.name.as_str());
        let places: Vec<Place> = match (self.ip, name) {
            (Some(ip), _) => vec![Place::Network(SocketAddr::new(ip, self.port))],
            (None, Some(folder)) if folder.starts_with('/') => {
                let file = PathBuf::from(folder).join(format!(".s.PGSQL.{}", self.port));
                vec![Place::File(file)]
            }
            (None, name) => {
                let host = (name.unwrap_or_default(), self.port);
                let found = tokio::net::lookup_host(host).await?;
                found.map(Place::Network).collect()
            }
        };
        Ok(places
            .into_iter()
            .map(|place| Server {
                address: self.alone(address, &place),
                place,
            })
            .collect())
    }

    /// The address without other servers, and without what chooses among them.
    fn alone(&self, address: &Address, place: &Place) -> Address {
        let mut alone = address.clone();
        for key in [
            "hostaddr",
            "load_balance_hosts",
            "port",
            "target_session_attrs",
        ] {
            alone.take(key);
        }
        let mut server = alone.server.take().unwrap_or_default();
        server.hosts = self.host.iter().cloned().collect();
        for host in &mut server.hosts {
            host.port = Some(self.port);
        }
        if server.hosts.is_empty() {
            alone.query.push(("port".into(), self.port.to_string()));
        }
        if let Place::Network(at) = place {
            alone.query.push(("hostaddr".into(), at.ip().to_string()));
        }
        alone.server = Some(server);
        alone
    }
}

impl Server {
    async fn connect(&self, wanted: Wanted) -> Result<Client, DatabaseError> {
        let client = establish(config::of(&self.address)?).await?;
        if wanted == Wanted::Any {
            return Ok(client);
        }
        let mut answers = pipeline(&client, &[session_standing()]).await;
        let answer = answers.pop().unwrap_or_else(|| Ok(Answer::default()))?;
        let mut values = answer.rows.into_iter().flatten().flatten();
        let mut is_set = || values.next().is_some_and(|it| it == "t" || it == "on");
        match wanted.refuses(is_set(), is_set()) {
            None => Ok(client),
            Some(why) => Err(DatabaseError {
                message: format!("the server {} {why}", self.shown()),
                sqlstate: Some(UNREACHABLE.to_string()),
                ..DatabaseError::default()
            }),
        }
    }

    /// How long it may take to be reached; `None` is for ever.
    pub(super) fn limit(&self) -> Option<Duration> {
        limit(&self.address)
    }

    /// Why the server cannot be reached any more, if it cannot.
    pub(super) async fn absence(&self) -> Option<DatabaseError> {
        let limit = self.limit();
        let connected = bounded(limit, self.connect(Wanted::Any)).await;
        let failure = connected.unwrap_or_else(|| Err(silent(&self.shown(), limit)));
        let failure = failure.err()?;
        // One that refuses this connection is there.
        (failure.sqlstate.as_deref() == Some(UNREACHABLE)).then_some(failure)
    }

    /// The server's name, for a message.
    pub(super) fn shown(&self) -> String {
        match config::of(&self.address) {
            Ok((config, _)) => super::servers(&config),
            Err(_) => "the server".to_string(),
        }
    }

    /// Asks the server to cancel what a session runs. Whether it did is seen by the statement's answer.
    pub(super) async fn cancel(&self, token: &CancelToken) {
        // What goes wrong is seen by the answer too.
        let _ = timeout(CANCEL, self.ask_to_cancel(token)).await;
    }

    async fn ask_to_cancel(&self, token: &CancelToken) -> Result<(), DatabaseError> {
        match &self.place {
            Place::Network(at) => {
                let stream = tokio::net::TcpStream::connect(at).await.map_err(refused)?;
                self.send_cancel(token, UntilClosed(stream)).await
            }
            #[cfg(unix)]
            Place::File(file) => {
                let stream = tokio::net::UnixStream::connect(file).await;
                let stream = stream.map_err(refused)?;
                self.send_cancel(token, UntilClosed(stream)).await
            }
            #[cfg(not(unix))]
            Place::File(_) => Ok(()),
        }
    }

    async fn send_cancel<S>(
        &self,
        token: &CancelToken,
        stream: UntilClosed<S>,
    ) -> Result<(), DatabaseError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        #[cfg(feature = "tls")]
        {
            use tokio_postgres::tls::MakeTlsConnect;

            let (config, tls) = config::of(&self.address)?;
            if tls.mode != config::Mode::Disable {
                let mut connector = super::tls::connector(&tls)?;
                let name = config.get_hosts().first().map(|host| match host {
                    tokio_postgres::config::Host::Tcp(name) => name.clone(),
                    #[cfg(unix)]
                    tokio_postgres::config::Host::Unix(_) => String::new(),
                });
                let connector = MakeTlsConnect::<UntilClosed<S>>::make_tls_connect(
                    &mut connector,
                    name.as_deref().unwrap_or_default(),
                );
                let connector = connector.map_err(|error| refused(io::Error::other(error)))?;
                let sent = token.cancel_query_raw(stream, connector).await;
                return sent.map_err(super::error);
            }
        }
        let sent = token.cancel_query_raw(stream, tokio_postgres::NoTls).await;
        sent.map_err(super::error)
    }
}

fn refused(error: io::Error) -> DatabaseError {
    DatabaseError {
        message: error.to_string(),
        source: Some(Box::new(error)),
        ..DatabaseError::default()
    }
}

fn unreachable(shown: &str, why: &str) -> DatabaseError {
    DatabaseError {
        message: format!("cannot reach {shown}: {why}"),
        sqlstate: Some(UNREACHABLE.to_string()),
        ..DatabaseError::default()
    }
}

fn silent(shown: &str, limit: Option<Duration>) -> DatabaseError {
    let seconds = limit.unwrap_or_default().as_secs();
    DatabaseError {
        hint: Some(
            "see whether the host and port are right and a firewall lets them through; \
             `connect_timeout=SECONDS` in the URL waits longer"
                .into(),
        ),
        ..unreachable(shown, &format!("no answer within {seconds} s"))
    }
}

/// What stood in the way of a connection, as one that a later try may find gone.
pub(super) fn marked(mut error: DatabaseError) -> DatabaseError {
    let mut next = error
        .source
        .as_deref()
        .map(|it| it as &(dyn std::error::Error + 'static));
    while let Some(cause) = next {
        if let Some(cause) = cause.downcast_ref::<io::Error>()
            && is_of_the_way(cause.kind())
        {
            error
                .sqlstate
                .get_or_insert_with(|| UNREACHABLE.to_string());
            break;
        }
        next = cause.source();
    }
    error
}

fn is_of_the_way(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotFound
            | ErrorKind::TimedOut
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::UnexpectedEof
            | ErrorKind::BrokenPipe
    )
}

/// One error of those of several servers.
fn all_of(mut failures: Vec<DatabaseError>) -> DatabaseError {
    if failures.len() == 1
        && let Some(only) = failures.pop()
    {
        return only;
    }
    let mut messages: Vec<String> = Vec::new();
    for failure in &failures {
        if !messages.contains(&failure.message) {
            messages.push(failure.message.clone());
        }
    }
    DatabaseError {
        message: messages.join("; "),
        sqlstate: Some(UNREACHABLE.to_string()),
        hint: failures.into_iter().find_map(|it| it.hint),
        ..DatabaseError::default()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::connection::address::Form;

    fn address(rest: &str) -> Address {
        config::read(Form::Url(rest), Path::new("")).expect("an address")
    }

    #[test]
    fn the_servers_of_an_address_are_tried_one_by_one() {
        let address = address(
            "//me:pw@a:1,[::1]:2/shop?hostaddr=10.0.0.1,10.0.0.2&target_session_attrs=standby\
             &application_name=api",
        );
        let hosts = hosts(&address).expect("hosts");
        let shown: Vec<_> = hosts.iter().map(Target::shown).collect();
        assert_eq!(shown, ["`a:1`", "`::1:2`"]);
        let found = crate::block_on(async { Ok(hosts[1].servers(&address).await) });
        let found = found.unwrap().expect("no name is looked up");
        assert_eq!(
            found[0].address.with_password().to_string(),
            "postgresql://me:pw@[::1]:2/shop?application_name=api&hostaddr=10.0.0.2"
        );
        assert_eq!(
            found[0].place,
            Place::Network("10.0.0.2:2".parse().unwrap())
        );
    }

    #[test]
    fn a_wait_for_a_server_is_bounded() {
        let of = |rest| limit(&address(rest)).map(|it| it.as_secs());
        assert_eq!(of("//db/shop"), Some(10));
        assert_eq!(of("//db/shop?connect_timeout=3"), Some(3));
        assert_eq!(of("//db/shop?connect_timeout=0"), None);
        assert_eq!(of("//db/shop?connect_timeout=-1"), None);
    }

    #[test]
    fn a_server_is_refused_for_what_it_is() {
        for (_, wanted) in Wanted::ALL {
            let taken = [(false, false), (false, true), (true, true)]
                .map(|(standby, read_only)| wanted.refuses(standby, read_only).is_none());
            let expected = match wanted {
                Wanted::Any => [true, true, true],
                Wanted::ReadWrite => [true, false, false],
                Wanted::ReadOnly => [false, true, true],
                Wanted::Primary => [true, true, false],
                Wanted::Standby | Wanted::PreferStandby => [false, false, true],
            };
            assert_eq!(taken, expected, "{wanted:?}");
        }
        assert!(Wanted::read("primry").is_err());
    }
}
