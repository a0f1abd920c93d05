//! What goes wrong, what to do next, and the exit code.

use std::fmt::Write as _;

use limbec::run::{Error, ErrorKind};
use limbec_core::revision::RevisionError;
use limbec_source::diagnostic::Diagnostic;

use crate::diagnostics;
use crate::printer::{Printer, Tone};
use crate::project::Unreadable;

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
    message: String,
    /// Labelled lines below the message.
    details: Vec<(&'static str, String)>,
    hints: Vec<String>,
    /// Mistakes in files, with the files' texts.
    diagnostics: Vec<(Diagnostic, String)>,
}

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        CommandError {
            message: message.into(),
            details: Vec::new(),
            hints: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    pub(crate) fn detail(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.details.push((label, text.into()));
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
        let mut text = printer.paint(Tone::Error, "FAILED:");
        let _ = write!(text, " {}", self.message);
        for (label, detail) in &self.details {
            let label = format!("  {:<11}", format!("{label}:"));
            let indented = detail.trim_end().replace('\n', "\n             ");
            let _ = write!(text, "\n{}{indented}", printer.paint(Tone::Dim, &label));
        }
        for hint in &self.hints {
            let _ = write!(text, "\n  {} {hint}", printer.paint(Tone::Hint, "hint:"));
        }
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
        let mut result = CommandError::new(error.to_string());
        if let Some(failed) = error.failed_statement() {
            if let Some(revision) = &failed.revision {
                result = result.detail("revision", revision);
            }
            if let Some(operation) = &failed.operation {
                result = result.detail("operation", operation);
            }
            if !failed.sql.is_empty() {
                result = result.detail("statement", &failed.sql);
            }
            if let Some(detail) = &failed.detail {
                result = result.detail("detail", detail);
            }
            if let Some(hint) = &failed.hint {
                result = result.hint(hint);
            }
            if failed.revision.is_some() {
                result = result.detail("kept", kept(&error));
            }
        }
        if let Some(cause) = error.revision_error() {
            return result.hints(revision_hints(cause));
        }
        result.hints(error.hint().map(str::to_string))
    }
}

impl From<RevisionError> for CommandError {
    fn from(error: RevisionError) -> Self {
        CommandError::new(error.to_string()).hints(revision_hints(&error))
    }
}

/// What of the run stays in the database.
fn kept(error: &Error) -> String {
    let before = match error.applied() {
        [] => "nothing was run before it".to_string(),
        [one] => format!("{one}, which ran before it, stays"),
        several => format!("{}, which ran before it, stay", several.join(", ")),
    };
    match error.kind() {
        ErrorKind::Conflict => before,
        _ => format!("nothing of this revision; {before}"),
    }
}

/// Names commands as a user types them; the graph does not know what it is called by.
pub(crate) fn in_full(hint: String) -> String {
    ["history", "merge", "stamp"]
        .iter()
        .fold(hint, |hint, command| {
            hint.replace(&format!("`{command} "), &format!("`limbec {command} "))
                .replace(&format!("`{command}`"), &format!("`limbec {command}`"))
        })
}

/// "1 mistake", "2 mistakes".
pub(crate) fn mistakes(count: usize) -> String {
    format!("{count} mistake{}", if count == 1 { "" } else { "s" })
}

/// The hints of the graph's errors, in the words of the command.
fn revision_hints(error: &RevisionError) -> Vec<String> {
    let mut hints: Vec<String> = error.hint().map(in_full).into_iter().collect();
    if let RevisionError::NotFound {
        identifier,
        in_database: true,
        nearest,
        named,
    } = error
    {
        if named.is_empty() {
            hints.clear();
        }
        hints.push(format!(
            "the version table `{}` holds `{identifier}`, and no revision file has that id",
            limbec::run::VERSION_TABLE
        ));
        if !nearest.is_empty() {
            hints.push(format!(
                "the nearest known revisions are {}",
                nearest.join(", ")
            ));
        }
        let example = nearest.first().map_or("head", String::as_str);
        hints.push(format!(
            "restore the file, or, if you know what the schema is like: limbec stamp --purge {example}"
        ));
    }
    hints
}
