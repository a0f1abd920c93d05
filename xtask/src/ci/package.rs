//! What would be published.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::workspace::{Package, excluding_unpublished, packages};
use crate::run::{Failure, cargo, run as run_command};

/// Where the packages are unpacked.
const FOLDER: &str = "target/unpacked";

/// Packs the crates of a release and builds them from their packages. Fails if a crate's
/// `Cargo.toml` lacks what its page on crates.io shows.
pub(super) fn build() -> Result<(), Failure> {
    let packages = packages()?;
    let published = || packages.iter().filter(|it| it.is_published());
    let mut failures: Vec<Failure> = published().filter_map(lacks_keys).collect();

    // With changes that are not committed yet. Cargo's own verification is no help: it caches what
    // it unpacks by name and version, and would build an older package of the same version.
    let mut package = cargo(&["package", "--workspace", "--locked", "--allow-dirty"]);
    package.args(["--no-verify", "--target-dir", "target"]);
    run_command(package.args(excluding_unpublished(&packages)))?;

    let folders: Vec<(&str, String)> = published()
        .map(|it| (it.name(), format!("{}-{}", it.name(), it.version())))
        .collect();
    unpack(&folders)?;
    let manifest = format!("{FOLDER}/Cargo.toml");
    let mut check = cargo(&["check", "--workspace", "--manifest-path", &manifest]);
    // What the packages depend on is shared with the other stages.
    failures.extend(run_command(check.args(["--target-dir", "target"])).err());
    Failure::of_all(failures)
}

fn lacks_keys(package: &Package) -> Option<Failure> {
    let missing = package.missing_keys();
    let (name, keys) = (package.name(), missing.join("`, `"));
    let message = format!("the Cargo.toml of {name} has no `{keys}`");
    (!missing.is_empty()).then(|| Failure::new(message))
}

/// Makes a workspace of the packages.
fn unpack(folders: &[(&str, String)]) -> Result<(), Failure> {
    let root = Path::new(FOLDER);
    if root.is_dir() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root)?;
    for (_, folder) in folders {
        let archive = format!("target/package/{folder}.crate");
        // The archive's times are always the same, and cargo knows changed files by their times.
        run_command(Command::new("tar").args(["-xzmf", &archive, "-C", FOLDER]))?;
    }
    fs::write(root.join("Cargo.toml"), workspace_of(folders))?;
    fs::copy("Cargo.lock", root.join("Cargo.lock"))?;
    Ok(())
}

/// The manifest of a workspace whose members find each other and not the registry's crates.
fn workspace_of(folders: &[(&str, String)]) -> String {
    let members = folders.iter().map(|(_, folder)| format!("{folder:?}"));
    let members: Vec<String> = members.collect();
    let patches = folders
        .iter()
        .map(|(name, folder)| format!("{name} = {{ path = {folder:?} }}\n"));
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\n{}",
        members.join(", "),
        patches.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::workspace_of;

    #[test]
    fn the_packages_find_each_other() {
        let folders = [("a", "a-0.1.0".to_owned()), ("b", "b-0.1.0".to_owned())];
        assert_eq!(
            workspace_of(&folders),
            "[workspace]\nresolver = \"3\"\nmembers = [\"a-0.1.0\", \"b-0.1.0\"]\n\n\
             [patch.crates-io]\na = { path = \"a-0.1.0\" }\nb = { path = \"b-0.1.0\" }\n"
        );
    }
}
