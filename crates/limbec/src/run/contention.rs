//! Other sessions in the way: who they are, and how long to wait before the next try.

use std::fmt;
use std::time::Duration;

use limbec_core::dialect::Row;
use limbec_core::sql::tokens;
use limbec_core::text::{one_line, printable};

use crate::connection::Connection;
use crate::random;

/// The first and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// A session that holds a lock on a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocker {
    /// The server's process.
    pub pid: String,
    /// What its program calls itself.
    pub application: String,
    /// What it does: `active`, `idle in transaction`.
    pub state: String,
    /// For how many seconds its transaction is open.
    pub seconds: u64,
    /// Its statement, the last one where it is idle.
    pub query: String,
    /// The table.
    pub table: String,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is locked by process {}",
            one_line(&self.table),
            self.pid
        )?;
        if !self.application.is_empty() {
            write!(f, " ({})", one_line(&self.application))?;
        }
        write!(f, ", {} for {} s", self.state, self.seconds)?;
        if !self.query.is_empty() {
            write!(f, ": {}", printable(&self.query))?;
        }
        Ok(())
    }
}

/// How many sessions are named; the first have held their locks the longest.
const NAMED: usize = 3;

/// Sessions in words, the first of many.
pub(crate) fn in_words(blockers: &[Blocker]) -> Vec<String> {
    let mut words: Vec<String> = blockers
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    if blockers.len() > NAMED {
        words.push(format!("and {} more locks", blockers.len() - NAMED));
    }
    words
}

/// Looks who holds locks on the tables that a statement names; on any table where none of those
/// is locked any more.
pub(super) async fn blockers<C: Connection>(connection: &mut C, sql: &str) -> Vec<Blocker> {
    let Some(question) = connection.dialect().blockers() else {
        return Vec::new();
    };
    let lexicon = connection.dialect().lexicon();
    // What cannot be found out is left out: the failure itself is what counts.
    let Ok(mut answers) = connection.run(&[&question]).await else {
        return Vec::new();
    };
    let rows = answers.pop().unwrap_or_default().rows;
    let all: Vec<Blocker> = rows.into_iter().map(blocker).collect();
    let named: Vec<Blocker> = all
        .iter()
        .filter(|it| {
            tokens(sql, lexicon).any(|token| token.name(lexicon).as_deref() == Some(&it.table))
        })
        .cloned()
        .collect();
    if named.is_empty() { all } else { named }
}

fn blocker(row: Row) -> Blocker {
    let mut values = row.into_iter().map(Option::unwrap_or_default);
    let mut next = || values.next().unwrap_or_default();
    Blocker {
        pid: next(),
        application: next(),
        state: next(),
        seconds: next().parse().unwrap_or_default(),
        query: next(),
        table: next(),
    }
}

/// The pause before a try, counted from 1: anything up to twice that of the try before, so that
/// several processes part.
pub(super) fn pause(attempt: u32) -> Duration {
    let longest = PAUSES.0.saturating_mul(1 << attempt.min(10)).min(PAUSES.1);
    PAUSES.0 / 5 + longest.mul_f64(random::fraction())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempt in 1..40 {
            assert!(pause(attempt) <= PAUSES.1 + PAUSES.0);
            assert!(pause(attempt) >= PAUSES.0 / 5);
        }
    }

    #[test]
    fn of_many_the_first_are_named() {
        assert_eq!(in_words(&vec![Blocker::default(); 3]).len(), 3);
        let words = in_words(&vec![Blocker::default(); 9]);
        assert_eq!((words.len(), words[3].as_str()), (4, "and 6 more locks"));
    }

    #[test]
    fn a_blocker_in_words() {
        let row = [
            "4711",
            "psql",
            "idle in transaction",
            "63",
            "SELECT 1",
            "jobs",
        ];
        let row = row.iter().map(|it| Some((*it).to_string())).collect();
        assert_eq!(
            blocker(row).to_string(),
            "`jobs` is locked by process 4711 (psql), idle in transaction for 63 s: SELECT 1"
        );
    }
}
