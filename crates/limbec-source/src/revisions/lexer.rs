//! The tokens of Rust, as far as a revision file needs them.
//!
//! A scanner of its own, because a header is read on every start of the command: it is lazy, its
//! spans are bytes of the text wherever it runs, and it takes no stack.

/// A token with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Its text as it stands, quotes included.
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn span(&self) -> std::ops::Range<usize> {
        self.start..self.end()
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
            && matches!(
                self.kind,
                Kind::Word | Kind::Symbol | Kind::Open | Kind::Close
            )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword.
    Word,
    /// `"…"`.
    Text,
    /// `r"…"`, `r#"…"#`.
    RawText,
    Number,
    /// A literal that no revision needs: bytes, C strings, characters.
    OtherLiteral,
    Lifetime,
    /// One character of punctuation, or `::`.
    Symbol,
    /// `(`, `[`, `{`.
    Open,
    /// `)`, `]`, `}`.
    Close,
    /// `//!` or `/*! */`.
    InnerDoc,
    /// `///` or `/** */`.
    OuterDoc,
    /// What is no token; the text says what is wrong by [`Bad`].
    Bad(Bad),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    OpenText,
    OpenComment,
    Prefix,
    Character,
}

impl Bad {
    pub(super) fn message(self) -> &'static str {
        match self {
            Bad::OpenText => "this string does not end",
            Bad::OpenComment => "this comment does not end",
            Bad::Prefix => "there is no literal with this prefix",
            Bad::Character => "this character has no meaning here",
        }
    }
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        // A byte order mark is no token.
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Lexer { text, at }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0x0c) {
                self.at += 1;
            } else if byte.is_ascii() {
                return;
            } else if self.rest().starts_with(UNICODE_SPACE) {
                self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            } else {
                return;
            }
        }
    }
}

/// White space of Rust beyond ASCII.
const UNICODE_SPACE: [char; 5] = ['\u{85}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'];

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_space();
            let rest = self.rest();
            let first = rest.chars().next()?;
            let (kind, length) = scan(rest, first);
            let start = self.at;
            self.at += length;
            if let Some(kind) = kind {
                let text = &rest[..length];
                return Some(Token { kind, text, start });
            }
        }
    }
}

/// Gives the kind and the length of what the text begins with; no kind for a plain comment.
fn scan(rest: &str, first: char) -> (Option<Kind>, usize) {
    let bytes = rest.as_bytes();
    let (kind, length) = match first {
        '/' if bytes.get(1) == Some(&b'/') => return line_comment(rest),
        '/' if bytes.get(1) == Some(&b'*') => return block_comment(rest),
        '"' => text(rest, 0, Kind::Text),
        '\'' => quote(rest),
        '0'..='9' => (Kind::Number, number(bytes)),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        ':' if bytes.get(1) == Some(&b':') => (Kind::Symbol, 2),
        _ if is_word_start(first) => word(rest),
        _ if first.is_ascii_punctuation() => (Kind::Symbol, 1),
        _ => (Kind::Bad(Bad::Character), first.len_utf8()),
    };
    (Some(kind), length)
}

fn is_word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn word_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let ascii = bytes
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
        .unwrap_or(bytes.len());
    if bytes.get(ascii).is_none_or(u8::is_ascii) {
        return ascii;
    }
    let is_part = |c: char| c == '_' || c.is_alphanumeric();
    rest.find(|c| !is_part(c)).unwrap_or(rest.len())
}

/// A word, or the literal that it is the prefix of.
fn word(rest: &str) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    let length = word_length(rest);
    let word = &rest[..length];
    let next = bytes.get(length);
    if !matches!(next, Some(b'"' | b'#' | b'\'')) {
        return (Kind::Word, length);
    }
    match (word, next) {
        ("r", Some(b'"' | b'#')) if raw_opens(&bytes[length..]) => {
            raw_text(rest, length, Kind::RawText)
        }
        ("br" | "cr", Some(b'"' | b'#')) if raw_opens(&bytes[length..]) => {
            raw_text(rest, length, Kind::OtherLiteral)
        }
        ("r", Some(b'#')) if rest[length + 1..].starts_with(is_word_start) => {
            let name = word_length(&rest[length + 1..]);
            (Kind::Word, length + 1 + name)
        }
        ("b" | "c", Some(b'"')) => text(rest, length, Kind::OtherLiteral),
        ("b", Some(b'\'')) => {
            let (kind, quoted) = quote(&rest[1..]);
            let kind = match kind {
                Kind::Lifetime => Kind::Bad(Bad::Prefix),
                other => other,
            };
            (kind, quoted + 1)
        }
        (_, Some(b'"' | b'#')) => (Kind::Bad(Bad::Prefix), length),
        _ => (Kind::Word, length),
    }
}

fn raw_opens(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| **byte != b'#') == Some(&b'"')
}

/// A string whose opening quote stands at `open`.
fn text(rest: &str, open: usize, kind: Kind) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    let mut at = open + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return suffixed(rest, at + 1, kind),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    (Kind::Bad(Bad::OpenText), bytes.len())
}

