//! Transactions, locks and limits of a session, and what its errors mean.

use super::{Fault, FaultKind, Limits, Row};
use crate::operations::Operation;
use crate::steps::Step;

/// How a transaction of one revision is framed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Runs before the first step; the last statement opens the transaction.
    pub begin: Vec<Step>,
    /// Runs after the last step; the last statement commits.
    pub commit: Vec<Step>,
    /// Undoes the transaction after a failure.
    pub rollback: Vec<Step>,
    /// Runs after the transaction, however it ended.
    pub restore: Vec<Step>,
}

/// How a session of a database is led through a revision.
pub trait Session {
    /// The transaction round one revision of these operations.
    fn frame(&self, _operations: &[Operation]) -> Frame {
        Frame {
            begin: vec![Step::new("BEGIN")],
            commit: vec![Step::new("COMMIT")],
            rollback: vec![Step::new("ROLLBACK")],
            restore: Vec::new(),
        }
    }

    /// The transaction round statements that were kept of an earlier run, which may be those of any
    /// operation.
    fn frame_of_kept(&self) -> Frame {
        self.frame(&[])
    }

    /// The query that each transaction begins with: it sets the limits, and fails if this process
    /// must not go on. `None` if there is nothing to set.
    fn enter(&self, _limits: &Limits<'_>) -> Option<String> {
        None
    }

    /// The statement as one that fails as [`Session::enter`] does unless it changes a row; `None`
    /// if the database cannot say so, and the number of rows must be looked at.
    fn counted(&self, _sql: &str) -> Option<String> {
        None
    }

    /// Sets the limits round a statement outside of transactions, and answers with the values
    /// before; [`Session::leave`] brings them back.
    fn enter_outside(&self, _limits: &Limits<'_>) -> Option<String> {
        None
    }

    /// Brings back what [`Session::enter_outside`] answered with.
    fn leave(&self, _before: &Row) -> Option<String> {
        None
    }

    /// What an error means.
    fn classify(&self, fault: &Fault<'_>) -> FaultKind;

    /// What to do about an error, if the database does not say it.
    fn advice(&self, _fault: &Fault<'_>) -> Option<&'static str> {
        None
    }

    /// The query that tries to take the lock of the migrations without waiting, and the one that gives
    /// it back; a row that is true means taken. `None` if the transaction itself locks.
    ///
    /// The lock is of the namespace that the version table stands in, so that all who share the table
    /// exclude each other; of the connection's own namespace if none is given.
    fn lock(&self, _namespace: Option<&str>) -> Option<(String, String)> {
        None
    }

    /// The query that names the session with the lock of [`Session::lock`]: its process, its
    /// application's name, the seconds since it connected, its client's address; what it does
    /// (`active`, `idle`), for how many seconds, its statement, and the processes that it waits for.
    fn holder(&self, _namespace: Option<&str>) -> Option<String> {
        None
    }

    /// The query that names the server's process of this session; `None` if there is nothing of the kind.
    fn own_process(&self) -> Option<&'static str> {
        None
    }

    /// The query that says whether the session of a process is still there.
    fn is_there(&self, _process: &str) -> Option<String> {
        None
    }

    /// The statement that ends the session of a process; `None` if there is nothing of the kind.
    fn terminate(&self, _process: &str) -> Option<String> {
        None
    }

    /// The query that lists the sessions in the way of this one, the oldest transaction first:
    /// pid, application, state, seconds of its transaction, the statement, the relation.
    fn blockers(&self) -> Option<String> {
        None
    }
}
