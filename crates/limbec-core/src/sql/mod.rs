//! Reads SQL text, as far as limbec must: tokens, and where one statement ends.
//!
//! No grammar: raw SQL is passed on as it stands, and expressions are judged by the database.

mod split;
mod tokens;

pub use split::split;
pub use tokens::{Token, TokenKind, tokens};
