//! How a session is led through a revision: its limits, and what its errors mean.

use super::names::literal;
use super::{Postgres, lock};
use crate::dialect::{Fault, FaultKind, Limits, Row, Session, TimeLimit};

impl Session for Postgres {
    fn enter(&self, limits: &Limits<'_>) -> Option<String> {
        Some(enter(limits))
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

    fn classify(&self, fault: &Fault<'_>) -> FaultKind {
        if is_of_statement_pooling(fault) {
            return FaultKind::Other;
        }
        match fault.sqlstate.unwrap_or_default() {
            // undefined_table
            "42P01" => FaultKind::MissingTable,
            // lock_not_available, deadlock_detected, serialization_failure
            "55P03" | "40P01" | "40001" => FaultKind::Contention,
            // admin_shutdown, crash_shutdown, cannot_connect_now; all of class 08 is the connection
            "57P01" | "57P02" | "57P03" => FaultKind::ConnectionLost,
            class if class.starts_with("08") => FaultKind::ConnectionLost,
            // query_canceled
            "57014" => FaultKind::Cancelled,
            // read_only_sql_transaction
            "25006" => FaultKind::ReadOnly,
            // division_by_zero, with which `enter` and `counted` fail
            "22012" => FaultKind::LockLost,
            // disk_full
            "53100" => FaultKind::DiskFull,
            // cannot_coerce
            "42501" => FaultKind::NotAllowed,
            "42846" => FaultKind::NoCast,
            _ => FaultKind::Other,
        }
    }

    fn advice(&self, fault: &Fault<'_>) -> Option<&'static str> {
        advice(fault)
    }

    fn lock(&self, namespace: Option<&str>) -> Option<(String, String)> {
        Some((lock::take(namespace), lock::give_back()))
    }

    fn holder(&self, namespace: Option<&str>) -> Option<String> {
        Some(lock::holder(namespace))
    }

    fn own_process(&self) -> Option<&'static str> {
        Some("SELECT pg_backend_pid()")
    }

    fn is_there(&self, process: &str) -> Option<String> {
        let process = literal(process);
        Some(format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid::text = {process})"
        ))
    }

    fn terminate(&self, process: &str) -> Option<String> {
        Some(format!("SELECT pg_terminate_backend({process})"))
    }

    fn blockers(&self) -> Option<String> {
        Some(lock::blockers())
    }
}

/// The limits of a transaction, whose statements are those of this revision. It fails where
/// another process holds the lock of the migrations: the number of rows is divided by zero.
fn enter(limits: &Limits<'_>) -> String {
    let key = lock::key(limits.namespace);
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
    let time = |limit: TimeLimit| literal(&format!("{}ms", limit.milliseconds()));
    let mut settings = vec![set("lock_timeout", &time(limits.lock_timeout))];
    if let Some(limit) = limits.statement_timeout {
        settings.push(set("statement_timeout", &time(limit)));
    }
    // Whoever looks at the sessions sees which revision this one is at.
    let name = format!(
        "left(current_setting('application_name'), 40) || {}",
        literal(&format!(" [{}]", limits.revision))
    );
    settings.push(set("application_name", &name));
    settings
}

/// Whether a pooler has refused a transaction. It has no SQLSTATE of its own for that.
fn is_of_statement_pooling(fault: &Fault<'_>) -> bool {
    fault.message.contains("statement pooling mode")
}

/// What to do about an error of which the server says only what it is.
fn advice(fault: &Fault<'_>) -> Option<&'static str> {
    if is_of_statement_pooling(fault) {
        return Some(
            "the pooler hands out each statement to another session (`pool_mode = statement`): give \
             limbec the URL of the server itself, or of a pool in the mode `transaction` or `session`",
        );
    }
    Some(match fault.sqlstate? {
        // read_only_sql_transaction
        "25006" => {
            "the server takes no changes: it is a standby, or `default_transaction_read_only` is on for \
             it, the database or the role; give limbec the URL of the primary \
             (`target_session_attrs=read-write` finds it among several hosts)"
        }
        // disk_full
        "53100" => {
            "make room on the disk of the server, then run the command again: it goes on from what is \
             there"
        }
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
        // not_null_violation
        "23502" => {
            "rows that are there have no value: give the column a `server_default`, or add it with NULL \
             allowed, fill it (`op.execute(\"UPDATE … SET … = … WHERE … IS NULL\")`) and then refuse NULL"
        }
        // check_violation
        "23514" => {
            "rows that are there break it: change them first (`op.execute(\"UPDATE … WHERE NOT (…)\")`), or \
             make the check `not_valid`, which looks at new rows only, and validate it in a later revision"
        }
        // unique_violation
        "23505" => {
            "rows that are there have the same key: find them by `SELECT …, count(*) FROM … GROUP BY … \
             HAVING count(*) > 1`, and change or delete all but one of each first"
        }
        // foreign_key_violation
        "23503" => {
            "rows refer to rows that do not exist: mend or delete them first, or make the foreign key \
             `not_valid`, which looks at new rows only, and validate it in a later revision"
        }
        // string_data_right_truncation
        "22001" => {
            "rows that are there hold longer texts: shorten them first \
             (`op.execute(\"UPDATE … SET … = left(…, n) WHERE length(…) > n\")`), or say by \
             `.using(\"left(…, n)\")` how they become shorter"
        }
        // numeric_value_out_of_range
        "22003" => {
            "rows that are there hold numbers that do not fit the new type: change them first, or say by \
             `.using(\"…\")` how each becomes one that does"
        }
        // invalid_text_representation, invalid_datetime_format
        "22P02" | "22007" => {
            "rows that are there hold values that the new type does not read: change them first, or say by \
             `.using(\"…\")` how each becomes one that it does; a label that goes is to be replaced in \
             the rows first"
        }
        // cannot_coerce, datatype_mismatch
        "42846" | "42804" => {
            "no cast leads from one type to the other: say by `.using(\"…\")` how a value of the old type \
             becomes one of the new"
        }
        // query_canceled
        "57014" => {
            "where it was the statement timeout: raise it for this revision by \
             `op.statement_timeout(\"10min\")`, or for all by `[migrations] statement_timeout`"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_classified_by_their_sqlstate() {
        let cases = [
            (Some("42P01"), FaultKind::MissingTable),
            // A column, a function, a type: not the table itself.
            (Some("42703"), FaultKind::Other),
            (Some("42883"), FaultKind::Other),
            (Some("42704"), FaultKind::Other),
            (Some("55P03"), FaultKind::Contention),
            (Some("40P01"), FaultKind::Contention),
            (Some("40001"), FaultKind::Contention),
            (Some("57P01"), FaultKind::ConnectionLost),
            (Some("08006"), FaultKind::ConnectionLost),
            (Some("57014"), FaultKind::Cancelled),
            (Some("25006"), FaultKind::ReadOnly),
            (Some("25001"), FaultKind::Other),
            (Some("22012"), FaultKind::LockLost),
            (Some("53100"), FaultKind::DiskFull),
            (Some("23505"), FaultKind::Other),
            (None, FaultKind::Other),
        ];
        for (sqlstate, kind) in cases {
            // Messages are in the server's language.
            let fault = Fault {
                sqlstate,
                message: "division by zero",
                ..Fault::default()
            };
            assert_eq!(Postgres.classify(&fault), kind, "{sqlstate:?}");
        }
    }
}
