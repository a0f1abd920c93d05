//! The repository keeps the promises of ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The longest file of Rust, in lines.
const LONGEST_FILE: usize = 600;

/// The most crates that `limbec` may bring into a service with one driver, itself included.
const BUDGET: [(&str, usize); 3] = [("sqlite", 10), ("postgres", 57), ("tls", 69)];

/// What belongs to the command, and to the compiler's macros, and never into a service.
const NEVER: [&str; 6] = [
    "syn",
    "clap",
    "serde",
    "toml",
    "limbec-source",
    "limbec-generate",
];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).expect("a crate lies in `crates/`");
    root.to_path_buf()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a folder of the repository, in order.
fn names(folder: impl AsRef<Path>) -> BTreeSet<String> {
    let folder = root().join(folder);
    let entries = std::fs::read_dir(&folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("an entry is readable").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// The files that every dialect has.
const OF_EVERY_DIALECT: [&str; 11] = [
    "canonical.rs",
    "compile.rs",
    "definition.rs",
    "journal.rs",
    "lexicon.rs",
    "mod.rs",
    "names.rs",
    "reflect.rs",
    "session.rs",
    "types.rs",
    "version_table.rs",
];

/// The files of parts that a dialect may leave to their defaults.
const OF_SOME_DIALECTS: [&str; 4] = ["backup.rs", "lock.rs", "rights.rs", "rows.rs"];

#[test]
fn the_dialect_folders_have_the_same_file_names() {
    let dialects = "crates/limbec-core/src/dialect";
    let is_folder = |name: &String| root().join(dialects).join(name).is_dir();
    let mut some: BTreeSet<&str> = OF_SOME_DIALECTS.into();
    let mut count = 0;
    for dialect in names(dialects).into_iter().filter(is_folder) {
        // What differs below a folder of the same name is the dialect's own affair.
        let mut files = names(Path::new(dialects).join(&dialect));
        files.retain(|it| Path::new(it).extension() == Some("rs".as_ref()));
        for file in OF_EVERY_DIALECT {
            assert!(files.remove(file), "`{dialect}` has no `{file}`");
        }
        for file in &files {
            let known = OF_SOME_DIALECTS.contains(&file.as_str());
            assert!(known, "`{dialect}` has a file of its own, `{file}`");
            some.remove(file.as_str());
        }
        count += 1;
    }
    assert!(count >= 2, "there is one dialect only");
    assert!(some.is_empty(), "no dialect has these: {some:?}");
}

#[test]
fn no_file_of_rust_is_too_long() {
    let mut long = Vec::new();
    let mut folders = vec![root().join("crates"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder is readable") {
            let path = entry.expect("an entry is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let lines = std::fs::read_to_string(&path)
                    .expect("a file of Rust is UTF-8")
                    .lines()
                    .count();
                if lines > LONGEST_FILE {
                    long.push(format!("{}: {lines} lines", path.display()));
                }
            }
        }
    }
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn only_the_connections_ask_which_driver_there_is() {
    let source = root().join("crates/limbec/src");
    let mut asking = Vec::new();
    let mut seen = 0;
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder is readable") {
            let path = entry.expect("an entry is readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a file of Rust is UTF-8");
            // Examples in the documentation use a driver.
            let mut lines = text.lines().filter(|it| !it.trim_start().starts_with("//"));
            let names = |it: &str| BUDGET.iter().any(|(name, _)| it.contains(&feature(name)));
            match (
                lines.any(names),
                path.starts_with(source.join("connection")),
            ) {
                (true, true) => seen += 1,
                (true, false) => asking.push(path.display().to_string()),
                (false, _) => {}
            }
        }
    }
    assert!(asking.is_empty(), "these ask:\n{}", asking.join("\n"));
    assert!(seen >= 2, "the drivers' features have other names");
}

/// How Rust asks for a feature.
fn feature(name: &str) -> String {
    format!("feature = \"{name}\"")
}

/// The names of the crates that `limbec` with these features brings into a service at run time;
/// macros of other crates are the compiler's.
fn pulled_in_by(features: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "--offline", "-p", "limbec"])
        .args(["--no-default-features", "--features", features])
        .args(["-e", "normal,no-proc-macro", "--prefix", "none"])
        .output()
        .expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {stderr}");
    let tree = String::from_utf8_lossy(&output.stdout);
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_string)
        .collect()
}

#[test]
fn a_service_pulls_in_few_crates() {
    for (driver, budget) in BUDGET {
        let crates = pulled_in_by(driver);
        let count = crates.len();
        let list = crates.iter().cloned().collect::<Vec<_>>().join(", ");
        assert!(
            count <= budget,
            "limbec with `{driver}` has {count} crates, and its budget is {budget}: {list}"
        );
        assert!(
            count + 4 > budget,
            "limbec with `{driver}` has {count} crates: lower its budget of {budget}"
        );
    }
}

#[test]
fn no_feature_brings_the_command_into_a_service() {
    let crates = pulled_in_by("command,derive,embed,generate,sqlite,tls,tracing");
    for name in NEVER {
        assert!(!crates.contains(name), "`{name}` is in {crates:?}");
    }
}

/// The runtime dependencies that Cargo.toml files name, without the workspace's own crates.
fn declared() -> BTreeMap<String, BTreeSet<String>> {
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for member in names("crates") {
        // Not published, so nobody's dependencies grow by it.
        if member == "limbec-testkit" {
            continue;
        }
        let manifest = read(format!("crates/{member}/Cargo.toml"));
        let mut inside = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                inside = line == "[dependencies]";
            } else if inside && !line.trim_start().starts_with('#') {
                let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
                if !name.is_empty() && !name.starts_with("limbec") {
                    let users = declared.entry(name.to_string()).or_default();
                    users.insert(member.clone());
                }
            }
        }
    }
    declared
}

/// The rows of the table in ARCHITECTURE.md: a crate, and the members that it stands for.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = read("ARCHITECTURE.md");
    let (_, section) = text
        .split_once("## Dependencies at run time")
        .expect("ARCHITECTURE.md has the table");
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = row.split('|').skip(1);
        let mut cell = || cells.next().unwrap_or_default();
        // Features stand in parentheses: `tokio` (`time`, `rt`).
        let crates = cell().split('(').next().unwrap_or_default().to_string();
        let users: BTreeSet<String> = cell()
            .split(',')
            .map(|user| user.trim().split(' ').next().unwrap_or_default())
            .filter(|user| user.starts_with("limbec"))
            .map(str::to_string)
            .collect();
        for name in crates.split(',').map(|name| name.trim().trim_matches('`')) {
            let all = documented.entry(name.to_string()).or_default();
            all.extend(users.clone());
        }
    }
    documented
}

#[test]
fn every_runtime_dependency_has_its_reason_in_architecture() {
    assert_eq!(
        declared(),
        documented(),
        "left: `[dependencies]` of the crates; right: the table in ARCHITECTURE.md"
    );
}
