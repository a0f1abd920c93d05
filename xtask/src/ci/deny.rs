//! Licences, bans, sources and advisories of the dependencies, by cargo-deny.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use super::Unchecked;
use crate::run::{Failure, cargo, has_subcommand, run as run_command, run_within};

/// The version that is built if none is installed.
const VERSION: &str = "0.20.2";

/// How long fetching the database of advisories may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Checks the dependencies; installs cargo-deny if it is missing. The database of advisories is on
/// GitHub: the rest needs no network.
pub(super) fn check() -> Result<Unchecked, Failure> {
    let program = program().map_err(|failure| {
        failure.context("the dependencies cannot be checked without cargo-deny")
    })?;
    let deny = || match &program {
        Some(program) => {
            let mut deny = Command::new(program);
            // It asks cargo for the dependencies: the one that runs this task.
            deny.env(
                "CARGO",
                env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            );
            deny
        }
        None => cargo(&["deny"]),
    };
    let own = run_command(deny().args(["check", "licenses", "bans", "sources"]));
    if let Err(failure) = run_within(deny().args(["fetch", "db"]), PATIENCE) {
        own?;
        return Ok(Some(format!("advisories: {failure}")));
    }
    let advisories = run_command(deny().args(["--offline", "check", "advisories"]));
    Failure::of_all(
        [own.err(), advisories.err()]
            .into_iter()
            .flatten()
            .collect(),
    )?;
    Ok(None)
}

/// The program, which is built once; none if cargo has it as a subcommand.
fn program() -> Result<Option<PathBuf>, Failure> {
    if has_subcommand("deny") {
        return Ok(None);
    }
    let root = format!("target/tools/cargo-deny-{VERSION}");
    let root = Path::new(&root);
    let program = root.join("bin/cargo-deny");
    if !program.is_file() {
        eprintln!(
            "cargo-deny is not installed: cargo builds it into {}, once.",
            root.display()
        );
        install(root)?;
    }
    Ok(Some(program))
}

/// Builds it without optimisation: it runs for a second, and the build is what takes time.
fn install(root: &Path) -> Result<(), Failure> {
    let build = root.join("build");
    let mut install = cargo(&["install", "--locked", "--debug", "--no-track"]);
    install.arg("--root").arg(root);
    install.arg("--target-dir").arg(&build);
    install.arg(format!("cargo-deny@{VERSION}"));
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    run_command(&mut install)?;
    fs::remove_dir_all(build)?;
    Ok(())
}
