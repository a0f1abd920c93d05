//! Column types and their declared names, in both directions.
//!
//! SQLite keeps the declared name and derives an affinity from it. Each type has a name of its
//! own, so that the type read back is the one written, with an affinity that leaves its values as
//! they are.

use std::borrow::Cow;

use crate::dialect::{CompileError, Types};
use crate::schema::{Column, ColumnType, Identity, Table};
use crate::sql::{Token, TokenKind};

use super::Sqlite;
use super::lexicon::tokens;
use super::names::{is_keyword, plain};
use super::reflect::options::{NULLABLE_KEY, STRICT};

impl Types for Sqlite {
    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError> {
        sql(column_type)
    }

    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        same(current, target)
    }

    /// A strict table takes six names of types.
    fn kept_type<'a>(&self, table: &Table, asked: &'a ColumnType) -> Cow<'a, ColumnType> {
        if table.options.contains_key(STRICT) {
            strict(asked).map_or(Cow::Borrowed(asked), Cow::Owned)
        } else {
            Cow::Borrowed(asked)
        }
    }

    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        same_identity(current, target)
    }

    fn same_nullability(&self, current: &Column, target: &Column) -> bool {
        allows_null(current) == allows_null(target)
    }
}

/// The types that stand alone, with their declared names.
///
/// `DURATION_TEXT`: the word INTERVAL holds INT, which would give INTEGER affinity. `JSON_TEXT`: a
/// document that is a bare number must not become a REAL; `UUID_TEXT` and the others likewise.
const PLAIN: [(ColumnType, &str); 16] = [
    (ColumnType::SmallInteger, "SMALLINT"),
    (ColumnType::Integer, "INTEGER"),
    (ColumnType::BigInteger, "BIGINT"),
    (ColumnType::Real, "REAL"),
    (ColumnType::Double, "DOUBLE PRECISION"),
    (ColumnType::Boolean, "BOOLEAN"),
    (ColumnType::Text, "TEXT"),
    (ColumnType::Bytes, "BLOB"),
    (ColumnType::Date, "DATE"),
    (ColumnType::Interval, "DURATION_TEXT"),
    (ColumnType::Uuid, "UUID_TEXT"),
    (ColumnType::Json, "JSON_TEXT"),
    (ColumnType::Jsonb, "JSONB_TEXT"),
    (ColumnType::Inet, "INET_TEXT"),
    (ColumnType::Cidr, "CIDR_TEXT"),
    (ColumnType::MacAddr, "MACADDR_TEXT"),
];

/// Other names of a type, which are kept as they are written but compare equal.
const ALIASES: [(&str, &str); 21] = [
    ("INT", "INTEGER"),
    ("INT2", "SMALLINT"),
    ("INT4", "INTEGER"),
    ("INT8", "BIGINT"),
    ("FLOAT", "DOUBLE PRECISION"),
    ("DOUBLE", "DOUBLE PRECISION"),
    ("FLOAT8", "DOUBLE PRECISION"),
    ("FLOAT4", "REAL"),
    ("DECIMAL", "NUMERIC"),
    ("DEC", "NUMERIC"),
    ("BOOL", "BOOLEAN"),
    ("CHARACTER VARYING", "VARCHAR"),
    ("CHAR VARYING", "VARCHAR"),
    ("CHARACTER", "CHAR"),
    ("BYTEA", "BLOB"),
    ("TIME WITHOUT TIME ZONE", "TIME"),
    ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"),
    ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
    // Names of PostgreSQL's that mean nothing to SQLite: nothing counts up.
    ("SMALLSERIAL", "SMALLINT"),
    ("SERIAL", "INTEGER"),
    ("BIGSERIAL", "BIGINT"),
];

