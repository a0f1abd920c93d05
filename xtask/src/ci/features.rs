//! The crates with the features that a service switches on: what the workspace switches on together
//! may not compile apart.

use super::workspace::packages;
use crate::run::{Failure, cargo, run as run_command};
use crate::test;

/// What services switch on together.
const OF_SERVICES: [&str; 2] = ["embed,sqlite", "embed,postgres,command"];

/// Lints every published crate without features, with each of its features alone, and `limbec` with
/// those that services have.
pub(super) fn lints() -> Result<(), Failure> {
    let packages = packages()?;
    let mut failures = Vec::new();
    for package in packages.iter().filter(|it| it.is_published()) {
        let mut sets: Vec<Option<&str>> = package.features().into_iter().map(Some).collect();
        if sets.is_empty() {
            // The stage `clippy` has linted it as it is.
            continue;
        }
        sets.push(None);
        if package.name() == "limbec" {
            sets.extend(OF_SERVICES.map(Some));
        }
        for set in sets {
            let mut clippy = cargo(&["clippy", "--package", package.name()]);
            clippy.arg("--no-default-features");
            clippy.args(set.map(|it| ["--features", it]).into_iter().flatten());
            clippy.args(["--", "-D", "warnings"]);
            failures.extend(run_command(&mut clippy).err());
        }
    }
    Failure::of_all(failures)
}

/// Runs the tests of `limbec` with one driver and nothing else.
pub(super) fn tests_of_drivers() -> Result<(), Failure> {
    let cluster = test::start_server()?;
    let mut failures = Vec::new();
    for driver in ["sqlite", "postgres"] {
        let mut tests = cargo(&["test", "--package", "limbec", "--no-default-features"]);
        // The examples in the documentation show what the default features have.
        tests.args(["--features", driver, "--lib", "--tests", "--no-fail-fast"]);
        test::set_server(&mut tests, cluster.as_ref());
        failures.extend(run_command(&mut tests).err());
    }
    Failure::of_all(failures)
}
