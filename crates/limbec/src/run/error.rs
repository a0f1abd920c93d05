//! The one error of the library.

use std::error::Error as StdError;
use std::fmt;

use limbec_core::dialect::{CompileError, Dialect, ReflectError};
use limbec_core::revision::{PlanStep, RevisionError};
use limbec_core::steps::Uncompiled;
use limbec_core::text::printable;

use super::Content;
use super::contention::{Blocker, in_words};
use super::place::{self, Place};
use crate::connection::{DatabaseError, Interrupted};
use crate::report::{Failure, program};

/// Why a database could not be read or brought to a revision.
///
/// `{error}` says in one line what is wrong. `{error:#}`, and so what a program prints whose `main` ends
/// with it, adds where, and what to do next. It names commands as this program has them, once
/// `Migrations::command` was called (`api migrate current`), else those of `limbec`.
///
/// ```
/// use limbec::run::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Behind, "Target database is not up to date.")
///     .with_hint("1 revision is pending: 3950395dfef3");
/// assert_eq!(error.to_string(), "Target database is not up to date.");
/// let text = "Target database is not up to date.\n  hint: 1 revision is pending: 3950395dfef3";
/// assert_eq!(format!("{error:#}"), text);
/// ```
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    statement: Option<Box<FailedStatement>>,
    /// What was applied before; `None` if nothing was to be run.
    applied: Option<Vec<String>>,
    left: Option<Box<Left>>,
    /// How another process was faster, if it was.
    race: Option<Race>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The database cannot be reached or opened.
    Connection,
    /// The database refused a statement.
    Statement,
    /// The database lacks what an operation asks for.
    Unsupported,
    /// A revision cannot be located, or there is no plan to it.
    Revision,
    /// A revision's file does not read.
    Source,
    /// Another process changed the version table meanwhile.
    Conflict,
    /// A revision is no longer what was applied.
    Changed,
    /// A newer program has migrated the database.
    Ahead,
    /// Other sessions were in the way, again and again.
    Busy,
    /// A check before or after a change did not hold.
    Check,
    /// The database is behind, and this process is not to upgrade it.
    Behind,
    /// A setting does not read.
    Configuration,
    /// Nobody has approved what was to run.
    Unapproved,
    /// The database cannot be copied before a revision that may lose data.
    Backup,
    /// Somebody has asked for a stop.
    Interrupted,
}

/// How another process was faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Race {
    /// The database is no longer as this process read it.
    Overtaken,
    /// The lock, or the lease, is another process's.
    LockLost,
}

/// The statement that failed, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailedStatement {
    /// The revision.
    pub revision: Option<String>,
    /// The operation, in words.
    pub operation: Option<String>,
    /// The SQL.
    pub sql: String,
    /// More about it, in the database's words.
    pub detail: Option<String>,
    /// The database's own hint.
    pub hint: Option<String>,
    /// Where in the SQL, in characters from 1.
    pub position: Option<usize>,
    /// Where the revision says so.
    pub place: Option<Place>,
    /// Which operation of the revision it comes from, counted from 0.
    pub(super) origin: Option<usize>,
}

/// What a failed run has left of the revision that it was at: as the database says, which was asked
/// after the failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Some of its steps.
    Steps(Kept),
    /// All of it: it had committed.
    All,
    /// It is not known, for this reason.
    Unknown(String),
}

/// What stays in the database of the revision that failed, because it had committed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Kept {
    /// The operations of the steps that are done, in words.
    pub operations: Vec<String>,
    /// The step that failed, counted from 1; the next run goes on with it.
    pub step: usize,
    /// How many steps the revision has.
    pub steps: usize,
    /// How many statements of that step are done.
    pub statements: usize,
    /// Whether the next one was begun, and may be done as well: the next run looks.
    pub begun: bool,
}

