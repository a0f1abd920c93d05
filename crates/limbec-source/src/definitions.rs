//! Reads SQL files of views, functions, triggers and their like: text in, definitions out.
//!
//! A file holds one object or several, each by its `CREATE` statement; what follows it (its comment,
//! the indexes of a materialized view, a trigger that is off) belongs to it.

use std::ops::Range;

use limbec_core::dialect::{self, Dialect};
use limbec_core::schema::{Definition, DefinitionKind};
use limbec_core::sql::{Lexicon, TokenKind, split, tokens};

use crate::diagnostic::Diagnostic;

/// Reads the definitions of a file, in its order, for one kind of database.
///
/// With diagnostics the definitions are what could be read in spite of them.
///
/// ```
/// use limbec_core::dialect::postgres::Postgres;
/// use limbec_source::definitions::read;
///
/// let text = "CREATE VIEW titles AS SELECT title FROM books;\nCOMMENT ON VIEW titles IS 'All';";
/// let (definitions, mistakes) = read("views.sql", text, &Postgres);
/// assert!(mistakes.is_empty());
/// assert_eq!(definitions[0].to_string(), "view titles");
/// assert!(definitions[0].sql.ends_with("IS 'All'"));
/// ```
pub fn read(path: &str, text: &str, dialect: &dyn Dialect) -> (Vec<Definition>, Vec<Diagnostic>) {
    let lexicon = dialect.lexicon();
    let mut definitions: Vec<Definition> = Vec::new();
    let mut mistakes = Vec::new();
    let mut behind = 0;
    for statement in split(text, lexicon) {
        // Statements are parts of the text, in its order.
        let start = text[behind..]
            .find(statement)
            .map_or(behind, |at| behind + at);
        behind = start + statement.len();
        let (start, statement) = without_leading_comments(start, statement, lexicon);
        let mut mistake = |message: &str, help: Option<&str>| {
            let mut diagnostic = Diagnostic::new(path, first_line(start, statement), message);
            diagnostic.help.extend(help.map(String::from));
            mistakes.push(diagnostic);
        };
        match dialect.definition(statement) {
            Err(error) => mistake(&error.message, error.hint.as_deref()),
            Ok(Some(definition)) => definitions.push(definition.sql(statement)),
            Ok(None) if hangs_on(statement, lexicon) => match definitions.last_mut() {
                Some(last) => {
                    last.sql.push_str(";\n");
                    last.sql.push_str(statement);
                }
                None => mistake(
                    "this statement stands before the first `CREATE`",
                    Some("put it behind the statement that creates what it is about"),
                ),
            },
            Ok(None) => match elsewhere(statement) {
                Some((other, kind)) => mistake(
                    &format!(
                        "{} knows no `CREATE {}`",
                        dialect.name(),
                        kind.words().to_uppercase()
                    ),
                    Some(&format!(
                        "put it into a folder called `{}`, whose files are for that database only",
                        other.name()
                    )),
                ),
                None => mistake(
                    "this statement creates no view, function or trigger",
                    Some(
                        "tables, enums and their like are models; anything else is for a revision: \
                         `op.execute(\"…\")`",
                    ),
                ),
            },
        }
    }
    (definitions, mistakes)
}

/// The database that has what a statement creates, and what kind of object that is.
fn elsewhere(statement: &str) -> Option<(&'static dyn Dialect, DefinitionKind)> {
    dialect::ALL.iter().find_map(|other| {
        let definition = other.definition(statement).ok()??;
        Some((*other, definition.kind))
    })
}

/// Whether a statement says more of the object before it.
fn hangs_on(statement: &str, lexicon: &Lexicon) -> bool {
    let mut words = tokens(statement, lexicon).filter(|token| token.kind != TokenKind::Comment);
    let (Some(first), second) = (words.next(), words.next()) else {
        return false;
    };
    let second_is = |word: &str| second.is_some_and(|it| it.is_word(word));
    first.is_word("COMMENT")
        || first.is_word("ALTER")
        || (first.is_word("CREATE") && (second_is("INDEX") || second_is("UNIQUE")))
}

fn without_leading_comments<'a>(
    start: usize,
    statement: &'a str,
    lexicon: &Lexicon,
) -> (usize, &'a str) {
    let first = tokens(statement, lexicon).find(|token| token.kind != TokenKind::Comment);
    let at = first.map_or(0, |token| token.start);
    (start + at, &statement[at..])
}

fn first_line(start: usize, statement: &str) -> Range<usize> {
    start..start + statement.lines().next().unwrap_or_default().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use limbec_core::dialect::postgres::Postgres;

    fn shown(text: &str) -> String {
        let (definitions, mistakes) = read("a.sql", text, &Postgres);
        let definitions = definitions.iter().map(|it| format!("{it}: {}", it.sql));
        let mistakes = mistakes.iter().map(|it| {
            let (line, column) = it.line_column(text);
            format!(
                "{line}:{column} {} ({})",
                it.message,
                &text[it.span.clone()]
            )
        });
        definitions.chain(mistakes).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_follows_a_definition_belongs_to_it() {
        let text = "-- Titles.\nCREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x';\n\
                    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;";
        assert_eq!(
            shown(text),
            "view v: CREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x'\n\
             function f(): CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$"
        );
    }

    #[test]
    fn what_creates_nothing_of_the_kind_is_a_mistake_at_its_place() {
        let cases = [
            (
                "SELECT 1;\n\n-- why\n  CREATE TABLE t (\na int)",
                "1:1 this statement creates no view, function or trigger (SELECT 1)\n\
                 4:3 this statement creates no view, function or trigger (CREATE TABLE t ()",
            ),
            (
                "\nCOMMENT ON VIEW v IS 'x'",
                "2:1 this statement stands before the first `CREATE` (COMMENT ON VIEW v IS 'x')",
            ),
            (
                "CREATE FUNCTION f",
                "1:1 this `CREATE FUNCTION` does not read: CREATE FUNCTION f (CREATE FUNCTION f)",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
    }
}
