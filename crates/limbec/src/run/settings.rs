//! How patient a run is, and what it says of itself.

use std::sync::LazyLock;
use std::time::Duration;

use limbec_core::dialect::Dialect;
use limbec_core::schema::ObjectName;
pub use limbec_core::settings::WhenAhead;
use limbec_core::settings::{Given, KEYS, variable};

use super::{Error, ErrorKind, VERSION_TABLE};

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
    /// How long this process waits for a server that refuses connections or is starting up.
    pub connect_wait: Duration,
    /// How long this process waits for another one's migration, and for an index that another
    /// session builds.
    pub lock_wait: Duration,
    /// What to do when the database is at revisions that are not known here.
    pub when_ahead: WhenAhead,
    /// Whether a database that is a file is copied beside itself before the first revision of a run
    /// that may lose data.
    pub backups: bool,
    /// The namespace of the version table, and of limbec's own tables beside it. When absent, it is that
    /// of the connection; a table that the search path finds in another one is not used.
    pub version_table_schema: Option<String>,
    /// The machine's name, for the journal; the system is asked when absent.
    pub host: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            lock_timeout: Duration::from_secs(2),
            statement_timeout: None,
            retries: 20,
            connect_wait: Duration::ZERO,
            lock_wait: Duration::from_secs(15 * 60),
            when_ahead: WhenAhead::default(),
            backups: true,
            version_table_schema: None,
            host: None,
        }
    }
}

impl Settings {
    /// Takes over what a project, or the environment, says.
    pub fn given(mut self, given: &Given) -> Self {
        fn take<T: Copy>(to: &mut T, from: Option<T>) {
            *to = from.unwrap_or(*to);
        }
        take(&mut self.backups, given.backup);
        take(&mut self.lock_timeout, given.lock_timeout);
        take(&mut self.retries, given.lock_retries);
        take(&mut self.connect_wait, given.connect_wait);
        take(&mut self.lock_wait, given.lock_wait);
        take(&mut self.when_ahead, given.when_ahead);
        self.statement_timeout = given.statement_timeout.or(self.statement_timeout);
        if given.version_table_schema.is_some() {
            self.version_table_schema
                .clone_from(&given.version_table_schema);
        }
        self
    }

    /// The version table's name, with its namespace if one is asked for and the database has several.
    pub fn version_table(&self, dialect: &dyn Dialect) -> ObjectName {
        let schema = self.version_table_schema.clone();
        ObjectName {
            schema: schema.filter(|_| dialect.capabilities().namespaces),
            name: VERSION_TABLE.to_string(),
        }
    }

    /// The machine's name, if it can be told.
    pub(super) fn host(&self) -> Option<String> {
        // Each revision has it in its row of the journal.
        static MACHINE: LazyLock<Option<String>> = LazyLock::new(machine);
        self.host.clone().or_else(|| MACHINE.clone())
    }
}

/// The name that the system gives the machine.
fn machine() -> Option<String> {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|name| name.trim().to_string())
        .find(|name| !name.is_empty())
}

/// What the environment says: `LIMBEC_LOCK_TIMEOUT`, `LIMBEC_WHEN_AHEAD` and the others that
/// `docs/configuration.md` lists; an empty one says nothing.
///
/// # Errors
/// When one of them says what cannot be.
pub fn environment(read: impl Fn(&str) -> Option<String>) -> Result<Given, Error> {
    let mut given = Given::default();
    for (_, key) in KEYS {
        let name = variable(key);
        if let Some(text) = read(&name).filter(|text| !text.is_empty()) {
            given.set(key, &text).map_err(|mistake| {
                Error::new(ErrorKind::Configuration, format!("{name} {mistake}"))
                    .with_hint(mistake.hint)
            })?;
        }
    }
    Ok(given)
}
