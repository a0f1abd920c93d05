//! What goes wrong with a project: a sentence, what to do next, and mistakes in files.

use std::fmt;

use limbec::report::Failure;
use limbec::run;
use limbec_core::revision::RevisionError;
use limbec_core::text::printable;
use limbec_source::diagnostic::Diagnostic;

use crate::project::Unreadable;

/// What hints call the command.
const PROGRAM: &str = "limbec";

/// Why something that a project asks for cannot be done.
#[derive(Debug)]
pub struct ProjectError {
    failure: Failure,
    mistakes: Vec<Mistake>,
}

/// A mistake in a file, with the file's text.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// What is wrong, and where.
    pub diagnostic: Diagnostic,
    /// The text of the file.
    pub text: String,
}

/// A result whose error is a project's.
pub type Result<T> = std::result::Result<T, ProjectError>;

impl ProjectError {
    /// Makes an error of a sentence without its full stop.
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Failure {
            message,
            ..Failure::default()
        }
        .into()
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.failure.hints.push(hint.into());
        self
    }

    /// Adds several things to do next.
    pub fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.failure.hints.extend(hints);
        self
    }

    /// Adds a labelled line below the message.
    pub fn detail(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.failure.details.push((label, text.into()));
        self
    }

    /// Makes an error of mistakes in files; `text_of` gives a file's text by its path.
    pub fn diagnostics(
        message: impl Into<String>,
        found: Vec<Diagnostic>,
        text_of: impl Fn(&str) -> String,
    ) -> Self {
        let mut error = ProjectError::new(message);
        error.mistakes = found
            .into_iter()
            .map(|diagnostic| Mistake {
                text: text_of(&diagnostic.path),
                diagnostic,
            })
            .collect();
        error
    }

    /// Adds mistakes in files.
    pub(crate) fn mistakes_at(mut self, mistakes: impl IntoIterator<Item = Mistake>) -> Self {
        self.mistakes.extend(mistakes);
        self
    }

    /// The message with its details and hints.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// The mistakes in files.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Mistake { diagnostic, text } in &self.mistakes {
            let place = diagnostic.place(&diagnostic.path, text);
            let mistake = format!("error: {}\n{place}\n", diagnostic.message);
            f.write_str(&printable(&mistake))?;
            for help in &diagnostic.help {
                writeln!(f, "  = help: {}", printable(help))?;
            }
            f.write_str("\n")?;
        }
        self.failure.in_full().fmt(f)
    }
}

impl std::error::Error for ProjectError {}

impl From<run::Error> for ProjectError {
    fn from(error: run::Error) -> Self {
        let cause = std::error::Error::source(&error);
        if let Some(Unreadable { found, text }) = cause.and_then(|it| it.downcast_ref()) {
            return ProjectError::diagnostics(error.to_string(), found.clone(), |_| text.clone())
                .hint("nothing was run");
        }
        Failure::of(&error, PROGRAM).into()
    }
}

impl From<RevisionError> for ProjectError {
    fn from(error: RevisionError) -> Self {
        Failure::of_revision(&error, PROGRAM).into()
    }
}

impl From<Failure> for ProjectError {
    fn from(failure: Failure) -> Self {
        ProjectError {
            failure,
            mistakes: Vec::new(),
        }
    }
}

/// Names commands as a user types them; the graph does not know what it is called by.
pub(crate) fn in_full(hint: String) -> String {
    limbec::report::in_full(hint, PROGRAM)
}

/// "1 mistake", "2 mistakes".
pub(crate) fn mistakes(count: usize) -> String {
    format!("{count} mistake{}", if count == 1 { "" } else { "s" })
}
