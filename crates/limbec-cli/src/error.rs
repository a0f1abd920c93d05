//! What goes wrong, what to do next, and the exit code.

use limbec::report::Failure;
use limbec::run::Error;
use limbec_core::revision::RevisionError;
use limbec_source::diagnostic::Diagnostic;

use crate::diagnostics;
use crate::printer::Printer;
use crate::project::Unreadable;

/// What hints call the command.
const PROGRAM: &str = "limbec";
/// The exit code of a command that failed.
pub(crate) const FAILED: u8 = 1;
/// The exit code of `check` with differences, and of `current --check-heads` behind.
pub(crate) const DIFFERENT: u8 = 3;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Done,
    Different,
}

impl From<Status> for std::process::ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::SUCCESS,
            Status::Different => Self::from(DIFFERENT),
        }
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct CommandError {
    failure: Failure,
    /// Mistakes in files, with the files' texts.
    diagnostics: Vec<(Diagnostic, String)>,
}

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Failure {
            message,
            ..Failure::default()
        }
        .into()
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.failure.hints.push(hint.into());
        self
    }

    pub(crate) fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.failure.hints.extend(hints);
        self
    }

    pub(crate) fn detail(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.failure.details.push((label, text.into()));
        self
    }

    /// Mistakes in files; `text_of` gives a file's text by its path.
    pub(crate) fn diagnostics(
        message: impl Into<String>,
        found: Vec<Diagnostic>,
        text_of: impl Fn(&str) -> String,
    ) -> Self {
        let mut error = CommandError::new(message);
        error.diagnostics = found
            .into_iter()
            .map(|diagnostic| {
                let text = text_of(&diagnostic.path);
                (diagnostic, text)
            })
            .collect();
        error
    }

    pub(crate) fn print(&self, printer: &Printer) {
        for (diagnostic, text) in &self.diagnostics {
            printer.error_text(&diagnostics::render(diagnostic, text, printer.colour()));
        }
        let text = self.failure.text(&|tone, piece| printer.paint(tone, piece));
        printer.error_text(&text);
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        let cause = std::error::Error::source(&error);
        if let Some(Unreadable { found, text }) = cause.and_then(|it| it.downcast_ref()) {
            return CommandError::diagnostics(error.to_string(), found.clone(), |_| text.clone())
                .hint("nothing was run");
        }
        Failure::of(&error, PROGRAM).into()
    }
}

impl From<RevisionError> for CommandError {
    fn from(error: RevisionError) -> Self {
        Failure::of_revision(&error, PROGRAM).into()
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        CommandError {
            failure,
            diagnostics: Vec::new(),
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
