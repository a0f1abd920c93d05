//! Raw SQL: passed on as it stands, one step a statement.

use crate::sql::{TokenKind, split, tokens};
use crate::steps::Step;

/// The statements, unless they are for another dialect.
pub(super) fn steps(sql: &str, dialect: Option<&str>) -> Vec<Step> {
    if dialect.is_some_and(|dialect| !matches!(dialect, "postgresql" | "postgres")) {
        return Vec::new();
    }
    let step = |statement: &str| {
        let step = Step::new(statement);
        if refuses_transaction(statement) {
            step.outside_transaction()
        } else {
            step
        }
    };
    split(sql).into_iter().map(step).collect()
}

/// Whether PostgreSQL refuses the statement inside a transaction, by its words.
fn refuses_transaction(statement: &str) -> bool {
    let words: Vec<_> = tokens(statement)
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.text.to_ascii_uppercase())
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["VACUUM", ..]
        | ["ALTER", "SYSTEM", ..]
        | [
            "CREATE" | "DROP",
            "DATABASE" | "TABLESPACE" | "SUBSCRIPTION",
            ..,
        ]
        | ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
        | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
        | ["REINDEX", "DATABASE" | "SYSTEM" | "SCHEMA", ..]
        | ["DISCARD", "ALL"] => true,
        ["REINDEX", rest @ ..] => rest.iter().take(4).any(|word| *word == "CONCURRENTLY"),
        ["ALTER", "DATABASE", rest @ ..] => rest.contains(&"TABLESPACE"),
        ["ALTER", "TABLE", .., "CONCURRENTLY"] => words.contains(&"DETACH"),
        ["ALTER", "SUBSCRIPTION", ..] => words.contains(&"REFRESH"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_refuse_a_transaction() {
        let outside = [
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "-- soon\ncreate unique index concurrently if not exists i on t (a)",
            "DROP INDEX CONCURRENTLY i",
            "VACUUM (ANALYZE) t",
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "ALTER TABLE p DETACH PARTITION c CONCURRENTLY",
            "ALTER SYSTEM SET work_mem = '1MB'",
        ];
        for sql in outside {
            assert!(refuses_transaction(sql), "{sql}");
        }
        let inside = [
            "CREATE INDEX concurrently_made ON t (a)",
            "CREATE INDEX i ON t (a)",
            "UPDATE t SET a = 'VACUUM'",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "ALTER TYPE mood ADD VALUE 'x'",
        ];
        for sql in inside {
            assert!(!refuses_transaction(sql), "{sql}");
        }
    }

    #[test]
    fn other_dialects_are_skipped() {
        assert_eq!(steps("SELECT 1", Some("sqlite")), []);
        assert_eq!(steps("SELECT 1; SELECT 2", Some("postgresql")).len(), 2);
    }
}
