//! Which texts may be revision ids and branch labels.

use std::fmt;

/// The words that have a meaning of their own and so can name no revision and no branch.
pub const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

/// Characters with a meaning in the identifier grammar: `label@id`, `id-1`, `id+1`, `a:b`.
const ILLEGAL: [char; 4] = ['@', '-', '+', ':'];

/// Tells why a text is no revision id or branch label.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// The text is empty.
    Empty {
        /// What the text was to be: `revision identifier` or `branch label`.
        what: &'static str,
    },
    /// The text holds characters that the identifier grammar or the file format uses.
    Characters {
        /// What the text was to be.
        what: &'static str,
        /// The text.
        text: String,
        /// Its illegal characters, each once, in order of appearance.
        characters: Vec<char>,
    },
    /// The text is a word with a meaning of its own.
    Reserved {
        /// What the text was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what } => write!(f, "A {what} can't be empty"),
            Self::Characters {
                what,
                text,
                characters,
            } => {
                f.write_str("Character(s) '")?;
                for (i, c) in characters.iter().enumerate() {
                    let separator = if i == 0 { "" } else { ", " };
                    write!(f, "{separator}{}", c.escape_debug())?;
                }
                write!(f, "' not allowed in {what} '{}'", text.escape_debug())
            }
            Self::Reserved { what, text } => {
                write!(f, "'{text}' has a meaning of its own and can't be a {what}")
            }
        }
    }
}

impl std::error::Error for IdError {}

/// Checks that a text may be a revision id.
///
/// ```
/// use limbec_core::revision::check_id;
///
/// assert!(check_id("2025_add_users").is_ok());
/// assert_eq!(
///     check_id("add-users").unwrap_err().to_string(),
///     "Character(s) '-' not allowed in revision identifier 'add-users'",
/// );
/// ```
///
/// # Errors
/// The text is empty, reserved or holds `@`, `-`, `+`, `:`, white space, a comma or a control
/// character.
pub fn check_id(text: &str) -> Result<(), IdError> {
    check(text, "revision identifier")
}

/// Checks that a text may be a branch label.
///
/// # Errors
/// As [`check_id`].
pub fn check_label(text: &str) -> Result<(), IdError> {
    check(text, "branch label")
}

fn check(text: &str, what: &'static str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { what });
    }
    // Nearly every id is plain, and every start of the command checks them all.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.bytes().all(is_plain) && !RESERVED.contains(&text) {
        return Ok(());
    }
    let mut characters = Vec::new();
    for c in text.chars() {
        // A comma separates the ids in a file's header.
        let illegal = ILLEGAL.contains(&c) || c == ',' || c.is_whitespace() || c.is_control();
        if illegal && !characters.contains(&c) {
            characters.push(c);
        }
    }
    if !characters.is_empty() {
        return Err(IdError::Characters {
            what,
            text: text.to_owned(),
            characters,
        });
    }
    if RESERVED.contains(&text) {
        return Err(IdError::Reserved {
            what,
            text: text.to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        check_id(text).unwrap_err().to_string()
    }

    #[test]
    fn names_each_illegal_character_once() {
        assert_eq!(
            message("a-b-c+d"),
            "Character(s) '-, +' not allowed in revision identifier 'a-b-c+d'"
        );
        assert_eq!(
            message("a b"),
            "Character(s) ' ' not allowed in revision identifier 'a b'"
        );
        assert_eq!(
            message("a\tb"),
            "Character(s) '\\t' not allowed in revision identifier 'a\\tb'"
        );
        assert_eq!(message(""), "A revision identifier can't be empty");
    }

    #[test]
    fn refuses_reserved_words() {
        for word in RESERVED {
            assert!(check_id(word).is_err() && check_label(word).is_err());
        }
        assert!(check_id("header").is_ok());
    }
}
