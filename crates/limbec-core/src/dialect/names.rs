//! Names as a database reads and writes them.

use std::borrow::Cow;

/// How a database spells names.
pub trait Names {
    /// The form in which two spellings of one name are equal: case folded, cut to the length that
    /// the database keeps.
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str>;

    /// Quotes a name if it needs quotes.
    fn quote(&self, name: &str) -> String;
}
