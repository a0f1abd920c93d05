//! SQLite's lexical rules.

use crate::sql::{self, Brackets, Lexicon, Token};

/// How SQLite reads SQL.
pub const LEXICON: Lexicon = Lexicon {
    strings_as_names: true,
    backticks: true,
    brackets: Brackets::Name,
    bodies: &["TRIGGER"],
    ..Lexicon::STANDARD
};

/// Reads the tokens of a text, comments included.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    sql::tokens(text, &LEXICON)
}
