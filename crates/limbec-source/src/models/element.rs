//! The little SQL inside attributes: an index's element, a dotted name, `table(a, b)`.

use limbec_core::schema::IndexElement;
use limbec_core::sql::{Token, TokenKind, operator_class};

use super::lexicon::{LEXICON, tokens};

/// Reads an element of an index: `created_at desc nulls last`, `lower(email)`, `name text_ops`.
///
/// What does not begin with a column or a call and end in words of an index is an expression as a
/// whole: the database judges it.
pub(crate) fn read(text: &str) -> IndexElement {
    let text = text.trim();
    let all: Vec<Token<'_>> = tokens(text).collect();
    let (key_end, is_column) = key(&all);
    if let Some(element) = suffix(&all[key_end..]) {
        let key = text[..all.get(key_end).map_or(text.len(), |token| token.start)].trim();
        return if is_column {
            let name = all[0].name(&LEXICON).unwrap_or_default();
            with(IndexElement::column(name), element)
        } else {
            with(IndexElement::expression(unwrapped(key)), element)
        };
    }
    // An operator or something else follows the first operand: only the order can be told apart.
    for at in 1..all.len() {
        let order = all[at].is_word("asc") || all[at].is_word("desc") || all[at].is_word("nulls");
        if let (true, Some(element)) = (order, suffix(&all[at..])) {
            return with(
                IndexElement::expression(unwrapped(text[..all[at].start].trim())),
                element,
            );
        }
    }
    IndexElement::expression(unwrapped(text))
}

/// How many tokens the key takes, and whether it is a column.
fn key(all: &[Token<'_>]) -> (usize, bool) {
    let named = |at: usize| {
        all.get(at)
            .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName))
    };
    let opens = |at: usize| all.get(at).is_some_and(|token| token.is_symbol("("));
    if opens(0) {
        return (closing(all, 0), false);
    }
    if !named(0) {
        return (all.len(), false);
    }
    let mut at = 1;
    while all.get(at).is_some_and(|token| token.is_symbol(".")) && named(at + 1) {
        at += 2;
    }
    if opens(at) {
        (closing(all, at), false)
    } else {
        (at, at == 1)
    }
}

/// The token behind the parenthesis that closes the one at `open`.
fn closing(all: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in all.iter().enumerate().skip(open) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    all.len()
}

/// What follows an element's key.
#[derive(Default)]
struct Suffix {
    collation: Option<String>,
    operator_class: Option<String>,
    descending: bool,
    nulls_first: Option<bool>,
}

fn suffix(rest: &[Token<'_>]) -> Option<Suffix> {
    let mut suffix = Suffix::default();
    let mut at = 0;
    let word = |at: usize, word: &str| rest.get(at).is_some_and(|token| token.is_word(word));
    if word(at, "collate") {
        suffix.collation = Some(rest.get(at + 1)?.name(&LEXICON)?);
        at += 2;
    }
    let ordering = |at| word(at, "asc") || word(at, "desc") || word(at, "nulls");
    if !ordering(at)
        && let Some((class, length)) = operator_class(&rest[at..], &LEXICON)
    {
        suffix.operator_class = Some(class);
        at += length;
    }
    if word(at, "asc") || word(at, "desc") {
        suffix.descending = word(at, "desc");
        at += 1;
    }
    if word(at, "nulls") && (word(at + 1, "first") || word(at + 1, "last")) {
        let first = word(at + 1, "first");
        // Said or not, it is the order's own.
        suffix.nulls_first = (first != suffix.descending).then_some(first);
        at += 2;
    }
    (at == rest.len()).then_some(suffix)
}

fn with(mut element: IndexElement, suffix: Suffix) -> IndexElement {
    element.collation = suffix.collation;
    element.operator_class = suffix.operator_class;
    element.descending = suffix.descending;
    element.nulls_first = suffix.nulls_first;
    element
}

/// An expression without the parentheses around the whole of it.
fn unwrapped(text: &str) -> &str {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let whole = all.first().is_some_and(|token| token.is_symbol("("))
        && all.last().is_some_and(|token| token.is_symbol(")"))
        && closing(&all, 0) == all.len();
    if whole && all.len() > 2 {
        text[1..text.len() - 1].trim()
    } else {
        text
    }
}

/// The parts of a dotted name, quotes removed: `billing."order".id`.
pub(crate) fn dotted(text: &str) -> Option<Vec<String>> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let (parts, rest) = dotted_tokens(&all)?;
    rest.is_empty().then_some(parts)
}

fn dotted_tokens<'a, 'b>(all: &'b [Token<'a>]) -> Option<(Vec<String>, &'b [Token<'a>])> {
    let mut parts = vec![all.first()?.name(&LEXICON)?];
    let mut rest = &all[1..];
    while rest.first().is_some_and(|token| token.is_symbol(".")) {
        parts.push(rest.get(1)?.name(&LEXICON)?);
        rest = &rest[2..];
    }
    parts
        .iter()
        .all(|part| !part.is_empty())
        .then_some((parts, rest))
}

