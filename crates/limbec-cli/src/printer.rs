//! All that is printed: results on stdout, everything else on stderr.
//!
//! Colour only where a terminal takes it (`NO_COLOR` and its kin are respected); nothing rests on
//! colour alone.
#![allow(clippy::unused_self, reason = "what prints goes through the printer")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that prints"
)]

use std::io::IsTerminal;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    Error,
    Warning,
    Hint,
    Id,
    Mark,
    Dim,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Error => AnsiColor::Red.on_default().bold(),
            Tone::Warning => AnsiColor::Yellow.on_default().bold(),
            Tone::Hint => AnsiColor::Cyan.on_default(),
            Tone::Id => AnsiColor::Yellow.on_default(),
            Tone::Mark => AnsiColor::Green.on_default(),
            Tone::Dim => Style::new().dimmed(),
        }
    }
}

#[derive(Debug)]
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

    /// Colours a text; the stream takes the colour out again where it is not wanted.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    /// Prints a line of the result.
    pub(crate) fn line(&self, text: &str) {
        println!("{text}");
    }

    /// Prints a line of the result for people, which JSON leaves out.
    pub(crate) fn text(&self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// Prints the result as JSON.
    pub(crate) fn value(&self, value: &serde_json::Value) {
        println!("{value:#}");
    }

    /// Prints a log line in Alembic's form.
    pub(crate) fn info(&self, topic: &str, text: &str) {
        if !self.quiet {
            eprintln!("INFO  [limbec.{topic}] {text}");
        }
    }

    /// Prints a warning, in Alembic's form.
    pub(crate) fn warning(&self, topic: &str, text: &str) {
        eprintln!(
            "{} [limbec.{topic}] {text}",
            self.paint(Tone::Warning, "WARNING")
        );
    }

    /// Prints a question, and leaves the cursor behind it.
    pub(crate) fn question(&self, text: &str) {
        anstream::eprint!("{text} ");
    }

    pub(crate) fn error_text(&self, text: &str) {
        eprintln!("{text}");
    }
}
