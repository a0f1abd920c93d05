//! SQL's names of types, as a person writes them, into column types.

use limbec_core::schema::{ColumnType, Identity};
use limbec_core::sql::{Token, TokenKind};

use super::lexicon::tokens;

/// Reads the SQL name of a type; `serial` and its kin are an integer with an identity.
///
/// A name it does not know is the database's own business: [`ColumnType::Custom`], as written.
///
/// ```
/// use limbec_core::schema::{ColumnType, Identity};
/// use limbec_source::models::sql_type;
///
/// assert_eq!(sql_type("VARCHAR(36)"), (ColumnType::Varchar { length: Some(36) }, None));
/// assert_eq!(sql_type("bigserial"), (ColumnType::BigInteger, Some(Identity::serial())));
/// assert_eq!(sql_type("vector(768)"), (ColumnType::Custom("vector(768)".into()), None));
/// ```
pub fn sql_type(text: &str) -> (ColumnType, Option<Identity>) {
    let text = text.trim();
    let custom = || ColumnType::Custom(text.to_string());
    let all: Vec<Token<'_>> = tokens(text).collect();
    if let Some(element) = array_element(text, &all) {
        return match sql_type(element) {
            (ColumnType::Array(_), _) | (_, Some(_)) => (custom(), None),
            (element, None) => (ColumnType::Array(Box::new(element)), None),
        };
    }
    let Some(name) = Name::read(&all) else {
        return (custom(), None);
    };
    let serial = match name.words.as_str() {
        "smallserial" | "serial2" => Some(ColumnType::SmallInteger),
        "serial" | "serial4" => Some(ColumnType::Integer),
        "bigserial" | "serial8" => Some(ColumnType::BigInteger),
        _ => None,
    };
    match serial {
        Some(integer) if name.arguments.is_empty() => (integer, Some(Identity::serial())),
        _ => (name.column_type().unwrap_or_else(custom), None),
    }
}

