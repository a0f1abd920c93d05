//! libpq's other form of an address: `host=localhost dbname='my shop' password=it\'s`.

use std::iter::Peekable;
use std::str::Chars;

use super::Unreadable;

/// Reads keywords and values as libpq does: a value with spaces stands in single quotes, and a backslash
/// takes the next character as it is.
pub(super) fn read(text: &str) -> Result<Vec<(String, String)>, Unreadable> {
    let mut letters = text.chars().peekable();
    let mut found = Vec::new();
    loop {
        skip_spaces(&mut letters);
        if letters.peek().is_none() {
            return Ok(found);
        }
        let mut key = String::new();
        while let Some(letter) = letters.next_if(|it| *it != '=' && !it.is_ascii_whitespace()) {
            key.push(letter);
        }
        skip_spaces(&mut letters);
        if letters.next() != Some('=') {
            return Err("a keyword in it has no `=` and no value");
        }
        skip_spaces(&mut letters);
        let value = match letters.next_if_eq(&'\'') {
            Some(_) => quoted(&mut letters)?,
            None => bare(&mut letters),
        };
        found.push((key, value));
    }
}

fn skip_spaces(letters: &mut Peekable<Chars<'_>>) {
    while letters.next_if(char::is_ascii_whitespace).is_some() {}
}

fn quoted(letters: &mut Peekable<Chars<'_>>) -> Result<String, Unreadable> {
    let mut value = String::new();
    loop {
        match letters.next() {
            Some('\'') => return Ok(value),
            Some('\\') => value.extend(letters.next()),
            Some(letter) => value.push(letter),
            None => return Err("a value in it has a quote that is never closed"),
        }
    }
}

fn bare(letters: &mut Peekable<Chars<'_>>) -> String {
    let mut value = String::new();
    while let Some(letter) = letters.next_if(|it| !it.is_ascii_whitespace()) {
        match letter {
            '\\' => value.extend(letters.next()),
            letter => value.push(letter),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_libpq_reads_them() {
        for (text, expected) in [
            (
                "host=db dbname=shop",
                vec![("host", "db"), ("dbname", "shop")],
            ),
            (" user = me\n", vec![("user", "me")]),
            (
                "password='a b\\'c\\\\d' a=1",
                vec![("password", "a b'c\\d"), ("a", "1")],
            ),
            ("password=a\\ b'c", vec![("password", "a b'c")]),
            ("password='' a=b=c", vec![("password", ""), ("a", "b=c")]),
            // A quote ends the value, and libpq asks for no space behind it.
            ("a='b'c=d", vec![("a", "b"), ("c", "d")]),
            ("a=", vec![("a", "")]),
            ("", vec![]),
        ] {
            let found = read(text).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|(key, value)| (&**key, &**value))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(read("host").is_err());
        assert!(read("a=b c").is_err());
        assert!(read("password='a").is_err());
    }
}
