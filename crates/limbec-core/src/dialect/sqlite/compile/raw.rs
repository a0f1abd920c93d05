//! Raw SQL: each statement as it stands.

use super::super::Sqlite;
use super::super::lexicon::{LEXICON, tokens};
use super::guard::{names, new_violations, violations, well_formed};
use super::replace;
use crate::dialect::{CompileError, Compiler, Isolation};
use crate::operations::Operation;
use crate::schema::Schema;
use crate::sql::{Token, TokenKind, autocommit, is_autocommit, split};
use crate::steps::Step;

/// The words of a statement, without its comments.
pub(super) fn words(statement: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(statement).filter(|it| it.kind != TokenKind::Comment)
}

/// Whether an operation is SQL that changes rows.
pub(super) fn writes(operation: &Operation) -> bool {
    let Operation::Execute { sql, .. } = operation else {
        return false;
    };
    split(sql, &LEXICON).into_iter().any(|statement| {
        let first = words(statement).next();
        let writes = ["INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"];
        first.is_some_and(|it| writes.iter().any(|word| it.is_word(word)))
    })
}

/// How a statement stands to the transaction of its revision.
pub(super) fn isolation(statement: &str, apart: bool) -> Isolation {
    let first = words(statement).next();
    let is = |word: &str| first.is_some_and(|token| token.is_word(word));
    let marked = apart || is_autocommit(statement, &LEXICON);
    if is("VACUUM") || (marked && ["PRAGMA", "ATTACH", "DETACH"].iter().any(|it| is(it))) {
        Isolation::Outside
    } else if marked {
        Isolation::Own
    } else {
        Isolation::Shared
    }
}

/// The statements.
pub(super) fn execute(text: &str, apart: bool) -> Result<Vec<Step>, CompileError> {
    let mut steps = Vec::new();
    for statement in split(text, &LEXICON) {
        Sqlite.refuse_end(statement)?;
        let step = if apart {
            Step::new(autocommit(statement, &LEXICON))
        } else {
            Step::new(statement)
        };
        steps.push(match isolation(statement, apart) {
            Isolation::Outside => step.outside_transaction(),
            _ => step,
        });
    }
    Ok(steps)
}

/// Whether a statement opens or ends a transaction.
pub(super) fn ends_transaction(statement: &str) -> bool {
    let mut words = words(statement);
    let first = words.next();
    let is = |word: &str| first.is_some_and(|token| token.is_word(word));
    let to_savepoint = is("ROLLBACK") && words.any(|token| token.is_word("TO"));
    let ends = ["BEGIN", "COMMIT", "END", "ROLLBACK"];
    !to_savepoint && ends.iter().any(|word| is(word))
}

/// Why SQL is refused in a revision that rebuilds tables.
const KEYS_ARE_OFF: &str = "the revision also changes a table in a way for which SQLite's foreign \
    keys are off, so that no `ON DELETE` or `ON UPDATE` runs with it; put the SQL into a revision of \
    its own";

/// The statements in a revision that also rebuilds tables, for which the foreign keys are off: what
/// they would have refused, deleted or set leaves rows that refer to nothing, which are looked for
/// where the connection has the foreign keys on.
pub(super) fn guarded(
    text: &str,
    apart: bool,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let mut statements = execute(text, apart)?;
    let mut replaced = split(text, &LEXICON).into_iter();
    if let Some(table) = replaced.find_map(|it| replace::followed_table(it, current)) {
        let refused = Step::check(
            "SELECT foreign_keys FROM temp.limbec_settings",
            "0",
            format!(
                "this SQL may replace rows of `{}`, which others refer to: {KEYS_ARE_OFF}",
                table.name
            ),
        );
        statements.insert(0, refused);
    }
    let tables = current.tables.iter();
    let tables: Vec<String> = tables
        .filter(|it| !it.foreign_keys.is_empty() && well_formed(it, current))
        .map(|it| it.name.name.clone())
        .collect();
    if tables.is_empty() {
        return Ok(statements);
    }
    let mut steps = vec![Step::new(format!(
        "CREATE TEMP TABLE limbec_violations AS {}",
        violations(&tables)
    ))];
    steps.extend(statements);
    steps.push(new_violations(
        &tables,
        "(SELECT foreign_keys FROM temp.limbec_settings)",
        format!(
            "this SQL leaves rows of {} that refer to nothing: {KEYS_ARE_OFF}",
            names(&tables)
        ),
    ));
    steps.push(Step::new("DROP TABLE temp.limbec_violations"));
    Ok(steps)
}
