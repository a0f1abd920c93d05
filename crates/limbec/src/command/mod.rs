//! The command inside a service's own binary: `api migrate upgrade head`.
//!
//! The commands that need no models and no files, with the texts and exit codes of the command
//! `limbec`: 0 done, 1 failed, 2 wrong usage, 3 `check` or `current --check-heads` found the
//! database elsewhere, 130 or 143 stopped by SIGINT or SIGTERM. The only module of this crate that prints, and only where a service calls it.

mod args;
mod journal;
mod listing;
mod migrate;

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::path::Path;
use std::process::ExitCode;

use limbec_core::revision::{Graph, RevisionError};
use limbec_core::text::printable;

use crate::blocking::block_on;
use crate::embedded::Embedded;
use crate::migrations::Migrations;
use crate::report::{Failure, Level, Text, is_called, log_line};
use crate::run::{DatabaseUrl, Error, Interrupt, Revisions as _, Settings, environment};
use crate::signals::Signals;
use args::{Arguments, Command};

/// The exit code of a command that failed.
const FAILED: u8 = 1;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Done,
    Different,
}

impl Migrations {
    /// Runs the command inside this program, where that is what the program was called for:
    /// `api migrate upgrade head`, with `command("migrate", …)`.
    ///
    /// Gives `None` where the first argument is another word, and the service goes on; else runs the
    /// command to its end and gives the exit code. It may be called before or inside a runtime.
    /// `LIMBEC_LOCK_TIMEOUT` and the other variables of the command count here too. SIGINT and SIGTERM
    /// stop the command as they stop `limbec`, in process 1 of a container too.
    ///
    /// ```no_run
    /// # #[cfg(feature = "embed")] {
    /// # #![allow(deprecated)]
    /// use std::process::ExitCode;
    ///
    /// static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
    ///
    /// fn main() -> ExitCode {
    ///     let url = std::env::var("DATABASE_URL").unwrap_or_default();
    ///     if let Some(code) = MIGRATIONS.command("migrate", &url) {
    ///         return code;
    ///     }
    ///     // The service itself.
    ///     ExitCode::SUCCESS
    /// }
    /// # main();
    /// # }
    /// ```
    pub fn command(&self, name: &str, url: &str) -> Option<ExitCode> {
        let mut words = std::env::args_os().map(|it| it.to_string_lossy().into_owned());
        let binary = words.next().unwrap_or_default();
        let binary = Path::new(&binary).file_name().unwrap_or_default();
        let program = format!("{} {name}", binary.to_string_lossy());
        // The service's own errors name it too.
        is_called(&program);
        if words.next().is_none_or(|word| word != name) {
            return None;
        }
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let interrupt = Interrupt::new();
        let say = |text: &str| log(&mut io::stderr(), log_line(Level::Warning, "signals", text));
        // A system that lets nobody listen ends the process by itself.
        let signals = Signals::listen(&interrupt, say).ok();
        let call = Call {
            program: &program,
            url,
            environment: &|name| std::env::var(name).ok(),
            interrupt: &interrupt,
            is_terminal: out.is_terminal(),
        };
        let code = run(self, &call, words, &mut out, &mut err);
        let signal = signals.and_then(|it| it.exit_code());
        Some(signal.filter(|_| code == FAILED).unwrap_or(code).into())
    }

    /// Runs the command with its words, its database and its output where they are wanted, for a
    /// service that has read its arguments itself; gives the exit code. Scripts (`--sql`) are written
    /// byte by byte, everything else without control characters.
    ///
    /// ```
    /// # #[cfg(all(feature = "embed", feature = "sqlite"))] {
    /// # #![allow(deprecated)]
    /// # static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
    /// let (mut out, mut err) = (Vec::new(), Vec::new());
    /// let words = ["heads".to_string()];
    /// let code = MIGRATIONS.run_command("api migrate", words, "", &mut out, &mut err);
    /// assert_eq!((code, out.as_slice()), (0, &b"27c6a30d7c24 (head)\n"[..]));
    /// # }
    /// ```
    pub fn run_command(
        &self,
        program: &str,
        words: impl IntoIterator<Item = String>,
        url: &str,
        out: &mut (dyn Write + Send),
        err: &mut (dyn Write + Send),
    ) -> u8 {
        let call = Call {
            program,
            url,
            environment: &|_| None,
            interrupt: &Interrupt::new(),
            is_terminal: false,
        };
        run(self, &call, words, out, err)
    }
}

/// What the command is called with, besides its words.
struct Call<'a> {
    program: &'a str,
    url: &'a str,
    environment: &'a dyn Fn(&str) -> Option<String>,
    interrupt: &'a Interrupt,
    /// Whether a terminal shows the result.
    is_terminal: bool,
}

