//! The programs that tests and tasks run beside cargo. Nothing is installed before it was listed with
//! its purpose, and nothing that the task does without.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use limbec_testkit::postgres::BIN_VARIABLE;
use limbec_testkit::{Error, compose, postgres, sqlite, strace};

use crate::run::{self, Failure};

/// A program or a few that come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    Postgres,
    PostgresClient,
    PgBouncer,
    Sqlite,
    Compose,
    Strace,
}

impl Tool {
    /// Debian's package.
    fn package(self) -> &'static str {
        match self {
            Tool::Postgres => "postgresql",
            Tool::PostgresClient => "postgresql-client",
            Tool::PgBouncer => "pgbouncer",
            Tool::Sqlite => "sqlite3",
            Tool::Compose => "docker-compose",
            Tool::Strace => "strace",
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Tool::Postgres => "throw-away PostgreSQL servers",
            Tool::PostgresClient => "`psql` and `pg_dump`, which judge databases",
            Tool::PgBouncer => "the tests of the lock behind a connection pooler",
            Tool::Sqlite => "the `sqlite3` shell, which judges SQLite files",
            Tool::Compose => "the test of the example's docker-compose.yml; it starts no container",
            Tool::Strace => "the faults of a disk, which it lets a system call report",
        }
    }

    /// Looks for it; the error says how to get it.
    fn find(self) -> Result<(), Error> {
        match self {
            Tool::Postgres => postgres::find_server(),
            Tool::PostgresClient => postgres::find_client(),
            Tool::PgBouncer => postgres::find_pooler(),
            Tool::Sqlite => sqlite::find_shell(),
            Tool::Compose => compose::command().map(drop),
            Tool::Strace => strace::find(),
        }
    }

    fn is_missing(self) -> bool {
        self.find().is_err()
    }
}

/// Makes sure that these tools are there: lists those that are missing, and installs Debian's packages of
/// them where this is Debian and we are root.
///
/// # Errors
///
/// Names every tool that is still missing, and says how to get it.
pub(crate) fn provide(tools: &[Tool]) -> Result<(), Failure> {
    let mut missing = tools.to_vec();
    missing.retain(|it| it.is_missing());
    if missing.is_empty() {
        return Ok(());
    }
    eprint!("{}", listed(&missing));
    if can_install(&missing) {
        let packages: Vec<&str> = missing.iter().map(|it| it.package()).collect();
        eprintln!(
            "They are installed as packages of Debian: {}.",
            packages.join(", ")
        );
        run::run(&mut apt_get(&["update", "-q"]))?;
        let mut install = apt_get(&["install", "-q", "-y", "--no-install-recommends"]);
        run::run(install.args(packages))?;
    }
    let still = missing.into_iter().filter_map(|it| it.find().err());
    Failure::of_all(still.map(Failure::from).collect())
}

fn listed(missing: &[Tool]) -> String {
    let lines = missing
        .iter()
        .map(|it| format!("  {:<18} {}\n", it.package(), it.purpose()));
    format!(
        "These tools are missing here:\n{}",
        lines.collect::<String>()
    )
}

fn can_install(missing: &[Tool]) -> bool {
    // A server that the user has named is not replaced by another.
    let is_named = missing.contains(&Tool::Postgres) && env::var_os(BIN_VARIABLE).is_some();
    !is_named && is_root() && Path::new("/usr/bin/apt-get").is_file()
}

fn is_root() -> bool {
    // The owner of this process.
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::{Tool, listed};

    #[test]
    fn every_missing_tool_is_listed_with_its_purpose() {
        assert_eq!(
            listed(&[Tool::PgBouncer, Tool::Sqlite]),
            "These tools are missing here:\n  \
             pgbouncer          the tests of the lock behind a connection pooler\n  \
             sqlite3            the `sqlite3` shell, which judges SQLite files\n"
        );
    }
}