/// The text before `[]` or `[n]`, where the type is an array.
fn array_element<'a>(text: &'a str, all: &[Token<'_>]) -> Option<&'a str> {
    let symbol = |back: usize, symbol: &str| {
        all.len()
            .checked_sub(back)
            .and_then(|at| all.get(at))
            .filter(|token| token.is_symbol(symbol))
    };
    symbol(1, "]")?;
    let open = symbol(2, "[").or_else(|| {
        all.len()
            .checked_sub(2)
            .filter(|at| all[*at].kind == TokenKind::Number)
            .and_then(|_| symbol(3, "["))
    })?;
    let element = text[..open.start].trim();
    (!element.is_empty() && !element.ends_with(']')).then_some(element)
}

/// A type's name taken apart: `timestamp(3) with time zone`.
struct Name {
    /// The words, in lower case, one space between them.
    words: String,
    arguments: Vec<i64>,
}

impl Name {
    fn read(all: &[Token<'_>]) -> Option<Name> {
        let mut words: Vec<String> = Vec::new();
        let mut arguments = Vec::new();
        let mut rest = all.iter();
        while let Some(token) = rest.next() {
            if token.kind == TokenKind::Word {
                words.push(token.text.to_lowercase());
            } else if token.is_symbol("(") && arguments.is_empty() && !words.is_empty() {
                arguments = read_arguments(&mut rest)?;
            } else {
                return None;
            }
        }
        Some(Name {
            words: words.join(" "),
            arguments,
        })
    }

    fn column_type(&self) -> Option<ColumnType> {
        use ColumnType as T;
        let one = || match self.arguments.as_slice() {
            [] => Some(None),
            [n] => u32::try_from(*n).ok().map(Some),
            _ => None,
        };
        let none = |column_type: ColumnType| self.arguments.is_empty().then_some(column_type);
        match self.words.as_str() {
            "smallint" | "int2" => none(T::SmallInteger),
            "integer" | "int" | "int4" => none(T::Integer),
            "bigint" | "int8" => none(T::BigInteger),
            "real" | "float4" => none(T::Real),
            "double precision" | "float8" | "double" => none(T::Double),
            "float" => match one()? {
                Some(bits @ 1..=24) if bits > 0 => Some(T::Real),
                None | Some(25..=53) => Some(T::Double),
                Some(_) => None,
            },
            "numeric" | "decimal" | "dec" => self.numeric(),
            "boolean" | "bool" => none(T::Boolean),
            "text" => none(T::Text),
            "varchar" | "character varying" | "char varying" => Some(T::Varchar { length: one()? }),
            // Without a width, SQL's is one character.
            "char" | "character" => Some(T::Char {
                length: Some(one()?.unwrap_or(1)),
            }),
            "bytea" | "blob" => none(T::Bytes),
            "date" => none(T::Date),
            "time" | "time without time zone" => Some(T::Time { precision: one()? }),
            "timestamp" | "timestamp without time zone" => Some(T::Timestamp { precision: one()? }),
            "timestamptz" | "timestamp with time zone" => {
                Some(T::TimestampTz { precision: one()? })
            }
            "interval" => none(T::Interval),
            "uuid" => none(T::Uuid),
            "json" => none(T::Json),
            "jsonb" => none(T::Jsonb),
            "inet" => none(T::Inet),
            "cidr" => none(T::Cidr),
            "macaddr" => none(T::MacAddr),
            _ => None,
        }
    }

    fn numeric(&self) -> Option<ColumnType> {
        let (precision, scale) = match self.arguments.as_slice() {
            [] => (None, None),
            [precision] => (Some(*precision), Some(0)),
            [precision, scale] => (Some(*precision), Some(*scale)),
            _ => return None,
        };
        Some(ColumnType::Numeric {
            precision: precision.map(u32::try_from).transpose().ok()?,
            scale: scale.map(i32::try_from).transpose().ok()?,
        })
    }
}

/// The numbers up to the closing parenthesis.
fn read_arguments<'a>(rest: &mut impl Iterator<Item = &'a Token<'a>>) -> Option<Vec<i64>> {
    let mut arguments = Vec::new();
    let mut sign = 1;
    loop {
        let token = rest.next()?;
        if token.is_symbol("-") {
            sign = -1;
        } else if token.kind == TokenKind::Number {
            arguments.push(token.text.parse::<i64>().ok()?.checked_mul(sign)?);
            sign = 1;
            let after = rest.next()?;
            if after.is_symbol(")") {
                return Some(arguments);
            }
            if !after.is_symbol(",") {
                return None;
            }
        } else {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ColumnType as T;

    #[test]
    fn names_of_types() {
        let cases = [
            ("int", T::Integer),
            ("INT8", T::BigInteger),
            ("character varying(36)", T::Varchar { length: Some(36) }),
            ("varchar", T::Varchar { length: None }),
            ("char", T::Char { length: Some(1) }),
            ("char(3)", T::Char { length: Some(3) }),
            (
                "Decimal(10, 2)",
                T::Numeric {
                    precision: Some(10),
                    scale: Some(2),
                },
            ),
            (
                "numeric(10)",
                T::Numeric {
                    precision: Some(10),
                    scale: Some(0),
                },
            ),
            (
                "numeric(3,-2)",
                T::Numeric {
                    precision: Some(3),
                    scale: Some(-2),
                },
            ),
            ("double  precision", T::Double),
            ("float(24)", T::Real),
            ("float", T::Double),
            ("time(3)", T::Time { precision: Some(3) }),
            (
                "timestamp(3) with time zone",
                T::TimestampTz { precision: Some(3) },
            ),
            ("timestamp", T::Timestamp { precision: None }),
            ("text[]", T::Array(Box::new(T::Text))),
            (
                "numeric(4,1)[3]",
                T::Array(Box::new(T::Numeric {
                    precision: Some(4),
                    scale: Some(1),
                })),
            ),
            (
                "vector(3)[]",
                T::Array(Box::new(T::Custom("vector(3)".into()))),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(sql_type(text), (expected, None), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_stays_as_written() {
        for text in [
            "citext",
            "geometry(Point, 4326)",
            "\"char\"",
            "text[][]",
            "serial[]",
            "int(3)",
            "varchar(",
            "varchar(x)",
            "[]",
            "]",
            "1]",
            "",
            "timestamptz(1,2)",
            "interval day to second",
            "numeric(1,2,3)",
            "varchar(99999999999)",
        ] {
            assert_eq!(sql_type(text), (T::Custom(text.into()), None), "{text}");
        }
    }
}
