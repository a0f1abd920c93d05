//! The command that judges compose files.

use std::process::Command;

use crate::Error;

const MISSING: &str = "neither `docker compose` nor `docker-compose` runs here: install Debian's \
    package `docker-compose` or its like; it needs no Docker to read a file";

/// The first words of this machine's compose command.
const CANDIDATES: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];

/// The compose command, to which its arguments are added.
///
/// # Errors
///
/// When this machine has none.
pub fn command() -> Result<Command, Error> {
    let runs = |words: &&&[&str]| {
        let output = started(words).arg("version").output();
        output.is_ok_and(|it| it.status.success())
    };
    let words = CANDIDATES.iter().find(runs);
    words.map_or_else(|| Err(Error::new(MISSING)), |words| Ok(started(words)))
}

fn started(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}
