//! `cargo xtask test`: the tests of the workspace, with what they need.
//!
//! The tests are built first, since only they know which of them a filter chooses. What those need is
//! listed, and installed if it can be. Then everything runs: a failure stops nothing, and all of them
//! are reported.

mod chosen;

use std::env;
use std::process::Command;

use limbec_testkit::postgres::{Cluster, TEST_URL_VARIABLE};

use crate::args::TestOptions;
use crate::run::{self, Failure, cargo, has_subcommand};
use crate::servers;
use crate::tools::{self, Tool};

/// Builds the tests, provides what the chosen ones need, and runs them and the examples in the
/// documentation.
pub(crate) fn run(options: &TestOptions) -> Result<(), Failure> {
    if !options.majors.is_empty() {
        return on_servers(options);
    }
    let tests = chosen::chosen(options)?;
    eprintln!("{} tests are chosen.", tests.len());
    let needs = chosen::needs(&tests, has_server());
    let needs: Vec<Tool> = needs.into_iter().collect();
    let mut failures = Vec::new();
    // Tests that lack a tool fail and say so; the others tell what they can.
    failures.extend(tools::provide(&needs).err());
    // Kept to the end of the run; the server ends with this process in any case.
    let cluster = if needs.contains(&Tool::Postgres) && !has_server() {
        let cluster = Cluster::start();
        cluster.map_err(|error| failures.push(error.into())).ok()
    } else {
        None
    };
    announce(cluster.as_ref());
    for command in &mut commands(options, has_subcommand("nextest")) {
        set_server(command, cluster.as_ref());
        failures.extend(run::run(command).err());
    }
    Failure::of_all(failures)
}

/// Runs the tests that need a server on one of each version; all versions are tried.
fn on_servers(options: &TestOptions) -> Result<(), Failure> {
    if !has_subcommand("nextest") {
        return Err(Failure::new(
            "`--pg` needs cargo-nextest, which knows the tests of a server by its profile: \
             `cargo install cargo-nextest`"
                .to_owned(),
        ));
    }
    let tests = chosen::chosen(options)?;
    let mut needs: Vec<Tool> = chosen::needs(&tests, true).into_iter().collect();
    // No test of the profile reads the compose file.
    needs.retain(|it| *it != Tool::Compose);
    tools::provide(&needs)?;
    let mut failures = Vec::new();
    for major in &options.majors {
        failures.extend(on_server(*major, options).err());
    }
    Failure::of_all(failures)
}

fn on_server(major: u32, options: &TestOptions) -> Result<(), Failure> {
    let programs = servers::programs(major)?;
    let cluster = Cluster::start_from(&programs)?;
    eprintln!("\n==> PostgreSQL {major}: {}", cluster.url());
    let mut tests = server_tests(options);
    set_server(&mut tests, Some(&cluster));
    let failed = |failure: Failure| failure.context(&format!("on PostgreSQL {major}"));
    run::run(&mut tests).map_err(failed)
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

/// Whether the user has named a server.
fn has_server() -> bool {
    env::var_os(TEST_URL_VARIABLE).is_some_and(|url| !url.is_empty())
}

/// A server for this run, unless there is one already.
pub(crate) fn start_server() -> Result<Option<Cluster>, Failure> {
    let cluster = if has_server() {
        None
    } else {
        tools::provide(&[Tool::Postgres])?;
        Some(Cluster::start()?)
    };
    announce(cluster.as_ref());
    Ok(cluster)
}

fn announce(cluster: Option<&Cluster>) {
    if let Some(cluster) = cluster {
        eprintln!("Started a throw-away PostgreSQL server: {}", cluster.url());
    } else if has_server() {
        eprintln!("Using the PostgreSQL server that {TEST_URL_VARIABLE} names.");
    }
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
