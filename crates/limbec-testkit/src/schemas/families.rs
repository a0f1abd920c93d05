//! Names, and the types and defaults that the columns of each name may have.

use limbec_core::schema::{ColumnType, EnumType};

use super::Extras;

/// Types whose values can be cast to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Number,
    Text,
    Moment,
    Span,
    Flag,
    Document,
    Network,
    Hardware,
    Id,
    Binary,
    Kind,
    List,
}

const LONG: &str = "a_name_of_seventy_bytes_that_postgresql_cuts_to_sixty_three_of_them_xx";

pub(super) const TABLES: [&str; 10] = [
    "users",
    "orders",
    "tags",
    "events",
    "order",
    "MixedCase",
    "a b",
    "say \"hi\"",
    "größe",
    LONG,
];

pub(super) const COLUMNS: [(&str, Family); 32] = [
    ("n", Family::Number),
    ("title", Family::Text),
    ("m", Family::Number),
    ("name", Family::Text),
    ("at", Family::Moment),
    ("flag", Family::Flag),
    ("kind", Family::Kind),
    ("doc", Family::Document),
    ("id", Family::Number),
    ("k", Family::Number),
    ("code", Family::Text),
    ("lasts", Family::Span),
    ("net", Family::Network),
    ("mac", Family::Hardware),
    ("uid", Family::Id),
    ("data", Family::Binary),
    ("mood", Family::Kind),
    ("list", Family::List),
    ("order", Family::Number),
    ("MixedCase", Family::Text),
    ("a b", Family::Number),
    ("say \"hi\"", Family::Text),
    ("größe", Family::Number),
    ("it's", Family::Text),
    (LONG, Family::Number),
    ("user", Family::Text),
    ("select", Family::Kind),
    ("rowid", Family::Number),
    ("until", Family::Moment),
    ("key", Family::Id),
    ("check", Family::Flag),
    ("x;y -- z", Family::Text),
];

pub(super) const DEFINITIONS: [&str; 6] = ["recent", "ids", "All of them", "of", "it's", "größen"];

pub(super) const ENUMS: [&str; 2] = ["mood_kind", "Order State"];

pub(super) const LABELS: [&str; 5] = ["new", "done", "it's", "in work", "größe"];

pub(super) const COMMENTS: [&str; 6] = [
    "a comment",
    "it's",
    "two\nlines",
    "*/ -- /* ;",
    "\"quoted\" \\ größe",
    "'",
];

/// One of a list, whatever the number.
pub(super) fn pick<T: Clone>(items: &[T], number: usize) -> T {
    items[number % items.len()].clone()
}

pub(super) fn column_type(
    family: Family,
    number: usize,
    enums: &[EnumType],
    extras: Extras,
) -> ColumnType {
    use ColumnType as T;
    let numeric = |precision, scale| T::Numeric { precision, scale };
    let types: Vec<T> = match family {
        Family::Number => vec![
            T::Integer,
            T::BigInteger,
            T::SmallInteger,
            T::Real,
            T::Double,
            numeric(None, None),
            numeric(Some(10), None),
            numeric(Some(12), Some(2)),
            T::Text,
        ],
        Family::Text => vec![
            T::Text,
            T::Varchar { length: None },
            T::Varchar { length: Some(50) },
            T::Varchar { length: Some(80) },
            T::Char { length: Some(40) },
        ],
        Family::Moment => vec![
            T::TimestampTz { precision: None },
            T::Timestamp { precision: None },
            T::Timestamp { precision: Some(3) },
            T::TimestampTz { precision: Some(6) },
            T::Date,
            T::Text,
        ],
        Family::Span => vec![
            T::Interval,
            T::Time { precision: None },
            T::Time { precision: Some(2) },
            T::Text,
        ],
        Family::Flag => vec![T::Boolean, T::Integer, T::SmallInteger, T::Text],
        Family::Document => vec![T::Jsonb, T::Json, T::Text],
        Family::Network => vec![T::Inet, T::Cidr, T::Text],
        Family::Hardware => vec![T::MacAddr, T::Text],
        Family::Id => vec![T::Uuid, T::Text],
        Family::Binary => vec![T::Bytes, T::Text],
        Family::Kind => {
            let mut types: Vec<T> = enums.iter().cloned().map(T::Enum).collect();
            types.push(T::Text);
            types
        }
        Family::List if extras.arrays => {
            let array = |element| T::Array(Box::new(element));
            let mut types = vec![
                array(T::Integer),
                array(T::Text),
                array(T::BigInteger),
                array(T::Varchar { length: Some(80) }),
                T::Text,
            ];
            types.extend(enums.iter().cloned().map(T::Enum).map(array));
            types
        }
        Family::List => vec![T::Text],
    };
    pick(&types, number)
}

/// A default of a type.
pub(super) fn default(column_type: &ColumnType, number: usize) -> Option<String> {
    use ColumnType as T;
    let texts: &[&str] = match column_type {
        T::SmallInteger | T::Integer | T::BigInteger => &["0", "42", "-1", "1 + 1"],
        T::Real | T::Double | T::Numeric { .. } => &["0", "1.5", "-2.25"],
        T::Boolean => &["true", "false"],
        T::Text | T::Varchar { .. } | T::Char { .. } => &[
            "'draft'",
            "'it''s'",
            "''",
            "lower('X')",
            "'a;b -- c'",
            "'now()'",
            "NULL",
        ],
        T::Date => &["CURRENT_DATE", "'2024-01-31'"],
        T::Timestamp { .. } | T::TimestampTz { .. } => {
            &["now()", "CURRENT_TIMESTAMP", "'2024-01-31 10:00:00'"]
        }
        T::Time { .. } => &["'10:00:00'"],
        T::Interval => &["'1 day'"],
        T::Uuid => &["'3f2504e0-4f89-11d3-9a0c-0305e82c3301'"],
        T::Json | T::Jsonb => &["'{}'", "'{\"a\": [1, \"it''s\"]}'"],
        T::Inet => &["'127.0.0.1'"],
        T::Cidr => &["'10.0.0.0/8'"],
        T::MacAddr => &["'08:00:2b:01:02:03'"],
        T::Bytes => &["'\\x00'"],
        T::Array(element) => match **element {
            T::Integer | T::BigInteger => &["'{}'", "'{1,2}'", "ARRAY[1, 2]"],
            _ => &["'{}'"],
        },
        T::Enum(it) => {
            let label = pick(&it.labels, number);
            return Some(format!("'{}'", label.replace('\'', "''")));
        }
        _ => return None,
    };
    Some(pick(texts, number).to_string())
}
