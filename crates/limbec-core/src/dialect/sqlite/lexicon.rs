//! SQLite's lexical rules.

#[cfg(feature = "sqlite")]
use crate::sql::{self, Token};
use crate::sql::{Brackets, Lexicon};

/// How SQLite reads SQL.
// Its folder makes it public.
#[cfg_attr(not(feature = "sqlite"), expect(unreachable_pub))]
pub const LEXICON: Lexicon = Lexicon {
    strings_as_names: true,
    backticks: true,
    brackets: Brackets::Name,
    bodies: &["TRIGGER"],
    ..Lexicon::STANDARD
};

/// Reads the tokens of a text, comments included.
#[cfg(feature = "sqlite")]
pub(in crate::dialect) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    sql::tokens(text, &LEXICON)
}
