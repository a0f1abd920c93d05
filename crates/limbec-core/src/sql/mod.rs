//! Reads SQL text, as far as limbec must: tokens, and where one statement ends.
//!
//! No grammar: raw SQL is passed on as it stands, and expressions are judged by the database.

mod adds;
mod autocommit;
mod operator_class;
mod rename;
mod split;
mod tokens;

pub use adds::only_adds;
pub use autocommit::{autocommit, is_autocommit};
pub use operator_class::operator_class;
pub(crate) use rename::{rename_column, rename_label, rename_table, rename_type};
pub use split::split;
pub use tokens::{Token, TokenKind, tokens};

/// Whether an expression names a column, whatever the case it is spelled in.
#[cfg(any(feature = "compare", feature = "postgres"))]
pub(crate) fn mentions(expression: &str, column: &str) -> bool {
    tokens(expression).any(|token| {
        let name = token.name();
        name.is_some_and(|name| name.eq_ignore_ascii_case(column))
    })
}
