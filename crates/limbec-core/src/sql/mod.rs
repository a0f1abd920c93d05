//! Reads SQL text, as far as limbec must: tokens, and where one statement ends.
//!
//! Databases differ already in what a string or a comment is, so that nothing is read here without
//! the [`Lexicon`] of the database that the text is for. No grammar: raw SQL is passed on as it stands, and expressions are judged by the database.

mod adds;
mod autocommit;
mod lexicon;
mod operator_class;
mod rename;
mod split;
mod tokens;

pub use adds::only_adds;
pub use autocommit::{autocommit, is_autocommit};
pub use lexicon::{Brackets, DoubleQuotes, Lexicon, Words};
pub use operator_class::operator_class;
pub(crate) use rename::{
    TypesStand, rename_column, rename_label, rename_relation, rename_sequence, rename_table,
    rename_type,
};
pub use split::split;
pub use tokens::{Token, TokenKind, is_whole, tokens};

/// Whether a name has the characters of one that needs no quotes: those that no database folds.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    let starts = (bytes.next()).is_some_and(|it| it.is_ascii_lowercase() || it == b'_');
    starts && bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

/// A name in quotes, as standard SQL has them.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether an expression names a column, whatever the case it is spelled in.
#[cfg(any(feature = "compare", feature = "postgres"))]
pub(crate) fn mentions(expression: &str, column: &str, lexicon: &Lexicon) -> bool {
    tokens(expression, lexicon).any(|token| {
        let name = token.name(lexicon);
        name.is_some_and(|name| name.eq_ignore_ascii_case(column))
    })
}
