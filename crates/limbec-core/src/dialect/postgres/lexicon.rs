//! PostgreSQL's lexical rules, with `standard_conforming_strings` on.

use crate::sql::{self, Lexicon, Token};

/// How PostgreSQL reads SQL.
pub const LEXICON: Lexicon = Lexicon {
    nested_comments: true,
    escape_strings: true,
    unicode_escapes: true,
    string_prefixes: b"xbn",
    dollar_quotes: true,
    bodies: &["FUNCTION", "PROCEDURE"],
    ..Lexicon::STANDARD
};

/// Reads the tokens of a text, comments included.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    sql::tokens(text, &LEXICON)
}
