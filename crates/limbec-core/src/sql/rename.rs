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

/// Where a type's name stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypesStand {
    /// Behind `::`, as in expressions.
    InCasts,
    /// Wherever the name stands, as in the head of a routine and among the attributes of a type; but
    /// for the name of an argument.
    Anywhere,
}

/// The text with a type by its new name and namespace.
pub(crate) fn rename_type(
    text: &str,
    from: &ObjectName,
    to: &ObjectName,
    stand: TypesStand,
    lexicon: &Lexicon,
) -> String {
    rewrite(text, lexicon, |tokens, at| {
        let is_it = |at: usize| match type_at(tokens, at, from, lexicon) {
            Some(start) => {
                let behind_cast = start
                    .checked_sub(1)
                    .is_some_and(|it| tokens[it].is_symbol("::"));
                let stands =
                    behind_cast || stand == TypesStand::Anywhere && !is_argument(tokens, start, at);
                stands.then_some(start)
            }
            None => None,
        };
        if let Some(start) = is_it(at) {
            let name = in_place_of(&tokens[at], &to.name);
            return Some(match &to.schema {
                Some(schema) if start == at => format!("{}.{name}", plain_or_quoted(schema)),
                _ => name,
            });
        }
        // A namespace and its dot go before the name does.
        let gone_or = |shown: &str| match to.schema {
            Some(_) => shown.to_string(),
            None => String::new(),
        };
        let qualified = |name: usize| name < tokens.len() && is_it(name) == name.checked_sub(2);
        if at + 2 < tokens.len() && qualified(at + 2) {
            let schema = to.schema.as_deref().map(plain_or_quoted);
            return Some(gone_or(&schema.unwrap_or_default()));
        }
        (at > 0 && qualified(at + 1)).then(|| gone_or("."))
    })
}

/// Where the name of a type begins that ends here, namespace included.
fn type_at(tokens: &[Token<'_>], at: usize, name: &ObjectName, lexicon: &Lexicon) -> Option<usize> {
    if !names(&tokens[at], &name.name, lexicon) {
        return None;
    }
    let is_qualified = at >= 2 && tokens[at - 1].is_symbol(".");
    match (&name.schema, is_qualified) {
        (None, false) => Some(at),
        (Some(schema), true) => names(&tokens[at - 2], schema, lexicon).then_some(at - 2),
        _ => None,
    }
}

/// Whether a name in a list is that of an argument, which a type follows.
fn is_argument(tokens: &[Token<'_>], start: usize, end: usize) -> bool {
    const MODES: [&str; 4] = ["IN", "OUT", "INOUT", "VARIADIC"];
    let before = start.checked_sub(1).map(|it| &tokens[it]);
    let begins = before.is_some_and(|it| {
        it.is_symbol("(") || it.is_symbol(",") || MODES.iter().any(|word| it.is_word(word))
    });
    let follows = tokens.get(end + 1).is_some_and(|it| {
        matches!(it.kind, TokenKind::Word | TokenKind::QuotedName) && !it.is_word("DEFAULT")
    });
    begins && follows
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
        let (own, to, moved) = (
            ObjectName::new("a"),
            ObjectName::new("c"),
            ObjectName::qualified("s", "a"),
        );
        let rename = |text: &str, from, to, stand| rename_type(text, from, to, stand, LEXICON);
        let casts = TypesStand::InCasts;
        assert_eq!(rename("a::a = b::s.a", &own, &to, casts), "a::c = b::s.a");
        assert_eq!(
            rename("a::a = 'a'::a", &own, &moved, casts),
            "a::s.a = 'a'::s.a"
        );
        assert_eq!(
            rename("a::s.a = 'a'::s.a[]", &moved, &to, casts),
            "a::c = 'a'::c[]"
        );
        let head = "CREATE FUNCTION f(a a, b a DEFAULT 'x'::a) RETURNS a AS ' a '";
        assert_eq!(
            rename(head, &own, &to, TypesStand::Anywhere),
            "CREATE FUNCTION f(a c, b c DEFAULT 'x'::c) RETURNS c AS ' a '"
        );
        assert_eq!(
            rename("a[], s.a", &moved, &to, TypesStand::Anywhere),
            "a[], c"
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
