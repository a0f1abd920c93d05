//! What a `CREATE` statement makes: a view or a trigger, read from its first words.

use super::lexicon::{LEXICON, tokens};
use crate::dialect::CompileError;
use crate::schema::{Definition, DefinitionKind, ObjectName};
use crate::sql::{Token, TokenKind};

/// Reads a statement; `None` where it creates neither a view nor a trigger.
pub(super) fn created(statement: &str) -> Result<Option<Definition>, CompileError> {
    const SKIPPED: [&str; 5] = ["TEMP", "TEMPORARY", "IF", "NOT", "EXISTS"];
    let skipped = |token: &Token<'_>| SKIPPED.iter().any(|word| token.is_word(word));
    let mut words = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .filter(|token| !skipped(token));
    if !words.next().is_some_and(|token| token.is_word("CREATE")) {
        return Ok(None);
    }
    let kind = match words.next() {
        Some(word) if word.is_word("VIEW") => DefinitionKind::View,
        Some(word) if word.is_word("TRIGGER") => DefinitionKind::Trigger,
        _ => return Ok(None),
    };
    let unclear = || {
        CompileError::new(format!(
            "this `CREATE {}` does not read: {}",
            kind.words().to_uppercase(),
            statement.lines().next().unwrap_or_default()
        ))
    };
    let words: Vec<Token<'_>> = words.collect();
    let (name, rest) = named(&words).ok_or_else(unclear)?;
    let table = match kind {
        DefinitionKind::Trigger => {
            let on = rest.iter().position(|token| token.is_word("ON"));
            let table = on.and_then(|at| named(&rest[at + 1..]));
            Some(ObjectName::new(table.ok_or_else(unclear)?.0))
        }
        _ => None,
    };
    Ok(Some(Definition::new(
        kind,
        ObjectName::new(name),
        None,
        table,
    )))
}

/// A name; the database's own before it is no part of it.
fn named<'a, 't>(words: &'a [Token<'t>]) -> Option<(String, &'a [Token<'t>])> {
    match words {
        [_, dot, name, rest @ ..] if dot.is_symbol(".") => Some((name.name(&LEXICON)?, rest)),
        [name, rest @ ..] => Some((name.name(&LEXICON)?, rest)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_and_triggers() {
        let cases = [
            ("CREATE VIEW v AS SELECT 1", "view v"),
            (
                "create temp view if not exists main.\"V w\" as select 1",
                "view V w",
            ),
            (
                "CREATE TRIGGER t AFTER UPDATE OF a ON books BEGIN SELECT 1; END",
                "trigger t on books",
            ),
        ];
        for (statement, expected) in cases {
            let definition = created(statement).unwrap().unwrap();
            assert_eq!(definition.to_string(), expected);
        }
        assert_eq!(created("CREATE TABLE t (a)"), Ok(None));
        assert!(created("CREATE TRIGGER t AFTER INSERT").is_err());
    }
}
