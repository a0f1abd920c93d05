//! The journal: one table beside the version table, that says which steps ran when, where and how.
//!
//! Plain data and the SQL's shape; each dialect writes the SQL.

use crate::schema::ObjectName;
use crate::steps::Step;

/// The journal's name beside Alembic's version table.
const USUAL: (&str, &str) = ("alembic_version", "limbec_log");

/// The name of the journal that goes with a version table.
///
/// ```
/// use limbec_core::journal;
/// assert_eq!(journal::name(&"alembic_version".into()).to_string(), "limbec_log");
/// assert_eq!(journal::name(&"billing_version".into()).to_string(), "billing_version_log");
/// ```
pub fn name(version_table: &ObjectName) -> ObjectName {
    beside(version_table, USUAL.1, "log")
}

/// The name of the table with the lease that goes with a version table, where a pooler stands
/// between.
pub fn lease_name(version_table: &ObjectName) -> ObjectName {
    beside(version_table, "limbec_lock", "lock")
}

fn beside(version_table: &ObjectName, usual: &str, suffix: &str) -> ObjectName {
    let name = if version_table.name == USUAL.0 {
        usual.to_string()
    } else {
        format!("{}_{suffix}", version_table.name)
    };
    ObjectName {
        schema: version_table.schema.clone(),
        name,
    }
}

/// Whether a table is one of limbec's own, beside a version table.
pub fn is_own(table: &ObjectName, version_table: &ObjectName) -> bool {
    [
        version_table.clone(),
        name(version_table),
        lease_name(version_table),
    ]
    .iter()
    .any(|own| own.name == table.name && (own.schema == table.schema || own.schema.is_none()))
}

/// Reads a state as the journal keeps it: the word, and for a step with several statements which
/// one, counted from 1, of how many.
///
/// ```
/// use limbec_core::journal::read_state;
/// assert_eq!(read_state("done"), ("done", None));
/// assert_eq!(read_state("started 2 of 3"), ("started", Some((2, 3))));
/// ```
pub fn read_state(state: &str) -> (&str, Option<(usize, usize)>) {
    let read = || {
        let (word, statement) = state.split_once(' ')?;
        let (number, total) = statement.split_once(" of ")?;
        Some((word, Some((number.parse().ok()?, total.parse().ok()?))))
    };
    match read() {
        Some((word, Some((number, total)))) if number > 0 => (word, Some((number, total))),
        _ => (state, None),
    }
}

/// A row of the journal, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalEntry<'a> {
    /// The revision.
    pub revision: &'a str,
    /// Its message.
    pub message: &'a str,
    /// Its parents, separated by commas.
    pub revises: &'a str,
    /// What it depends on, separated by commas.
    pub depends_on: &'a str,
    /// `upgrade`, `downgrade`, `stamp`, `accept`.
    pub direction: &'a str,
    /// Which of the revision's steps, counted from 1, and how many there are.
    pub step: (usize, usize),
    /// `started`, `done`.
    pub state: &'a str,
    /// Which statement of the step, counted from 1, and how many have a row each.
    pub statement: (usize, usize),
    /// For how long it has been at work already, in milliseconds.
    pub elapsed: u128,
    /// The machine.
    pub host: Option<&'a str>,
    /// The process.
    pub pid: u32,
    /// limbec's version.
    pub limbec: &'a str,
    /// The checksum of what the revision runs.
    pub checksum: Option<&'a str>,
    /// Whether the revision only adds.
    pub adds: Option<bool>,
    /// The SQL that is run.
    pub sql: Option<&'a str>,
    /// The SQL that reverts the revision.
    pub revert_sql: Option<&'a str>,
    /// A reason, or what went wrong.
    pub note: Option<&'a str>,
}

/// The columns that [`Journal::select`] answers with, in its order. `started_at` is in UTC.
pub const COLUMNS: [&str; 19] = [
    "id",
    "revision",
    "message",
    "revises",
    "depends_on",
    "direction",
    "step",
    "steps",
    "state",
    "started_at",
    "duration_ms",
    "host",
    "pid",
    "limbec",
    "checksum",
    "adds",
    "sql",
    "revert_sql",
    "note",
];

/// The SQL of the journal: what was run, step by step.
pub trait Journal: Send + Sync {
    /// Creates the table where it is missing.
    fn ensure(&self) -> Step;
    /// Reads the rows of each revision, or of one, and the stamps, in their order: revision, direction,
    /// step, steps, state, checksum. The last row of a revision behind the last stamp says where it stands.
    fn standing(&self, revision: Option<&str>) -> String;
    /// Reads all rows, of one revision or of all, the last ones first, at most so many.
    fn select(&self, revision: Option<&str>, limit: Option<usize>) -> String;
    /// Adds a row.
    fn insert(&self, entry: &JournalEntry<'_>) -> Step;
    /// Sets the state and the end of a step that was begun; one row must change.
    fn finish(&self, entry: &JournalEntry<'_>) -> Step;
}

impl JournalEntry<'_> {
    /// The state as the journal keeps it.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn state_text(&self) -> String {
        match self.statement {
            (_, 0 | 1) => self.state.to_string(),
            (number, total) => format!("{} {number} of {total}", self.state),
        }
    }
}

/// Who asks for the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// A word that no other process has.
    pub owner: &'a str,
    /// The machine.
    pub host: Option<&'a str>,
    /// The process.
    pub pid: u32,
    /// For how many seconds it holds without a sign of life.
    pub seconds: u64,
}

/// The SQL of the lease: one row that says who migrates, for connections on which a lock of the
/// session holds nothing, because a pooler hands their transactions to any session.
///
/// It is taken and kept up in transactions that hold the lock of the migrations, so that it never
/// changes under one. A statement outside of transactions carries the owner's word in a comment:
/// for as long as a session is seen to run it, the lease holds.
pub trait Lease: Send + Sync {
    /// Creates the table where it is missing.
    fn ensure(&self) -> Step;
    /// Fails unless this transaction alone has the lock of the migrations.
    fn alone(&self) -> Step;
    /// Takes the lease where nobody holds it; changes a row where that worked.
    fn take(&self, claim: &Claim<'_>) -> Step;
    /// Gives a sign of life, of a revision; changes a row where the lease still holds.
    fn renew(&self, claim: &Claim<'_>, revision: &str) -> Step;
    /// Gives the lease back.
    fn give_back(&self, owner: &str) -> Step;
    /// A statement with the owner's word in it.
    fn signed(&self, owner: &str, sql: &str) -> String;
    /// Reads the lease where somebody has it: owner, host, process, seconds since it was taken,
    /// seconds since it ran out (negative before), whether a statement of it runs, revision, epoch.
    fn read(&self) -> String;
    /// Takes the lease away from an owner of an epoch that gives no sign of life.
    fn clear(&self, owner: &str, epoch: &str) -> Step;
}
