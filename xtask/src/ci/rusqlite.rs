//! limbec's tests with the lowest version of rusqlite that its `Cargo.toml` allows.
//!
//! The command bundles the newest version, and a workspace has one version of a library that links.
//! So the crates that a service has are copied into another workspace. Both use one target folder:
//! what does not depend on rusqlite is built once.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::workspace::packages;
use crate::run::{Failure, cargo, run as run_command};

const FOLDER: &str = "target/lowest-rusqlite";

/// The folder of the copied crates in their workspace. Cargo knows what it has built by a crate's path
/// in its workspace: of two crates with one path it would take one for the other.
const CRATES_FOLDER: &str = "copies";

/// What a service has, and the crate of the tests.
const CRATES: [&str; 5] = [
    "limbec",
    "limbec-core",
    "limbec-macros",
    "limbec-source",
    "limbec-testkit",
];

pub(super) fn tests_with_the_lowest() -> Result<(), Failure> {
    let packages = packages()?;
    let mut requirements = packages.iter().filter(|it| it.name() == "limbec");
    let requirement = requirements.find_map(|it| it.requirement("rusqlite"));
    let lowest = requirement.and_then(lowest).ok_or_else(|| {
        let message =
            format!("limbec needs a range of versions of rusqlite, and has {requirement:?}");
        Failure::new(message)
    })?;
    copy()?;
    let own = format!("{FOLDER}/Cargo.toml");
    let mut update = cargo(&["update", "--manifest-path", &own]);
    run_command(update.args(["--package", "rusqlite", "--precise", &lowest]))?;
    let mut tests = cargo(&[
        "test",
        "--locked",
        "--manifest-path",
        &own,
        "--target-dir",
        "target",
    ]);
    tests.args(["--package", "limbec", "--no-default-features"]);
    tests.args(["--features", "sqlite,embed,command"]);
    run_command(tests.args(["--lib", "--tests", "--no-fail-fast"]))
}

/// The lower end of a range such as `>=0.32, <0.43`, as a whole version.
fn lowest(range: &str) -> Option<String> {
    let (lowest, _) = range.strip_prefix(">=")?.split_once(',')?;
    let missing = 2_usize.checked_sub(lowest.matches('.').count())?;
    Some(format!("{lowest}{}", ".0".repeat(missing)))
}

/// Makes the workspace again, from the files that git has or would add.
fn copy() -> Result<(), Failure> {
    let folder = Path::new(FOLDER);
    if folder.is_dir() {
        fs::remove_dir_all(folder)?;
    }
    for path in files()? {
        let from = Path::new(&path);
        let to = match from.strip_prefix("crates") {
            Ok(rest) => folder.join(CRATES_FOLDER).join(rest),
            Err(_) => folder.join(from),
        };
        // What was deleted and not committed yet is still listed.
        if !from.is_file() {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(folder))?;
        fs::copy(from, &to)?;
    }
    let manifest = fs::read_to_string("Cargo.toml")?;
    let manifest = of_copies(&manifest).ok_or_else(|| {
        Failure::new("Cargo.toml has no `members` and `default-members` as they were".to_owned())
    })?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(())
}

fn files() -> Result<Vec<String>, Failure> {
    let mut list = Command::new("git");
    list.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
    ]);
    list.args(["Cargo.lock", "README.md", "benches", "tests"]);
    list.args(CRATES.map(|it| format!("crates/{it}")));
    let output = list.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "`git ls-files` failed: {}",
            reason.trim_end()
        )));
    }
    let list = String::from_utf8_lossy(&output.stdout);
    Ok(list.split_terminator('\0').map(str::to_owned).collect())
}

/// The manifest of a workspace that has no other members than the crates.
fn of_copies(manifest: &str) -> Option<String> {
    let is_members = |line: &&str| line.starts_with("members = ");
    let is_default = |line: &&str| line.starts_with("default-members = ");
    if !manifest.lines().any(|it| is_members(&it)) || !manifest.lines().any(|it| is_default(&it)) {
        return None;
    }
    let copies = format!("\"{CRATES_FOLDER}/");
    let lines = manifest.lines().filter(|it| !is_default(it));
    let lines = lines.map(|it| {
        if is_members(&it) {
            format!("members = [{copies}*\"]\n")
        } else {
            it.replace("\"crates/", &copies) + "\n"
        }
    });
    Some(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::{lowest, of_copies};

    #[test]
    fn the_lower_end_of_the_range_is_a_whole_version() {
        assert_eq!(lowest(">=0.32, <0.43").as_deref(), Some("0.32.0"));
        assert_eq!(lowest(">=0.32.1, <0.43").as_deref(), Some("0.32.1"));
        assert_eq!(lowest("^0.32"), None);
    }

    #[test]
    fn the_copy_has_the_crates_as_members() {
        let manifest = "[workspace]\nmembers = [\"crates/*\", \"xtask\"]\ndefault-members = [\"a\"]\n\
                        a = { path = \"crates/a\" }\n";
        assert_eq!(
            of_copies(manifest).as_deref(),
            Some("[workspace]\nmembers = [\"copies/*\"]\na = { path = \"copies/a\" }\n")
        );
        assert!(of_copies("[workspace]\n").is_none());
        assert!(of_copies(include_str!("../../../Cargo.toml")).is_some());
    }
}
