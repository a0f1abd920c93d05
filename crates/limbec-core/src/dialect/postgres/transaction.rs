//! The transactions: round a revision, an experiment, and the reading of the catalogue.

use super::names;
use crate::dialect::{Frame, ScratchFrame, ScratchPlace};
use crate::steps::Step;

/// Round the catalogue queries: one snapshot, so that no concurrent change is read half.
pub(super) const SNAPSHOT: (&str, &str) = (
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "COMMIT",
);

pub(super) fn frame() -> Frame {
    Frame {
        begin: vec![Step::new("BEGIN")],
        commit: vec![Step::new("COMMIT")],
        rollback: vec![Step::new("ROLLBACK")],
        restore: Vec::new(),
    }
}

/// A transaction that is rolled back, or a savepoint inside the one that is open. The savepoint
/// stays after its rollback, so that a second rollback does no harm.
pub(super) fn scratch_frame(in_transaction: bool) -> ScratchFrame {
    let (begin, rollback) = if in_transaction {
        (
            "SAVEPOINT limbec_scratch",
            "ROLLBACK TO SAVEPOINT limbec_scratch",
        )
    } else {
        ("BEGIN", "ROLLBACK")
    };
    ScratchFrame {
        begin: begin.to_string(),
        rollback: rollback.to_string(),
    }
}

/// A database of its own, or a schema in a transaction: where the search path leads to it first,
/// unqualified names land there, and extensions are still found.
pub(super) fn scratch_place(name: &str) -> ScratchPlace {
    let name = names::quote(name);
    ScratchPlace {
        create_database: format!("CREATE DATABASE {name} TEMPLATE template0"),
        drop_database: format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        enter_schema: vec![
            "BEGIN".to_string(),
            format!("CREATE SCHEMA {name}"),
            format!(
                "SELECT set_config('search_path', '{name}, ' || current_setting('search_path'), true)"
            ),
        ],
        leave_schema: "ROLLBACK".to_string(),
    }
}
