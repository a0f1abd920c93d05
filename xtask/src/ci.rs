//! `cargo xtask ci`: what must pass before a change lands, cheapest first.

use std::time::Instant;

use crate::args::TestOptions;
use crate::run::{Failure, cargo, has_subcommand, run as run_command};
use crate::test;

/// Runs the stages up to the first that fails.
pub(crate) fn run() -> Result<(), Failure> {
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
    stage("licences, bans, sources", dependencies)?;
    stage("documentation", documentation)?;
    stage("tests", || {
        test::run(&TestOptions {
            ci: true,
            ..TestOptions::default()
        })
    })
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
