//! When two expressions are one: by their text, and by the database's judgement.

use std::borrow::Cow;

use crate::dialect::{Expression, Judge, Place};
use crate::schema::{ObjectName, Schema, Table};
use crate::sql::{Token, TokenKind};

use super::Sqlite;
use super::lexicon::{LEXICON, tokens};
use super::names::{is_keyword, quote, text};
use super::reflect::without_parentheses;

impl Judge for Sqlite {
    fn same_text(&self, a: &str, b: &str) -> bool {
        same_text(a, b)
    }

    fn canonical(&self, expression: &Expression) -> Vec<String> {
        canonical(expression)
    }

    /// SQLite looks at them when it compiles a statement that runs them.
    fn trials(&self, schema: &Schema) -> Vec<(ObjectName, String)> {
        let of_table = |table: &Table| {
            let name = quote(&table.name.name);
            let column = table.columns.iter().find(|it| it.generated.is_none());
            let column = column.map(|it| quote(&it.name));
            let update = column.map(|it| format!("UPDATE {name} SET {it} = {it}"));
            let writes = [
                Some(format!("INSERT INTO {name} DEFAULT VALUES")),
                update,
                Some(format!("DELETE FROM {name}")),
            ];
            let name = table.name.clone();
            (writes.into_iter().flatten()).map(move |it| (name.clone(), format!("EXPLAIN {it}")))
        };
        let views = schema.definitions.iter().filter(|it| it.kind.is_relation());
        let reads = views.map(|it| {
            let read = format!("EXPLAIN SELECT * FROM {}", quote(&it.name.name));
            (it.name.clone(), read)
        });
        schema
            .tables
            .iter()
            .flat_map(of_table)
            .chain(reads)
            .collect()
    }

    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str> {
        default_sql(expression)
    }
}

/// The statement whose answer is equal for equal expressions: the byte code that SQLite makes of
/// the expression over columns of the table's names and types.
///
/// The columns are computed in a subquery, each from another number and from a function that
/// SQLite does not compute beforehand. So no table has to be made, and no page number or schema
/// cookie of one gets into the answer.
pub(super) fn canonical(expression: &Expression) -> Vec<String> {
    let source = match expression.place {
        // Its SQL is stored as it was written.
        Place::Definition => return Vec::new(),
        Place::Default { .. } => String::new(),
        _ => format!(
            " FROM (SELECT {}) AS {}",
            columns(&expression.columns),
            quote(&expression.table)
        ),
    };
    let body = without_parentheses(&expression.text);
    vec![format!(
        "EXPLAIN SELECT {}{}{source}",
        enclosed(body),
        hidden(body)
    )]
}

fn columns(columns: &[(String, String)]) -> String {
    let columns = columns.iter().enumerate().map(|(index, (name, declared))| {
        let value = format!("changes() + {index}");
        let name = quote(name);
        if declared.is_empty() {
            format!("{value} AS {name}")
        } else {
            format!("CAST({value} AS {declared}) AS {name}")
        }
    });
    let columns: Vec<String> = columns.collect();
    if columns.is_empty() {
        "1".to_string()
    } else {
        columns.join(", ")
    }
}

/// The literals that EXPLAIN shows in part only (blobs to their first zero byte, numbers to 16
/// digits), as a string beside the expression.
fn hidden(body: &str) -> String {
    const SHOWN: usize = 15;
    let hidden: Vec<&str> = tokens(body)
        .filter(|token| match token.kind {
            TokenKind::Text => !token.text.starts_with('\''),
            TokenKind::Number => token.text.len() > SHOWN,
            _ => false,
        })
        .map(|token| token.text)
        .collect();
    if hidden.is_empty() {
        String::new()
    } else {
        format!(", {}", text(&hidden.join(" ")))
    }
}

/// Whether two expressions are the same tokens, but for the case of words, the quotes of names and
/// parentheses round the whole.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    let a = significant(without_parentheses(a));
    let b = significant(without_parentheses(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same_token(a, b))
}

fn significant(text: &str) -> Vec<Token<'_>> {
    tokens(text)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect()
}

fn same_token(a: &Token<'_>, b: &Token<'_>) -> bool {
    use TokenKind::{QuotedName, Word};
    match (a.kind, b.kind) {
        (Word, Word) => a.text.eq_ignore_ascii_case(b.text),
        // A quoted keyword is a name, the bare one is not.
        (Word, QuotedName) if is_keyword(a.text) => false,
        (QuotedName, Word) if is_keyword(b.text) => false,
        // In other letters it could be another string: SQLite takes what names no column for one.
        (QuotedName, QuotedName) => a.name(&LEXICON) == b.name(&LEXICON),
        (Word, QuotedName) | (QuotedName, Word) => match (a.name(&LEXICON), b.name(&LEXICON)) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
            _ => false,
        },
        (a_kind, b_kind) => a_kind == b_kind && a.text == b.text,
    }
}

