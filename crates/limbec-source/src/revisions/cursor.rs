//! A place among the tokens of a file, and what is wrong with the file so far.

use std::ops::Range;

use super::lexer::{Kind, Token};
use crate::diagnostic::Diagnostic;

pub(super) struct Cursor<'a> {
    pub(super) path: &'a str,
    pub(super) tokens: &'a [Token<'a>],
    pub(super) at: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(path: &'a str, tokens: &'a [Token<'a>]) -> Self {
        Cursor {
            path,
            tokens,
            at: 0,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn ahead(&self, count: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + count).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    /// Takes the token where it is the one given.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.is(text));
        self.at += usize::from(is);
        is
    }

    /// Takes all of the tokens given, or none.
    pub(super) fn take_all(&mut self, texts: &[&str]) -> bool {
        let is = texts
            .iter()
            .enumerate()
            .all(|(index, text)| self.ahead(index).is_some_and(|token| token.is(text)));
        self.at += if is { texts.len() } else { 0 };
        is
    }

    /// The place of the next token, or behind the last.
    pub(super) fn here(&self) -> Range<usize> {
        match self.peek() {
            Some(token) => token.span(),
            None => {
                let end = self.tokens.last().map_or(0, Token::end);
                end..end
            }
        }
    }

    /// From a place to the end of the token before.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        let end = self.tokens[..self.at].last().map_or(start, Token::end);
        start..end.max(start)
    }

    pub(super) fn error(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let index = self.diagnostics.len();
        self.diagnostics
            .push(Diagnostic::new(self.path, span, message));
        &mut self.diagnostics[index]
    }

    /// Goes behind the group that opens here, where one does.
    pub(super) fn skip_group(&mut self) {
        if self.peek().is_some_and(|token| token.kind == Kind::Open) {
            self.skip_tree();
        }
    }

    /// Goes behind the group that opens here, or behind one token. Brackets need not match.
    pub(super) fn skip_tree(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}
