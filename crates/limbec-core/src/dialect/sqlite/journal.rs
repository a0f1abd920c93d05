//! The journal's SQL.

use super::names::{quote, text};
use crate::dialect::journal as shared;
use crate::journal::{Journal, JournalEntry};
use crate::schema::ObjectName;
use crate::steps::Step;

/// A journal of a name.
pub(super) struct Log {
    name: ObjectName,
}

/// The time now, in UTC, to the millisecond.
const NOW: &str = "strftime('%Y-%m-%d %H:%M:%f', 'now')";

impl Log {
    pub(super) fn new(name: ObjectName) -> Self {
        Log { name }
    }

    fn table(&self) -> String {
        match &self.name.schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(&self.name.name)),
            None => quote(&self.name.name),
        }
    }
}

fn text_or_null(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_string(), text)
}

/// The condition that a row is of a revision; none for all rows.
fn only(revision: Option<&str>) -> String {
    let only = revision.map(|id| format!(" WHERE revision = {}", text(id)));
    only.unwrap_or_default()
}

impl Journal for Log {
    fn ensure(&self) -> Step {
        Step::new(format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    id INTEGER PRIMARY KEY,\n    \
             revision TEXT NOT NULL,\n    message TEXT,\n    revises TEXT,\n    depends_on TEXT,\n    \
             direction TEXT NOT NULL,\n    step INTEGER NOT NULL,\n    steps INTEGER NOT NULL,\n    \
             state TEXT NOT NULL,\n    started_at TEXT NOT NULL,\n    finished_at TEXT,\n    \
             host TEXT,\n    pid INTEGER,\n    limbec TEXT,\n    checksum TEXT,\n    adds INTEGER,\n    \
             sql TEXT,\n    revert_sql TEXT,\n    note TEXT\n)",
            self.table()
        ))
    }

    fn standing(&self, revision: Option<&str>) -> String {
        shared::standing(&self.table(), &only(revision))
    }

    fn select(&self, revision: Option<&str>, limit: Option<usize>) -> String {
        let values = shared::Values {
            started_at: "strftime('%Y-%m-%d %H:%M:%S UTC', started_at)",
            duration_ms: "CAST(round((julianday(finished_at) - julianday(started_at)) * 86400000) \
                          AS INTEGER)",
        };
        shared::select(&self.table(), &values, &only(revision), limit)
    }

    fn insert(&self, entry: &JournalEntry<'_>) -> Step {
        let done = if entry.state == "started" {
            "NULL"
        } else {
            NOW
        };
        Step::new(format!(
            "INSERT INTO {} (revision, message, revises, depends_on, direction, step, steps, state, \
             started_at, finished_at, host, pid, limbec, checksum, adds, sql, revert_sql, note) \
             VALUES ({}, {}, {}, {}, {}, {}, {}, {}, strftime('%Y-%m-%d %H:%M:%f', 'now', \
             '-{}.{:03} seconds'), {done}, {}, {}, {}, {}, {}, {}, {}, {})",
            self.table(),
            text(entry.revision),
            text(entry.message),
            text(entry.revises),
            text(entry.depends_on),
            text(entry.direction),
            entry.step.0,
            entry.step.1,
            text(&entry.state_text()),
            entry.elapsed / 1000,
            entry.elapsed % 1000,
            text_or_null(entry.host),
            entry.pid,
            text(entry.limbec),
            text_or_null(entry.checksum),
            entry.adds.map_or("NULL", |it| if it { "1" } else { "0" }),
            text_or_null(entry.sql),
            text_or_null(entry.revert_sql),
            text_or_null(entry.note),
        ))
    }

    fn finish(&self, entry: &JournalEntry<'_>) -> Step {
        let table = self.table();
        Step::new(format!(
            "UPDATE {table} SET state = {}, finished_at = {NOW}, host = {}, pid = {}, \
             revert_sql = {}, note = {} WHERE id = (SELECT max(id) FROM {table} \
             WHERE revision = {} AND direction = {} AND step = {}) AND state <> 'done'",
            text(&entry.state_text()),
            text_or_null(entry.host),
            entry.pid,
            text_or_null(entry.revert_sql),
            text_or_null(entry.note),
            text(entry.revision),
            text(entry.direction),
            entry.step.0,
        ))
    }
}
