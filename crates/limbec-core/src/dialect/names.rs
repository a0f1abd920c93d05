//! Names as a database reads and writes them.

use std::borrow::Cow;

use crate::sql::Lexicon;

/// How a database spells names.
pub trait Names {
    /// The form in which two spellings of one name are equal: case folded, cut to the length that
    /// the database keeps.
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str>;

    /// How the database reads SQL. Without it, no text is split or searched.
    fn lexicon(&self) -> &'static Lexicon;

    /// The name that the database gives to the sequence of a serial column; `None` if it has no such.
    fn name_of_sequence(&self, _table: &str, _column: &str) -> Option<String> {
        None
    }

    /// Quotes a name if it needs quotes.
    fn quote(&self, name: &str) -> String;
}
