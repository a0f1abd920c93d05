//! How a command ends: its exit code, and what is printed of an error.

pub(crate) use limbec_generate::{ProjectError as CommandError, Result};

use crate::diagnostics;
use crate::printer::Printer;

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

/// Prints an error: the mistakes in files with their source, then the message.
pub(crate) fn print(error: &CommandError, printer: &Printer) {
    for mistake in error.mistakes() {
        let (diagnostic, text) = (&mistake.diagnostic, &mistake.text);
        printer.rendered(&diagnostics::render(diagnostic, text, printer.colour()));
    }
    printer.error(&error.failure().text());
}
