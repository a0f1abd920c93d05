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

use std::io::{ErrorKind, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
pub(crate) use limbec::report::Tone;

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
        let style = style(tone);
        format!("{style}{text}{style:#}")
    }

    /// Prints a line of the result.
    pub(crate) fn line(&self, text: &str) {
        print(text);
    }

    /// Prints a line of the result for people, which JSON leaves out.
    pub(crate) fn text(&self, text: &str) {
        if !self.json {
            print(text);
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
        print(&format!("{value:#}"));
    }

    /// Prints a log line in Alembic's form.
    pub(crate) fn info(&self, topic: &str, text: &str) {
        if !self.quiet {
            log(&format!("INFO  [limbec.{topic}] {text}"));
        }
    }

    /// Prints a warning, in Alembic's form.
    pub(crate) fn warning(&self, topic: &str, text: &str) {
        let word = self.paint(Tone::Warning, "WARNING");
        log(&format!("{word} [limbec.{topic}] {text}"));
    }

    /// Prints a question, and leaves the cursor behind it.
    pub(crate) fn question(&self, text: &str) {
        let _ = write!(anstream::stderr(), "{text} ");
    }

    pub(crate) fn error_text(&self, text: &str) {
        log(text);
    }
}

/// Writes a line to stdout. A reader that has gone (`limbec history | head`) has what it wanted.
fn print(text: &str) {
    match writeln!(anstream::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            log(&format!("FAILED: cannot write to stdout: {error}"));
            std::process::exit(i32::from(crate::error::FAILED));
        }
        _ => {}
    }
}

/// Writes a line to stderr. Where nobody can read it, a migration goes on all the same.
fn log(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
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
