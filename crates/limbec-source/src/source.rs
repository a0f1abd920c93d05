//! Files as tokens, and the compiler's spans as ranges of bytes.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};

/// A file's tokens, or the place where they cease to be Rust's.
pub(crate) struct Lexed {
    pub(crate) tokens: Result<TokenStream, Span>,
    /// What was cut off before the tokens: a byte order mark, a `#!` line.
    pub(crate) offset: usize,
}

/// Splits a text into tokens.
pub(crate) fn lex(text: &str) -> Lexed {
    let offset = preamble(text);
    let tokens = text[offset..]
        .parse::<TokenStream>()
        .map_err(|error| error.span());
    Lexed { tokens, offset }
}

/// The length of a byte order mark and a `#!` line, neither of which is a token.
fn preamble(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = &text[mark..];
    if rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[') {
        mark + rest.find('\n').unwrap_or(rest.len())
    } else {
        mark
    }
}

/// The bytes of a span, counted from the first token of its file.
///
/// Without the feature `locations` there is none to be had.
pub(crate) fn range(span: Span) -> Range<usize> {
    #[cfg(feature = "locations")]
    {
        span.byte_range()
    }
    #[cfg(not(feature = "locations"))]
    {
        let _ = span;
        0..0
    }
}

#[cfg(test)]
mod tests {
    use super::preamble;

    #[test]
    fn a_shebang_and_a_byte_order_mark_are_no_tokens() {
        assert_eq!(preamble("#!/usr/bin/env x\nuse a;"), 16);
        assert_eq!(preamble("\u{feff}use a;"), 3);
        assert_eq!(preamble("#![allow(x)]"), 0);
        assert_eq!(preamble("#! [allow(x)]"), 0);
        assert_eq!(preamble("#!"), 2);
    }
}
