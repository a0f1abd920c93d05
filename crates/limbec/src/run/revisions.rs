//! The revisions of a project, as a run asks for them.

use std::sync::Arc;

use limbec_core::checksum;
use limbec_core::dialect::Dialect;
use limbec_core::operations::Operation;
use limbec_core::revision::{Direction, Graph, PlanStep};
use limbec_core::steps::RevisionPlan;

use super::Error;

/// The revisions of a project: the graph of their headers, and the content of each.
pub trait Revisions: Send + Sync {
    /// Returns the graph of the headers.
    fn graph(&self) -> &Graph;

    /// Reads a revision. A run reads each revision of its plan once, before it changes anything.
    ///
    /// # Errors
    /// When any part of the revision does not read, its `downgrade` included.
    fn read(&self, id: &str) -> Result<Arc<Content>, Error>;

    /// Returns whether a revision has changed since a checksum was made of it. Every run asks this
    /// for every applied revision, so override it if the answer does not need the whole content.
    ///
    /// # Errors
    /// When the revision does not read.
    fn has_changed(&self, id: &str, then: &str) -> Result<bool, Error> {
        let content = self.read(id)?;
        let now = content.checksum.as_deref();
        Ok(now.is_some_and(|now| checksum::differ(then, now)))
    }
}

/// What a revision says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    /// The operations of `upgrade`, in order.
    pub upgrade: Vec<Operation>,
    /// The operations of `downgrade`, in order.
    pub downgrade: Vec<Operation>,
    /// The line of the file in which each operation of `upgrade` begins, counted from 1; empty without a
    /// file.
    pub upgrade_lines: Vec<usize>,
    /// The line of the file in which each operation of `downgrade` begins, counted from 1; empty without a
    /// file.
    pub downgrade_lines: Vec<usize>,
    /// The SQL that reverts the revision in place of `downgrade`, if all that is left of it is what
    /// the journal of a database keeps.
    pub kept: Option<String>,
    /// The checksum of `upgrade`, as `limbec_source::revisions::checksum` makes it; without one,
    /// a change of the revision goes unnoticed.
    pub checksum: Option<String>,
}

/// Reads what a step of a plan runs; a stamp runs nothing.
pub(super) fn of_step<R: Revisions>(
    revisions: &R,
    step: &PlanStep<'_>,
) -> Result<Arc<Content>, Error> {
    match step.direction {
        Direction::Stamp => Ok(Arc::default()),
        Direction::Up | Direction::Down => revisions.read(step.id()),
    }
}

impl Content {
    /// Plans what runs in a direction; nothing for a stamp.
    ///
    /// # Errors
    /// When the SQL that was kept would open or end a transaction.
    pub fn plan(&self, direction: Direction, dialect: &dyn Dialect) -> Result<RevisionPlan, Error> {
        match &self.kept {
            Some(sql) if direction == Direction::Down => Ok(RevisionPlan::of_kept(sql, dialect)?),
            _ => Ok(RevisionPlan::new(self.operations(direction), dialect)),
        }
    }

    /// Returns the operations that run in a direction; none for a stamp.
    pub fn operations(&self, direction: Direction) -> &[Operation] {
        match direction {
            Direction::Up => &self.upgrade,
            Direction::Down => &self.downgrade,
            Direction::Stamp => &[],
        }
    }

    /// The line in which an operation of a direction begins, counted from 1, if there is a file.
    pub(super) fn line(&self, direction: Direction, operation: usize) -> Option<usize> {
        let lines = match direction {
            Direction::Up => &self.upgrade_lines,
            Direction::Down => &self.downgrade_lines,
            Direction::Stamp => return None,
        };
        lines.get(operation).copied()
    }
}
