//! The values of literals.

use std::borrow::Cow;
use std::ops::Range;

/// What is wrong with a literal, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadLiteral {
    pub(super) message: &'static str,
    pub(super) span: Range<usize>,
}

/// The value of a string literal `"…"`, quotes included in what is given.
pub(super) fn text(literal: &str) -> Result<Cow<'_, str>, BadLiteral> {
    let inner = literal
        .get(1..literal.len().saturating_sub(1))
        .unwrap_or_default();
    if !inner.contains(['\\', '\r']) {
        return Ok(Cow::Borrowed(inner));
    }
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find(['\\', '\r']) {
        value.push_str(&rest[..at]);
        let from = inner.len() - rest.len() + at;
        let escape = &rest[at..];
        let length = if escape.starts_with('\r') {
            line_end(escape, &mut value)
        } else {
            unescape(escape, &mut value)
        };
        let length = length.map_err(|(message, length)| BadLiteral {
            message,
            // 1 for the opening quote.
            span: from + 1..from + 1 + length,
        })?;
        rest = &escape[length..];
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// The value of a raw string literal, `r`, hashes and quotes included in what is given.
pub(super) fn raw_text(literal: &str) -> Result<Cow<'_, str>, BadLiteral> {
    let hashes = literal[1..]
        .bytes()
        .take_while(|byte| *byte == b'#')
        .count();
    let begin = hashes + 2;
    let inner = literal
        .get(begin..literal.len().saturating_sub(hashes + 1))
        .unwrap_or_default();
    if !inner.contains('\r') {
        return Ok(Cow::Borrowed(inner));
    }
    if let Some(at) = inner
        .match_indices('\r')
        .map(|(at, _)| at)
        .find(|at| !inner[*at..].starts_with("\r\n"))
    {
        return Err(BadLiteral {
            message: LONE_RETURN,
            span: begin + at..begin + at + 1,
        });
    }
    Ok(Cow::Owned(inner.replace("\r\n", "\n")))
}

const LONE_RETURN: &str = "a carriage return must be written as `\\r`";

/// A line end `\r\n` counts as `\n`, as the compiler has it.
fn line_end(rest: &str, value: &mut String) -> Result<usize, (&'static str, usize)> {
    if rest.starts_with("\r\n") {
        value.push('\n');
        return Ok(2);
    }
    Err((LONE_RETURN, 1))
}

/// Puts the character of an escape; gives the length of the escape.
fn unescape(escape: &str, value: &mut String) -> Result<usize, (&'static str, usize)> {
    let next = escape.chars().nth(1);
    let c = match next {
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('0') => '\0',
        Some('\\') => '\\',
        Some('"') => '"',
        Some('\'') => '\'',
        Some('x') => return ascii(escape, value),
        Some('u') => return unicode(escape, value),
        Some('\n') => return Ok(continuation(escape)),
        Some('\r') if escape[1..].starts_with("\r\n") => return Ok(continuation(escape)),
        _ => {
            return Err((
                "there is no such escape",
                1 + next.map_or(0, char::len_utf8),
            ));
        }
    };
    value.push(c);
    Ok(2)
}

/// A backslash at a line's end leaves out the white space that follows.
fn continuation(escape: &str) -> usize {
    let rest = &escape[1..];
    1 + rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len()
}

fn ascii(escape: &str, value: &mut String) -> Result<usize, (&'static str, usize)> {
    let digits = escape
        .get(2..4)
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        Some(byte) if byte.is_ascii() => {
            value.push(char::from(byte));
            Ok(4)
        }
        _ => Err(("`\\x` takes two digits, from `00` to `7f`", 2)),
    }
}

fn unicode(escape: &str, value: &mut String) -> Result<usize, (&'static str, usize)> {
    let wrong = ("`\\u` takes the number of a character, as in `\\u{e9}`", 2);
    let inner = escape[2..].strip_prefix('{').ok_or(wrong)?;
    let end = inner.find('}').ok_or(wrong)?;
    let digits = &inner[..end];
    let plain = digits.replace('_', "");
    let fits = !digits.starts_with('_') && (1..=6).contains(&plain.len());
    let c = Some(plain)
        .filter(|plain| fits && plain.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|plain| u32::from_str_radix(&plain, 16).ok())
        .and_then(char::from_u32)
        .ok_or(wrong)?;
    value.push(c);
    Ok(end + 4)
}

/// The value of a whole number, in any of Rust's bases.
pub(super) fn integer(literal: &str, negative: bool) -> Result<i64, &'static str> {
    let (digits, base) = match literal.get(..2) {
        Some("0x") => (&literal[2..], 16),
        Some("0o") => (&literal[2..], 8),
        Some("0b") => (&literal[2..], 2),
        _ => (literal, 10),
    };
    if literal.contains('.') {
        return Err("a revision holds whole numbers only");
    }
    let plain = digits.replace('_', "");
    if plain.is_empty() || !plain.chars().all(|c| c.is_digit(base)) {
        return Err("a number is written without a suffix");
    }
    let magnitude = i128::from_str_radix(&plain, base).map_err(|_| TOO_LARGE)?;
    let value = if negative { -magnitude } else { magnitude };
    i64::try_from(value).map_err(|_| TOO_LARGE)
}

const TOO_LARGE: &str = "the number is too large";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(text(r#""a\n\t\"\\\x41\u{e9}\'""#).unwrap(), "a\n\t\"\\Aé'");
        assert_eq!(text("\"a\\\n   b\r\nc\"").unwrap(), "ab\nc");
        assert_eq!(text(r#""ab\qc""#).unwrap_err().span, 3..5);
        for wrong in [
            r#""\x80""#,
            r#""\u{d800}""#,
            r#""\u{}""#,
            r#""\u41""#,
            "\"a\rb\"",
        ] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn raw_strings() {
        assert_eq!(raw_text(r##"r#"a\"b"#"##).unwrap(), r#"a\"b"#);
        assert_eq!(raw_text("r\"a\r\nb\"").unwrap(), "a\nb");
        assert!(raw_text("r\"a\rb\"").is_err());
    }

    #[test]
    fn integers() {
        assert_eq!(integer("1_000", false), Ok(1000));
        assert_eq!(integer("0xff", true), Ok(-255));
        assert_eq!(integer("9223372036854775808", true), Ok(i64::MIN));
        assert!(integer("9223372036854775808", false).is_err());
        assert!(integer("1u32", false).is_err() && integer("1.5", false).is_err());
    }
}