fn raw_text(rest: &str, prefix: usize, kind: Kind) -> (Kind, usize) {
    let hashes = rest.as_bytes()[prefix..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    let begin = prefix + hashes + 1;
    let bytes = rest.as_bytes();
    let mut at = begin;
    while let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"') {
        at += quote + 1;
        let closing = bytes[at..]
            .iter()
            .take(hashes)
            .take_while(|byte| **byte == b'#');
        if closing.count() == hashes {
            return suffixed(rest, at + hashes, kind);
        }
    }
    (Kind::Bad(Bad::OpenText), rest.len())
}

/// A literal's end; a suffix (`"a"b`) makes it one that a revision cannot have.
fn suffixed(rest: &str, end: usize, kind: Kind) -> (Kind, usize) {
    if rest[end..].starts_with(is_word_start) {
        return (Kind::OtherLiteral, end + word_length(&rest[end..]));
    }
    (kind, end)
}

/// A character or a lifetime.
fn quote(rest: &str) -> (Kind, usize) {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            match rest[2..].find(['\'', '\n']) {
                // The escaped character may be the quote itself: `'\''`.
                Some(0) if rest[3..].starts_with('\'') => (Kind::OtherLiteral, 4),
                Some(end) if rest.as_bytes()[2 + end] == b'\'' => (Kind::OtherLiteral, 3 + end),
                _ => (Kind::Bad(Bad::OpenText), 1),
            }
        }
        Some((at, c)) if rest[at + c.len_utf8()..].starts_with('\'') => {
            (Kind::OtherLiteral, at + c.len_utf8() + 1)
        }
        Some((at, c)) if is_word_start(c) => (Kind::Lifetime, at + word_length(&rest[at..])),
        _ => (Kind::Bad(Bad::OpenText), 1),
    }
}

/// A number with its suffix; `1.5` is one token, `1.x` and `1..2` are not.
fn number(bytes: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let whole = bytes.iter().take_while(|byte| is_part(byte)).count();
    if bytes.get(whole) == Some(&b'.') && bytes.get(whole + 1).is_some_and(u8::is_ascii_digit) {
        let fraction = bytes[whole + 1..].iter().take_while(|byte| is_part(byte));
        return whole + 1 + fraction.count();
    }
    whole
}

fn line_comment(rest: &str) -> (Option<Kind>, usize) {
    let length = rest.find('\n').unwrap_or(rest.len());
    let kind = if rest.starts_with("//!") {
        Some(Kind::InnerDoc)
    } else if rest.starts_with("///") && !rest.starts_with("////") {
        Some(Kind::OuterDoc)
    } else {
        None
    };
    (kind, length)
}

/// A block comment; they nest.
fn block_comment(rest: &str) -> (Option<Kind>, usize) {
    let bytes = rest.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return (block_doc(rest, at), at);
                }
            }
            _ => at += 1,
        }
    }
    (Some(Kind::Bad(Bad::OpenComment)), rest.len())
}

fn block_doc(rest: &str, length: usize) -> Option<Kind> {
    if rest.starts_with("/*!") {
        Some(Kind::InnerDoc)
    } else if rest.starts_with("/**") && !rest.starts_with("/***") && length > 4 {
        Some(Kind::OuterDoc)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        Lexer::new(text).map(|token| token.text).collect()
    }

    fn kinds(text: &str) -> Vec<Kind> {
        Lexer::new(text).map(|token| token.kind).collect()
    }

    #[test]
    fn strings_of_every_kind() {
        assert_eq!(
            texts(r###"("a\"b", r"c\", r#"d"e"#, br##"f"#g"##)"###),
            [
                "(",
                r#""a\"b""#,
                ",",
                r#"r"c\""#,
                ",",
                r##"r#"d"e"#"##,
                ",",
                r###"br##"f"#g"##"###,
                ")"
            ]
        );
        assert_eq!(kinds("\"open"), [Kind::Bad(Bad::OpenText)]);
        assert_eq!(kinds("r#\"open\""), [Kind::Bad(Bad::OpenText)]);
        assert_eq!(kinds("x\"y\""), [Kind::Bad(Bad::Prefix), Kind::Text]);
        assert_eq!(kinds("\"y\"x"), [Kind::OtherLiteral]);
    }

    #[test]
    fn characters_and_lifetimes() {
        assert_eq!(
            texts(r"'a' '\'' '\n' 'a b b'q'"),
            ["'a'", r"'\''", r"'\n'", "'a", "b", "b'q'"]
        );
        assert_eq!(kinds("'static 'é'"), [Kind::Lifetime, Kind::OtherLiteral]);
    }

    #[test]
    fn comments_are_left_out_but_docs_are_not() {
        assert_eq!(
            texts("//! a\n// b\n/* c /* d */ */ /// e\nf"),
            ["//! a", "/// e", "f"]
        );
        assert_eq!(kinds("/* open /* */"), [Kind::Bad(Bad::OpenComment)]);
        assert_eq!(texts("/**/ /***/ a"), ["a"]);
    }

    #[test]
    fn numbers() {
        assert_eq!(
            texts("1_000 0xff 1.5e3 1.x 2..3"),
            ["1_000", "0xff", "1.5e3", "1", ".", "x", "2", ".", ".", "3"]
        );
    }
}
