//! What is written into the journal, and what is read of it.

use std::time::Instant;

use limbec_core::dialect::{Dialect, FaultKind, read_bool};
use limbec_core::journal::{self, COLUMNS, Journal, JournalEntry};
use limbec_core::revision::{Direction, Header};
use limbec_core::schema::ObjectName;
use limbec_core::steps::Step;

use super::home::Home;
use super::state::word;
use super::{Error, Settings};
use crate::connection::Connection;

/// limbec's version, as the journal has it.
const LIMBEC: &str = env!("CARGO_PKG_VERSION");

/// What the journal keeps of a revision that is run.
pub(super) struct Record<'a> {
    journal: Box<dyn Journal>,
    header: &'a Header,
    direction: Direction,
    word: &'static str,
    checksum: Option<&'a str>,
    adds: Option<bool>,
    host: Option<String>,
    revises: String,
    depends_on: String,
    begun: Instant,
}

/// What a row says besides what all rows of the revision say.
pub(super) struct Entry<'a> {
    pub(super) step: (usize, usize),
    /// Which statement of the step, counted from 1, and how many have a row each.
    pub(super) statement: (usize, usize),
    pub(super) state: &'a str,
    pub(super) sql: Option<&'a str>,
    pub(super) revert_sql: Option<&'a str>,
    pub(super) note: Option<&'a str>,
}

impl Default for Entry<'_> {
    fn default() -> Self {
        Entry {
            step: (1, 1),
            statement: (1, 1),
            state: "done",
            sql: None,
            revert_sql: None,
            note: None,
        }
    }
}

impl<'a> Record<'a> {
    pub(super) fn new(
        dialect: &dyn Dialect,
        version_table: &ObjectName,
        header: &'a Header,
        direction: Direction,
        settings: &Settings,
    ) -> Self {
        Record {
            journal: dialect.journal(journal::name(version_table)),
            header,
            direction,
            word: word(direction),
            checksum: None,
            adds: None,
            host: settings.host(),
            revises: header.revises.join(", "),
            depends_on: header.depends_on.join(", "),
            begun: Instant::now(),
        }
    }

    /// Notes what was accepted, in place of what was run.
    pub(super) fn accepting(mut self) -> Self {
        self.word = "accept";
        self
    }

    pub(super) fn with_checksum(mut self, checksum: Option<&'a str>) -> Self {
        self.checksum = checksum;
        self
    }

    pub(super) fn adding(mut self, adds: bool) -> Self {
        self.adds = Some(adds);
        self
    }

    pub(super) fn direction(&self) -> Direction {
        self.direction
    }

    pub(super) fn insert(&self, entry: &Entry<'_>) -> Step {
        self.journal.insert(&self.row(entry))
    }

    pub(super) fn finish(&self, entry: &Entry<'_>) -> Step {
        self.journal.finish(&self.row(entry))
    }

    fn row<'e>(&'e self, entry: &Entry<'e>) -> JournalEntry<'e> {
        JournalEntry {
            revision: &self.header.id,
            message: &self.header.message,
            revises: &self.revises,
            depends_on: &self.depends_on,
            direction: self.word,
            step: entry.step,
            statement: entry.statement,
            state: entry.state,
            elapsed: self.begun.elapsed().as_millis(),
            host: self.host.as_deref(),
            pid: std::process::id(),
            limbec: LIMBEC,
            checksum: self.checksum,
            adds: self.adds,
            sql: entry.sql,
            revert_sql: entry.revert_sql,
            note: entry.note,
        }
    }
}

/// A row of the journal: one step of a revision that ran.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogEntry {
    /// The row's number.
    pub id: i64,
    /// The revision.
    pub revision: String,
    /// Its message.
    pub message: String,
    /// Its parents.
    pub revises: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<String>,
    /// `upgrade`, `downgrade`, `stamp`, `accept`.
    pub direction: String,
    /// Which of the revision's steps, counted from 1.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// `done`; `started` while it runs, and after a crash; `failed`.
    pub state: String,
    /// Which statement of the step, counted from 1, and how many there are, if several run outside a
    /// transaction: each has a row.
    pub statement: Option<(usize, usize)>,
    /// When it began: `2026-11-22 13:16:14 UTC`.
    pub started_at: String,
    /// How long it took, in milliseconds; not known before it has ended.
    pub duration_ms: Option<u64>,
    /// The machine.
    pub host: Option<String>,
    /// The process.
    pub pid: Option<u32>,
    /// limbec's version.
    pub limbec: String,
    /// The checksum of what the revision runs.
    pub checksum: Option<String>,
    /// Whether the revision only adds; not known of older rows.
    pub adds: Option<bool>,
    /// The SQL that was run.
    pub sql: Option<String>,
    /// The SQL that reverts the revision; with its last step.
    pub revert_sql: Option<String>,
    /// The reason of what was accepted, or what went wrong.
    pub note: Option<String>,
}

/// Reads the journal, the last rows first: of one revision or of all, at most so many. A database
/// without one has no rows.
///
/// # Errors
/// When the database refuses the query, or as [`State::read`](super::State::read) for a version table
/// that nobody has asked for.
pub async fn log<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
    revision: Option<&str>,
    limit: Option<usize>,
) -> Result<Vec<LogEntry>, Error> {
    let dialect = connection.dialect();
    let table = Home::table(connection, version_table).await?;
    let journal = dialect.journal(journal::name(&table));
    let select = journal.select(revision, limit);
    match connection.run(&[&select]).await {
        Ok(answers) => {
            let rows = answers.into_iter().flat_map(|answer| answer.rows);
            Ok(rows.map(entry).collect())
        }
        Err(error) if error.error.is(FaultKind::MissingTable, dialect) => Ok(Vec::new()),
        Err(error) => Err(Error::statement(error.error, &select)),
    }
}

fn entry(row: Vec<Option<String>>) -> LogEntry {
    let mut row = row;
    row.resize(COLUMNS.len(), None);
    let mut take = |column: &str| {
        let at = COLUMNS.iter().position(|it| *it == column);
        at.and_then(|at| row[at].take())
    };
    let list = |text: Option<String>| -> Vec<String> {
        let text = text.unwrap_or_default();
        let ids = text.split(", ").filter(|id| !id.is_empty());
        ids.map(str::to_string).collect()
    };
    let number = |text: Option<String>| text.and_then(|it| it.parse().ok());
    let state = take("state").unwrap_or_default();
    let (word, statement) = journal::read_state(&state);
    LogEntry {
        id: take("id")
            .and_then(|it| it.parse().ok())
            .unwrap_or_default(),
        revision: take("revision").unwrap_or_default(),
        message: take("message").unwrap_or_default(),
        revises: list(take("revises")),
        depends_on: list(take("depends_on")),
        direction: take("direction").unwrap_or_default(),
        step: number(take("step")).unwrap_or_default(),
        steps: number(take("steps")).unwrap_or_default(),
        state: word.to_string(),
        statement,
        started_at: take("started_at").unwrap_or_default(),
        duration_ms: take("duration_ms").and_then(|it| it.parse().ok()),
        host: take("host"),
        pid: take("pid").and_then(|it| it.parse().ok()),
        limbec: take("limbec").unwrap_or_default(),
        checksum: take("checksum"),
        adds: take("adds").as_deref().and_then(read_bool),
        sql: take("sql"),
        revert_sql: take("revert_sql"),
        note: take("note"),
    }
}
