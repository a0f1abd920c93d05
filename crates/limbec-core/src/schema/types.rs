//! Column types: the dialect-neutral ones, and any other by its SQL name.

use super::{EnumType, ObjectName};
use crate::script::{Arguments, CallError};

/// The type of a column.
///
/// Each dialect spells a type in its own words; what a dialect lacks is an error when SQL is made
/// of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ColumnType {
    /// 16-bit integer.
    SmallInteger,
    /// 32-bit integer.
    Integer,
    /// 64-bit integer.
    BigInteger,
    /// 32-bit floating point.
    Real,
    /// 64-bit floating point.
    Double,
    /// Exact decimal; without a precision, as wide as the database allows.
    Numeric {
        /// Total number of digits.
        precision: Option<u32>,
        /// Digits after the point; 0 when a precision stands alone.
        scale: Option<i32>,
    },
    /// True or false.
    Boolean,
    /// Text of any length.
    Text,
    /// Text up to a number of characters.
    Varchar {
        /// The limit in characters; none when absent.
        length: Option<u32>,
    },
    /// Text padded to a number of characters.
    Char {
        /// The width in characters; 1 when absent.
        length: Option<u32>,
    },
    /// Binary data (`bytea`, `BLOB`).
    Bytes,
    /// A calendar date.
    Date,
    /// A time of day without a time zone.
    Time {
        /// Digits of the fraction of a second; the database's own (6) when absent.
        precision: Option<u32>,
    },
    /// A date and time without a time zone.
    Timestamp {
        /// Digits of the fraction of a second; the database's own (6) when absent.
        precision: Option<u32>,
    },
    /// A date and time with a time zone.
    TimestampTz {
        /// Digits of the fraction of a second; the database's own (6) when absent.
        precision: Option<u32>,
    },
    /// A span of time.
    Interval,
    /// A UUID.
    Uuid,
    /// JSON kept as text.
    Json,
    /// JSON kept in binary form.
    Jsonb,
    /// An IP address, with a netmask where one is given.
    Inet,
    /// An IP network.
    Cidr,
    /// A MAC address.
    MacAddr,
    /// An array of another type.
    Array(Box<ColumnType>),
    /// One of a fixed list of labels.
    Enum(EnumType),
    /// A domain, by its name.
    Named(ObjectName),
    /// Any other type, by the name that the database knows it by, such as `vector(768)`.
    Custom(String),
}

impl ColumnType {
    /// The enumeration that values, or the elements of arrays, are of.
    pub fn enumeration(&self) -> Option<&EnumType> {
        match self {
            ColumnType::Enum(it) => Some(it),
            ColumnType::Array(element) => element.enumeration(),
            _ => None,
        }
    }

    pub(crate) fn enumeration_mut(&mut self) -> Option<&mut EnumType> {
        match self {
            ColumnType::Enum(it) => Some(it),
            ColumnType::Array(element) => element.enumeration_mut(),
            _ => None,
        }
    }

    /// Hands over the names of the enumerations and domains in the type.
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        match self {
            ColumnType::Enum(it) => with(&mut it.name),
            ColumnType::Named(name) => with(name),
            ColumnType::Array(element) => element.each_name(with),
            _ => {}
        }
    }

    /// The type itself, or of an array that of its elements.
    ///
    /// ```
    /// use limbec_core::schema::{Array, ColumnType, Text};
    /// assert_eq!(*Array::of(Array::of(Text)).element(), ColumnType::Text);
    /// ```
    pub fn element(&self) -> &ColumnType {
        let mut inner = self;
        while let ColumnType::Array(element) = inner {
            inner = element;
        }
        inner
    }

    /// The name of the enumeration or domain that the type is, or is an array of.
    ///
    /// ```
    /// use limbec_core::schema::{ColumnType, ObjectName};
    /// let email = ColumnType::Named(ObjectName::new("email"));
    /// assert_eq!(email.named(), Some(&ObjectName::new("email")));
    /// assert_eq!(ColumnType::Text.named(), None);
    /// ```
    pub fn named(&self) -> Option<&ObjectName> {
        match self.element() {
            ColumnType::Enum(it) => Some(&it.name),
            ColumnType::Named(name) => Some(name),
            _ => None,
        }
    }
}

/// Declares the unit structs by which Rust code names a type, and their look-up by name.
macro_rules! constants {
    ($($(#[$meta:meta])* $name:ident => $value:expr;)*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl From<$name> for ColumnType {
                fn from(_: $name) -> Self {
                    $value
                }
            }
        )*

        impl ColumnType {
            pub(crate) fn constant(name: &str) -> Option<ColumnType> {
                match name {
                    $(stringify!($name) => Some($value),)*
                    _ => None,
                }
            }

            /// The names of the types that stand alone, as a revision spells them.
            pub const CONSTANTS: &'static [&'static str] = &[$(stringify!($name)),*];
        }
    };
}

