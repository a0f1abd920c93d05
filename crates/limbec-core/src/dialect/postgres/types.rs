//! Column types and PostgreSQL's names for them, both ways, and when two are one.
//!
//! Types are compared by what PostgreSQL resolves them to: `int4` is `integer`,
//! `timestamp(6)` is `timestamp`, `Custom("int8")` is `BigInteger`.

use super::Postgres;
use super::lexicon::{LEXICON, tokens};
use super::names::{is_plain, object, quote};
use crate::dialect::{CompileError, Types};
use crate::schema::{Column, ColumnType, Identity, Sequence};
use crate::sql::{Token, TokenKind};

impl Types for Postgres {
    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError> {
        Ok(sql(column_type))
    }

    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        same(current, target)
    }

    fn keys_stay(&self, from: &ColumnType, to: &ColumnType) -> bool {
        keys_stay(from, to)
    }

    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        same_identity(current, target)
    }

    fn same_sequence(&self, current: &Sequence, target: &Sequence) -> bool {
        same_sequence(current, target)
    }
}

/// Whether values of the two types are compared as they are, so that a foreign key holds across them.
fn keys_stay(from: &ColumnType, to: &ColumnType) -> bool {
    let (from, to) = (resolve(from), resolve(to));
    let is_integer = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
        )
    };
    let is_text = |it: &ColumnType| matches!(it, ColumnType::Text | ColumnType::Varchar { .. });
    is_integer(&from) && is_integer(&to) || is_text(&from) && is_text(&to)
}

/// The type in PostgreSQL's SQL.
pub(super) fn sql(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::SmallInteger => "smallint".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::BigInteger => "bigint".into(),
        ColumnType::Real => "real".into(),
        ColumnType::Double => "double precision".into(),
        ColumnType::Numeric {
            precision: Some(precision),
            scale,
        } => match scale {
            Some(scale) => format!("numeric({precision},{scale})"),
            None => format!("numeric({precision})"),
        },
        ColumnType::Numeric { .. } => "numeric".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Text => "text".into(),
        ColumnType::Varchar { length } => modified("character varying", *length, ""),
        ColumnType::Char { length } => modified("character", *length, ""),
        ColumnType::Bytes => "bytea".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time { precision } => modified("time", *precision, " without time zone"),
        ColumnType::Timestamp { precision } => {
            modified("timestamp", *precision, " without time zone")
        }
        ColumnType::TimestampTz { precision } => {
            modified("timestamp", *precision, " with time zone")
        }
        ColumnType::Interval => "interval".into(),
        ColumnType::Uuid => "uuid".into(),
        ColumnType::Json => "json".into(),
        ColumnType::Jsonb => "jsonb".into(),
        ColumnType::Inet => "inet".into(),
        ColumnType::Cidr => "cidr".into(),
        ColumnType::MacAddr => "macaddr".into(),
        ColumnType::Array(element) => format!("{}[]", sql(element)),
        ColumnType::Enum(enumeration) => object(&enumeration.name),
        ColumnType::Named(name) => object(name),
        ColumnType::Custom(text) => text.clone(),
    }
}

fn modified(name: &str, modifier: Option<u32>, rest: &str) -> String {
    match modifier {
        Some(modifier) => format!("{name}({modifier}){rest}"),
        None => format!("{name}{rest}"),
    }
}

/// Reads a type's name, as `format_type` prints it or as someone writes it; what has no variant
/// of its own stays as it is.
pub(super) fn parse(text: &str) -> ColumnType {
    Spelling::of(text)
        .and_then(|spelling| spelling.column_type())
        .unwrap_or_else(|| ColumnType::Custom(text.to_string()))
}

/// The parts of a type's name.
#[derive(Debug, PartialEq, Eq)]
struct Spelling {
    /// The words, lower case outside quotes, namespace `pg_catalog` left out.
    name: String,
    /// What stands in parentheses.
    modifiers: Vec<String>,
    /// Whether brackets or `ARRAY` follow.
    array: bool,
}

