//! Connections: one small file a driver, each behind the feature of its name, and one list of them.
//!
//! All that limbec asks of a driver is text: statements in, rows of text out.

#[allow(
    dead_code,
    reason = "a build may lack the drivers that use a part of it"
)]
mod address;
pub(crate) mod database;
#[allow(dead_code, unused_variables, reason = "as above")]
pub(crate) mod drivers;
#[allow(dead_code, reason = "each driver hears in its own way")]
pub(crate) mod interrupt;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use limbec_core::dialect::{Dialect, Fault, FaultKind, Row};
use limbec_core::text::printable;

#[cfg(feature = "postgres")]
pub use postgres::connect as connect_postgres;
#[cfg(feature = "sqlite")]
pub use sqlite::open as open_sqlite;

/// The answer to one statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The rows, every value as text.
    pub rows: Vec<Row>,
    /// How many rows were changed.
    pub affected: u64,
}

/// Takes a row of the answer to a question, by the question's place; every value as text.
pub type TakeRow<'t> = dyn FnMut(usize, &[Option<&str>]) + Send + 't;

/// A connection to a database, as limbec uses it.
#[allow(async_fn_in_trait, reason = "the bound on the future is written out")]
pub trait Connection: Send {
    /// The dialect of the database.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Runs statements one after the other and stops at the first that fails.
    fn run(
        &mut self,
        statements: &[&str],
    ) -> impl Future<Output = Result<Vec<Answer>, StatementError>> + Send;

    /// Runs statements that stand inside one transaction, which the first may open and the last
    /// close, in one flight where the driver can. After a failure the transaction is at its end
    /// or waits for a rollback; no later statement has had an effect.
    fn flight(
        &mut self,
        statements: &[&str],
    ) -> impl Future<Output = Result<Vec<Answer>, StatementError>> + Send {
        self.run(statements)
    }

    /// Asks questions that stand alone, each with its own answer, in one flight where the driver
    /// can.
    fn ask(
        &mut self,
        questions: &[&str],
    ) -> impl Future<Output = Vec<Result<Answer, DatabaseError>>> + Send {
        async move {
            let mut answers = Vec::with_capacity(questions.len());
            for question in questions {
                answers.push(match self.run(&[question]).await {
                    Ok(mut answers) => Ok(answers.pop().unwrap_or_default()),
                    Err(error) => Err(error.error),
                });
            }
            answers
        }
    }

    /// Asks questions as [`Connection::ask`] does, and hands each row over as it comes, with the place of
    /// its question: answers may be larger than what is made of them.
    fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> impl Future<Output = Vec<Result<(), DatabaseError>>> + Send {
        async move {
            let answers = self.ask(questions).await.into_iter().enumerate();
            let hand_over = |(question, answer): (usize, Result<Answer, DatabaseError>)| {
                for row in &answer?.rows {
                    let row: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
                    take(question, &row);
                }
                Ok(())
            };
            answers.map(hand_over).collect()
        }
    }

    /// Whether a pooler may hand each transaction to another session of the server, so that a lock
    /// of the session holds nothing. Where that cannot be told, it may.
    fn is_pooled(&mut self) -> impl Future<Output = bool> + Send {
        async { true }
    }

    /// Runs statements on another connection to the same database, where it is a file, while this
    /// one may hold a transaction open.
    fn beside(
        &mut self,
        _statements: &[&str],
    ) -> impl Future<Output = Result<Vec<Answer>, StatementError>> + Send {
        async {
            let message = "this connection cannot open another one".to_string();
            let error = DatabaseError {
                message,
                ..DatabaseError::default()
            };
            Err(StatementError { index: 0, error })
        }
    }

    /// Connects anew to the same database, after the connection was lost. Returns whether it is one that
    /// limbec has made and can make again.
    fn reconnect(&mut self) -> impl Future<Output = Result<bool, DatabaseError>> + Send {
        async { Ok(false) }
    }

