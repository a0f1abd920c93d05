//! What a server, a revision or a row says, on its way to a terminal.

use limbec::report::{Failure, Level, Text, log_line};
use limbec::run::{Error, ErrorKind};
use limbec_core::text::{acts, one_line, printable};

pub const PIECES: &[&str] = &[
    "duplicate key", "\u{1b}[2J", "\u{1b}]0;title\u{7}", "\n", "\r", "\t", "\0", "\u{7f}", "\u{9b}31m",
    "\u{202e}", "\u{2028}", "\u{2066}", "\\u{1b}", "FAILED: ", "\n  kept:      all", "hint: ", "é", "漢",
    "limbec stamp", "`", "'", "{", "}", "\u{feff}", "\u{8}", "\u{85}", "INFO  [limbec] ", "\u{1f600}",
];

/// Shows the text as an error, a hint, a line of the log and a piece of text.
pub fn run(bytes: &[u8]) {
    let lossy = String::from_utf8_lossy(bytes);
    let text = lossy.as_ref();
    crate::is_shown(&printable(text));
    assert!(!one_line(text).contains(acts));
    assert_eq!(printable(&printable(text)), printable(text));
    let error = Error::new(ErrorKind::Statement, text).with_hint(text);
    crate::is_shown(&error.to_string());
    crate::is_shown(&format!("{error:#}"));
    let failure = Failure::of(&error, "limbec");
    let shown = failure.text().to_string();
    crate::is_shown(&shown);
    // No text from elsewhere begins a line of limbec's own.
    let at_the_margin = shown.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
    assert!(at_the_margin.count() <= 1, "{shown}");
    crate::is_shown(&log_line(Level::Warning, "fuzz", text).to_string());
    crate::is_shown(&Text::from(text.to_string()).to_string());
}