constants! {
    /// 16-bit integer: `SMALLINT`.
    SmallInteger => ColumnType::SmallInteger;
    /// 32-bit integer: `INTEGER`.
    Integer => ColumnType::Integer;
    /// 64-bit integer: `BIGINT`.
    BigInteger => ColumnType::BigInteger;
    /// 32-bit floating point: `REAL`.
    Real => ColumnType::Real;
    /// 64-bit floating point: `DOUBLE PRECISION`.
    Double => ColumnType::Double;
    /// Exact decimal: `NUMERIC`; with a precision by [`Numeric::new`].
    Numeric => ColumnType::Numeric { precision: None, scale: None };
    /// `BOOLEAN`.
    Boolean => ColumnType::Boolean;
    /// Text of any length: `TEXT`.
    Text => ColumnType::Text;
    /// Text: `VARCHAR`; with a limit by [`Varchar::length`].
    Varchar => ColumnType::Varchar { length: None };
    /// Padded text: `CHAR`; with a width by [`Char::length`].
    Char => ColumnType::Char { length: None };
    /// Binary data: `BYTEA`, `BLOB`.
    Bytes => ColumnType::Bytes;
    /// `DATE`.
    Date => ColumnType::Date;
    /// `TIME`; with a precision by [`Time::precision`].
    Time => ColumnType::Time { precision: None };
    /// `TIMESTAMP`; with a precision by [`Timestamp::precision`].
    Timestamp => ColumnType::Timestamp { precision: None };
    /// `TIMESTAMP WITH TIME ZONE`; with a precision by [`TimestampTz::precision`].
    TimestampTz => ColumnType::TimestampTz { precision: None };
    /// `INTERVAL`.
    Interval => ColumnType::Interval;
    /// `UUID`.
    Uuid => ColumnType::Uuid;
    /// `JSON`.
    Json => ColumnType::Json;
    /// `JSONB`.
    Jsonb => ColumnType::Jsonb;
    /// `INET`.
    Inet => ColumnType::Inet;
    /// `CIDR`.
    Cidr => ColumnType::Cidr;
    /// `MACADDR`.
    MacAddr => ColumnType::MacAddr;
}

/// Declares the functions that make a type of arguments, for Rust and for the reader.
macro_rules! functions {
    ($($(#[$meta:meta])* $owner:ident::$function:ident($($a:ident: $t:ident $($i:ident)?),*) $body:block)*) => {
        $(impl $owner {
            $(#[$meta])*
            #[allow(clippy::new_ret_no_self, reason = "named like the builder it stands for")]
            pub fn $function($($a: crate::script::parameter!($t $($i)?)),*) -> ColumnType {
                $(crate::script::argument!($a $t $($i)?);)*
                $body
            }
        })*

        impl ColumnType {
            /// The functions that make a type of arguments, as a revision calls them.
            pub const FUNCTIONS: &'static [&'static str] =
                &[$(concat!(stringify!($owner), "::", stringify!($function))),*];
        }

        pub(crate) fn construct_type(
            type_name: &str,
            function: &str,
            arguments: &mut Arguments,
        ) -> Result<ColumnType, CallError> {
            match (type_name, function) {
                $((stringify!($owner), stringify!($function)) => {
                    $(let $a: crate::script::owned!($t $($i)?) = arguments.take(stringify!($a))?;)*
                    Ok($owner::$function($($a),*))
                })*
                _ => Err(CallError {
                    message: format!("there is no function `{type_name}::{function}`"),
                    argument: None,
                    known: ColumnType::FUNCTIONS.to_vec(),
                }),
            }
        }
    };
}

/// Arrays, by [`Array::of`].
#[derive(Debug, Clone, Copy)]
pub struct Array;

/// Types by their SQL name, by [`Custom::new`].
#[derive(Debug, Clone, Copy)]
pub struct Custom;

/// Enumerations, by [`Enum::new`].
#[derive(Debug, Clone, Copy)]
pub struct Enum;

/// Domains by their name, by [`Named::new`].
#[derive(Debug, Clone, Copy)]
pub struct Named;

type Labels = crate::script::Names;

functions! {
    /// `VARCHAR(n)`: at most so many characters.
    Varchar::length(length: u32) {
        ColumnType::Varchar { length: Some(length) }
    }
    /// `CHAR(n)`: padded to so many characters.
    Char::length(length: u32) {
        ColumnType::Char { length: Some(length) }
    }
    /// `NUMERIC(precision, scale)`: so many digits in all, and after the point.
    Numeric::new(precision: u32, scale: i64) {
        ColumnType::Numeric { precision: Some(precision), scale: i32::try_from(scale).ok() }
    }
    /// `NUMERIC(precision)`: so many digits, none of them after the point.
    Numeric::precision(precision: u32) {
        ColumnType::Numeric { precision: Some(precision), scale: None }
    }
    /// `TIME(n)`: so many digits of a second's fraction.
    Time::precision(precision: u32) {
        ColumnType::Time { precision: Some(precision) }
    }
    /// `TIMESTAMP(n)`: so many digits of a second's fraction.
    Timestamp::precision(precision: u32) {
        ColumnType::Timestamp { precision: Some(precision) }
    }
    /// `TIMESTAMP(n) WITH TIME ZONE`: so many digits of a second's fraction.
    TimestampTz::precision(precision: u32) {
        ColumnType::TimestampTz { precision: Some(precision) }
    }
    /// An array of another type.
    Array::of(element: into ColumnType) {
        ColumnType::Array(Box::new(element))
    }
    /// An enumeration by its name and labels: a native type on PostgreSQL, a CHECK on SQLite.
    Enum::new(name: into ObjectName, labels: into Labels) {
        ColumnType::Enum(EnumType { name, labels: labels.0, comment: None })
    }
    /// A domain by its name, as a string or an `ObjectName`.
    Named::new(name: into ObjectName) {
        ColumnType::Named(name)
    }
    /// Any type the database has, by its SQL name: `Custom::new("vector(768)")`.
    Custom::new(name: into String) {
        ColumnType::Custom(name)
    }
}
