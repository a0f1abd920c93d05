//! How patient a run is, and what it says of itself.

use std::time::Duration;

/// How a [`Migrator`](super::Migrator) waits, and what it writes into the journal about where it
/// runs.
///
/// ```
/// use limbec::run::Settings;
/// use std::time::Duration;
/// let settings = Settings { lock_timeout: Duration::from_secs(5), ..Settings::default() };
/// assert_eq!(settings.retries, 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long a statement waits for a lock of a table: for so long, everyone who wants the table
    /// waits behind it. Zero waits for ever.
    pub lock_timeout: Duration,
    /// How long a statement may take in all; what the server has set when absent.
    pub statement_timeout: Option<Duration>,
    /// How often a transaction is tried again that another session was in the way of.
    pub retries: u32,
    /// How long this process waits for another one's migration, and for an index that another
    /// session builds.
    pub lock_wait: Duration,
    /// What to do when the database is at revisions that are not known here.
    pub when_ahead: WhenAhead,
    /// Whether a database that is a file is copied beside itself before the first revision of a run
    /// that may lose data.
    pub backups: bool,
    /// The machine's name, for the journal; the system is asked when absent.
    pub host: Option<String>,
}

/// What to do when the database is at revisions that are not known here: a newer program has
/// migrated it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenAhead {
    /// Fail.
    #[default]
    Refuse,
    /// Go on where every revision that is not known here only adds; else fail.
    ServeIfAdds,
    /// Go on.
    Serve,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            lock_timeout: Duration::from_secs(2),
            statement_timeout: None,
            retries: 20,
            lock_wait: Duration::from_secs(15 * 60),
            when_ahead: WhenAhead::default(),
            backups: true,
            host: None,
        }
    }
}

impl Settings {
    /// The machine's name, where it can be told.
    pub(super) fn host(&self) -> Option<String> {
        self.host.clone().or_else(|| {
            ["/proc/sys/kernel/hostname", "/etc/hostname"]
                .iter()
                .filter_map(|path| std::fs::read_to_string(path).ok())
                .map(|name| name.trim().to_string())
                .find(|name| !name.is_empty())
        })
    }
}
