//! How a value of one type becomes one of another.

use super::super::lexicon::tokens;
use super::column::is_operator_word;
use crate::dialect::postgres::types::{resolve, same, sql};
use crate::schema::ColumnType;
use crate::sql::{Token, TokenKind};

/// The families within which PostgreSQL converts by itself when a column's type changes.
#[derive(PartialEq, Eq)]
enum Family {
    Number,
    Moment,
    Span,
    Json,
    Network,
    Other,
}

fn family(column_type: &ColumnType) -> Family {
    match column_type {
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Numeric { .. } => Family::Number,
        ColumnType::Date | ColumnType::Timestamp { .. } | ColumnType::TimestampTz { .. } => {
            Family::Moment
        }
        ColumnType::Time { .. } | ColumnType::Interval => Family::Span,
        ColumnType::Json | ColumnType::Jsonb => Family::Json,
        ColumnType::Inet | ColumnType::Cidr => Family::Network,
        _ => Family::Other,
    }
}

fn is_text(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. }
    )
}

/// Whether PostgreSQL converts by itself. An explicit cast must not stand in its place: it cuts
/// a text that is too long, where the conversion refuses it.
pub(in super::super) fn is_implicit(source: &ColumnType, target: &ColumnType) -> bool {
    let (source, target) = (resolve(source), resolve(target));
    match (&source, &target) {
        _ if is_text(&target) || same(&source, &target) => true,
        (ColumnType::Array(source), ColumnType::Array(target)) => is_implicit(source, target),
        (
            ColumnType::Timestamp { .. } | ColumnType::TimestampTz { .. },
            ColumnType::Time { .. },
        ) => true,
        (ColumnType::Custom(source), ColumnType::Custom(target)) => {
            without_modifiers(source) == without_modifiers(target)
        }
        _ => family(&source) != Family::Other && family(&source) == family(&target),
    }
}

fn without_modifiers(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

/// The expression that casts a column, or any other value.
pub(in super::super) fn explicit(value: &str, source: &ColumnType, target: &ColumnType) -> String {
    let (from, to) = (resolve(source), resolve(target));
    let target = sql(target);
    let via = match (&from, &to) {
        (ColumnType::Array(from), ColumnType::Array(_)) if !is_text(from) => "::text[]",
        (ColumnType::Array(_), _) | (_, ColumnType::Array(_)) => "",
        _ if is_text(&from) => "",
        // Enumerations convert to and from text only, booleans from `integer` only.
        (ColumnType::Enum(_), _) | (_, ColumnType::Enum(_)) => "::text",
        (ColumnType::SmallInteger | ColumnType::BigInteger, ColumnType::Boolean)
        | (ColumnType::Boolean, ColumnType::SmallInteger | ColumnType::BigInteger) => "::integer",
        _ => "",
    };
    format!("{value}{via}::{target}")
}

/// A default as it is set again when its column's type has changed.
pub(super) fn default(expression: &str, source: &ColumnType, target: &ColumnType) -> String {
    let all: Vec<_> = tokens(expression)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    match all.as_slice() {
        // The new type reads the literal: `'a'::text` becomes `'a'`.
        [literal, cast @ ..] if literal.kind == TokenKind::Text && is_plain_cast(cast) => {
            literal.text.to_string()
        }
        _ => explicit(&format!("({expression})"), source, target),
    }
}

/// Whether the tokens are one cast to a type without modifiers, or none.
fn is_plain_cast(tokens: &[Token<'_>]) -> bool {
    let in_type_name = |token: &Token<'_>| match token.kind {
        TokenKind::Word | TokenKind::QuotedName => !is_operator_word(*token),
        TokenKind::Symbol => matches!(token.text, "." | "[" | "]"),
        _ => false,
    };
    match tokens {
        [] => true,
        [cast, name @ ..] => cast.is_symbol("::") && name.iter().all(in_type_name),
    }
}
