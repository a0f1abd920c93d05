//! Any rows as the answers of a database: its version table, its journal, its locks, its catalogue.

use std::time::Duration;

use limbec::connection::{Answer, Connection, DatabaseError, StatementError};
use limbec::run::{State, VERSION_TABLE, locks, log, reflect};
use limbec::{block_on, report};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::dialect::sqlite::Sqlite;
use limbec_core::dialect::{Dialect, Row};

/// Ends an answer, a row and a value; and what is NULL.
const ENDS: [u8; 3] = [0x1d, 0x1e, 0x1f];
const NULL: &str = "\u{1c}";

pub const PIECES: &[&str] = &[
    "\u{1d}", "\u{1e}", "\u{1f}", "\u{1f}", "\u{1f}", "\u{1e}", "\u{1c}", "a1", "b2", "upgrade", "downgrade",
    "stamp", "accept", "done", "started", "failed", "settled", "done 1/2", "started 9/3", "0", "1", "2", "-1",
    "99999999999999999999", "t", "f", "public", "alembic_version", "limbec_log", "{a,b}", "{\"", "}", "[",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)", "integer", "CHECK ((x > 0))", "nextval('s')", "int4",
    "\u{1b}[31m", "\n", "é", "\0", "'", "\"", "btree", "p", "r", "2025-01-01 00:00:00", "{}", ",", "(", ")",
];

struct Answers<'b> {
    dialect: &'static dyn Dialect,
    left: Vec<&'b [u8]>,
}

impl<'b> Answers<'b> {
    fn of(bytes: &'b [u8], dialect: &'static dyn Dialect) -> Self {
        let mut left: Vec<&[u8]> = bytes.split(|it| *it == ENDS[0]).collect();
        left.reverse();
        Answers { dialect, left }
    }

    fn next(&mut self) -> Answer {
        let bytes = self.left.pop().unwrap_or_default();
        let rows = bytes.split(|it| *it == ENDS[1]).filter(|row| !row.is_empty());
        Answer {
            rows: rows.map(row).collect(),
            affected: 1,
        }
    }
}

fn row(bytes: &[u8]) -> Row {
    let values = bytes.split(|it| *it == ENDS[2]);
    let texts = values.map(|it| String::from_utf8_lossy(it).into_owned());
    texts.map(|it| Some(it).filter(|it| it != NULL)).collect()
}

impl Connection for Answers<'_> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        if self.left.is_empty() {
            let error = DatabaseError {
                message: "no answer is left".to_string(),
                ..DatabaseError::default()
            };
            return Err(StatementError { index: 0, error });
        }
        Ok(statements.iter().map(|_| self.next()).collect())
    }

    async fn pause(&mut self, _time: Duration) {}
}

/// Reads the rows as all that limbec reads, and shows what it says of them.
pub fn run(bytes: &[u8]) {
    for dialect in [&Postgres as &'static dyn Dialect, Sqlite::of_library(3_046_000)] {
        let answers = || Answers::of(bytes, dialect);
        let _ = block_on(async {
            match State::read(&mut answers(), &VERSION_TABLE.into()).await {
                Ok(state) => {
                    if let Some(half) = state.half_done() {
                        crate::is_shown(&report::Text::from(half.warning()).to_string());
                    }
                }
                Err(error) => crate::is_shown(&format!("{error:#}")),
            }
            match log(&mut answers(), &VERSION_TABLE.into(), None, None).await {
                Ok(entries) => {
                    for entry in &entries {
                        crate::is_shown(&report::entry(entry).to_string());
                        let details = report::entry_details(entry);
                        crate::is_shown(&report::Text::from(details).to_string());
                    }
                }
                Err(error) => crate::is_shown(&format!("{error:#}")),
            }
            match locks(&mut answers(), &VERSION_TABLE.into()).await {
                Ok(found) => {
                    for line in report::locks(&found) {
                        crate::is_shown(&report::Text::from(line).to_string());
                    }
                }
                Err(error) => crate::is_shown(&format!("{error:#}")),
            }
            if let Err(error) = reflect(&mut answers()).await {
                crate::is_shown(&format!("{error:#}"));
            }
            Ok(())
        });
    }
}
