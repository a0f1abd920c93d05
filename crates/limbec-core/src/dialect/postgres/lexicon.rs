//! PostgreSQL's lexical rules, with `standard_conforming_strings` on.

use crate::sql::Lexicon;
#[cfg(feature = "postgres")]
use crate::sql::{self, Token};

/// How PostgreSQL reads SQL.
// Its folder makes it public.
#[cfg_attr(not(feature = "postgres"), expect(unreachable_pub))]
pub const LEXICON: Lexicon = Lexicon {
    nested_comments: true,
    escape_strings: true,
    unicode_escapes: true,
    string_prefixes: b"xbn",
    dollar_quotes: true,
    bodies: &["FUNCTION", "PROCEDURE", "RULE"],
    ..Lexicon::STANDARD
};

/// Reads the tokens of a text, comments included.
#[cfg(feature = "postgres")]
pub(in crate::dialect) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    sql::tokens(text, &LEXICON)
}
