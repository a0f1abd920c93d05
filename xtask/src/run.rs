//! Running other programs: what failed, and the exit status that it asks for.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fmt, thread};

/// Why a task failed, as a sentence and an exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    status: u8,
}

impl Failure {
    pub(crate) fn new(message: String) -> Self {
        Self { message, status: 1 }
    }

    /// One failure that names all of these, unless there are none.
    pub(crate) fn of_all(failures: Vec<Failure>) -> Result<(), Failure> {
        let Some(status) = failures.first().map(Failure::status) else {
            return Ok(());
        };
        let messages: Vec<String> = failures.into_iter().map(|it| it.message).collect();
        let message = messages.join("\n       ");
        Err(Failure { message, status })
    }

    /// The same failure, and where it happened.
    pub(crate) fn context(self, place: &str) -> Self {
        let message = format!("{place}: {}", self.message);
        Self { message, ..self }
    }

    /// The exit status of the program that failed, or 1.
    pub(crate) fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<limbec_testkit::Error> for Failure {
    fn from(error: limbec_testkit::Error) -> Self {
        Self {
            message: error.to_string(),
            status: 1,
        }
    }
}

/// The cargo that runs this task, with arguments.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Whether cargo has this subcommand installed.
pub(crate) fn has_subcommand(name: &str) -> bool {
    cargo(&[name, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command to its end, its output shown as it comes.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = shown(command);
    eprintln!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure {
            message: format!("`{line}` failed ({status})"),
            status: code(status),
        }),
        Err(error) => Err(Failure {
            message: format!("`{line}` could not be started: {error}"),
            status: 1,
        }),
    }
}

/// Runs a command as [`run`] does, and ends it if it takes longer.
pub(crate) fn run_within(command: &mut Command, patience: Duration) -> Result<(), Failure> {
    let line = shown(command);
    eprintln!("$ {line}");
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("`{line}` could not be started: {error}")))?;
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(Failure::new(format!("`{line}` failed ({status})"))),
            None if Instant::now() > deadline => break,
            None => thread::sleep(Duration::from_millis(100)),
        }
    }
    child.kill()?;
    child.wait()?;
    let seconds = patience.as_secs();
    Err(Failure::new(format!(
        "`{line}` was ended after {seconds} s"
    )))
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    // Without the toolchain's folder.
    let name = program.rsplit('/').next().unwrap_or(&program);
    let mut line = name.to_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// A shell's convention where a signal ended the program: 128 and its number.
fn code(status: ExitStatus) -> u8 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .and_then(|code| u8::try_from(code).ok())
        .filter(|code| *code != 0)
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::run_within;

    #[test]
    fn a_program_that_never_ends_is_ended() {
        let patience = Duration::from_millis(200);
        let failure = run_within(Command::new("sleep").arg("600"), patience).unwrap_err();
        assert_eq!(failure.to_string(), "`sleep 600` was ended after 0 s");
        assert!(run_within(&mut Command::new("true"), Duration::from_secs(600)).is_ok());
        let failure = run_within(&mut Command::new("false"), Duration::from_secs(600));
        assert!(failure.unwrap_err().to_string().contains("`false` failed"));
    }
}
