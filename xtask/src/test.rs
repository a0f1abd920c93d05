//! `cargo xtask test`: all tests of the workspace, with what they need.

use std::env;
use std::process::Command;

use limbec_testkit::postgres::{Cluster, TEST_URL_VARIABLE};
use limbec_testkit::{compose, postgres, sqlite};

use crate::args::TestOptions;
use crate::run::{self, Failure, cargo, has_subcommand};
use crate::servers;

/// Prepares what the tests need, and runs them and the examples in the documentation.
pub(crate) fn run(options: &TestOptions) -> Result<(), Failure> {
    sqlite::install_if_missing()?;
    postgres::install_pooler_if_missing()?;
    compose::install_if_missing()?;
    if !options.majors.is_empty() {
        return on_servers(options);
    }
    // Kept to the end of the run; the server ends with this process in any case.
    let cluster = start_server()?;
    let mut failures = Vec::new();
    for command in &mut commands(options, has_subcommand("nextest")) {
        set_server(command, cluster.as_ref());
        failures.extend(run::run(command).err());
    }
    Failure::of_all(failures)
}

/// Runs the tests that need a server on one of each version, and tells at the end which failed.
fn on_servers(options: &TestOptions) -> Result<(), Failure> {
    if !has_subcommand("nextest") {
        return Err(Failure::new(
            "`--pg` needs cargo-nextest, which knows the tests of a server by its profile: \
             `cargo install cargo-nextest`"
                .to_owned(),
        ));
    }
    // For `psql` and `pg_dump`, which the fetched servers are without.
    postgres::install_if_missing()?;
    let mut failed = Vec::new();
    for major in &options.majors {
        let programs = servers::programs(*major)?;
        let cluster = Cluster::start_from(&programs)?;
        eprintln!("\n==> PostgreSQL {major}: {}", cluster.url());
        let mut tests = server_tests(options);
        set_server(&mut tests, Some(&cluster));
        if run::run(&mut tests).is_err() {
            failed.push(major.to_string());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "tests failed on PostgreSQL {}",
        failed.join(", ")
    )))
}

fn server_tests(options: &TestOptions) -> Command {
    let mut tests = cargo(&["nextest", "run", "--workspace", "--all-features"]);
    tests.args(["--profile", "server"]);
    if options.release {
        tests.arg("--release");
    }
    tests.args(&options.filters);
    tests
}

/// A server for this run, unless there is one already.
pub(crate) fn start_server() -> Result<Option<Cluster>, Failure> {
    if env::var_os(TEST_URL_VARIABLE).is_some_and(|url| !url.is_empty()) {
        eprintln!("Using the PostgreSQL server that {TEST_URL_VARIABLE} names.");
        return Ok(None);
    }
    postgres::install_if_missing()?;
    let cluster = Cluster::start()?;
    eprintln!("Started a throw-away PostgreSQL server: {}", cluster.url());
    Ok(Some(cluster))
}

/// Tells the tests which server is theirs.
pub(crate) fn set_server(command: &mut Command, cluster: Option<&Cluster>) {
    if let Some(cluster) = cluster {
        command.env(TEST_URL_VARIABLE, cluster.url());
    }
}

fn commands(options: &TestOptions, nextest: bool) -> Vec<Command> {
    const ALL: [&str; 2] = ["--workspace", "--all-features"];
    let mut commands = Vec::new();
    if nextest {
        let mut tests = cargo(&["nextest", "run"]);
        tests.args(ALL).arg("--no-fail-fast");
        if options.release {
            tests.arg("--release");
        }
        if options.ci {
            tests.args(["--profile", "ci"]);
        }
        tests.args(&options.filters);
        commands.push(tests);
    } else {
        eprintln!("cargo-nextest is not installed: `cargo test` runs in its place.");
    }

    // nextest runs no examples of the documentation; `cargo test` runs them with all else.
    let mut cargo_test = cargo(&["test"]);
    if nextest {
        cargo_test.arg("--doc");
    }
    cargo_test.args(ALL).arg("--no-fail-fast");
    if options.release {
        cargo_test.arg("--release");
    }
    if !options.filters.is_empty() {
        cargo_test.arg("--").args(&options.filters);
    }
    commands.push(cargo_test);
    commands
}

#[cfg(test)]
mod tests {
    use super::commands;
    use crate::args::TestOptions;

    fn lines(options: &TestOptions, nextest: bool) -> Vec<String> {
        commands(options, nextest)
            .iter()
            .map(|command| {
                let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
                arguments.join(" ")
            })
            .collect()
    }

    #[test]
    fn documentation_examples_run_exactly_once() {
        let options = TestOptions::default();
        assert_eq!(
            lines(&options, true),
            [
                "nextest run --workspace --all-features --no-fail-fast",
                "test --doc --workspace --all-features --no-fail-fast",
            ]
        );
        assert_eq!(
            lines(&options, false),
            ["test --workspace --all-features --no-fail-fast"]
        );
    }

    #[test]
    fn options_and_filters_reach_each_runner() {
        let options = TestOptions {
            release: true,
            filters: vec!["graph".to_owned(), "plan".to_owned()],
            ci: true,
            majors: Vec::new(),
        };
        assert_eq!(
            lines(&options, true),
            [
                "nextest run --workspace --all-features --no-fail-fast --release --profile ci graph plan",
                "test --doc --workspace --all-features --no-fail-fast --release -- graph plan",
            ]
        );
    }
}