    /// For how long a server that was lost is tried to be reached again, and the end of its lost session
    /// waited for.
    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }

    /// Waits.
    fn pause(&mut self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Begins or ends a time in which the connection hears no request to stop
    /// ([`Interrupt`](crate::run::Interrupt)): its work cleans up.
    fn clean_up(&mut self, _cleaning: bool) {}

    /// Whether this connection was asked to stop, even if it cleans up meanwhile.
    fn is_interrupted(&self) -> bool {
        false
    }

    /// Runs statements that clean up, whether the connection was asked to stop or not.
    fn tidy(
        &mut self,
        statements: &[&str],
    ) -> impl Future<Output = Result<Vec<Answer>, StatementError>> + Send {
        async {
            self.clean_up(true);
            let result = self.run(statements).await;
            self.clean_up(false);
            result
        }
    }

    /// Ends what runs and what is open on the connection, and sends a last statement, without waiting for
    /// its answer: its work was dropped half-way. A connection that cannot be dropped half-way does nothing.
    fn abandon(&mut self, _last: Option<&str>) {}
}

impl<C: Connection> Connection for &mut C {
    fn dialect(&self) -> &'static dyn Dialect {
        (**self).dialect()
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        (**self).run(statements).await
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        (**self).flight(statements).await
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        (**self).ask(questions).await
    }

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        (**self).stream(questions, take).await
    }

    async fn is_pooled(&mut self) -> bool {
        (**self).is_pooled().await
    }

    async fn beside(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        (**self).beside(statements).await
    }

    async fn reconnect(&mut self) -> Result<bool, DatabaseError> {
        (**self).reconnect().await
    }

    fn patience(&self) -> Duration {
        (**self).patience()
    }

    fn clean_up(&mut self, cleaning: bool) {
        (**self).clean_up(cleaning);
    }

    fn is_interrupted(&self) -> bool {
        (**self).is_interrupted()
    }

    async fn pause(&mut self, time: Duration) {
        (**self).pause(time).await;
    }

    fn abandon(&mut self, last: Option<&str>) {
        (**self).abandon(last);
    }
}

/// A statement that the database refused, or that did not reach it.
#[derive(Debug)]
pub struct StatementError {
    /// Which of the statements given, counted from 0.
    pub index: usize,
    /// What the database said.
    pub error: DatabaseError,
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for StatementError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

/// When a connection was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    /// Before the statement was sent.
    Before,
    /// While the statement ran: it was cancelled.
    During,
}

/// What a database, or the driver on the way to it, said.
#[derive(Debug, Default)]
pub struct DatabaseError {
    /// The message.
    pub message: String,
    /// The five characters of SQLSTATE, if the database has them; `08006` for a connection that the
    /// driver found closed.
    pub sqlstate: Option<String>,
    /// The database's own number of the error; on SQLite the extended result code.
    pub code: Option<i32>,
    /// More about it, in the database's words.
    pub detail: Option<String>,
    /// The database's own hint.
    pub hint: Option<String>,
    /// Where in the statement, in characters from 1.
    pub position: Option<usize>,
    /// Whether somebody asked this connection to stop, and when.
    pub interrupted: Option<Interrupted>,
    /// The driver's error.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DatabaseError {
    /// The error of a connection that was asked to stop.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    fn interrupted(reason: String, interrupted: Interrupted) -> Self {
        DatabaseError {
            message: reason,
            interrupted: Some(interrupted),
            ..DatabaseError::default()
        }
    }

    /// The error as a dialect classifies it.
    pub fn fault(&self) -> Fault<'_> {
        Fault {
            sqlstate: self.sqlstate.as_deref(),
            code: self.code,
            message: &self.message,
        }
    }

    /// Whether the error is of a kind on a database of the dialect.
    pub fn is(&self, kind: FaultKind, dialect: &dyn Dialect) -> bool {
        dialect.classify(&self.fault()) == kind
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.message))
    }
}

impl StdError for DatabaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
