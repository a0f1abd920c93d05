//! What was sent to a database, less what is the runner's own: for comparing it with a dry run.

use limbec_core::dialect::Dialect;
use limbec_core::steps::{Doubt, Statement};

/// The texts of statements.
pub(crate) fn texts(statements: &[Statement]) -> Vec<String> {
    statements.iter().map(|it| it.step.sql.clone()).collect()
}

/// Leaves out what reads the catalogue, what asks how far a planned statement came, the settings of
/// the session, and transactions that hold nothing else.
pub(crate) fn of_revision(
    sent: Vec<String>,
    planned: &[Statement],
    dialect: &'static dyn Dialect,
) -> Vec<String> {
    let snapshot = dialect.snapshot();
    let [begin] = *snapshot.begin else {
        panic!("a snapshot that begins otherwise: {snapshot:?}");
    };
    let [end] = *snapshot.end else {
        panic!("a snapshot that ends otherwise: {snapshot:?}");
    };
    let mut own: Vec<&str> = dialect.catalogue().to_vec();
    own.extend([begin, end]);
    for statement in planned {
        if let Doubt::Ask(probe) = &statement.step.doubt {
            own.push(&probe.question);
        }
    }
    // A snapshot may end as a revision does: it goes together with its queries.
    let mut kept: Vec<String> = Vec::new();
    let mut in_snapshot = false;
    for sql in sent {
        if sql == begin {
            in_snapshot = true;
        } else if in_snapshot && sql == end {
            in_snapshot = false;
        } else if !in_snapshot && !is_own(&sql, &own, (begin, end)) {
            kept.push(sql);
        }
    }
    without_empty_transactions(kept, dialect)
}

fn is_own(sql: &str, own: &[&str], (begin, end): (&str, &str)) -> bool {
    let settings = [
        "SELECT set_config('lock_timeout'",
        "SELECT current_setting('lock_timeout')",
    ];
    let is_setting = settings.iter().any(|it| sql.starts_with(it));
    is_setting || (own.contains(&sql) && sql != begin && sql != end)
}

fn without_empty_transactions(mut sent: Vec<String>, dialect: &dyn Dialect) -> Vec<String> {
    let frame = dialect.frame(&[]);
    let mut empty: Vec<&str> = Vec::new();
    empty.extend(frame.begin.iter().map(|it| it.sql.as_str()));
    empty.extend(frame.commit.iter().map(|it| it.sql.as_str()));
    while let Some(at) = sent.windows(empty.len()).position(|it| it == empty) {
        sent.drain(at..at + empty.len());
    }
    sent
}
