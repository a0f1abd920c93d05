//! Raw SQL: passed on as it stands, one step a statement.

use super::super::Postgres;
use super::super::lexicon::{LEXICON, tokens};
use super::index;
use crate::dialect::{CompileError, Compiler, Isolation};
use crate::sql::{Token, TokenKind, autocommit, is_autocommit, split};
use crate::steps::{Doubt, Step};

/// The statements, unless they are for another dialect.
pub(super) fn steps(
    sql: &str,
    dialect: Option<&str>,
    apart: bool,
) -> Result<Vec<Step>, CompileError> {
    if is_of_another(dialect) {
        return Ok(Vec::new());
    }
    let statements = split(sql, &LEXICON).into_iter();
    if apart {
        statements
            .map(|it| step(&autocommit(it, &LEXICON)))
            .collect()
    } else {
        statements.map(step).collect()
    }
}

fn is_of_another(dialect: Option<&str>) -> bool {
    dialect.is_some_and(|dialect| !matches!(dialect, "postgresql" | "postgres"))
}

/// How one statement stands to the transaction of its revision.
pub(super) fn isolation(sql: &str, dialect: Option<&str>, apart: bool) -> Isolation {
    let words = words(sql);
    if is_of_another(dialect) {
        Isolation::Shared
    } else if refuses_transaction(&words) {
        Isolation::Outside
    } else if !apart && !is_autocommit(sql, &LEXICON) {
        Isolation::Shared
    } else if words.first().is_some_and(|word| word == "CALL") {
        // A procedure may commit by itself.
        Isolation::Outside
    } else {
        Isolation::Own
    }
}

fn step(statement: &str) -> Result<Step, CompileError> {
    Postgres.refuse_end(statement)?;
    let words = words(statement);
    let step = Step::new(statement);
    if isolation(statement, None, false) != Isolation::Outside {
        return Ok(step);
    }
    let patient = words.iter().any(|word| word == "CONCURRENTLY");
    let repeatable = matches!(
        words.first().map(String::as_str),
        Some("VACUUM" | "REINDEX" | "DISCARD")
    ) || words.iter().any(|word| word == "SYSTEM");
    Ok(match concurrent_index(statement) {
        Some(Change::Build { table, index }) => index::built(statement.to_string(), &table, &index),
        Some(Change::Drop { index }) => index::dropped(statement.to_string(), &index),
        None => Step {
            patient,
            // What makes or drops something is refused by the server a second time.
            doubt: match words.first().map(String::as_str) {
                Some("CREATE") if patient => Doubt::Person,
                Some("CREATE" | "DROP" | "ALTER") => Doubt::Again,
                _ if repeatable => Doubt::Again,
                _ => Doubt::Person,
            },
            ..step.outside_transaction()
        },
    })
}

/// What a statement does to an index while rows are written.
enum Change {
    Build { table: String, index: String },
    Drop { index: String },
}

/// Reads `CREATE INDEX CONCURRENTLY name ON table`, `DROP INDEX CONCURRENTLY name`, as far as names
/// stand there; texts of names as they are written.
fn concurrent_index(statement: &str) -> Option<Change> {
    let all: Vec<Token<'_>> = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let at = all.iter().position(|it| it.is_word("CONCURRENTLY"))?;
    let builds = all.first()?.is_word("CREATE");
    let mut rest = &all[at + 1..];
    while let Some((first, others)) = rest.split_first()
        && ["IF", "NOT", "EXISTS"]
            .iter()
            .any(|word| first.is_word(word))
    {
        rest = others;
    }
    let (index, rest) = name(rest)?;
    if !builds {
        let drops = all.first()?.is_word("DROP") && all.get(1)?.is_word("INDEX");
        let alone = !rest.iter().any(|it| it.is_symbol(","));
        return (drops && alone).then_some(Change::Drop { index });
    }
    let (on, rest) = rest.split_first()?;
    if !on.is_word("ON") || index.eq_ignore_ascii_case("on") {
        return None;
    }
    let rest = match rest.split_first() {
        Some((only, rest)) if only.is_word("ONLY") => rest,
        _ => rest,
    };
    let (table, _) = name(rest)?;
    // An index lies in the namespace of its table.
    let index = match table.rsplit_once('.') {
        Some((namespace, _)) => format!("{namespace}.{index}"),
        None => index,
    };
    Some(Change::Build { table, index })
}

/// The name, with its namespace where it has one, that the tokens begin with.
fn name<'a, 't>(all: &'a [Token<'t>]) -> Option<(String, &'a [Token<'t>])> {
    let is_name = |it: &&Token<'_>| matches!(it.kind, TokenKind::Word | TokenKind::QuotedName);
    let first = all.first().filter(is_name)?;
    match all {
        [_, dot, second, ..] if dot.is_symbol(".") && is_name(&second) => {
            Some((format!("{}.{}", first.text, second.text), &all[3..]))
        }
        _ => Some((first.text.to_string(), &all[1..])),
    }
}

fn words(statement: &str) -> Vec<String> {
    tokens(statement)
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.text.to_ascii_uppercase())
        .collect()
}

/// Whether a statement opens or ends a transaction.
pub(super) fn ends_transaction(statement: &str) -> bool {
    let words = words(statement);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["BEGIN" | "COMMIT" | "ABORT" | "END", ..] | ["START" | "PREPARE", "TRANSACTION", ..] => {
            true
        }
        ["ROLLBACK", rest @ ..] => !rest.contains(&"TO"),
        _ => false,
    }
}

/// Whether PostgreSQL refuses the statement inside a transaction, by its words.
fn refuses_transaction(words: &[String]) -> bool {
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
            assert!(refuses_transaction(&words(sql)), "{sql}");
        }
        let inside = [
            "CREATE INDEX concurrently_made ON t (a)",
            "CREATE INDEX i ON t (a)",
            "UPDATE t SET a = 'VACUUM'",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "ALTER TYPE mood ADD VALUE 'x'",
        ];
        for sql in inside {
            assert!(!refuses_transaction(&words(sql)), "{sql}");
        }
    }

    #[test]
    fn other_dialects_are_skipped() {
        assert_eq!(steps("SELECT 1", Some("sqlite"), false), Ok(Vec::new()));
        let both = steps("SELECT 1; SELECT 2", Some("postgresql"), false);
        assert_eq!(both.map(|it| it.len()), Ok(2));
    }

    #[test]
    fn a_statement_that_would_end_the_transaction_is_refused() {
        for sql in ["BEGIN", "commit", "START TRANSACTION", "rollback;", "END"] {
            assert!(steps(sql, None, false).is_err(), "{sql}");
        }
        assert!(steps("ROLLBACK TO SAVEPOINT a", None, false).is_ok());
    }

    #[test]
    fn what_a_crash_leaves_in_doubt() {
        let doubt = |sql: &str| steps(sql, None, false).map(|steps| steps[0].doubt.clone());
        let asks = [
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON ONLY s.t (a)",
            "DROP INDEX CONCURRENTLY IF EXISTS s.i",
        ];
        for sql in asks {
            assert!(matches!(doubt(sql), Ok(Doubt::Ask(_))), "{sql}");
        }
        for sql in [
            "VACUUM t",
            "REINDEX TABLE CONCURRENTLY t",
            "CREATE DATABASE d",
        ] {
            assert_eq!(doubt(sql), Ok(Doubt::Again), "{sql}");
        }
        for sql in [
            "CREATE INDEX CONCURRENTLY ON t (a)",
            "-- autocommit\nCALL fill()",
        ] {
            assert_eq!(doubt(sql), Ok(Doubt::Person), "{sql}");
        }
    }
}
