//! The tokens of SQL, by the rules of a [`Lexicon`].
//!
//! Never fails: what does not end (a string, a comment) ends with the text.

use super::lexicon::{Brackets, DoubleQuotes, Lexicon};

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
    /// A string: `'…'`, `E'…'`, `$tag$…$tag$`, `x'…'`, MySQL's `"…"`.
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

    /// Whether it is a comment that the next line break ends.
    pub fn is_line_comment(&self) -> bool {
        self.kind == TokenKind::Comment && !self.text.starts_with("/*")
    }

    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The name it stands for: quotes removed, doubled quotes single. `None` if it cannot stand for
    /// one by the rules of the lexicon it was read with.
    pub fn name(&self, lexicon: &Lexicon) -> Option<String> {
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
                b'u' | b'U' => unescaped(&self.text[2..]),
                _ => inner().to_string(),
            }),
            TokenKind::Text if lexicon.strings_as_names && self.text.starts_with('\'') => {
                Some(inner().replace("''", "'"))
            }
            _ => None,
        }
    }
}

/// Reads the tokens of a text, comments included.
///
/// ```
/// use limbec_core::sql::{Lexicon, TokenKind, tokens};
/// let kinds = |lexicon: &Lexicon| -> Vec<_> {
///     tokens(r#"a || "it""#, lexicon).map(|token| token.kind).collect()
/// };
/// assert_eq!(
///     kinds(&Lexicon::STANDARD),
///     [TokenKind::Word, TokenKind::Symbol, TokenKind::QuotedName]
/// );
/// ```
pub fn tokens<'a>(text: &'a str, lexicon: &Lexicon) -> impl Iterator<Item = Token<'a>> {
    Lexer::new(text, lexicon)
}

/// Whether every string, quoted name and comment of a text ends in it.
///
/// ```
/// use limbec_core::sql::{Lexicon, is_whole};
/// assert!(is_whole("SELECT 'it''s'", &Lexicon::STANDARD));
/// assert!(!is_whole("SELECT 'it's'", &Lexicon::STANDARD));
/// ```
pub fn is_whole(text: &str, lexicon: &Lexicon) -> bool {
    let mut lexer = Lexer::new(text, lexicon);
    let Some(last) = lexer.by_ref().last() else {
        return true;
    };
    // What does not end takes in whatever stands behind it.
    let longer = format!("{}\n;", last.text);
    let ends = tokens(&longer, lexicon).last();
    !lexer.executable && ends.is_some_and(|it| it.is_symbol(";"))
}

pub(super) struct Lexer<'a, 'l> {
    text: &'a str,
    lexicon: &'l Lexicon,
    at: usize,
    /// Whether a `/*!` is open, so that `*/` stands for itself.
    executable: bool,
    /// What ends a statement besides `;`.
    delimiter: Option<&'a str>,
}

impl<'a, 'l> Lexer<'a, 'l> {
    pub(super) fn new(text: &'a str, lexicon: &'l Lexicon) -> Self {
        Lexer {
            text,
            lexicon,
            at: 0,
            executable: false,
            delimiter: None,
        }
    }

    /// Reads on behind a line `DELIMITER //` whose first token was read, and says where it ends.
    pub(super) fn delimiter_line(&mut self, token: &Token<'_>) -> Option<usize> {
        if !self.lexicon.delimiter_lines || !token.is_word("DELIMITER") {
            return None;
        }
        let rest = &self.text[token.end()..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let mut words = line.split(|c| self.lexicon.is_space(c));
        let delimiter = words.find(|it| !it.is_empty())?;
        self.delimiter = (delimiter != ";").then_some(delimiter);
        self.at = token.end() + line.len();
        Some(self.at)
    }

    /// Whether a token is what the last such line has named.
    pub(super) fn is_delimiter(&self, token: &Token<'_>) -> bool {
        token.kind == TokenKind::Symbol && self.delimiter == Some(token.text)
    }
}

impl<'a> Iterator for Lexer<'a, '_> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| !self.lexicon.is_space(c))?;
        let rest = &self.text[self.at..];
        let (kind, length) = self.scan(rest, rest.chars().next()?);
        let token = Token {
            kind,
            text: &rest[..length],
            start: self.at,
        };
        self.at += length;
        Some(token)
    }
}

