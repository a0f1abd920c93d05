//! Names in expressions, as a database follows them when an object is renamed.

use crate::schema::ObjectName;

use super::{Lexicon, Token, TokenKind, quoted, tokens};

/// The expression with a column by its new name.
///
/// What only looks like the column stays: a function, a type behind `::`, the word before a
/// literal (`date '2020-01-01'`).
pub(crate) fn rename_column(expression: &str, from: &str, to: &str, lexicon: &Lexicon) -> String {
    rewrite(expression, lexicon, |tokens, at| {
        let is_type = at
            .checked_sub(1)
            .is_some_and(|it| tokens[it].is_symbol("::"));
        let next = tokens.get(at + 1);
        let is_other = next.is_some_and(|it| it.is_symbol("(") || it.kind == TokenKind::Text);
        (names(&tokens[at], from, lexicon) && !is_type && !is_other)
            .then(|| in_place_of(&tokens[at], to))
    })
}

/// The expression with a table by its new name, where it qualifies a column.
pub(crate) fn rename_table(expression: &str, from: &str, to: &str, lexicon: &Lexicon) -> String {
    rewrite(expression, lexicon, |tokens, at| {
        let qualifies = tokens.get(at + 1).is_some_and(|it| it.is_symbol("."));
        (qualifies && names(&tokens[at], from, lexicon)).then(|| in_place_of(&tokens[at], to))
    })
}

/// The statement with a table by its new name: where it qualifies something, where a query reads or
/// writes it, and behind the `ON` of what belongs to it. A function or a column of the name stays.
pub(crate) fn rename_relation(statement: &str, from: &str, to: &str, lexicon: &Lexicon) -> String {
    const BEFORE: [&str; 9] = [
        "FROM",
        "JOIN",
        "ON",
        "ONLY",
        "INTO",
        "UPDATE",
        "USING",
        "TABLE",
        "REFERENCES",
    ];
    rewrite(statement, lexicon, |tokens, at| {
        let is = |index: Option<usize>, symbol: &str| {
            index.is_some_and(|it| tokens.get(it).is_some_and(|it| it.is_symbol(symbol)))
        };
        // Behind a namespace: the word before that decides.
        let first = if is(at.checked_sub(1), ".") {
            at.checked_sub(2)?
        } else {
            at
        };
        let before = tokens.get(first.checked_sub(1)?)?;
        let is_read = BEFORE.iter().any(|word| before.is_word(word))
            || before.is_symbol(",") && lists_tables(&tokens[..first]);
        let is_it = is(Some(at + 1), ".") || is_read && !is(Some(at + 1), "(");
        (is_it && names(&tokens[at], from, lexicon)).then(|| in_place_of(&tokens[at], to))
    })
}

