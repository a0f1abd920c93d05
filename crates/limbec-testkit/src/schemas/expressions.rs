//! Expressions over columns, as both databases read them.

use limbec_core::dialect;
use limbec_core::schema::{Column, ColumnType};

use super::families::pick;

/// What can be said of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Number,
    Text,
    Boolean,
    Moment,
    Other,
}

pub(super) fn class(column_type: &ColumnType) -> Class {
    use ColumnType as T;
    match column_type {
        T::SmallInteger | T::Integer | T::BigInteger | T::Real | T::Double | T::Numeric { .. } => {
            Class::Number
        }
        T::Text | T::Varchar { .. } | T::Char { .. } => Class::Text,
        T::Boolean => Class::Boolean,
        T::Date | T::Timestamp { .. } | T::TimestampTz { .. } => Class::Moment,
        _ => Class::Other,
    }
}

/// A name in the form that every database reads as that name.
pub(super) fn quote(name: &str) -> String {
    let quoted = dialect::ALL.iter().map(|dialect| dialect.quote(name));
    quoted.max_by_key(String::len).unwrap_or_default()
}

/// A condition over a column.
pub(super) fn condition(column: &Column, number: usize) -> String {
    let forms: &[&str] = match class(&column.column_type) {
        Class::Number => &[
            "? > 0",
            "? >= 0 AND ? < 100",
            "? IN (1, 2, 3)",
            "? BETWEEN 1 AND 9",
        ],
        Class::Text => &[
            "length(?) > 0",
            "? <> 'it''s'",
            "? IN ('a', 'b')",
            "lower(?) = ?",
            "? LIKE 'a%'",
            "(? = 'x' OR ? = 'y') AND ? <> ''",
        ],
        Class::Boolean => &["?", "NOT ?"],
        Class::Moment => &["? > '2000-01-01'"],
        Class::Other => &["? IS NOT NULL"],
    };
    if let ColumnType::Enum(it) = &column.column_type {
        let label = pick(&it.labels, number).replace('\'', "''");
        return format!("{} <> '{label}'", quote(&column.name));
    }
    pick(forms, number).replace('?', &quote(&column.name))
}

/// An expression over a column for an index, where its type has one.
pub(super) fn indexed(column: &Column, number: usize) -> Option<String> {
    let forms: &[&str] = match class(&column.column_type) {
        Class::Number => &["? + 1", "abs(?)"],
        Class::Text => &["lower(?)", "? || ' ' || ?", "upper(trim(?))"],
        Class::Boolean => &["NOT ?"],
        _ => return None,
    };
    Some(pick(forms, number).replace('?', &quote(&column.name)))
}

/// A value computed from a column, for one of the same class.
pub(super) fn computed(from: &Column, number: usize) -> Option<String> {
    let forms: &[&str] = match class(&from.column_type) {
        Class::Number => &["? * 2", "? + 1"],
        Class::Text => &["lower(?)", "? || '!'"],
        _ => return None,
    };
    Some(pick(forms, number).replace('?', &quote(&from.name)))
}
