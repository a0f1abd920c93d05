//! The Rust types that limbec knows, by their full paths.

use std::collections::HashMap;
use std::sync::LazyLock;

use limbec_core::schema::ColumnType as T;

/// What a known Rust type is to a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// A value of a column type.
    Column(T),
    /// `u8`: a small integer, and in a sequence a byte.
    Byte,
    /// `Option<T>`: a value or NULL.
    Option,
    /// `Box<T>` and such: the value inside.
    Transparent,
    /// `Cow<'_, T>`: the value inside, borrowed or not.
    Cow,
    /// `Vec<T>`: an array, of bytes binary data.
    Vec,
    /// `HashSet<T>` and such: an array.
    Collection,
    /// No column type holds it; the way out.
    Nothing(&'static str),
}

const WIDE: &str = "use `i64`, or say how it is kept: `#[column(type = \"numeric(20)\")]`";
const PLATFORM: &str = "its size differs between machines: use `i64` or `i32`";
const MAP: &str =
    "keep it as JSON, `Json<…>` or `#[column(type = \"jsonb\")]`, or in a table of its own";
const ZONED: &str = "a database keeps an instant without its zone: use `jiff::Timestamp`, or `#[column(type = \"timestamptz\")]` or `\"text\"`";
const TIME_WITH_ZONE: &str = "a time of day with an offset has no meaning without a date: use a date and time, or `#[column(type = \"timetz\")]`";

#[rustfmt::skip]
static TYPES: &[(&[&str], Known)] = &[
    (&["i8", "i16", "std::num::NonZeroI8", "std::num::NonZeroI16"], Known::Column(T::SmallInteger)),
    (&["u8"], Known::Byte),
    (&["u16", "i32", "std::num::NonZeroU16", "std::num::NonZeroI32"], Known::Column(T::Integer)),
    (&["u32", "i64", "std::num::NonZeroU32", "std::num::NonZeroI64"], Known::Column(T::BigInteger)),
    (&["u64", "i128", "u128", "std::num::NonZeroU64"], Known::Nothing(WIDE)),
    (&["usize", "isize"], Known::Nothing(PLATFORM)),
    (&["f32"], Known::Column(T::Real)),
    (&["f64"], Known::Column(T::Double)),
    (&["bool"], Known::Column(T::Boolean)),
    (&["char"], Known::Column(T::Char { length: Some(1) })),
    (&["str", "std::string::String"], Known::Column(T::Text)),

    (&["std::option::Option"], Known::Option),
    (&["std::boxed::Box", "std::sync::Arc", "std::rc::Rc"], Known::Transparent),
    (&["std::borrow::Cow"], Known::Cow),
    (&["std::vec::Vec"], Known::Vec),
    (&["std::collections::HashSet", "std::collections::BTreeSet", "std::collections::VecDeque"],
        Known::Collection),
    (&["std::collections::HashMap", "std::collections::BTreeMap"], Known::Nothing(MAP)),
    (&["bytes::Bytes", "bytes::BytesMut", "serde_bytes::ByteBuf"], Known::Column(T::Bytes)),

    (&["std::time::SystemTime"], Known::Column(T::TimestampTz { precision: None })),
    (&["std::time::Duration"], Known::Column(T::Interval)),

    (&["chrono::DateTime"], Known::Column(T::TimestampTz { precision: None })),
    (&["chrono::NaiveDateTime", "chrono::naive::NaiveDateTime"], Known::Column(T::Timestamp { precision: None })),
    (&["chrono::NaiveDate", "chrono::naive::NaiveDate"], Known::Column(T::Date)),
    (&["chrono::NaiveTime", "chrono::naive::NaiveTime"], Known::Column(T::Time { precision: None })),
    (&["chrono::Duration", "chrono::TimeDelta"], Known::Column(T::Interval)),

    (&["time::OffsetDateTime", "time::UtcDateTime"], Known::Column(T::TimestampTz { precision: None })),
    (&["time::PrimitiveDateTime"], Known::Column(T::Timestamp { precision: None })),
    (&["time::Date"], Known::Column(T::Date)),
    (&["time::Time"], Known::Column(T::Time { precision: None })),
    (&["time::Duration"], Known::Column(T::Interval)),

    (&["jiff::Timestamp"], Known::Column(T::TimestampTz { precision: None })),
    (&["jiff::civil::DateTime"], Known::Column(T::Timestamp { precision: None })),
    (&["jiff::civil::Date"], Known::Column(T::Date)),
    (&["jiff::civil::Time"], Known::Column(T::Time { precision: None })),
    (&["jiff::Span", "jiff::SignedDuration"], Known::Column(T::Interval)),
    (&["jiff::Zoned"], Known::Nothing(ZONED)),
    (&["sqlx::postgres::types::PgInterval"], Known::Column(T::Interval)),
    (&["sqlx::postgres::types::PgTimeTz"], Known::Nothing(TIME_WITH_ZONE)),

    (&["uuid::Uuid", "sqlx::types::Uuid", "sea_orm::prelude::Uuid"], Known::Column(T::Uuid)),
    (&["rust_decimal::Decimal", "rust_decimal::prelude::Decimal", "sqlx::types::Decimal",
       "sea_orm::prelude::Decimal", "bigdecimal::BigDecimal", "sqlx::types::BigDecimal",
       "sea_orm::prelude::BigDecimal"],
        Known::Column(T::Numeric { precision: None, scale: None })),

    (&["serde_json::Value", "serde_json::Map", "serde_json::value::Value", "serde_json::value::RawValue",
       "sqlx::types::Json", "sqlx::types::JsonValue", "sqlx::types::JsonRawValue",
       "sqlx::types::json::Json", "sqlx::types::json::JsonValue",
       "postgres_types::Json", "tokio_postgres::types::Json", "postgres::types::Json",
       "sea_orm::prelude::Json", "sea_orm::JsonValue", "sea_orm::prelude::JsonValue"],
        Known::Column(T::Jsonb)),

    (&["sea_orm::prelude::DateTime"], Known::Column(T::Timestamp { precision: None })),
    (&["sea_orm::prelude::DateTimeUtc", "sea_orm::prelude::DateTimeLocal",
       "sea_orm::prelude::DateTimeWithTimeZone", "sea_orm::prelude::ChronoDateTimeUtc",
       "sea_orm::prelude::TimeDateTimeWithTimeZone"],
        Known::Column(T::TimestampTz { precision: None })),
    (&["sea_orm::prelude::Date"], Known::Column(T::Date)),
    (&["sea_orm::prelude::Time"], Known::Column(T::Time { precision: None })),

    (&["std::net::IpAddr", "std::net::Ipv4Addr", "std::net::Ipv6Addr",
       "ipnetwork::IpNetwork", "ipnetwork::Ipv4Network", "ipnetwork::Ipv6Network",
       "ipnet::IpNet", "cidr::IpInet"], Known::Column(T::Inet)),
    (&["ipnet::Ipv4Net", "ipnet::Ipv6Net", "cidr::IpCidr", "cidr::Ipv4Cidr", "cidr::Ipv6Cidr"],
        Known::Column(T::Cidr)),
    (&["mac_address::MacAddress", "eui48::MacAddress", "macaddr::MacAddr6"], Known::Column(T::MacAddr)),
];

