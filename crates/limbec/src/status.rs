//! How far a migration is, for other threads.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use limbec_core::text::printable;

use crate::run::{Error, Event};

/// How far a migration is, from [`Migrations::status`](crate::Migrations::status).
///
/// ```
/// use limbec::{Phase, Status};
///
/// let mut status = Status::default();
/// assert_eq!(status.to_string(), "not started");
/// status.phase = Phase::Migrating;
/// (status.number, status.total) = (3, 7);
/// status.revision = Some("3950395dfef3".to_string());
/// assert_eq!(status.to_string(), "migrating 3 of 7 (3950395dfef3)");
/// assert!(!status.is_ready());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Status {
    /// What is being done.
    pub phase: Phase,
    /// Which revision of those to run, counted from 1; 0 before the first.
    pub number: usize,
    /// How many revisions there are to run.
    pub total: usize,
    /// The revision that runs, or ran last.
    pub revision: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What is being done to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing yet.
    #[default]
    NotStarted,
    /// The version table is read.
    Checking,
    /// Another process migrates, and this one waits.
    Waiting,
    /// Revisions are run.
    Migrating,
    /// The database is where it should be.
    Ready,
    /// It has failed.
    Failed,
}

impl Phase {
    /// Its name in one word or two: `not started`, `waiting`, …
    pub fn name(self) -> &'static str {
        match self {
            Phase::NotStarted => "not started",
            Phase::Checking => "checking",
            Phase::Waiting => "waiting",
            Phase::Migrating => "migrating",
            Phase::Ready => "ready",
            Phase::Failed => "failed",
        }
    }
}

impl Status {
    /// Whether the service may serve.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    const fn new() -> Self {
        Status {
            phase: Phase::NotStarted,
            number: 0,
            total: 0,
            revision: None,
            error: None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phase.name())?;
        if self.phase == Phase::Migrating && self.total > 0 {
            write!(f, " {} of {}", self.number, self.total)?;
            if let Some(revision) = &self.revision {
                write!(f, " ({})", printable(revision))?;
            }
        }
        if let Some(error) = &self.error {
            write!(f, ": {}", printable(error))?;
        }
        Ok(())
    }
}

/// A status that is written by one and read by many.
pub(crate) struct StatusCell(Mutex<Status>);

impl StatusCell {
    pub(crate) const fn new() -> Self {
        StatusCell(Mutex::new(Status::new()))
    }

    pub(crate) fn get(&self) -> Status {
        // Whoever panics with it in hand has written it already.
        let status = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        status.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Begins to watch a migration.
    pub(crate) fn watch(&self) -> Watch<'_> {
        self.change(|status| {
            *status = Status {
                phase: Phase::Checking,
                ..Status::new()
            };
        });
        Watch {
            cell: self,
            ended: false,
        }
    }
}

/// Keeps a status up to date; a migration that is dropped half-way shows as failed.
pub(crate) struct Watch<'a> {
    cell: &'a StatusCell,
    ended: bool,
}

impl Watch<'_> {
    pub(crate) fn event(&self, event: &Event<'_>) {
        match event {
            Event::Absent { .. } | Event::Waiting { .. } => self.waiting(),
            Event::Step {
                step,
                number,
                total,
                ..
            } => self.cell.change(|status| {
                status.phase = Phase::Migrating;
                (status.number, status.total) = (*number, *total);
                status.revision = Some(step.id().to_string());
            }),
            _ => {}
        }
    }

    pub(crate) fn waiting(&self) {
        self.cell.change(|status| status.phase = Phase::Waiting);
    }

    pub(crate) fn end<T>(mut self, result: &Result<T, Error>) {
        self.ended = true;
        self.cell.change(|status| match result {
            Ok(_) => status.phase = Phase::Ready,
            Err(error) => {
                status.phase = Phase::Failed;
                status.error = Some(error.to_string());
            }
        });
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.cell.change(|status| {
                status.phase = Phase::Failed;
                status.error = Some("it was given up half-way".to_string());
            });
        }
    }
}