/// Reads `room with =` or `lower(name) collate "C" with pg_catalog.=`: an element of an index, and
/// the operator behind the last `with`.
pub(crate) fn with_operator(text: &str) -> Option<(IndexElement, String)> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let with = all.iter().rposition(|token| token.is_word("with"))?;
    let before = text[..all[with].start].trim();
    let operator = text[all[with].end()..].trim();
    let is_operator = operator.ends_with(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
    (with > 0 && is_operator).then(|| (read(before), operator.to_string()))
}

/// Reads `table(a, b)` or `schema.table(a, b)`; the columns may be missing.
pub(crate) fn table_and_columns(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let (parts, rest) = dotted_tokens(&all)?;
    if parts.len() > 2 {
        return None;
    }
    Some((parts, in_parentheses(rest)?))
}

/// Splits `set null (a, b)`: the words, and the columns behind them; no list where it is none.
pub(crate) fn words_and_columns(text: &str) -> (&str, Option<Vec<String>>) {
    let all: Vec<Token<'_>> = tokens(text).collect();
    let end = (all.iter().position(|token| token.is_symbol("("))).unwrap_or(all.len());
    let words = &text[..all.get(end).map_or(text.len(), |token| token.start)];
    (words.trim(), in_parentheses(&all[end..]))
}

/// Reads `(a, b)`, or nothing at all.
fn in_parentheses(rest: &[Token<'_>]) -> Option<Vec<String>> {
    let [open, inside @ .., close] = rest else {
        return rest.is_empty().then(Vec::new);
    };
    if !open.is_symbol("(") || !close.is_symbol(")") {
        return None;
    }
    let mut columns = Vec::new();
    for (at, token) in inside.iter().enumerate() {
        if at % 2 == 0 {
            columns.push(token.name(&LEXICON)?);
        } else if !token.is_symbol(",") {
            return None;
        }
    }
    (inside.len() % 2 == 1).then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_their_order() {
        let column = IndexElement::column;
        assert_eq!(read("a"), column("a"));
        assert_eq!(read(" \"Order\" DESC"), column("Order").descending());
        assert_eq!(
            read("a desc nulls last"),
            column("a").descending().nulls_last()
        );
        assert_eq!(read("a desc nulls first"), column("a").descending());
        assert_eq!(read("a nulls first"), column("a").nulls_first());
        assert_eq!(
            read("a collate \"C\" text_pattern_ops"),
            column("a")
                .collation("C")
                .operator_class("text_pattern_ops")
        );
        assert_eq!(
            read("a gist_trgm_ops(siglen = 32)"),
            column("a").operator_class("gist_trgm_ops(siglen=32)")
        );
    }

    #[test]
    fn expressions() {
        let expression = IndexElement::expression;
        assert_eq!(read("lower(email)"), expression("lower(email)"));
        assert_eq!(
            read("lower(email) varchar_pattern_ops desc"),
            expression("lower(email)")
                .operator_class("varchar_pattern_ops")
                .descending()
        );
        assert_eq!(read("(a + b)"), expression("a + b"));
        assert_eq!(read("(a) + (b)"), expression("(a) + (b)"));
        assert_eq!(read("a + b desc"), expression("a + b").descending());
        assert_eq!(read("data ->> 'x'"), expression("data ->> 'x'"));
        for odd in [
            "",
            "(",
            ")",
            "()",
            "desc",
            "nulls first",
            "a.",
            "'x",
            "a nulls",
            "f(",
            "((a)",
        ] {
            read(odd);
        }
    }

    #[test]
    fn elements_with_their_operator() {
        let column = IndexElement::column;
        assert_eq!(
            with_operator("room with ="),
            Some((column("room"), "=".to_string()))
        );
        assert_eq!(
            with_operator("tsrange(a, b) range_ops WITH OPERATOR(x.&&)"),
            Some((
                IndexElement::expression("tsrange(a, b)").operator_class("range_ops"),
                "OPERATOR(x.&&)".to_string()
            ))
        );
        for odd in ["", "room", "room with", "with =", "room with like"] {
            assert_eq!(with_operator(odd), None, "{odd}");
        }
    }

    #[test]
    fn names() {
        let parts = |text| dotted(text).map(|parts| parts.join("|"));
        assert_eq!(parts("owners.id").as_deref(), Some("owners|id"));
        assert_eq!(parts("a.\"b.c\".d").as_deref(), Some("a|b.c|d"));
        assert_eq!(parts("a."), None);
        assert_eq!(parts(""), None);
        assert_eq!(parts("a b"), None);
        assert_eq!(parts("\"\""), None);
        assert_eq!(
            table_and_columns("s.t(a, b)"),
            Some((vec!["s".into(), "t".into()], vec!["a".into(), "b".into()]))
        );
        assert_eq!(table_and_columns("t"), Some((vec!["t".into()], vec![])));
        assert_eq!(
            words_and_columns("set null (a, \"B\")"),
            ("set null", Some(vec!["a".into(), "B".into()]))
        );
        assert_eq!(words_and_columns("cascade"), ("cascade", Some(vec![])));
        assert_eq!(words_and_columns("set null ("), ("set null", None));
        for odd in ["t(", "t()", "t(a,)", "t(a b)", "a.b.c", "t)", ""] {
            assert_eq!(table_and_columns(odd), None, "{odd}");
        }
    }
}