/// Whether a comma at the end stands in a `FROM` clause.
fn lists_tables(tokens: &[Token<'_>]) -> bool {
    const CLAUSES: [&str; 8] = [
        "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "SET", "VALUES",
    ];
    let mut clauses = tokens
        .iter()
        .rev()
        .filter(|it| CLAUSES.iter().any(|word| it.is_word(word)));
    clauses.next().is_some_and(|it| it.is_word("FROM"))
}

/// The expression with a sequence by its new name, which stands in a string: `nextval('numbers')`.
pub(crate) fn rename_sequence(
    expression: &str,
    from: &ObjectName,
    to: &ObjectName,
    lexicon: &Lexicon,
) -> String {
    let new = |name: &ObjectName| {
        let schema = name
            .schema
            .iter()
            .map(|it| format!("{}.", plain_or_quoted(it)));
        let name = schema.collect::<String>() + &plain_or_quoted(&name.name);
        literal(&name)
    };
    rewrite(expression, lexicon, |tokens, at| {
        let text = tokens[at].text.strip_prefix('\'')?.strip_suffix('\'')?;
        let words: Vec<Token<'_>> = super::tokens(text, lexicon).collect();
        let is_it = match (words.as_slice(), &from.schema) {
            ([name], None) => names(name, &from.name, lexicon),
            ([schema, dot, name], Some(known)) => {
                dot.is_symbol(".")
                    && names(schema, known, lexicon)
                    && names(name, &from.name, lexicon)
            }
            _ => false,
        };
        is_it.then(|| new(to))
    })
}

/// The expression with a type by its new name: what stands behind `::`, after its namespace.
pub(crate) fn rename_type(expression: &str, from: &str, to: &str, lexicon: &Lexicon) -> String {
    rewrite(expression, lexicon, |tokens, at| {
        (names(&tokens[at], from, lexicon) && is_type(tokens, at))
            .then(|| in_place_of(&tokens[at], to))
    })
}

/// The expression with a label by its new text: a string that is cast to the enumeration, and
/// where `alone` says that the value is of it, one without a cast.
pub(crate) fn rename_label(
    expression: &str,
    enumeration: &str,
    alone: bool,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) -> String {
    let (from, to) = (literal(from), literal(to));
    rewrite(expression, lexicon, |tokens, at| {
        let cast = tokens.get(at + 1).is_some_and(|it| it.is_symbol("::"));
        let to_it = cast && {
            let mut rest = tokens[at + 2..].iter();
            let word = rest.find(|it| !it.is_symbol(".") && !qualifies(tokens, it));
            word.is_some_and(|it| names(it, enumeration, lexicon))
        };
        (tokens[at].text == from && (to_it || alone && !cast)).then(|| to.clone())
    })
}

/// Whether a token is a namespace before a name.
fn qualifies(tokens: &[Token<'_>], token: &Token<'_>) -> bool {
    let after = tokens.iter().find(|it| it.start >= token.end());
    after.is_some_and(|it| it.is_symbol("."))
}

/// Whether a type's name stands here: behind `::`, or behind that and a namespace.
fn is_type(tokens: &[Token<'_>], at: usize) -> bool {
    let symbol = |back: usize, text: &str| {
        at.checked_sub(back)
            .is_some_and(|it| tokens[it].is_symbol(text))
    };
    symbol(1, "::") || symbol(1, ".") && symbol(3, "::")
}

/// A new name as databases write it in place of the old one: in quotes if it needs them, or if the
/// old one had them.
fn in_place_of(token: &Token<'_>, name: &str) -> String {
    if token.kind == TokenKind::Word {
        plain_or_quoted(name)
    } else {
        quoted(name)
    }
}

fn plain_or_quoted(name: &str) -> String {
    let mut dialects = crate::dialect::ALL.iter();
    if dialects.all(|it| it.quote(name) == name) {
        name.to_string()
    } else {
        quoted(name)
    }
}

fn names(token: &Token<'_>, name: &str, lexicon: &Lexicon) -> bool {
    match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name),
        TokenKind::QuotedName => token.name(lexicon).as_deref() == Some(name),
        _ => false,
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text with some of its tokens replaced.
fn rewrite(
    text: &str,
    lexicon: &Lexicon,
    replacement: impl Fn(&[Token<'_>], usize) -> Option<String>,
) -> String {
    let all: Vec<Token<'_>> = tokens(text, lexicon)
        .filter(|it| it.kind != TokenKind::Comment)
        .collect();
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for at in 0..all.len() {
        if let Some(new) = replacement(&all, at) {
            result.push_str(&text[copied..all[at].start]);
            result.push_str(&new);
            copied = all[at].end();
        }
    }
    result.push_str(&text[copied..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEXICON: &Lexicon = &Lexicon::STANDARD;

    #[test]
    fn a_column_and_nothing_else_is_renamed() {
        let rename = |text: &str| rename_column(text, "date", "day", LEXICON);
        assert_eq!(
            rename("date > 1 AND \"date\" < 2"),
            "day > 1 AND \"day\" < 2"
        );
        assert_eq!(rename("t.date IS NULL"), "t.day IS NULL");
        // A word of SQL needs quotes.
        assert_eq!(
            rename_column("date > 1", "date", "order", LEXICON),
            "\"order\" > 1"
        );
        for same in [
            "x::date",
            "date '2020-01-01'",
            "date(x)",
            "'date'",
            "dates /* date */",
        ] {
            assert_eq!(rename(same), same);
        }
    }

    #[test]
    fn tables_and_types_are_renamed_where_they_stand() {
        assert_eq!(rename_table("a.b > a", "a", "c", LEXICON), "c.b > a");
        assert_eq!(
            rename_type("a::a = b::s.a", "a", "c", LEXICON),
            "a::c = b::s.c"
        );
    }

    #[test]
    fn a_table_is_renamed_where_a_statement_reads_or_writes_it() {
        let rename = |text: &str| rename_relation(text, "a", "c", LEXICON);
        for (text, renamed) in [
            ("SELECT a, a.b FROM a", "SELECT a, c.b FROM c"),
            (
                "SELECT a FROM b, s.a WHERE a > 1",
                "SELECT a FROM b, s.c WHERE a > 1",
            ),
            (
                "INSERT INTO \"a\" SELECT a(1) FROM a(1)",
                "INSERT INTO \"c\" SELECT a(1) FROM a(1)",
            ),
            ("UPDATE a SET b = 1, a = 2", "UPDATE c SET b = 1, a = 2"),
        ] {
            assert_eq!(rename(text), renamed);
        }
    }

    #[test]
    fn a_sequence_is_renamed_in_its_string() {
        let to = ObjectName::qualified("Old", "n");
        let rename = |text: &str, from: &ObjectName| rename_sequence(text, from, &to, LEXICON);
        let own = ObjectName::new("numbers");
        assert_eq!(
            rename("nextval('numbers'::regclass)", &own),
            "nextval('\"Old\".n'::regclass)"
        );
        for same in [
            "nextval('s.numbers')",
            "nextval('numbers_2')",
            "numbers + 1",
        ] {
            assert_eq!(rename(same, &own), same);
        }
        let other = ObjectName::qualified("s", "numbers");
        assert_eq!(
            rename("nextval('s.\"numbers\"')", &other),
            "nextval('\"Old\".n')"
        );
    }

    #[test]
    fn labels_are_renamed_by_their_cast() {
        let rename = |text: &str, alone| rename_label(text, "state", alone, "it's", "new", LEXICON);
        assert_eq!(rename("s = 'it''s'::state", false), "s = 'new'::state");
        assert_eq!(rename("s = 'it''s'::a.state", false), "s = 'new'::a.state");
        assert_eq!(rename("s = 'it''s'::text", true), "s = 'it''s'::text");
        assert_eq!(rename("'it''s'", true), "'new'");
        assert_eq!(rename("'it''s'", false), "'it''s'");
    }
}