fn run(
    migrations: &Migrations,
    call: &Call<'_>,
    words: impl IntoIterator<Item = String>,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> u8 {
    let program = call.program;
    let arguments = match args::parse(words) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            let usage = args::usage(program);
            log(err, format!("error: {mistake}\n\n{}", usage.trim_end()));
            return 2;
        }
    };
    let Arguments {
        command,
        quiet,
        url: given,
    } = arguments;
    if command == Command::Help {
        return print(out, err, args::usage(program).trim_end());
    }
    let ended = prepared(migrations, call)
        .map_err(|error| Failure::of(&error, program))
        .and_then(|(revisions, settings)| {
            let mut context = Context {
                migrations,
                revisions,
                settings,
                program,
                url: given.as_deref().unwrap_or(call.url),
                quiet,
                is_terminal: call.is_terminal,
                environment: call.environment,
                interrupt: call.interrupt,
                out,
                err,
                unwritten: 0,
            };
            let status = context.run(&command)?;
            Ok((status, context.unwritten))
        });
    match ended {
        Ok((_, code @ 1..)) => code,
        Ok((Status::Done, _)) => 0,
        Ok((Status::Different, _)) => 3,
        Err(failure) => {
            log(err, failure.text());
            FAILED
        }
    }
}

/// The revisions, and how they are run: by the environment, else by the project.
fn prepared<'m>(
    migrations: &'m Migrations,
    call: &Call<'_>,
) -> Result<(&'m Embedded, Settings), Error> {
    let environment = environment(call.environment)?;
    Ok((
        migrations.revisions()?,
        migrations.settings().given(&environment),
    ))
}

/// What every command works on.
struct Context<'a> {
    migrations: &'a Migrations,
    revisions: &'a Embedded,
    settings: Settings,
    program: &'a str,
    url: &'a str,
    quiet: bool,
    is_terminal: bool,
    environment: &'a dyn Fn(&str) -> Option<String>,
    interrupt: &'a Interrupt,
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    /// The exit code that output asks for which could not be written; 0 where all was.
    unwritten: u8,
}

impl<'a> Context<'a> {
    fn run(&mut self, command: &Command) -> Result<Status, Failure> {
        match command {
            Command::Upgrade(options) | Command::Downgrade(options) => {
                self.migrate(options, matches!(command, Command::Downgrade(_)))
            }
            Command::Stamp(options) => self.stamp(options),
            Command::Current(options) => self.current(options),
            Command::History(options) => self.history(options),
            Command::Heads(options) => self.heads(options),
            Command::Show(revision) => self.show(revision),
            Command::Check => self.check(),
            Command::Log(options) => self.log(options),
            Command::Accept(options) => self.accept(options),
            Command::Locks(options) => self.locks(options),
            Command::Help => Ok(Status::Done),
        }
    }

    fn revisions_graph(&self) -> &'a Graph {
        self.revisions.graph()
    }

    fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        if self.url.is_empty() {
            let message = "No database is configured";
            return Err(failed(message, Some("give its URL by --url")));
        }
        let url = DatabaseUrl::parse(self.url, Path::new(""));
        let url = url.and_then(|url| url.completed(self.environment));
        let url = url.map_err(|error| self.failure(&error))?;
        Ok(url.interrupted_by(self.interrupt))
    }

    /// Resolves an identifier that may name what is current.
    fn resolve(&self, identifier: &str) -> Result<Vec<usize>, Failure> {
        let needs_rows = identifier.contains("current") || identifier.starts_with(['+', '-']);
        let rows = if needs_rows { self.rows()? } else { Vec::new() };
        let found = self.revisions_graph().resolve(identifier, &rows);
        found.map_err(|error| self.revision_failure(&error))
    }

    /// The rows of the version table.
    fn rows(&self) -> Result<Vec<String>, Failure> {
        let url = self.database_url()?;
        block_on(self.migrations.current(&url)).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &Error) -> Failure {
        Failure::of(error, self.program)
    }

    fn revision_failure(&self, error: &RevisionError) -> Failure {
        Failure::of_revision(error, self.program)
    }

    /// Prints a line of the result for people.
    fn line(&mut self, text: impl Into<Text>) {
        let code = print(self.out, self.err, text.into());
        self.unwritten = self.unwritten.max(code);
    }

    /// Prints what another program reads as it is, unless it goes to a terminal.
    fn data(&mut self, text: &str) {
        let code = if self.is_terminal {
            print(self.out, self.err, printable(text))
        } else {
            print(self.out, self.err, text)
        };
        self.unwritten = self.unwritten.max(code);
    }

    fn info(&mut self, topic: &str, text: &str) {
        info(self.err, self.quiet, topic, text);
    }
}

fn failed(message: &str, hint: Option<&str>) -> Failure {
    Failure {
        message: message.to_string(),
        details: Vec::new(),
        hints: hint.into_iter().map(str::to_string).collect(),
    }
}

/// Writes a line of the result; gives the exit code that it asks for. A reader that has gone
/// (`api migrate history | head`) has what it wanted.
fn print(out: &mut dyn Write, err: &mut dyn Write, text: impl fmt::Display) -> u8 {
    match writeln!(out, "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            log(err, format!("FAILED: cannot write to stdout: {error}"));
            1
        }
        _ => 0,
    }
}

/// Writes a line of the log. Where nobody can read it, a migration goes on all the same.
fn log(err: &mut dyn Write, text: impl Into<Text>) {
    let _ = writeln!(err, "{}", text.into());
}

/// Writes a log line in Alembic's form.
fn info(err: &mut dyn Write, quiet: bool, topic: &str, text: &str) {
    if !quiet {
        log(err, log_line(Level::Info, topic, text));
    }
}