impl Lexer<'_, '_> {
    /// Gives the kind and the length in bytes of the token that the text begins with.
    fn scan(&mut self, rest: &str, first: char) -> (TokenKind, usize) {
        let lexicon = self.lexicon;
        let bytes = rest.as_bytes();
        if let Some(delimiter) = self.delimiter.filter(|it| rest.starts_with(it)) {
            return (TokenKind::Symbol, delimiter.len());
        }
        if let Some(length) = self.comment_mark(rest) {
            return (TokenKind::Symbol, length);
        }
        if let Some(length) = comment(rest, lexicon) {
            return (TokenKind::Comment, length);
        }
        let backslashes = lexicon.backslashes;
        match first {
            '\'' => (TokenKind::Text, quoted(bytes, 0, backslashes)),
            '"' if lexicon.double_quotes == DoubleQuotes::Text => {
                (TokenKind::Text, quoted(bytes, 0, backslashes))
            }
            '"' => (TokenKind::QuotedName, quoted(bytes, 0, false)),
            '`' if lexicon.backticks => (TokenKind::QuotedName, quoted(bytes, 0, false)),
            '[' => match bracketed(rest, lexicon.brackets) {
                Some(length) => (TokenKind::QuotedName, length),
                None => (TokenKind::Symbol, 1),
            },
            '$' if lexicon.dollar_quotes => match dollar_quoted(rest, lexicon) {
                Some(length) => (TokenKind::Text, length),
                None => (TokenKind::Symbol, 1),
            },
            '0'..='9' => {
                let length = number(bytes);
                let is_word = lexicon.words_after_digits && is_word_after_digits(&rest[..length]);
                if is_word {
                    (TokenKind::Word, self.word(rest))
                } else {
                    (TokenKind::Number, length)
                }
            }
            '.' if bytes.get(1).is_some_and(u8::is_ascii_digit) => {
                (TokenKind::Number, number(bytes))
            }
            _ if lexicon.begins_word(first) => {
                prefixed(bytes, lexicon).unwrap_or_else(|| (TokenKind::Word, self.word(rest)))
            }
            _ => (TokenKind::Symbol, symbol(rest, first)),
        }
    }

    /// The length of the word that a text begins with: `END$$` is one word, unless `$$` is what ends
    /// the statement.
    fn word(&self, rest: &str) -> usize {
        let length = word(rest, self.lexicon);
        let end = self.delimiter.and_then(|it| rest[..length].find(it));
        end.unwrap_or(length)
    }

    /// The length of a mark that begins or ends a comment whose content is run: `/*!80013`, `*/`.
    fn comment_mark(&mut self, rest: &str) -> Option<usize> {
        if self.executable && rest.starts_with("*/") {
            self.executable = false;
            return Some(2);
        }
        if !self.lexicon.executable_comments {
            return None;
        }
        let mark = ["/*!", "/*M!"]
            .into_iter()
            .find(|it| rest.starts_with(it))?;
        self.executable = true;
        let version = &rest[mark.len()..];
        let digits = version.bytes().take_while(u8::is_ascii_digit).count();
        Some(mark.len() + digits)
    }
}

/// The length of the comment that a text begins with.
fn comment(rest: &str, lexicon: &Lexicon) -> Option<usize> {
    let line = || rest.find('\n').unwrap_or(rest.len());
    if let Some(behind) = rest.strip_prefix("--") {
        let is_free = |c: char| c.is_whitespace() || c.is_control();
        let begins = !lexicon.dashes_need_space || behind.chars().next().is_none_or(is_free);
        return begins.then(line);
    }
    if lexicon.hash_comments && rest.starts_with('#') {
        return Some(line());
    }
    let inside = rest.strip_prefix("/*")?;
    Some(if lexicon.nested_comments {
        nested_comment(rest.as_bytes())
    } else {
        inside.find("*/").map_or(rest.len(), |end| end + 4)
    })
}

