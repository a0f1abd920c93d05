//! One text for all spellings of an operator class with its parameters.

use super::{Lexicon, Token, TokenKind, is_plain, quoted};

/// Reads the operator class at the start of some tokens: its text, and how many tokens it takes.
/// `None` where no name stands there.
///
/// ```
/// use limbec_core::sql::{Lexicon, operator_class, tokens};
/// let text = r#"ext."trgm_ops" ( siglen = '32' ) DESC"#;
/// let all: Vec<_> = tokens(text, &Lexicon::STANDARD).collect();
/// let (text, length) = operator_class(&all, &Lexicon::STANDARD).unwrap();
/// assert_eq!(text, "ext.trgm_ops(siglen=32)");
/// assert!(all[length].is_word("DESC"));
/// ```
pub fn operator_class(all: &[Token<'_>], lexicon: &Lexicon) -> Option<(String, usize)> {
    let in_short = |name: String| {
        if is_plain(&name) { name } else { quoted(&name) }
    };
    let mut text = all.first()?.name(lexicon).map(in_short)?;
    let mut at = 1;
    while let [dot, part, ..] = &all[at..]
        && dot.is_symbol(".")
        && let Some(part) = part.name(lexicon)
    {
        text = format!("{text}.{}", in_short(part));
        at += 2;
    }
    let is_open = |token: &Token<'_>| token.is_symbol("(");
    if !all.get(at).is_some_and(is_open) {
        return Some((text, at));
    }
    let end = at + all[at..].iter().position(|it| it.is_symbol(")"))?;
    let parameters = all[at + 1..end].split(|it| it.is_symbol(","));
    let parameters: Vec<String> = parameters
        .map(|parameter| parameter.iter().map(|it| bare(it)).collect())
        .collect();
    Some((format!("{text}({})", parameters.join(", ")), end + 1))
}

/// A part of a parameter, without the quotes that the server puts round every value.
fn bare<'a>(token: &Token<'a>) -> &'a str {
    let inside = token.text.strip_prefix('\'');
    let inside = inside.and_then(|it| it.strip_suffix('\''));
    let is_word = |it: &&str| !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric());
    match inside.filter(is_word) {
        Some(inside) if token.kind == TokenKind::Text => inside,
        _ => token.text,
    }
}