/// The declared name of a type.
pub(super) fn sql(column_type: &ColumnType) -> Result<String, CompileError> {
    let with = |name: &str, argument: Option<u32>| match argument {
        Some(argument) => format!("{name}({argument})"),
        None => name.to_string(),
    };
    Ok(match column_type {
        ColumnType::Numeric { precision, scale } => match (precision, scale) {
            (None, _) => "NUMERIC".to_string(),
            (Some(precision), None) => format!("NUMERIC({precision})"),
            (Some(precision), Some(scale)) => format!("NUMERIC({precision}, {scale})"),
        },
        ColumnType::Varchar { length } => with("VARCHAR", *length),
        ColumnType::Char { length } => with("CHAR", *length),
        ColumnType::Time { precision } => with("TIME", *precision),
        ColumnType::Timestamp { precision } => with("TIMESTAMP", *precision),
        ColumnType::TimestampTz { precision } => with("TIMESTAMPTZ", *precision),
        ColumnType::Enum(enumeration) => {
            plain(&enumeration.name)?;
            "TEXT".to_string()
        }
        ColumnType::Array(_) => {
            return Err(CompileError::new(format!(
                "SQLite has no arrays: `{}` cannot be stored",
                spelled(column_type)
            ))
            .hint("give the column `type = \"json\"`, which both databases have"));
        }
        ColumnType::Named(name) => {
            return Err(CompileError::new(format!(
                "SQLite has no domains, and so no type `{name}`"
            ))
            .hint("give the column the type below, and its rule as a check"));
        }
        ColumnType::Custom(name) => custom(name),
        known => PLAIN
            .iter()
            .find(|(it, _)| it == known)
            .map(|(_, name)| (*name).to_string())
            .ok_or_else(|| CompileError::new(format!("SQLite has no type `{known:?}`")))?,
    })
}

/// The declared name of a column's type in its table.
pub(super) fn declared(table: &Table, column_type: &ColumnType) -> Result<String, CompileError> {
    let name = sql(column_type)?;
    if !table.options.contains_key(STRICT) {
        return Ok(name);
    }
    match strict(column_type) {
        Some(kept) => sql(&kept),
        None => Err(CompileError::new(format!(
            "a strict table has no type `{name}`"
        ))
        .hint("give the column one of its types, `type = \"text\"`, or leave `sqlite.strict` away")),
    }
}

/// The type that a strict table keeps the values of a type by; `None` if it has none.
fn strict(column_type: &ColumnType) -> Option<ColumnType> {
    Some(match column_type {
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Boolean => ColumnType::Integer,
        ColumnType::Real | ColumnType::Double => ColumnType::Real,
        ColumnType::Bytes => ColumnType::Bytes,
        // It keeps a number and a text as they are.
        ColumnType::Numeric { .. } => ColumnType::Custom("ANY".to_string()),
        ColumnType::Custom(name) => {
            let known = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
            known.iter().find(|it| name.eq_ignore_ascii_case(it))?;
            column_type.clone()
        }
        _ => ColumnType::Text,
    })
}

/// An array's type as a revision spells it.
fn spelled(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Array(element) => format!("Array({})", spelled(element)),
        other => sql(other).unwrap_or_default(),
    }
}