impl Spelling {
    fn of(text: &str) -> Option<Self> {
        let tokens: Vec<_> = tokens(text)
            .filter(|token| token.kind != TokenKind::Comment)
            .collect();
        let mut name = String::new();
        let mut modifiers = Vec::new();
        let mut array = false;
        let mut depth = 0_usize;
        for token in tokens {
            match (depth, token.text) {
                (_, "(") => {
                    depth += 1;
                    modifiers.push(String::new());
                }
                (_, ")") => depth = depth.checked_sub(1)?,
                (0, "[") => array = true,
                (0, "]") => {}
                (0, _) if token.is_word("ARRAY") && !name.is_empty() => array = true,
                // The size in `integer[3]` is not kept.
                (0, _) if array && token.kind == TokenKind::Number => {}
                (0, ".") => name.push('.'),
                (0, _) => {
                    if !name.is_empty() && !name.ends_with('.') {
                        name.push(' ');
                    }
                    name.push_str(&plain(token)?);
                }
                (_, ",") => modifiers.push(String::new()),
                (_, _) => {
                    let word = token.text.to_ascii_lowercase();
                    modifiers.last_mut()?.push_str(&word);
                }
            }
        }
        if name.is_empty() || depth > 0 {
            return None;
        }
        let name = name
            .strip_prefix("pg_catalog.")
            .map_or(name.clone(), String::from);
        Some(Spelling {
            name,
            modifiers,
            array,
        })
    }

    /// The element's type, or the array of it.
    fn column_type(&self) -> Option<ColumnType> {
        let scalar = self.scalar()?;
        Some(if self.array {
            ColumnType::Array(Box::new(scalar))
        } else {
            scalar
        })
    }

    fn scalar(&self) -> Option<ColumnType> {
        let one = || match self.modifiers.as_slice() {
            [] => Some(None),
            [one] => one.parse().ok().map(Some),
            _ => None,
        };
        let bare = |column_type| self.modifiers.is_empty().then_some(column_type);
        match self.name.as_str() {
            "smallint" | "int2" => bare(ColumnType::SmallInteger),
            "integer" | "int" | "int4" => bare(ColumnType::Integer),
            "bigint" | "int8" => bare(ColumnType::BigInteger),
            "real" | "float4" => bare(ColumnType::Real),
            "double precision" | "float8" => bare(ColumnType::Double),
            "float" => match one()? {
                Some(1..=24) => Some(ColumnType::Real),
                None | Some(25..=53) => Some(ColumnType::Double),
                Some(_) => None,
            },
            "numeric" | "decimal" | "dec" => self.numeric(),
            "boolean" | "bool" => bare(ColumnType::Boolean),
            "text" => bare(ColumnType::Text),
            "character varying" | "varchar" | "char varying" => {
                Some(ColumnType::Varchar { length: one()? })
            }
            "character" | "char" => Some(ColumnType::Char { length: one()? }),
            // Without a length, `bpchar` is no `character`: it has no limit.
            "bpchar" => Some(ColumnType::Char {
                length: Some(one()??),
            }),
            "bytea" => bare(ColumnType::Bytes),
            "date" => bare(ColumnType::Date),
            "time" | "time without time zone" => Some(ColumnType::Time { precision: one()? }),
            "timestamp" | "timestamp without time zone" => {
                Some(ColumnType::Timestamp { precision: one()? })
            }
            "timestamptz" | "timestamp with time zone" => {
                Some(ColumnType::TimestampTz { precision: one()? })
            }
            "interval" => bare(ColumnType::Interval),
            "uuid" => bare(ColumnType::Uuid),
            "json" => bare(ColumnType::Json),
            "jsonb" => bare(ColumnType::Jsonb),
            "inet" => bare(ColumnType::Inet),
            "cidr" => bare(ColumnType::Cidr),
            "macaddr" => bare(ColumnType::MacAddr),
            _ => None,
        }
    }