/// The names that every file knows without importing them.
const PRELUDE: [(&str, &str); 4] = [
    ("String", "std::string::String"),
    ("Vec", "std::vec::Vec"),
    ("Option", "std::option::Option"),
    ("Box", "std::boxed::Box"),
];

/// Words so common that they name a type only together with their import.
const COMMON: [&str; 11] = [
    "Value",
    "Map",
    "Json",
    "Span",
    "Bytes",
    "Decimal",
    "MacAddress",
    "Date",
    "Time",
    "Duration",
    "Timestamp",
];

static BY_PATH: LazyLock<HashMap<&'static str, &'static Known>> = LazyLock::new(|| {
    let pairs = TYPES
        .iter()
        .flat_map(|(paths, known)| paths.iter().map(move |path| (*path, known)));
    pairs.collect()
});

/// The known paths by their last segment.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
    for path in TYPES.iter().flat_map(|(paths, _)| *paths) {
        names
            .entry(path.rsplit("::").next().unwrap_or(path))
            .or_default()
            .push(path);
    }
    names
});

/// Looks a type up by its full path.
pub(super) fn by_path(segments: &[String]) -> Option<&'static Known> {
    BY_PATH.get(normal(segments).as_str()).copied()
}

/// Looks up a name that is there without an import: `i32`, `String`.
pub(super) fn in_prelude(name: &str) -> Option<&'static Known> {
    let path = PRELUDE
        .iter()
        .find(|(short, _)| *short == name)
        .map_or(name, |(_, path)| path);
    BY_PATH.get(path).copied()
}

/// What a name may be that nothing tells where it is from: one meaning, or the paths to choose
/// from.
pub(super) fn by_name(name: &str) -> Result<&'static Known, &'static [&'static str]> {
    let paths = BY_NAME.get(name).map_or(&[][..], Vec::as_slice);
    let mut meanings = paths.iter().filter_map(|path| BY_PATH.get(path).copied());
    match meanings.next() {
        Some(first) if !COMMON.contains(&name) && meanings.all(|it| it == first) => Ok(first),
        _ => Err(paths),
    }
}

/// Every name of a known type, for suggestions.
pub(super) fn names<'a>() -> impl Iterator<Item = &'a str> {
    let mut names: Vec<&'a str> = BY_NAME.keys().copied().collect();
    names.sort_unstable();
    names.into_iter()
}

/// A path with re-exports taken back to where they come from.
fn normal(segments: &[String]) -> String {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let rest: &[&str] = match segments.as_slice() {
        ["core" | "alloc", rest @ ..] => return format!("std::{}", rest.join("::")),
        [
            "std",
            "collections",
            "hash_set" | "btree_set" | "hash_map" | "btree_map" | "vec_deque",
            name,
        ] => {
            return format!("std::collections::{name}");
        }
        ["sea_orm", "entity", rest @ ..] => return format!("sea_orm::{}", rest.join("::")),
        [
            "sqlx",
            "types",
            krate @ ("chrono" | "time" | "uuid" | "ipnetwork" | "mac_address" | "bigdecimal"
            | "rust_decimal"),
            name,
        ] => {
            return format!("{krate}::{name}");
        }
        ["chrono", "prelude", name] => return format!("chrono::{name}"),
        rest => rest,
    };
    rest.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_stands_twice() {
        let count: usize = TYPES.iter().map(|(paths, _)| paths.len()).sum();
        assert_eq!(BY_PATH.len(), count);
    }

    #[test]
    fn what_stands_alone_has_one_meaning() {
        assert!(by_name("Uuid").is_ok());
        assert!(by_name("IpAddr").is_ok());
        assert_eq!(
            by_name("Date"),
            Err(&["time::Date", "jiff::civil::Date", "sea_orm::prelude::Date"][..])
        );
        assert_eq!(by_name("Nobody"), Err(&[][..]));
    }
}
