//! Progress, as it is reported.

use std::path::Path;
use std::time::Duration;

use limbec_core::operations::Operation;
use limbec_core::revision::PlanStep;
use limbec_core::schema::ObjectName;

use super::Error;
use super::ahead::Ahead;
use super::contention::Blocker;
use super::from_database::KeptSql;
use super::lock::Holder;

/// What receives progress.
pub(super) type Observer<'o> = Box<dyn FnMut(Event<'_>) + Send + 'o>;

/// What happens while a database is migrated.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The server refuses connections, is starting up, or is not known to the network yet; this process
    /// waits for it.
    Absent {
        /// What stood in the way.
        error: &'a str,
        /// For how long it has waited already.
        since: Duration,
        /// For how long it waits at most.
        wait: Duration,
    },
    /// Another process migrates this database; this one waits.
    Waiting {
        /// For how long already.
        since: Duration,
        /// Who it is, where that can be seen.
        holder: Option<&'a Holder>,
    },
    /// This process waits until another one has upgraded the database (policy `wait`).
    Behind {
        /// The revisions that are pending.
        pending: &'a [String],
        /// For how long it has waited already.
        since: Duration,
        /// For how long it waits at most.
        timeout: Duration,
        /// Who migrates the database, where anybody does and it can be seen.
        holder: Option<&'a Holder>,
    },
    /// Another session builds the index that is to be built next; this one waits for its end.
    Building {
        /// The revision.
        revision: &'a str,
        /// For how long already.
        since: Duration,
    },
    /// A step begins.
    Step {
        /// The step.
        step: &'a PlanStep<'a>,
        /// Its operations; none for a stamp.
        operations: &'a [Operation],
        /// Which step, counted from 1.
        number: usize,
        /// How many steps there are.
        total: usize,
    },
    /// A part of a revision begins that is committed by itself; only where there are several.
    Part {
        /// The revision.
        revision: &'a str,
        /// Which part, counted from 1.
        number: usize,
        /// How many parts there are.
        total: usize,
    },
    /// Another session was in the way: the transaction was rolled back, and is tried again.
    Retrying {
        /// What the database said.
        error: &'a Error,
        /// Who holds the tables locked.
        blockers: &'a [Blocker],
        /// Which try it was, counted from 1.
        attempt: u32,
        /// How many more there may be after the first.
        retries: u32,
        /// How long the pause is.
        pause: Duration,
    },
    /// A run before was stopped at this operation, and the database shows that it is done.
    Settled {
        /// The revision.
        revision: &'a str,
        /// The operation.
        operation: &'a Operation,
    },
    /// A newer program has migrated the database; this one goes on with it as it is.
    Ahead {
        /// What is known of it.
        ahead: &'a Ahead,
    },
    /// The database was copied before this revision, which may have lost data.
    Copied {
        /// The revision.
        revision: &'a str,
        /// The copy.
        to: &'a Path,
        /// The database.
        of: &'a Path,
    },
    /// The version table does not stand in the connection's own namespace.
    Elsewhere {
        /// The version table.
        version_table: &'a ObjectName,
        /// The connection's own namespace, in which revisions make their objects.
        own: &'a str,
    },
    /// The database keeps this SQL, by which a revision is to be reverted that is not known here.
    Kept {
        /// The SQL.
        sql: &'a KeptSql,
    },
    /// The plan has something to say before it runs.
    Warning {
        /// What, as a sentence.
        message: &'a str,
    },
}
