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
        Mistake {
            message: diagnostic.message.clone(),
            place: Some(diagnostic.place(path, text)),
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
