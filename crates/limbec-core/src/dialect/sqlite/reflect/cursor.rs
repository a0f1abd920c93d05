//! A cursor over the tokens of SQL.

use super::super::lexicon::{LEXICON, tokens};
use crate::sql::{Token, TokenKind};

/// Walks over the tokens of a statement; comments are passed over unless asked for.
pub(super) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor {
            text,
            tokens: tokens(text).collect(),
            at: 0,
        }
    }

    /// The next token that is no comment.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens[self.at..]
            .iter()
            .find(|token| token.kind != TokenKind::Comment)
            .copied()
    }

    /// The one after [`Cursor::peek`].
    pub(super) fn peek_second(&self) -> Option<Token<'a>> {
        self.tokens[self.at..]
            .iter()
            .filter(|token| token.kind != TokenKind::Comment)
            .nth(1)
            .copied()
    }

    /// Takes the next token that is no comment.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let offset = self.tokens[self.at..]
            .iter()
            .position(|token| token.kind != TokenKind::Comment)?;
        self.at += offset + 1;
        Some(self.tokens[self.at - 1])
    }

    /// Takes the comment that stands right here.
    pub(super) fn comment(&mut self) -> Option<&'a str> {
        let token = self.tokens.get(self.at)?;
        (token.kind == TokenKind::Comment).then(|| {
            self.at += 1;
            token.text
        })
    }

    /// Whether no token is left.
    pub(super) fn at_end(&self) -> bool {
        self.peek().is_none()
    }

    /// Takes a keyword, where it stands next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.take_if(|token| token.is_word(word))
    }

    /// Takes keywords that follow one another: all of them or none.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let before = self.at;
        let all = words.iter().all(|word| self.word(word));
        if !all {
            self.at = before;
        }
        all
    }

    /// Takes a symbol, where it stands next.
    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        self.take_if(|token| token.is_symbol(symbol))
    }

    /// Takes a name.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.peek()?.name(&LEXICON)?;
        self.next();
        Some(name)
    }

    /// Takes `( … )` with whatever stands between, and gives that.
    pub(super) fn parenthesised(&mut self) -> Option<&'a str> {
        if !self.symbol("(") {
            return None;
        }
        let start = self.tokens[self.at - 1].end();
        let mut depth = 1;
        while let Some(token) = self.next() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
                if depth == 0 {
                    return Some(&self.text[start..token.start]);
                }
            }
        }
        None
    }

    /// The text from the next token to the end.
    pub(super) fn rest(&self) -> &'a str {
        self.peek().map_or("", |token| &self.text[token.start..])
    }

    fn take_if(&mut self, is: impl Fn(&Token<'_>) -> bool) -> bool {
        let takes = self.peek().is_some_and(|token| is(&token));
        if takes {
            self.next();
        }
        takes
    }
}

/// Splits a text at the commas that stand in no parentheses.
pub(super) fn split_commas(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for token in tokens(text) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_symbol(",") && depth == 0 {
            parts.push(&text[start..token.start]);
            start = token.end();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Takes away the parentheses that stand round a whole expression, however many.
pub(in super::super) fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let mut cursor = Cursor::new(text);
    match cursor.parenthesised() {
        // A comma at the top makes it a row value, which needs its parentheses.
        Some(inner)
            if cursor.tokens.len() == cursor.at
                && text.starts_with('(')
                && split_commas(inner).len() == 1 =>
        {
            without_parentheses(inner)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_round_the_whole_go() {
        assert_eq!(without_parentheses("((a) + (b))"), "(a) + (b)");
        assert_eq!(without_parentheses("(a) + (b)"), "(a) + (b)");
        assert_eq!(without_parentheses("((a, b))"), "(a, b)");
        assert_eq!(without_parentheses("(("), "((");
    }
}
