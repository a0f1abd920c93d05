//! The oldest Rust that `Cargo.toml` promises.
//!
//! The build with that toolchain is the test. If rustup does not have it and cannot install it, the
//! stage checks what can be known without it, and says so.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::Unchecked;
use super::workspace::{Package, excluding_unpublished, metadata, packages};
use crate::run::{Failure, cargo, run as run_command, run_within};

/// How long the installation of a toolchain may take.
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) fn check() -> Result<Unchecked, Failure> {
    let packages = packages()?;
    let version = promised(&packages)?;
    let Err(why) = provide(version) else {
        build(version, &packages)?;
        return Ok(None);
    };
    eprintln!(
        "NOT BUILT with Rust {version}: {why}.\n\
         Instead, clippy looks for items of the standard library that are newer, and no dependency may \
         ask for a newer Rust. A newer feature of the language goes unnoticed."
    );
    newer_items()?;
    newer_dependencies(version)?;
    Ok(Some(format!(
        "a build with Rust {version}; clippy and the dependencies' `rust-version` stood in for it"
    )))
}

/// The version that all published crates promise.
fn promised(packages: &[Package]) -> Result<&str, Failure> {
    let published = packages.iter().filter(|it| it.is_published());
    let mut versions: Vec<_> = published.map(Package::rust_version).collect();
    versions.dedup();
    match versions[..] {
        [Some(version)] => Ok(version),
        _ => Err(Failure::new(format!(
            "the published crates need one `rust-version`, and have {versions:?}"
        ))),
    }
}

/// Makes sure that rustup has the toolchain.
fn provide(version: &str) -> Result<(), Failure> {
    let mut rustc = Command::new("rustup");
    rustc.args(["run", version, "rustc", "--version"]);
    if run_command(rustc.stdin(Stdio::null())).is_ok() {
        return Ok(());
    }
    let mut install = Command::new("rustup");
    install.args(["toolchain", "install", version]);
    install.args(["--profile", "minimal", "--no-self-update"]);
    run_within(&mut install, PATIENCE)
}

/// Builds what is published, with the toolchain.
fn build(version: &str, packages: &[Package]) -> Result<(), Failure> {
    let mut build = Command::new("rustup");
    build.args(["run", version, "cargo", "check", "--workspace"]);
    build.args(["--all-features", "--locked", "--target-dir", "target/msrv"]);
    build.args(excluding_unpublished(packages));
    // Cargo passes its own toolchain on to what it runs.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        build.env_remove(variable);
    }
    run_command(&mut build)
}

/// Clippy reads the version from `Cargo.toml`, and reports newer items of the standard library.
fn newer_items() -> Result<(), Failure> {
    let mut clippy = cargo(&["clippy", "--workspace", "--all-features"]);
    run_command(clippy.args(["--", "-D", "clippy::incompatible_msrv"]))
}

/// Fails if a dependency declares that it needs a newer Rust.
fn newer_dependencies(version: &str) -> Result<(), Failure> {
    let newer = newer(&metadata(&[])?, version);
    if newer.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Cargo.toml promises Rust {version}, and these need a newer one: {}",
        newer.join(", ")
    )))
}

/// The packages that declare a newer version, each with that version.
fn newer(metadata: &Value, version: &str) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let newer = packages.filter_map(|package| {
        let needs = package["rust_version"].as_str()?;
        let name = package["name"].as_str()?;
        (numbers(needs) > numbers(version)).then(|| format!("{name} ({needs})"))
    });
    newer.collect()
}

/// `1.89` and `1.89.0` are the same version.
fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version
        .split('.')
        .filter_map(|it| it.parse().ok())
        .collect();
    numbers.resize(3, 0);
    numbers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{newer, packages, promised};

    #[test]
    fn the_workspace_promises_one_version() {
        let packages = packages().unwrap();
        assert!(promised(&packages).is_ok());
        assert!(promised(&[]).is_err());
    }

    #[test]
    fn dependencies_that_need_a_newer_rust_are_named() {
        let package =
            |name: &str, needs: Option<&str>| json!({"name": name, "rust_version": needs});
        let metadata = json!({"packages": [
            package("older", Some("1.63")),
            package("same", Some("1.89.0")),
            package("silent", None),
            package("newer", Some("1.89.1")),
            package("newest", Some("1.100")),
        ]});
        assert_eq!(
            newer(&metadata, "1.89"),
            ["newer (1.89.1)", "newest (1.100)"]
        );
    }
}
