//! All that is printed: results on stdout, everything else on stderr.
//!
//! Text for people holds no control character but its own line breaks, tabs and colours, whatever the
//! rows and names in it. Colour only if a terminal takes it (`NO_COLOR` and its kin are respected);
//! nothing rests on colour alone. Scripts and JSON are data: what reads them gets them byte by byte.
#![allow(clippy::unused_self, reason = "what prints goes through the printer")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that prints"
)]

use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use limbec::report::{Level, Text, Tone, log_line};
use limbec_core::text::{acts, printable};

/// The colour of a piece of text.
fn style(tone: Tone) -> Style {
    match tone {
        Tone::Error => AnsiColor::Red.on_default().bold(),
        Tone::Warning => AnsiColor::Yellow.on_default().bold(),
        Tone::Hint => AnsiColor::Cyan.on_default(),
        Tone::Id => AnsiColor::Yellow.on_default(),
        Tone::Mark => AnsiColor::Green.on_default(),
        Tone::Dim => Style::new().dimmed(),
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Printer {
    quiet: bool,
    json: bool,
}

impl Printer {
    pub(crate) fn new(quiet: bool, json: bool) -> Self {
        Printer { quiet, json }
    }

    /// Whether results are wanted as JSON.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Whether a question can be asked.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    pub(crate) fn colour(&self) -> bool {
        anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }

    /// Prints a line of the result for people, which JSON leaves out.
    pub(crate) fn text(&self, text: impl Into<Text>) {
        if !self.json {
            written(writeln!(anstream::stdout(), "{}", painted(&text.into())));
        }
    }

    /// Prints a line of a listing for people, cut to the width of a terminal.
    pub(crate) fn listed(&self, text: impl Into<Text>) {
        match terminal_size::terminal_size() {
            Some((terminal_size::Width(width), _)) if std::io::stdout().is_terminal() => {
                self.text(text.into().cut(width.into()));
            }
            _ => self.text(text),
        }
    }

    /// Prints a result that another program reads: as it is, unless it goes to a terminal.
    pub(crate) fn data(&self, text: &str) {
        let mut out = std::io::stdout();
        written(if out.is_terminal() {
            writeln!(out, "{}", printable(text))
        } else {
            writeln!(out, "{text}")
        });
    }

    /// Prints the result as JSON.
    pub(crate) fn value(&self, value: &serde_json::Value) {
        written(writeln!(std::io::stdout(), "{}", json(value)));
    }

    /// Prints a log line in Alembic's form.
    pub(crate) fn info(&self, topic: &str, text: &str) {
        if !self.quiet {
            log(&log_line(Level::Info, topic, text));
        }
    }

    /// Prints a warning, in Alembic's form.
    pub(crate) fn warning(&self, topic: &str, text: &str) {
        log(&log_line(Level::Warning, topic, text));
    }

    /// Prints a question, and leaves the cursor behind it.
    pub(crate) fn question(&self, text: &str) {
        let _ = write!(anstream::stderr(), "{} ", printable(text));
    }

    /// Prints what went wrong.
    pub(crate) fn error(&self, text: &Text) {
        log(text);
    }

    /// Prints what `diagnostics` has rendered, with its own colours.
    pub(crate) fn rendered(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// A text in its colours; the stream takes them out again if they are not wanted.
fn painted(text: &Text) -> String {
    text.painted(&|tone, piece| {
        let style = style(tone);
        format!("{style}{piece}{style:#}")
    })
}

/// JSON in which no character acts on a terminal: the escapes that JSON has are for any of them.
fn json(value: &serde_json::Value) -> String {
    let mut text = String::new();
    for letter in format!("{value:#}").chars() {
        if letter != '\n' && acts(letter) {
            // All of them are below U+10000. Writing to a `String` cannot fail.
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        } else {
            text.push(letter);
        }
    }
    text
}

/// Ends the program if stdout cannot be written. A reader that has gone (`limbec history | head`) has
/// what it wanted.
fn written(result: std::io::Result<()>) {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            log(&format!("FAILED: cannot write to stdout: {error}").into());
            std::process::exit(i32::from(crate::error::FAILED));
        }
        _ => {}
    }
}

/// Writes a line to stderr. If nobody can read it, a migration goes on all the same.
fn log(text: &Text) {
    let _ = writeln!(anstream::stderr(), "{}", painted(text));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn json_reads_back_as_it_was_and_holds_no_control_character() {
        let value = json!({ "a\u{1b}": ["\u{7f}\u{9b}\u{202e}\n\t\0", "é \\u{1b}"] });
        let text = super::json(&value);
        assert!(
            !text.chars().any(|it| it != '\n' && super::acts(it)),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).ok(),
            Some(value)
        );
    }
}