impl Error {
    /// Makes an error of a kind and a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            hint: None,
            statement: None,
            applied: None,
            left: None,
            race: None,
            source: None,
        }
    }

    /// Makes the error of a process that another one has overtaken: what it was about to do was not done,
    /// and may be planned again.
    pub(super) fn race(race: Race) -> Self {
        let message = match race {
            Race::Overtaken => "another process changed the version table meanwhile",
            Race::LockLost => "another process has taken over the migration of this database",
        };
        Error {
            race: Some(race),
            ..Error::new(ErrorKind::Conflict, message)
        }
    }

    /// How another process was faster, if it was.
    pub(super) fn lost_race(&self) -> Option<Race> {
        self.race
    }

    /// Adds what to do next.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the error below.
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    pub(crate) fn statement(error: DatabaseError, sql: &str) -> Self {
        let kind = match error.interrupted {
            Some(_) => ErrorKind::Interrupted,
            None => ErrorKind::Statement,
        };
        let was_sent = error.interrupted != Some(Interrupted::Before);
        let sql = if was_sent { sql } else { "" };
        let failed = FailedStatement {
            sql: sql.to_string(),
            detail: error.detail.clone(),
            hint: error.hint.clone(),
            position: error.position,
            ..FailedStatement::default()
        };
        let mut result = Error::new(kind, error.message.clone());
        result.statement = Some(Box::new(failed));
        result.with_source(error)
    }

    /// The error after the last try, with who was in the way.
    pub(super) fn busy(mut self, tries: u32, blockers: &[Blocker]) -> Self {
        self.kind = ErrorKind::Busy;
        self.message = format!("{}, {tries} times", self.message);
        if let (Some(statement), false) = (&mut self.statement, blockers.is_empty()) {
            statement.detail = Some(in_words(blockers).join("\n"));
        }
        self.hint = Some(
            "end what holds the lock, or choose a quieter time, and run the command again".into(),
        );
        self
    }

    /// What the database said, where it is the cause.
    pub fn database_error(&self) -> Option<&DatabaseError> {
        self.source.as_deref()?.downcast_ref()
    }

    pub(crate) fn check(message: &str, sql: &str) -> Self {
        let mut result = Error::new(ErrorKind::Check, message);
        let failed = FailedStatement {
            sql: sql.to_string(),
            ..FailedStatement::default()
        };
        result.statement = Some(Box::new(failed));
        result
    }

    /// Takes over the failed statement and the hint of another error, and puts it below.
    #[cfg(feature = "generate")]
    pub(crate) fn with_statement_of(mut self, error: Error) -> Self {
        self.statement.clone_from(&error.statement);
        self.hint.clone_from(&error.hint);
        self.with_source(error)
    }

    /// The same error in other words.
    #[cfg(feature = "generate")]
    pub(crate) fn saying(mut self, message: String) -> Self {
        self.message = message;
        self
    }

    /// Adds the operation that the statement comes from: which one of the revision, and in words.
    pub(super) fn of_operation(mut self, origin: Option<usize>, words: Option<String>) -> Self {
        if let Some(statement) = &mut self.statement {
            statement.origin = origin;
            statement.operation = words;
        }
        self
    }

    /// Adds the revision that the statement is of, and the place in its file.
    pub(super) fn of_step(
        mut self,
        step: &PlanStep<'_>,
        content: &Content,
        dialect: &dyn Dialect,
    ) -> Self {
        if let Some(statement) = &mut self.statement {
            statement.revision = Some(step.id().to_string());
            let origin = statement.origin.take();
            statement.place =
                origin.and_then(|it| place::find(step, content, it, statement, dialect.lexicon()));
        }
        self
    }

    /// Adds the revisions that this run has applied before.
    pub(super) fn after(mut self, applied: &[String]) -> Self {
        self.applied = Some(applied.to_vec());
        self
    }

    /// Whether revisions were to be run, and not only to be written down.
    pub(crate) fn is_of_run(&self) -> bool {
        self.applied.is_some()
    }

    pub(super) fn leaving(mut self, left: Left) -> Self {
        self.left = Some(Box::new(left));
        self
    }

    /// What is left of the revision that failed, if the database was asked.
    pub fn left(&self) -> Option<&Left> {
        self.left.as_deref()
    }

    /// What is wrong, without the revision.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The statement that failed, where one did.
    pub fn failed_statement(&self) -> Option<&FailedStatement> {
        self.statement.as_deref()
    }

    /// The revisions that this run had already applied (or reverted) for good.
    pub fn applied(&self) -> &[String] {
        self.applied.as_deref().unwrap_or_default()
    }

    /// The revision graph's own error, where that is the cause.
    pub fn revision_error(&self) -> Option<&RevisionError> {
        self.source.as_deref()?.downcast_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return Failure::of(self, program()).in_full().fmt(f);
        }
        let statement = self.failed_statement();
        if let Some(id) = statement.and_then(|it| it.revision.as_deref()) {
            write!(f, "revision {}: ", printable(id))?;
        }
        f.write_str(&printable(&self.message))
    }
}

impl fmt::Debug for Error {
    /// In full: it is what people see of a program that ends with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<RevisionError> for Error {
    fn from(error: RevisionError) -> Self {
        let mut result = Error::new(ErrorKind::Revision, error.to_string());
        result.hint = error.hint();
        result.with_source(error)
    }
}

impl From<CompileError> for Error {
    fn from(error: CompileError) -> Self {
        let mut result = Error::new(ErrorKind::Unsupported, error.message.clone());
        result.hint.clone_from(&error.hint);
        result.with_source(error)
    }
}

impl From<Uncompiled> for Error {
    fn from(error: Uncompiled) -> Self {
        let message = error.to_string();
        let hint = error.error.hint.clone();
        let failed = FailedStatement {
            origin: Some(error.origin),
            ..FailedStatement::default()
        };
        let mut result = Error::new(ErrorKind::Unsupported, message).with_source(error);
        result.statement = Some(Box::new(failed));
        match hint {
            Some(hint) => result.with_hint(hint),
            None => result,
        }
    }
}

impl From<ReflectError> for Error {
    fn from(error: ReflectError) -> Self {
        Error::new(ErrorKind::Statement, error.to_string()).with_source(error)
    }
}
