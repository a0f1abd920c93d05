//! What is wrong with a file, and where: plain data, for the command to render.

use std::fmt;
use std::ops::Range;

/// A mistake in a file: what is wrong, where, and what to do next.
///
/// ```
/// use limbec_source::diagnostic::Diagnostic;
///
/// let text = "struct A {\n    b: u64,\n}\n";
/// let diagnostic = Diagnostic::new("models.rs", 18..21, "no column type holds a `u64`");
/// assert_eq!(diagnostic.line_column(text), (2, 8));
/// assert_eq!(&text[diagnostic.span.clone()], "u64");
/// assert_eq!(diagnostic.to_string(), "models.rs: no column type holds a `u64`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, a sentence without its full stop.
    pub message: String,
    /// The file, as its reader was given it.
    pub path: String,
    /// The place, in bytes of the file's text.
    pub span: Range<usize>,
    /// What to write under the place, where that is more than the message.
    pub label: Option<String>,
    /// What to do next, one sentence each.
    pub help: Vec<String>,
    /// Other places that belong to it.
    pub secondary: Vec<Secondary>,
}

/// Another place that belongs to a mistake, such as the first of two definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secondary {
    /// The file.
    pub path: String,
    /// The place, in bytes of the file's text.
    pub span: Range<usize>,
    /// What is to be seen there.
    pub label: String,
}

impl Diagnostic {
    /// Makes a diagnostic of a file, a place in it and a message.
    pub fn new(path: impl Into<String>, span: Range<usize>, message: impl Into<String>) -> Self {
        Diagnostic {
            message: message.into(),
            path: path.into(),
            span,
            label: None,
            help: Vec::new(),
            secondary: Vec::new(),
        }
    }

    /// Gives the line and the column (in characters) of its place, both counted from 1.
    pub fn line_column(&self, text: &str) -> (usize, usize) {
        line_column(text, self.span.start)
    }

    /// Shows the place with its line as the compiler does, in plain text; `path` names the file.
    ///
    /// ```
    /// use limbec_source::diagnostic::Diagnostic;
    ///
    /// let text = "struct A {\n    b: u64,\n}\n";
    /// let diagnostic = Diagnostic::new("models.rs", 18..21, "no column type holds a `u64`");
    /// assert_eq!(
    ///     diagnostic.place("src/models.rs", text),
    ///     " --> src/models.rs:2:8\n  |\n2 |     b: u64,\n  |        ^^^"
    /// );
    /// ```
    pub fn place(&self, path: &str, text: &str) -> String {
        let (line, column) = self.line_column(text);
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let width = {
            let rest = text.get(self.span.clone()).unwrap_or_default();
            let first = rest.lines().next().unwrap_or_default();
            first.chars().count().max(1)
        };
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let label = self.label.as_deref().unwrap_or_default();
        let marks = format!("{}{} {label}", " ".repeat(column - 1), "^".repeat(width));
        format!(
            "{margin}--> {path}:{line}:{column}\n\
             {margin} |\n\
             {number} | {}\n\
             {margin} | {}",
            source.replace('\t', " ").trim_end(),
            marks.trim_end(),
        )
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Gives the line and the column (in characters) of a byte of a text, both counted from 1.
///
/// A place behind the end counts as the end.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::line_column;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        assert_eq!(line_column("", 0), (1, 1));
        assert_eq!(line_column("a\nbö c", 5), (2, 3));
        assert_eq!(line_column("a\nbö c", 4), (2, 2));
        assert_eq!(line_column("a", 99), (1, 2));
    }
}
