//! The texts of the commands, in pieces: the command `limbec` and the one inside a service say the
//! same by them.
//!
//! Nothing here prints, and colour is the caller's: a [`Text`] knows its pieces that may have one.

mod failure;
mod journal;
mod program;
mod progress;
mod revisions;
mod script;
mod text;
mod words;

#[cfg(feature = "command")]
pub(crate) use program::is_called;
pub(crate) use program::program;

pub use failure::{Failure, as_called, in_full};
pub use journal::{abandoned, cleared, end_of_a_session, entry, entry_details, locks, unapproved};
pub use progress::{Level, elsewhere, log_line, nothing_to_do, progress, summary};
pub use revisions::{Marks, arrow, block, line, marks, message, parents};
pub use script::{dry_run, script, statement};
pub use text::{Paint, Text};
pub use words::misplaced_address;

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The word before a failure.
    Error,
    /// The word before a warning.
    Warning,
    /// The word before a hint.
    Hint,
    /// The id of a revision.
    Id,
    /// What is marked behind an id.
    Mark,
    /// What stands back.
    Dim,
}
