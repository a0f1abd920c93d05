//! `cargo xtask ci`: what must pass before a change lands, cheapest first.

use std::time::Instant;

use limbec_testkit::postgres::{TEST_URL_VARIABLE, major_version};

use crate::args::{CiOptions, TestOptions};
use crate::corpus;
use crate::run::{Failure, cargo, has_subcommand, run as run_command};
use crate::test;

/// The versions of PostgreSQL that a change must pass on.
const MAJORS: [u32; 2] = [15, 18];

/// Runs the stages up to the first that fails.
pub(crate) fn run(options: &CiOptions) -> Result<(), Failure> {
    stage("formatting", || {
        run_command(&mut cargo(&["fmt", "--all", "--check"]))
    })?;
    stage("lints", || {
        run_command(cargo(&["clippy", "--workspace", "--all-targets"]).args([
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    stage("lints of what a service switches on", lints_of_services)?;
    stage("licences, bans, sources", dependencies)?;
    stage("documentation", documentation)?;
    stage("tests", || {
        test::run(&TestOptions {
            ci: true,
            ..TestOptions::default()
        })
    })?;
    stage("schemas of real projects", || corpus::run(&options.corpus))?;
    let own = system_major();
    let others: Vec<u32> = MAJORS.into_iter().filter(|it| Some(*it) != own).collect();
    stage(&format!("tests on PostgreSQL {others:?}"), || {
        test::run(&TestOptions {
            ci: true,
            majors: others.clone(),
            ..TestOptions::default()
        })
    })
}

/// The features of the crate that services embed, in the company in which services have them: what the
/// workspace switches on together may not compile apart.
fn lints_of_services() -> Result<(), Failure> {
    for features in ["", "embed,sqlite", "embed,postgres,command"] {
        let arguments = ["clippy", "--package", "limbec", "--no-default-features"];
        run_command(cargo(&arguments).args(["--features", features, "--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// The version of the system's own server, which has run all tests.
fn system_major() -> Option<u32> {
    if std::env::var_os(TEST_URL_VARIABLE).is_some_and(|url| !url.is_empty()) {
        return None;
    }
    major_version().ok()
}

fn dependencies() -> Result<(), Failure> {
    if !has_subcommand("deny") {
        eprintln!(
            "NOT RUN: cargo-deny is not installed, so licences, bans and sources are unchecked \
             (`cargo install cargo-deny`)."
        );
        return Ok(());
    }
    run_command(&mut cargo(&[
        "deny", "check", "licenses", "bans", "sources",
    ]))
}

fn documentation() -> Result<(), Failure> {
    // The command's binary and the library share the name `limbec`, and so a folder of pages:
    // in one run they would race for it.
    const ALL: [&str; 4] = ["doc", "--workspace", "--no-deps", "--all-features"];
    for targets in ["--bins", "--lib"] {
        run_command(cargo(&ALL).arg(targets).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    }
    Ok(())
}

fn stage(name: &str, work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    eprintln!("\n==> {name}");
    let started = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "FAILED" };
    eprintln!(
        "==> {name}: {outcome} after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    result
}
