//! The tokens of SQL: PostgreSQL's and SQLite's lexical rules together.
//!
//! Never fails: what does not end (a string, a comment) ends with the text.

/// A token with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// Its text as it stands, quotes included.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
}

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An unquoted name or keyword.
    Word,
    /// A quoted name: `"…"`, `` `…` ``, `[…]`.
    QuotedName,
    /// A string: `'…'`, `E'…'`, `$tag$…$tag$`, `x'…'`.
    Text,
    /// A number.
    Number,
    /// A comment, to the end of its line or block.
    Comment,
    /// An operator or punctuation.
    Symbol,
}

impl Token<'_> {
    /// Whether it is this keyword, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The name it stands for: quotes removed, doubled quotes single; `None` for other kinds.
    pub fn name(&self) -> Option<String> {
        let inner = || {
            self.text
                .get(1..self.text.len().saturating_sub(1))
                .unwrap_or_default()
        };
        match self.kind {
            TokenKind::Word => Some(self.text.to_string()),
            TokenKind::QuotedName => Some(match self.text.as_bytes()[0] {
                b'"' => inner().replace("\"\"", "\""),
                b'`' => inner().replace("``", "`"),
                _ => inner().to_string(),
            }),
            // SQLite takes a string for a name where a name must stand.
            TokenKind::Text if self.text.starts_with('\'') => Some(inner().replace("''", "'")),
            _ => None,
        }
    }
}

/// Reads the tokens of a text, comments included.
///
/// ```
/// use limbec_core::sql::{tokens, TokenKind};
/// let kinds: Vec<_> = tokens("a || 'it''s'").map(|token| token.kind).collect();
/// assert_eq!(kinds, [TokenKind::Word, TokenKind::Symbol, TokenKind::Text]);
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    Lexer { text, at: 0 }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (kind, length) = scan(rest, first);
        let token = Token {
            kind,
            text: &rest[..length],
            start: self.at,
        };
        self.at += length;
        Some(token)
    }
}

/// Gives the kind and the length in bytes of the token that the text begins with.
fn scan(rest: &str, first: char) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    match first {
        '-' if rest.starts_with("--") => {
            (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len()))
        }
        '/' if rest.starts_with("/*") => (TokenKind::Comment, block_comment(bytes)),
        '\'' => (TokenKind::Text, quoted(bytes, 0, b'\'', false)),
        '"' | '`' => (TokenKind::QuotedName, quoted(bytes, 0, bytes[0], false)),
        '[' if bytes
            .get(1)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') =>
        {
            // SQLite's `[name]`; `[1]` and `[]` are PostgreSQL's arrays.
            match rest.find(']') {
                Some(end) => (TokenKind::QuotedName, end + 1),
                None => (TokenKind::Symbol, 1),
            }
        }
        'e' | 'E' if bytes.get(1) == Some(&b'\'') => {
            (TokenKind::Text, quoted(bytes, 1, b'\'', true))
        }
        'x' | 'X' | 'b' | 'B' | 'n' | 'N' if bytes.get(1) == Some(&b'\'') => {
            (TokenKind::Text, quoted(bytes, 1, b'\'', false))
        }
        '$' => match dollar_quoted(rest) {
            Some(length) => (TokenKind::Text, length),
            None => (TokenKind::Symbol, 1),
        },
        '0'..='9' => (TokenKind::Number, number(bytes)),
        '.' if bytes.get(1).is_some_and(u8::is_ascii_digit) => (TokenKind::Number, number(bytes)),
        _ if is_word_start(first) => {
            let end = rest.find(|c: char| !is_word_start(c) && !c.is_ascii_digit() && c != '$');
            (TokenKind::Word, end.unwrap_or(rest.len()))
        }
        _ => (TokenKind::Symbol, symbol(rest, first)),
    }
}

fn is_word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic() || (!c.is_ascii() && c.is_alphanumeric())
}

fn symbol(rest: &str, first: char) -> usize {
    const LONG: [&str; 14] = [
        "->>", "!~*", "#>>", "::", "<=", ">=", "<>", "!=", "||", "->", "~~", "==", "<<", ">>",
    ];
    LONG.iter()
        .find(|long| rest.starts_with(**long))
        .map_or(first.len_utf8(), |long| long.len())
}

fn number(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let exponent_sign = matches!(bytes[at], b'+' | b'-')
            && matches!(bytes[at - 1], b'e' | b'E')
            && !bytes.starts_with(b"0x");
        if bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b'_') || exponent_sign {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// The end of a quoted token whose opening quote stands at `open`; a doubled quote stays inside.
fn quoted(bytes: &[u8], open: usize, quote: u8, backslash: bool) -> usize {
    let mut at = open + 1;
    while at < bytes.len() {
        if backslash && bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at] != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

/// The end of a block comment; they nest, as PostgreSQL has it.
fn block_comment(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn dollar_quoted(rest: &str) -> Option<usize> {
    let tag_end = 1 + rest[1..].find('$')?;
    let tag = &rest[..=tag_end];
    let name = &tag[1..tag_end];
    let fits = name.chars().all(|c| is_word_start(c) || c.is_ascii_digit())
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !fits {
        return None;
    }
    let body = &rest[tag.len()..];
    Some(
        body.find(tag)
            .map_or(rest.len(), |end| tag.len() + end + tag.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).map(|token| token.text).collect()
    }

    #[test]
    fn quoting_of_both_dialects() {
        assert_eq!(
            texts(r#"'it''s' "a""b" [c d] `e`"#),
            ["'it''s'", r#""a""b""#, "[c d]", "`e`"]
        );
        assert_eq!(
            texts("E'a\\'b' x'ff' $$a'b$$ $q$ $$ $q$"),
            ["E'a\\'b'", "x'ff'", "$$a'b$$", "$q$ $$ $q$"]
        );
    }

    #[test]
    fn arrays_are_no_names() {
        assert_eq!(
            texts("ARRAY[1] x[]"),
            ["ARRAY", "[", "1", "]", "x", "[", "]"]
        );
    }

    #[test]
    fn numbers_words_and_symbols() {
        assert_eq!(
            texts("1.5e-3-x::int->>'a'"),
            ["1.5e-3", "-", "x", "::", "int", "->>", "'a'"]
        );
        assert_eq!(texts("größe$1 <= .5"), ["größe$1", "<=", ".5"]);
    }

    #[test]
    fn comments_nest_and_may_not_end() {
        assert_eq!(
            texts("a /* b /* c */ d */ e -- f"),
            ["a", "/* b /* c */ d */", "e", "-- f"]
        );
        assert_eq!(texts("'open"), ["'open"]);
        assert_eq!(texts("/* open"), ["/* open"]);
    }
}
