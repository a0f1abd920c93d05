//! PgBouncer in transaction mode, in front of a server for one test.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::place;
use crate::{Error, process};

const MISSING: &str = "PgBouncer was found neither in PATH nor in `/usr/sbin`: install Debian's \
    package `pgbouncer` or its like";

/// Ends the pooler when the other end of the pipe closes, however that process ends.
const KEEPER: &str = "\"$1\" \"$2\" & pid=$!; read -r _; kill \"$pid\"; wait \"$pid\"";

/// A running PgBouncer, stopped on drop.
#[derive(Debug)]
pub struct Pooler {
    keeper: Child,
    port: u16,
    _directory: TempDir,
}

impl Pooler {
    /// Starts one in front of the server of a URL, in transaction mode, with so many sessions.
    ///
    /// # Errors
    ///
    /// When PgBouncer is missing, or does not start.
    pub fn start(server_url: &str, sessions: usize) -> Result<Self, Error> {
        Self::start_in(server_url, sessions, "transaction")
    }

    /// Starts one in another mode: `session`, `statement`.
    ///
    /// # Errors
    ///
    /// As [`Pooler::start`].
    pub fn start_in(server_url: &str, sessions: usize, mode: &str) -> Result<Self, Error> {
        let program = find()?;
        let directory = place::private_folder("limbec-pgbouncer-")?;
        let port = place::free_port()?;
        let (host, server_port) = address(server_url)?;
        let configuration = format!(
            "[databases]\n* = host={host} port={server_port}\n\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {folder}/users\npool_mode = {mode}\n\
             default_pool_size = {sessions}\nmax_client_conn = 500\nlogfile = {folder}/log\n",
            folder = directory.path().display()
        );
        let file = directory.path().join("pgbouncer.ini");
        let users = directory.path().join("users");
        fs::write(&file, configuration)
            .and_then(|()| fs::write(users, "\"postgres\" \"\"\n"))
            .map_err(Error::context("cannot write PgBouncer's configuration"))?;

        let mut command = place::keeper(KEEPER, "limbec-pgbouncer");
        command.arg(program).arg(&file);
        place::run_unprivileged(&mut command, directory.path())?;
        let keeper = command
            .spawn()
            .map_err(Error::context("cannot start `sh`"))?;
        let pooler = Pooler {
            keeper,
            port,
            _directory: directory,
        };
        pooler.wait_until_it_listens()?;
        Ok(pooler)
    }

    /// The URL of a database behind the pooler, given its URL at the server.
    ///
    /// # Errors
    ///
    /// When the URL does not read.
    pub fn url(&self, database_url: &str) -> Result<String, Error> {
        let (host, port) = address(database_url)?;
        Ok(database_url.replacen(
            &format!("{host}:{port}"),
            &format!("127.0.0.1:{}", self.port),
            1,
        ))
    }

    fn wait_until_it_listens(&self) -> Result<(), Error> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        Err(Error::new("PgBouncer did not start within 30 seconds"))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Looks for PgBouncer.
///
/// # Errors
///
/// When it is missing; the error says what to install.
pub fn find_pooler() -> Result<(), Error> {
    find().map(drop)
}

fn find() -> Result<PathBuf, Error> {
    let usual = PathBuf::from("/usr/sbin/pgbouncer");
    process::find_in_path("pgbouncer")
        .or_else(|| usual.is_file().then_some(usual))
        .ok_or_else(|| Error::new(MISSING))
}

/// The host and port of a URL.
fn address(url: &str) -> Result<(&str, &str), Error> {
    let rest = url.split_once("://").map(|(_, rest)| rest);
    let authority = rest.and_then(|rest| rest.split(['/', '?']).next());
    let address = authority.and_then(|it| it.rsplit('@').next());
    address
        .and_then(|it| it.rsplit_once(':'))
        .ok_or_else(|| Error::new("the URL of the PostgreSQL server has no host and port"))
}
