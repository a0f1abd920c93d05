//! How a session is led through a revision: its limits, and what its errors mean.

use super::names::literal;
use super::{Postgres, lock};
use crate::dialect::{Limits, Row, Session};

impl Session for Postgres {
    fn enter(&self, limits: &Limits<'_>) -> Option<String> {
        Some(enter(limits))
    }

    fn is_lost(&self, sqlstate: Option<&str>) -> bool {
        sqlstate == Some(LOST)
    }

    fn counted(&self, sql: &str) -> Option<String> {
        Some(counted(sql))
    }

    fn enter_outside(&self, limits: &Limits<'_>) -> Option<String> {
        Some(enter_outside(limits))
    }

    fn leave(&self, before: &Row) -> Option<String> {
        Some(leave(before))
    }

    fn is_contention(&self, sqlstate: Option<&str>, _message: &str) -> bool {
        is_contention(sqlstate)
    }

    fn advice(&self, sqlstate: Option<&str>, _message: &str) -> Option<&'static str> {
        advice(sqlstate)
    }

    fn lock(&self) -> Option<(String, String)> {
        Some(lock::queries())
    }

    fn holder(&self) -> Option<String> {
        Some(lock::holder())
    }

    fn blockers(&self) -> Option<String> {
        Some(lock::blockers())
    }
}

/// The limits of a transaction, whose statements are those of this revision. It fails where
/// another process holds the lock of the migrations: the number of rows is divided by zero.
fn enter(limits: &Limits<'_>) -> String {
    let key = lock::key();
    let lock = if limits.waits {
        format!("pg_advisory_xact_lock({key})")
    } else {
        format!("1 / pg_try_advisory_xact_lock({key})::int")
    };
    format!("SELECT {}, {lock}", settings(limits, true).join(", "))
}

/// Fails unless the statement changes a row: so that the commit can be sent behind it at once.
fn counted(sql: &str) -> String {
    format!("WITH changed AS ({sql} RETURNING 1) SELECT 1 / count(*) FROM changed")
}

/// SQLSTATE `division_by_zero`, with which [`enter`] and [`counted`] fail.
const LOST: &str = "22012";

/// The limits round a statement outside of transactions, and the values before.
fn enter_outside(limits: &Limits<'_>) -> String {
    let before = SETTINGS.map(|name| format!("current_setting('{name}')"));
    format!(
        "SELECT {}, {}",
        before.join(", "),
        settings(limits, false).join(", ")
    )
}

/// Brings back what [`enter_outside`] answered with.
fn leave(before: &Row) -> String {
    let back = SETTINGS.iter().zip(before).filter_map(|(name, value)| {
        let value = literal(value.as_deref()?);
        Some(format!("set_config('{name}', {value}, false)"))
    });
    format!("SELECT {}", back.collect::<Vec<_>>().join(", "))
}

/// What is set, in the order in which its values before are answered.
const SETTINGS: [&str; 3] = ["lock_timeout", "statement_timeout", "application_name"];

fn settings(limits: &Limits<'_>, local: bool) -> Vec<String> {
    let set = |name: &str, value: &str| format!("set_config('{name}', {value}, {local})");
    let mut settings = vec![set("lock_timeout", &literal(limits.lock_timeout))];
    if let Some(time) = limits.statement_timeout {
        settings.push(set("statement_timeout", &literal(time)));
    }
    // Whoever looks at the sessions sees which revision this one is at.
    let name = format!(
        "left(current_setting('application_name'), 40) || {}",
        literal(&format!(" [{}]", limits.revision))
    );
    settings.push(set("application_name", &name));
    settings
}

/// Whether another session was in the way: a lock, a deadlock, a serialization failure.
fn is_contention(sqlstate: Option<&str>) -> bool {
    matches!(sqlstate, Some("55P03" | "40P01" | "40001"))
}

/// What to do about an error of which the server says only what it is.
fn advice(sqlstate: Option<&str>) -> Option<&'static str> {
    Some(match sqlstate? {
        // active_sql_transaction, invalid_transaction_termination
        "25001" | "2D000" => {
            "put a line `-- autocommit` above the statement, or use `op.execute_autocommit`: it \
             then runs in a step of its own"
        }
        // unsafe_new_enum_value_usage
        "55P04" => {
            "a label can be used once the transaction that added it has committed: put a line \
             `-- autocommit` above the statement that adds it, or use it in the next revision"
        }
        // query_canceled
        "57014" => {
            "where it was the statement timeout: raise it for this revision by \
             `op.statement_timeout(\"10min\")`, or for all by `[migrations] statement_timeout`"
        }
        _ => return None,
    })
}