    fn numeric(&self) -> Option<ColumnType> {
        let (precision, scale) = match self.modifiers.as_slice() {
            [] => (None, None),
            [precision] => (Some(precision.parse().ok()?), Some(0)),
            [precision, scale] => (Some(precision.parse().ok()?), Some(scale.parse().ok()?)),
            _ => return None,
        };
        Some(ColumnType::Numeric { precision, scale })
    }

    /// `interval` of `interval(6)`, and so on: all the digits there are.
    fn without_all_digits(mut self) -> Self {
        let name = self.name.as_str();
        let timed =
            matches!(name, "timetz" | "time with time zone") || name.starts_with("interval");
        if timed && self.modifiers == ["6"] {
            self.modifiers.clear();
        }
        self
    }

    /// One text for all spellings of a type that has no variant of its own.
    fn text(&self) -> String {
        let name = match self.name.as_str() {
            "timetz" => "time with time zone",
            "varbit" => "bit varying",
            other => other,
        };
        let modifiers = match self.modifiers.join(",") {
            none if none.is_empty() && name == "bit" => "(1)".to_string(),
            none if none.is_empty() => none,
            some => format!("({some})"),
        };
        let array = if self.array { "[]" } else { "" };
        format!("{name}{modifiers}{array}")
    }
}

/// A word of a type's name, lower case; a quoted one as it stands where its quotes matter.
fn plain(token: Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(token.text.to_ascii_lowercase()),
        TokenKind::QuotedName => token.name(&LEXICON).map(|name| {
            // The one-byte type `"char"` is not `char`.
            if is_plain(&name) { name } else { quote(&name) }
        }),
        _ => None,
    }
}

/// Whether a type reflected from the database is the one asked for.
pub(super) fn same(current: &ColumnType, target: &ColumnType) -> bool {
    let (current, target) = (resolve(current), resolve(target));
    match (&current, &target) {
        // Labels are compared with the enumeration itself, not with each column of it.
        (ColumnType::Enum(current), ColumnType::Enum(target)) => current.name == target.name,
        (ColumnType::Array(current), ColumnType::Array(target)) => same(current, target),
        (ColumnType::Enum(current), ColumnType::Custom(target)) => {
            same_name(&object(&current.name), target)
        }
        // A model may name a domain by `type = "…"`.
        (ColumnType::Named(current), ColumnType::Custom(target)) => {
            same_name(&object(current), target)
        }
        (ColumnType::Custom(current), ColumnType::Named(target)) => {
            same_name(current, &object(target))
        }
        (ColumnType::Custom(current), ColumnType::Custom(target)) => same_name(current, target),
        _ => current == target,
    }
}

/// A type on the search path is reflected without its namespace.
fn same_name(current: &str, target: &str) -> bool {
    current == target || target.strip_prefix("public.") == Some(current)
}

/// One value for all spellings of a type.
pub(super) fn resolve(column_type: &ColumnType) -> ColumnType {
    /// The digits of a second's fraction when none are asked for.
    const ALL_DIGITS: Option<u32> = Some(6);
    match column_type.clone() {
        ColumnType::Custom(text) => match Spelling::of(&text).map(Spelling::without_all_digits) {
            Some(spelling) => match spelling.column_type() {
                Some(known) => resolve(&known),
                None if spelling.array => {
                    let element = Spelling {
                        array: false,
                        ..spelling
                    };
                    ColumnType::Array(Box::new(ColumnType::Custom(element.text())))
                }
                None => ColumnType::Custom(spelling.text()),
            },
            None => ColumnType::Custom(text),
        },
        // PostgreSQL keeps no number of dimensions.
        ColumnType::Array(element) => match resolve(&element) {
            array @ ColumnType::Array(_) => array,
            element => ColumnType::Array(Box::new(element)),
        },
        ColumnType::Char { length: None } => ColumnType::Char { length: Some(1) },
        ColumnType::Numeric {
            precision: Some(precision),
            scale: None,
        } => ColumnType::Numeric {
            precision: Some(precision),
            scale: Some(0),
        },
        ColumnType::Time {
            precision: ALL_DIGITS,
        } => ColumnType::Time { precision: None },
        ColumnType::Timestamp {
            precision: ALL_DIGITS,
        } => ColumnType::Timestamp { precision: None },
        ColumnType::TimestampTz {
            precision: ALL_DIGITS,
        } => ColumnType::TimestampTz { precision: None },
        other => other,
    }
}