/// A string or name behind letters that say how it is written: `E'…'`, `x'…'`, `U&"…"`.
fn prefixed(bytes: &[u8], lexicon: &Lexicon) -> Option<(TokenKind, usize)> {
    let letter = bytes[0].to_ascii_lowercase();
    match bytes {
        [_, b'&', b'\'', ..] if letter == b'u' && lexicon.unicode_escapes => {
            Some((TokenKind::Text, quoted(bytes, 2, false)))
        }
        [_, b'&', b'"', ..] if letter == b'u' && lexicon.unicode_escapes => {
            Some((TokenKind::QuotedName, quoted(bytes, 2, false)))
        }
        [_, b'\'', ..] if letter == b'e' && lexicon.escape_strings => {
            Some((TokenKind::Text, quoted(bytes, 1, true)))
        }
        [_, b'\'', ..] if lexicon.string_prefixes.contains(&letter) => {
            Some((TokenKind::Text, quoted(bytes, 1, lexicon.backslashes)))
        }
        _ => None,
    }
}

fn word(rest: &str, lexicon: &Lexicon) -> usize {
    let ends = |c: char| !lexicon.begins_word(c) && !c.is_ascii_digit() && c != '$';
    rest.find(ends).unwrap_or(rest.len())
}

/// Whether what begins with digits is no number.
fn is_word_after_digits(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_exponent = |rest: &str| {
        let rest = rest.trim_start_matches(['+', '-']);
        !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit())
    };
    match digits.as_bytes() {
        [] | [b'.', ..] => false,
        [b'e' | b'E', ..] => !is_exponent(&digits[1..]),
        [b'x', hex @ ..] if text.starts_with("0x") => {
            hex.is_empty() || !hex.iter().all(u8::is_ascii_hexdigit)
        }
        [b'b', bits @ ..] if text.starts_with("0b") => {
            bits.is_empty() || !bits.iter().all(|it| matches!(it, b'0' | b'1'))
        }
        _ => true,
    }
}

/// The length of a name in brackets that a text begins with.
fn bracketed(rest: &str, brackets: Brackets) -> Option<usize> {
    let end = rest.find(']').map(|end| end + 1);
    match brackets {
        Brackets::Symbols => None,
        Brackets::Name => Some(end.unwrap_or(rest.len())),
        Brackets::NameBeforeLetter => {
            let next = rest.as_bytes().get(1)?;
            (next.is_ascii_alphabetic() || *next == b'_').then_some(end)?
        }
    }
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
fn quoted(bytes: &[u8], open: usize, backslash: bool) -> usize {
    let quote = bytes[open];
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

/// The end of a block comment that may hold others.
fn nested_comment(bytes: &[u8]) -> usize {
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

fn dollar_quoted(rest: &str, lexicon: &Lexicon) -> Option<usize> {
    let tag_end = 1 + rest[1..].find('$')?;
    let tag = &rest[..=tag_end];
    let name = &tag[1..tag_end];
    let fits = name
        .chars()
        .all(|c| lexicon.begins_word(c) || c.is_ascii_digit())
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

/// What a quoted text with characters by their numbers says: `"d\0061t\+000061"`.
fn unescaped(quoted: &str) -> String {
    let inner = quoted.get(1..quoted.len().saturating_sub(1));
    let inner = inner.unwrap_or_default().replace("\"\"", "\"");
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.as_str();
    while let Some((before, behind)) = rest.split_once('\\') {
        text.push_str(before);
        let (skip, length) = match behind.as_bytes().first() {
            Some(b'+') => (1, 6),
            _ => (0, 4),
        };
        let digits = behind.get(skip..skip + length);
        let number = digits.and_then(|it| u32::from_str_radix(it, 16).ok());
        match number.and_then(char::from_u32) {
            Some(character) => {
                text.push(character);
                rest = &behind[skip + length..];
            }
            None => {
                text.push('\\');
                rest = behind.strip_prefix('\\').unwrap_or(behind);
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests;
