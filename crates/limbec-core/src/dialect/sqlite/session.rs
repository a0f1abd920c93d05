//! The transaction round a revision, and what the errors of a session mean.
//!
//! There is no lock of the migrations beside it: `BEGIN IMMEDIATE` lets one writer in, and the
//! others wait.
//!
//! A rebuild drops a table, and with `foreign_keys` on SQLite deletes its rows first, which
//! empties the tables that refer to it by `ON DELETE CASCADE`. The setting can only be changed
//! outside a transaction, and inside one the change is ignored without a word: so it is made
//! before, and checked.

use super::Sqlite;
use crate::dialect::{Fault, FaultKind, Frame, Session};
use crate::operations::Operation;
use crate::steps::Step;

impl Session for Sqlite {
    fn frame(&self, operations: &[Operation]) -> Frame {
        frame(keys_off(*self, operations), renames(operations))
    }

    fn frame_of_kept(&self) -> Frame {
        frame(true, true)
    }

    fn classify(&self, fault: &Fault<'_>) -> FaultKind {
        // The low byte of an extended code is what all of its kind have in common.
        match fault.code.map(|code| (code & 0xff, code)) {
            Some((BUSY, _) | (_, LOCKED_SHAREDCACHE)) => FaultKind::Contention,
            Some((READONLY, _)) => FaultKind::ReadOnly,
            Some((INTERRUPT, _)) => FaultKind::Cancelled,
            Some((FULL, _)) => FaultKind::DiskFull,
            // It has no code of its own.
            Some((ERROR, _)) if fault.message.starts_with("no such table: ") => {
                FaultKind::MissingTable
            }
            _ => FaultKind::Other,
        }
    }

    fn advice(&self, fault: &Fault<'_>) -> Option<&'static str> {
        advice(fault.message)
    }
}

const ERROR: i32 = 1;
const BUSY: i32 = 5;
const READONLY: i32 = 8;
const INTERRUPT: i32 = 9;
const FULL: i32 = 13;
const LOCKED_SHAREDCACHE: i32 = 262;

/// A statement that brings a setting of the connection back. `PRAGMA` takes no expression, so it
/// is the driver that asks first; where none does (a printed script), SQLite's default is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restore {
    /// The statement, among the steps of [`Frame::restore`], spelled as no other step is.
    pub statement: &'static str,
    /// The question; a driver runs the statement only if the answer is `1`.
    pub question: &'static str,
    /// What a driver runs if the answer is `0`.
    pub otherwise: &'static str,
}

/// The settings of the connection before the transaction.
const REMEMBER: &str = "CREATE TEMP TABLE IF NOT EXISTS limbec_settings AS \
     SELECT foreign_keys, legacy_alter_table FROM pragma_foreign_keys, pragma_legacy_alter_table";

const FORGET: &str = "DROP TABLE IF EXISTS temp.limbec_settings";

/// The statements that bring a connection's settings back.
pub const RESTORE: [Restore; 2] = [
    Restore {
        statement: "PRAGMA legacy_alter_table(OFF)",
        question: "SELECT NOT legacy_alter_table FROM temp.limbec_settings",
        otherwise: "PRAGMA legacy_alter_table(ON)",
    },
    Restore {
        statement: "PRAGMA foreign_keys(ON)",
        question: "SELECT foreign_keys FROM temp.limbec_settings",
        otherwise: "PRAGMA foreign_keys(OFF)",
    },
];

/// Whether a revision may drop a table, for which the foreign keys are switched off.
pub(super) fn keys_off(dialect: Sqlite, operations: &[Operation]) -> bool {
    let may_drop_table = |operation: &Operation| {
        matches!(operation, Operation::DropTable { .. })
            || super::compile::may_rebuild(dialect, operation)
    };
    operations.iter().any(may_drop_table)
}

/// Whether a revision changes a name, which by the legacy rules stays as it was in views and
/// triggers.
fn renames(operations: &[Operation]) -> bool {
    let renames = |it: &Operation| {
        matches!(
            it,
            Operation::RenameTable { .. } | Operation::RenameColumn { .. }
        )
    };
    operations.iter().any(renames)
}

/// The transaction round one revision.
fn frame(keys_off: bool, renames: bool) -> Frame {
    let mut begin = Vec::new();
    let mut restore = Vec::new();
    if keys_off || renames {
        begin.extend([
            Step::new(REMEMBER),
            Step::new("PRAGMA legacy_alter_table = OFF"),
        ]);
        restore.extend(RESTORE.iter().map(|it| Step::new(it.statement)));
        restore.push(Step::new(FORGET));
    }
    if keys_off {
        begin.extend([
            Step::new("PRAGMA foreign_keys = OFF"),
            Step::check(
                "PRAGMA foreign_keys",
                "0",
                "SQLite's foreign keys cannot be switched off, because this connection is inside \
                 a transaction already: rebuilding a table would delete rows that refer to it",
            ),
        ]);
    }
    begin.push(Step::new("BEGIN IMMEDIATE"));
    let outside = |steps: Vec<Step>| steps.into_iter().map(Step::outside_transaction).collect();
    Frame {
        begin: outside(begin),
        commit: outside(vec![Step::new("COMMIT")]),
        rollback: outside(vec![Step::new("ROLLBACK")]),
        restore: outside(restore),
    }
}

/// What to do about an error of which SQLite says only what it is.
fn advice(message: &str) -> Option<&'static str> {
    let needs_no_transaction = [
        "within a transaction",
        "inside a transaction",
        "within transaction",
    ];
    if needs_no_transaction.iter().any(|it| message.contains(it)) {
        return Some(
            "put a line `-- autocommit` above the statement, or use `op.execute_autocommit`: it \
             then runs in a step of its own",
        );
    }
    let is_broken = ["error in view ", "error in trigger "];
    is_broken
        .iter()
        .any(|it| message.starts_with(it))
        .then_some(
            "SQLite looks at every view and trigger when a name changes or a column goes: mend or \
             drop the one it names first",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_classified_by_their_code() {
        let cases = [
            (1, "no such table: alembic_version", FaultKind::MissingTable),
            (1, "no such table: main.a", FaultKind::MissingTable),
            (1, "no such column: a", FaultKind::Other),
            (
                1,
                "error in view v: no such table: main.a",
                FaultKind::Other,
            ),
            (5, "database is locked", FaultKind::Contention),
            // SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT
            (261, "database is locked", FaultKind::Contention),
            (517, "database is locked", FaultKind::Contention),
            // This connection itself is at the table, unless a cache is shared.
            (6, "database table is locked", FaultKind::Other),
            (262, "database table is locked", FaultKind::Contention),
            (
                8,
                "attempt to write a readonly database",
                FaultKind::ReadOnly,
            ),
            (
                1032,
                "attempt to write a readonly database",
                FaultKind::ReadOnly,
            ),
            (9, "interrupted", FaultKind::Cancelled),
            (13, "database or disk is full", FaultKind::DiskFull),
            (2067, "UNIQUE constraint failed: a.b", FaultKind::Other),
        ];
        for (code, message, kind) in cases {
            let fault = Fault {
                code: Some(code),
                message,
                ..Fault::default()
            };
            assert_eq!(Sqlite.classify(&fault), kind, "{code}: {message}");
        }
        // A trigger may raise any text.
        let raised = Fault {
            code: Some(1811),
            message: "database is locked",
            ..Fault::default()
        };
        assert_eq!(Sqlite.classify(&raised), FaultKind::Other);
    }
}
