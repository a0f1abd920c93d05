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

    /// Prints a line of a listing for people, cut to the width of a terminal.
    pub(crate) fn listed(&self, text: &str) {
        match terminal_size::terminal_size() {
            Some((terminal_size::Width(width), _)) if std::io::stdout().is_terminal() => {
                self.text(&cut(text, width.into()));
            }
            _ => self.text(text),
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

/// Cuts a coloured text to a number of characters shown, with a mark where something is left out.
fn cut(text: &str, width: usize) -> String {
    let mut kept = String::new();
    let mut shown = 0;
    let mut escaping = false;
    let total = anstream::adapter::strip_str(text)
        .to_string()
        .chars()
        .count();
    if total <= width {
        return text.to_string();
    }
    for c in text.chars() {
        escaping |= c == '\u{1b}';
        if escaping {
            kept.push(c);
            escaping = c != 'm';
        } else if shown + 1 < width {
            kept.push(c);
            shown += 1;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_line_is_cut_by_what_is_shown() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long…");
        assert_eq!(
            cut("\u{1b}[33mlonger\u{1b}[0m line", 5),
            "\u{1b}[33mlong\u{1b}[0m…"
        );
    }
}
