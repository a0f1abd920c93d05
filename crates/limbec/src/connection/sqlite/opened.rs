//! A connection that limbec has made: it hears a request to stop, in a statement, while it waits for
//! another connection's transaction, and in a pause.

use std::path::Path;
use std::time::{Duration, Instant};

use limbec_core::dialect::Dialect;
use rusqlite::ErrorCode;

use super::{BUSY_TIMEOUT, Client, answer_if_due, error, of_file, open, stream};
use crate::connection::interrupt::Ear;
use crate::connection::{Answer, Connection, DatabaseError, Interrupted, StatementError, TakeRow};

/// For how long SQLite itself waits for another connection's transaction, and how long a pause may last,
/// before a request to stop is looked for.
const SLICE: Duration = Duration::from_millis(200);

/// After how many instructions of SQLite's machine a request to stop is looked for: well below a
/// millisecond.
const INSTRUCTIONS: i32 = 1000;

/// A connection that limbec has made.
pub(crate) struct Opened {
    client: Client,
    ear: Ear,
}

impl Opened {
    #[allow(
        unused_mut,
        clippy::let_unit_value,
        reason = "versions of rusqlite differ in what they take and return"
    )]
    pub(super) fn open(path: &Path, ear: Ear) -> Result<Self, DatabaseError> {
        if ear.is_called() {
            let reason = ear.reason();
            return Err(DatabaseError::interrupted(reason, Interrupted::Before));
        }
        let mut client = open(path)?;
        client.busy_timeout(SLICE).map_err(error)?;
        let _ = client.progress_handler(INSTRUCTIONS, Some(ear.calls()));
        Ok(Opened { client, ear })
    }

    /// Runs a statement, again and again while another connection's transaction is in the way.
    fn attempt<T>(
        &mut self,
        index: usize,
        mut run: impl FnMut(&Client) -> rusqlite::Result<T>,
    ) -> Result<T, StatementError> {
        let begun = Instant::now();
        loop {
            let failed = |error| StatementError { index, error };
            if self.ear.is_called() {
                let reason = self.ear.reason();
                return Err(failed(DatabaseError::interrupted(
                    reason,
                    Interrupted::Before,
                )));
            }
            let tried = Instant::now();
            let refused = match run(&self.client) {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            let code = refused.sqlite_error_code();
            if code == Some(ErrorCode::OperationInterrupted) && self.ear.is_called() {
                let reason = self.ear.reason();
                return Err(failed(DatabaseError {
                    source: Some(Box::new(refused)),
                    ..DatabaseError::interrupted(reason, Interrupted::During)
                }));
            }
            // What SQLite refuses at once would be refused for ever.
            let has_waited = code == Some(ErrorCode::DatabaseBusy) && tried.elapsed() >= SLICE / 2;
            let patience = if self.ear.is_interrupted() {
                SLICE
            } else {
                BUSY_TIMEOUT
            };
            if !has_waited || begun.elapsed() >= patience {
                return Err(failed(of_file(error(refused), &self.client)));
            }
        }
    }
}

impl Connection for Opened {
    fn dialect(&self) -> &'static dyn Dialect {
        self.client.dialect()
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let mut answers = Vec::with_capacity(statements.len());
        for (index, sql) in statements.iter().enumerate() {
            answers.push(self.attempt(index, |client| answer_if_due(client, sql))?);
        }
        Ok(answers)
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        let mut answers = Vec::with_capacity(questions.len());
        for sql in questions {
            let answer = self.attempt(0, |client| answer_if_due(client, sql));
            answers.push(answer.map_err(|error| error.error));
        }
        answers
    }

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        let mut answers = Vec::with_capacity(questions.len());
        for (index, sql) in questions.iter().enumerate() {
            // Whoever is in the way of a query is so before its first row.
            let answer = self.attempt(index, |client| {
                stream(client, sql, &mut |row| take(index, row))
            });
            answers.push(answer.map_err(|error| error.error));
        }
        answers
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let path = self.client.path().unwrap_or_default().to_string();
        let other = Opened::open(Path::new(&path), self.ear.again());
        let mut other = other.map_err(|error| StatementError { index: 0, error })?;
        other.run(statements).await
    }

    async fn pause(&mut self, time: Duration) {
        let begun = Instant::now();
        while !self.ear.is_called() {
            let left = time.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }

    fn clean_up(&mut self, cleaning: bool) {
        self.ear.clean_up(cleaning);
    }

    fn is_interrupted(&self) -> bool {
        self.ear.is_interrupted()
    }
}
