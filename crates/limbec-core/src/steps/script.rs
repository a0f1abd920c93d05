//! Steps as a text that can be read back: what the journal keeps.

use super::Step;
use crate::sql::{Lexicon, TokenKind, autocommit, is_autocommit, split, tokens};

/// The comments that say what a query must answer.
const VALUE: &str = "-- must be ";
const OTHERWISE: &str = "-- else: ";

/// Writes steps as SQL, with comments for what SQL cannot say.
///
/// ```
/// use limbec_core::sql::Lexicon;
/// use limbec_core::steps::{Step, read_script, script};
/// let steps = vec![
///     Step::check("SELECT count(*) FROM a", "0", "`a` holds rows"),
///     Step::new("DROP TABLE a"),
/// ];
/// let text = script(&steps, &Lexicon::STANDARD);
/// assert_eq!(text, "\
/// -- must be 0
/// -- else: `a` holds rows
/// SELECT count(*) FROM a;
/// DROP TABLE a;
/// ");
/// assert_eq!(read_script(&text, &Lexicon::STANDARD), steps);
/// ```
pub fn script<'s>(steps: impl IntoIterator<Item = &'s Step>, lexicon: &Lexicon) -> String {
    let mut text = String::new();
    for step in steps {
        if let Some(expected) = &step.expect {
            let otherwise = expected.otherwise.replace('\n', " ");
            text.push_str(&format!(
                "{VALUE}{}\n{OTHERWISE}{otherwise}\n",
                expected.value
            ));
        }
        let sql = step.sql.trim();
        if step.transactional {
            text.push_str(sql);
        } else {
            text.push_str(&autocommit(sql, lexicon));
        }
        // A `;` behind a line comment would be part of it.
        let last = tokens(sql, lexicon).last();
        let in_comment = last.is_some_and(|token| token.is_line_comment());
        text.push_str(if in_comment { "\n;\n" } else { ";\n" });
    }
    text
}

/// Reads what [`script`] has written.
pub fn read_script(text: &str, lexicon: &Lexicon) -> Vec<Step> {
    let statements = split(text, lexicon).into_iter();
    statements.map(|it| step(it, lexicon)).collect()
}

fn step(statement: &str, lexicon: &Lexicon) -> Step {
    let comments: Vec<_> = tokens(statement, lexicon)
        .take_while(|token| token.kind == TokenKind::Comment)
        .collect();
    if let [value, otherwise, ..] = comments.as_slice()
        && let Some(value) = value.text.strip_prefix(VALUE)
        && let Some(message) = otherwise.text.strip_prefix(OTHERWISE)
    {
        return Step::check(statement[otherwise.end()..].trim(), value, message);
    }
    let step = Step::new(statement);
    if is_autocommit(statement, lexicon) {
        step.outside_transaction()
    } else {
        step
    }
}
