//! Text of others on its way to a terminal or a log.
//!
//! Rows, names, messages and errors of a server may hold anything. Control characters would act on the
//! terminal that shows them, and characters that turn the direction of writing would show other text
//! than there is. Both are written as Rust escapes them: `\u{1b}`.

use std::borrow::Cow;
use std::fmt;

/// Escapes what would act on a terminal; line breaks and tabs stay, so that SQL stays readable.
///
/// Text that is escaped already stays as it is.
///
/// ```
/// use limbec_core::text::printable;
/// assert_eq!(printable("SELECT 1;\n\tSELECT '\u{1b}[2J'"), "SELECT 1;\n\tSELECT '\\u{1b}[2J'");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |it| acts(it) && it != '\n' && it != '\t')
}

/// As [`printable`], for a place that holds one line: line breaks and tabs are escaped too.
///
/// ```
/// use limbec_core::text::one_line;
/// assert_eq!(one_line("a name\nINFO  [limbec] forged"), "a name\\nINFO  [limbec] forged");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, acts)
}

/// Shows a value as [`printable`] shows its text.
#[derive(Debug, Clone, Copy)]
pub struct Printable<T>(pub T);

impl<T: fmt::Display> fmt::Display for Printable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        write!(Escaping(f), "{}", self.0)
    }
}

/// Escapes what is written on its way.
struct Escaping<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(&printable(text))
    }
}

/// Whether a character does something else than show: a control character, a line or paragraph
/// separator, or one that turns the direction of the text around it.
pub fn acts(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_escaped(letter) {
            escaped.extend(letter.escape_default());
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_acts_is_escaped() {
        let text = "é ñ 漢 😀 \\u{1b} \u{7f}\u{9b}\u{202e}\r\0";
        let shown = "é ñ 漢 😀 \\u{1b} \\u{7f}\\u{9b}\\u{202e}\\r\\u{0}";
        assert_eq!(printable(text), shown);
        assert_eq!(printable(shown), shown);
        assert!(matches!(printable(shown), Cow::Borrowed(_)));
    }

    #[test]
    fn a_value_is_shown_as_its_text() {
        assert_eq!(Printable("a\u{1b}\nb").to_string(), "a\\u{1b}\nb");
        assert_eq!(Printable('\u{8}').to_string(), "\\u{8}");
    }
}
