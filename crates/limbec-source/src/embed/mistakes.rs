//! A mistake as the compiler prints it: the message, and the place with its line.

use std::fmt;

use crate::diagnostic::Diagnostic;

/// What is wrong, with its place below it where it has one.
#[derive(Debug)]
pub(super) struct Mistake {
    message: String,
    place: Option<String>,
    help: Vec<String>,
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Mistake {
            message: message.into(),
            place: None,
            help: Vec::new(),
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Says which file it is about, where no line is known.
    pub(super) fn of_file(mut self, path: &str) -> Self {
        self.message = format!("{path}: {}", self.message);
        self
    }

    /// A mistake in a file: the compiler points at the macro, so the text points at the file.
    pub(super) fn in_file(diagnostic: &Diagnostic, path: &str, text: &str) -> Self {
        let (line, column) = diagnostic.line_column(text);
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let width = {
            let rest = text.get(diagnostic.span.clone()).unwrap_or_default();
            let first = rest.lines().next().unwrap_or_default();
            first.chars().count().max(1)
        };
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let label = diagnostic.label.as_deref().unwrap_or_default();
        let marks = format!("{}{} {label}", " ".repeat(column - 1), "^".repeat(width));
        let place = format!(
            "{margin}--> {path}:{line}:{column}\n\
             {margin} |\n\
             {number} | {}\n\
             {margin} | {}",
            source.replace('\t', " ").trim_end(),
            marks.trim_end(),
        );
        Mistake {
            message: diagnostic.message.clone(),
            place: Some(place),
            help: diagnostic.help.clone(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n{place}")?;
        }
        for help in &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}