/// A type by its name: as written where SQLite's grammar takes it for a type name, else quoted.
fn custom(name: &str) -> String {
    match Declared::read(name) {
        Some(declared) if !declared.words.split(' ').any(is_keyword) => name.to_string(),
        _ if name.is_empty() => String::new(),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// The type of a declared name.
pub(super) fn read(declared: &str) -> ColumnType {
    Declared::read(declared)
        .and_then(|it| it.column_type())
        .unwrap_or_else(|| ColumnType::Custom(declared.to_string()))
}

/// A declared name: its words in upper case, and its numbers.
struct Declared {
    words: String,
    numbers: Vec<i64>,
}

impl Declared {
    /// Reads `WORD WORD(1, 2)`; `None` for anything else.
    fn read(text: &str) -> Option<Declared> {
        let tokens: Vec<Token<'_>> = tokens(text).collect();
        let words: Vec<String> = tokens
            .iter()
            .take_while(|token| token.kind == TokenKind::Word)
            .map(|token| token.text.to_ascii_uppercase())
            .collect();
        if words.is_empty() {
            return None;
        }
        let numbers = match &tokens[words.len()..] {
            [] => Vec::new(),
            [open, inner @ .., close] if open.is_symbol("(") && close.is_symbol(")") => {
                let parts = inner.split(|token| token.is_symbol(","));
                parts.map(number).collect::<Option<Vec<i64>>>()?
            }
            _ => return None,
        };
        (numbers.len() <= 2).then(|| Declared {
            words: words.join(" "),
            numbers,
        })
    }

    fn column_type(&self) -> Option<ColumnType> {
        if self.numbers.is_empty()
            && let Some((known, _)) = PLAIN.iter().find(|(_, name)| *name == self.words)
        {
            return Some(known.clone());
        }
        let one = match self.numbers[..] {
            [] => Some(None),
            [number] => u32::try_from(number).ok().map(Some),
            _ => None,
        };
        Some(match self.words.as_str() {
            "NUMERIC" => {
                let [precision, scale] = [0, 1].map(|index| self.numbers.get(index));
                ColumnType::Numeric {
                    precision: precision.map(|it| u32::try_from(*it)).transpose().ok()?,
                    scale: scale.map(|it| i32::try_from(*it)).transpose().ok()?,
                }
            }
            "VARCHAR" => ColumnType::Varchar { length: one? },
            "CHAR" => ColumnType::Char { length: one? },
            "TIME" => ColumnType::Time { precision: one? },
            "TIMESTAMP" => ColumnType::Timestamp { precision: one? },
            "TIMESTAMPTZ" => ColumnType::TimestampTz { precision: one? },
            _ => return None,
        })
    }
}

/// The number that stands between two commas, with its sign.
fn number(tokens: &[Token<'_>]) -> Option<i64> {
    match tokens {
        [number] => number.text.parse().ok(),
        [sign, number] if sign.is_symbol("-") => number.text.parse().ok().map(|it: i64| -it),
        [sign, number] if sign.is_symbol("+") => number.text.parse().ok(),
        _ => None,
    }
}

/// Whether a type reflected from the database is the one a model asks for.
pub(super) fn same(current: &ColumnType, target: &ColumnType) -> bool {
    let (current, target) = (resolved(current), resolved(target));
    if current == target {
        return true;
    }
    match (&current, &target) {
        (ColumnType::Custom(current), ColumnType::Custom(target)) => same_name(current, target),
        // What others declare for types that SQLite lacks.
        (ColumnType::Custom(name), target) => {
            let declared: &[&str] = match target {
                ColumnType::Timestamp { .. } | ColumnType::TimestampTz { .. } => &["DATETIME"],
                ColumnType::Json => &["JSON"],
                ColumnType::Jsonb => &["JSON", "JSONB"],
                ColumnType::Uuid => &["UUID"],
                ColumnType::Interval => &["INTERVAL"],
                ColumnType::Inet => &["INET"],
                ColumnType::Cidr => &["CIDR"],
                ColumnType::MacAddr => &["MACADDR"],
                _ => &[],
            };
            declared.iter().any(|it| name.eq_ignore_ascii_case(it))
        }
        _ => false,
    }
}

/// A type with its alias resolved and what it leaves out filled in.
fn resolved(column_type: &ColumnType) -> ColumnType {
    match column_type {
        ColumnType::Custom(name) => match Declared::read(name) {
            Some(mut declared) => {
                if let Some((_, known)) = ALIASES.iter().find(|(it, _)| *it == declared.words) {
                    declared.words = (*known).to_string();
                }
                match declared.column_type() {
                    Some(known) => filled(known),
                    None => column_type.clone(),
                }
            }
            None => column_type.clone(),
        },
        known => filled(known.clone()),
    }
}

fn filled(column_type: ColumnType) -> ColumnType {
    match column_type {
        ColumnType::Numeric {
            precision: Some(precision),
            scale: None,
        } => ColumnType::Numeric {
            precision: Some(precision),
            scale: Some(0),
        },
        ColumnType::Char { length: None } => ColumnType::Char { length: Some(1) },
        other => other,
    }
}

fn same_name(a: &str, b: &str) -> bool {
    match (Declared::read(a), Declared::read(b)) {
        (Some(a), Some(b)) => a.words == b.words && a.numbers == b.numbers,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// Whether the identities of two columns are one: SQLite has one kind, `AUTOINCREMENT`, on a
/// 64-bit integer, so the kind and the width of the integer do not count.
pub(super) fn same_identity(current: &Column, target: &Column) -> bool {
    let plain = |column: &Column| column.identity.as_deref().map(is_plain);
    match (plain(current), plain(target)) {
        (Some(true), Some(true)) => is_integer(&target.column_type),
        _ => current.identity == target.identity,
    }
}

/// Whether a column allows NULL: one of the primary key too, where its option says so.
pub(super) fn allows_null(column: &Column) -> bool {
    column.nullable || column.options.contains_key(NULLABLE_KEY)
}

/// Whether an identity has no option that SQLite cannot keep.
pub(super) fn is_plain(identity: &Identity) -> bool {
    let plain = Identity {
        kind: identity.kind,
        ..Identity::by_default()
    };
    *identity == plain
}

/// Whether a type is one of the integers.
pub(super) fn is_integer(column_type: &ColumnType) -> bool {
    matches!(
        resolved(column_type),
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
    )
}