/// Whether two columns count their values up alike, over one type.
pub(super) fn same_identity(current: &Column, target: &Column) -> bool {
    match (&current.identity, &target.identity) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            let mut one = without_defaults(one, &current.column_type);
            let other = without_defaults(other, &target.column_type);
            // Any name and any type will do where none is asked for.
            one.sequence.take_if(|_| other.sequence.is_none());
            one.sequence_type.take_if(|_| other.sequence_type.is_none());
            same(&current.column_type, &target.column_type) && one == other
        }
        _ => false,
    }
}

/// Whether two sequences count alike.
pub(super) fn same_sequence(current: &Sequence, target: &Sequence) -> bool {
    let counting = |it: &Sequence| without_defaults(&it.counting(), &it.data_type);
    resolve(&current.data_type) == resolve(&target.data_type)
        && counting(current) == counting(target)
}

/// Between which values a sequence counts, whether it says so or not.
pub(super) struct Bounds {
    pub(super) lowest: i64,
    pub(super) highest: i64,
    pub(super) first: i64,
    pub(super) descending: bool,
}

impl Bounds {
    pub(super) fn of(sequence: &Sequence) -> Self {
        let counting = sequence.counting();
        let (lowest, highest) = Self::usual(&counting, &sequence.data_type);
        let lowest = counting.minimum.unwrap_or(lowest);
        let highest = counting.maximum.unwrap_or(highest);
        let descending = is_descending(&counting);
        let first = if descending { highest } else { lowest };
        Bounds {
            lowest,
            highest,
            first: counting.start.unwrap_or(first),
            descending,
        }
    }

    /// The bounds where none are given.
    fn usual(identity: &Identity, counted: &ColumnType) -> (i64, i64) {
        let (smallest, largest) = match resolve(counted) {
            ColumnType::SmallInteger => (i64::from(i16::MIN), i64::from(i16::MAX)),
            ColumnType::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        if is_descending(identity) {
            (smallest, -1)
        } else {
            (1, largest)
        }
    }
}

fn is_descending(identity: &Identity) -> bool {
    identity.increment.is_some_and(|increment| increment < 0)
}

/// The identity without the options that say what holds anyway.
pub(super) fn without_defaults(identity: &Identity, column_type: &ColumnType) -> Identity {
    let counted = identity.sequence_type.as_ref().unwrap_or(column_type);
    let (minimum, maximum) = Bounds::usual(identity, counted);
    let lowest = identity.minimum.unwrap_or(minimum);
    let highest = identity.maximum.unwrap_or(maximum);
    let first = if is_descending(identity) {
        highest
    } else {
        lowest
    };
    let unless = |value: Option<i64>, default: i64| value.filter(|value| *value != default);
    Identity {
        kind: identity.kind,
        start: unless(identity.start, first),
        increment: unless(identity.increment, 1),
        minimum: unless(identity.minimum, minimum),
        maximum: unless(identity.maximum, maximum),
        cache: unless(identity.cache, 1),
        cycle: identity.cycle,
        sequence: identity.sequence.clone(),
        sequence_type: identity
            .sequence_type
            .clone()
            .filter(|it| resolve(it) != resolve(column_type)),
    }
}