/// The default as SQLite is given it: `now()` is `CURRENT_TIMESTAMP`, and PostgreSQL's cast of a
/// literal (`'{}'::jsonb`) falls away.
pub(super) fn default_sql(expression: &str) -> Cow<'_, str> {
    let body = without_parentheses(expression);
    let tokens = significant(body);
    if let [name, open, close] = tokens[..]
        && name.is_word("now")
        && open.is_symbol("(")
        && close.is_symbol(")")
    {
        return Cow::Borrowed("CURRENT_TIMESTAMP");
    }
    match literal(&tokens) {
        Some(end) if tokens.len() > end + 1 && tokens[end].is_symbol("::") => {
            let is_type = |token: &Token<'_>| {
                matches!(
                    token.kind,
                    TokenKind::Word | TokenKind::QuotedName | TokenKind::Number
                ) || ["(", ")", ",", ".", "[", "]"]
                    .iter()
                    .any(|symbol| token.is_symbol(symbol))
            };
            if tokens[end + 1..].iter().all(is_type) {
                return Cow::Borrowed(body[..tokens[end].start].trim_end());
            }
            Cow::Borrowed(expression)
        }
        _ => Cow::Borrowed(expression),
    }
}

/// How many tokens the literal has that the tokens begin with.
fn literal(tokens: &[Token<'_>]) -> Option<usize> {
    let is_sign = |token: &Token<'_>| token.is_symbol("-") || token.is_symbol("+");
    match tokens {
        [sign, number, ..] if is_sign(sign) && number.kind == TokenKind::Number => Some(2),
        [value, ..] if matches!(value.kind, TokenKind::Text | TokenKind::Number) => Some(1),
        [word, ..] if CONSTANTS.iter().any(|constant| word.is_word(constant)) => Some(1),
        _ => None,
    }
}

const CONSTANTS: [&str; 3] = ["NULL", "TRUE", "FALSE"];
const CLOCK: [&str; 3] = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];

/// Whether an expression is one literal, which is the same for every row.
pub(super) fn is_constant(expression: &str) -> bool {
    let tokens = significant(expression);
    literal(&tokens) == Some(tokens.len())
}

/// Whether an expression is the literal NULL.
pub(super) fn is_null(expression: &str) -> bool {
    matches!(significant(expression)[..], [word] if word.is_word("NULL"))
}

/// An expression in parentheses; what ends in a line's comment takes the closing one on a new line.
pub(super) fn enclosed(expression: &str) -> String {
    let body = without_parentheses(expression);
    let last = tokens(body).last();
    let comment = last.is_some_and(|it| it.kind == TokenKind::Comment && it.text.starts_with("--"));
    format!("({body}{})", if comment { "\n" } else { "" })
}

/// A default as the DDL takes it: what is neither a literal nor a keyword stands in parentheses.
pub(super) fn default_clause(expression: &str) -> String {
    let expression = default_sql(expression);
    let body = without_parentheses(&expression);
    let tokens = significant(body);
    let is_clock =
        matches!(tokens[..], [word] if CLOCK.iter().any(|keyword| word.is_word(keyword)));
    if is_constant(body) || is_clock {
        body.to_string()
    } else {
        enclosed(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_tokens() {
        for (a, b) in [
            ("a > 0", "(A>0)"),
            ("\"a\" = [b]", "a = `b`"),
            ("((a + 1))", "a+1 -- one"),
            ("x IN ('it''s')", "x in ( 'it''s' )"),
        ] {
            assert!(same_text(a, b), "{a} | {b}");
        }
        for (a, b) in [
            ("'a'", "'A'"),
            ("\"current_date\"", "current_date"),
            ("a", "'a'"),
            ("j -> \"$.a\"", "j -> \"$.A\""),
            ("(a) + (b)", "a + b"),
            ("a = 1", "a == 1"),
            ("", "a"),
        ] {
            assert!(!same_text(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn defaults_of_a_model_in_sqlite_words() {
        for (given, expected) in [
            ("now()", "CURRENT_TIMESTAMP"),
            ("NOW( )", "CURRENT_TIMESTAMP"),
            ("'{}'::jsonb", "'{}'"),
            ("'it''s'::character varying(3)", "'it''s'"),
            ("-1::integer", "-1"),
            ("NULL::text[]", "NULL"),
            ("'a'::text || 'b'", "'a'::text || 'b'"),
            ("current_date", "current_date"),
            ("true", "true"),
        ] {
            assert_eq!(default_sql(given), expected);
        }
        for (given, expected) in [
            ("1", "1"),
            ("-1.5", "-1.5"),
            ("x'ff'", "x'ff'"),
            ("(current_time)", "current_time"),
            ("(1 + 2)", "(1 + 2)"),
            ("lower('A')", "(lower('A'))"),
            ("(1) + (2)", "((1) + (2))"),
        ] {
            assert_eq!(default_clause(given), expected);
        }
    }
}
