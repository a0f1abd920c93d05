//! The lexical rules of the SQL inside attributes.
//!
//! Models are for every database, so their little SQL (names, types, elements of indexes) has rules
//! of its own: names in the quotes of any of them.

use limbec_core::sql::{self, Lexicon, Token};

/// The rules.
pub(super) const LEXICON: Lexicon = Lexicon::NEUTRAL;

/// Reads the tokens of a text, comments included.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    sql::tokens(text, &LEXICON)
}
