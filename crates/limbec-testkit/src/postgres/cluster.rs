//! One throw-away PostgreSQL server, gone with the value that stands for it.
//!
//! The server runs under a small shell script (`supervise.sh`) that reads a pipe whose other end
//! this process holds. Dropping the [`Cluster`] closes the pipe; so does the kernel when this
//! process is killed or interrupted. In either case the script stops the server by its pid and
//! removes the directory, so no signal handler is needed, and none is installed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::database::run_blocking;
use super::{binaries, place};
use crate::Error;

const SUPERVISOR: &str = include_str!("supervise.sh");

/// Durability is not worth its time here; the limits leave room for many tests at once and for
/// one transaction that touches thousands of tables.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    // No socket file: its path has a length limit that a temporary folder may exceed.
    "unix_socket_directories=",
    // In its directory, to go with it: after a kill, segments in `/dev/shm` would stay.
    "dynamic_shared_memory_type=mmap",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "max_locks_per_transaction=512",
];

/// Another process may take the free port before the server does.
const ATTEMPTS: usize = 5;

const START_LIMIT: Duration = Duration::from_secs(120);

/// A running server on a free port of 127.0.0.1, stopped and removed on drop.
#[derive(Debug)]
pub struct Cluster {
    supervisor: Child,
    /// Removed by the supervisor already, but for one that was itself killed.
    directory: TempDir,
    port: u16,
    pid: u32,
}

impl Cluster {
    /// Makes a server's data in a temporary directory, starts it, and waits until it answers.
    ///
    /// The superuser is `postgres`, with no password; the encoding is UTF-8. Run as root, it
    /// runs as the user `postgres`.
    ///
    /// # Errors
    ///
    /// When the server's programs are missing or it does not start; the error holds its log.
    pub fn start() -> Result<Self, Error> {
        Self::start_from(&binaries::find()?)
    }

    /// The same with the `initdb` and `postgres` of a folder.
    ///
    /// # Errors
    ///
    /// When they are missing or the server does not start; the error holds its log.
    pub fn start_from(programs: &Path) -> Result<Self, Error> {
        Self::make(programs, None)
    }

    /// Starts a standby of this server, which follows it until it is promoted.
    ///
    /// # Errors
    ///
    /// When it does not start; the error holds its log.
    pub fn standby(&self) -> Result<Self, Error> {
        Self::make(&binaries::find()?, Some(self.port))
    }

    fn make(programs: &Path, primary: Option<u16>) -> Result<Self, Error> {
        let locale = locale();
        let mut attempt = 1;
        loop {
            match Self::start_once(programs, locale, primary) {
                Err(Failure::PortTaken) if attempt < ATTEMPTS => attempt += 1,
                Err(failure) => return Err(failure.into()),
                Ok(cluster) => return Ok(cluster),
            }
        }
    }

    fn start_once(programs: &Path, locale: &str, primary: Option<u16>) -> Result<Self, Failure> {
        let directory = place::private_folder("limbec-postgres-")?;
        let port = place::free_port()?;

        let mut command = place::keeper(SUPERVISOR, "limbec-postgres");
        command
            .arg(directory.path())
            .arg(programs)
            .args([locale, &port.to_string()])
            .arg(primary.map(|it| it.to_string()).unwrap_or_default())
            .args(SETTINGS.iter().flat_map(|setting| ["-c", *setting]))
            .env("LC_ALL", "C");
        place::run_unprivileged(&mut command, directory.path())?;
        let supervisor = command
            .spawn()
            .map_err(Error::context("cannot start `sh`"))?;

        // From here on, dropping the value is what cleans up.
        let mut cluster = Self {
            supervisor,
            directory,
            port,
            pid: 0,
        };
        cluster.pid = cluster.wait_until_ready()?;
        cluster.wait_until_it_answers()?;
        Ok(cluster)
    }

    /// The URL of its database `postgres`, as the superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The directory that holds its data and its log.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends the server as a crash does: nobody is told, and what has not committed is lost.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub fn crash(&self) -> Result<(), Error> {
        let sent = Command::new("kill")
            .args(["-QUIT", &self.pid.to_string()])
            .status();
        sent.map_err(Error::context("cannot run `kill`"))?;
        let exited = self.directory.path().join("exited");
        let started = Instant::now();
        while !exited.exists() {
            if started.elapsed() > START_LIMIT {
                return Err(Error::new("the throw-away PostgreSQL server does not end"));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Starts a server that has ended again, on the same port.
    ///
    /// # Errors
    ///
    /// When it does not start; the error holds its log.
    pub fn start_again(&mut self) -> Result<(), Error> {
        let exited = self.directory.path().join("exited");
        fs::remove_file(exited).map_err(Error::context("the server runs still"))?;
        let keeper = self.supervisor.stdin.as_mut();
        let keeper = keeper.ok_or_else(|| Error::new("the server's keeper is gone"))?;
        keeper
            .write_all(b"start\n")
            .map_err(Error::context("the server's keeper is gone"))?;
        self.pid = self.wait_until_ready()?;
        self.wait_until_it_answers()?;
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<u32, Failure> {
        let started = Instant::now();
        loop {
            if let Some(pid) = ready_pid(self.directory.path()) {
                return Ok(pid);
            }
            let ended = self.directory.path().join("exited").exists()
                || !matches!(self.supervisor.try_wait(), Ok(None));
            if ended || started.elapsed() > START_LIMIT {
                return Err(self.failure());
            }
            sleep(Duration::from_millis(20));
        }
    }

    fn wait_until_it_answers(&self) -> Result<(), Failure> {
        let url = self.url();
        run_blocking(|| super::database::execute(&url, "SELECT 1"))?;
        Ok(())
    }

    fn failure(&self) -> Failure {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        if log.contains("Address already in use") {
            return Failure::PortTaken;
        }
        Failure::Other(Error::new(format!(
            "the throw-away PostgreSQL server did not start; its log:\n{}",
            log.trim_end()
        )))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // Bounded: the script gives a server 30 seconds in all. Should the script itself have
        // been killed, the server notices within a minute that its directory is gone, and ends.
        let _ = self.supervisor.wait();
    }
}

enum Failure {
    PortTaken,
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::PortTaken => Self::new(format!(
                "the throw-away PostgreSQL server did not start: {ATTEMPTS} free ports in a row \
                 were taken by others before it could listen"
            )),
            Failure::Other(error) => error,
        }
    }
}

/// The server's pid, once its pid file says that it takes connections.
fn ready_pid(directory: &Path) -> Option<u32> {
    let text = fs::read_to_string(directory.join("data/postmaster.pid")).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    (lines.get(7) == Some(&"ready")).then(|| lines[0].parse().ok())?
}

/// Byte order with Unicode's character classes where the system has that, the same everywhere.
fn locale() -> &'static str {
    let installed = Command::new("locale")
        .arg("-a")
        .stdin(Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let has_utf8 = installed
        .lines()
        .any(|name| matches!(name, "C.UTF-8" | "C.utf8"));
    if has_utf8 { "C.UTF-8" } else { "C" }
}
