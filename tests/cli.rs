//! Every command and option as a user runs it: each file of `tests/cli/` is a page on a command
//! whose examples are run, in order, in a folder of its own.
//!
//! - `Project: NAME` copies `tests/cli/projects/NAME` into the folder.
//! - A block that begins with ```` ```console ```` holds a transcript: `$ ` and a line for the
//!   shell, then what it prints: lines of stdout, then lines of stderr with `! ` before them, then
//!   `[exit code N]` unless that is 0.
//! - A block that begins with ```` ```LANGUAGE file=PATH ```` is written to that file.
//!
//! What differs from run to run and between systems is `[DATE]`, `[FOLDER]`, `[VERSION]`, `N`. To accept what is printed
//! now as right, run with `UPDATE_EXPECT=1`, and look at the difference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use limbec_testkit::TempProject;

use crate::command::{Outcome, shell};

macro_rules! pages {
    ($($name:ident)*) => {
        const PAGES: &[&str] = &[$(stringify!($name)),*];

        mod page {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name));
                }
            )*
        }
    };
}

pages! {
    accept branches check completions configuration current downgrade edit ensure_version graphs heads help
    history identifiers init labels locks log man merge mistakes reflect renames revision show sql_revisions stamp
    steps unmanaged upgrade
}

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("tests/cli")
}

/// Runs a page's examples, and compares what they print with what it says.
fn check(name: &str) {
    let path = folder().join(format!("{name}.md"));
    let page = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let actual = run(&page);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, actual).expect("the page is writable");
        return;
    }
    let differences = differences(&page, &actual);
    assert!(
        differences.is_empty(),
        "tests/cli/{name}.md is not what is printed now (`-` the page, `+` now); if the new text is \
         better, run with UPDATE_EXPECT=1:\n{differences}"
    );
}

/// The page as it should be: all that is no output stays.
fn run(page: &str) -> String {
    let project = TempProject::new().expect("a temporary folder can be made");
    let mut written = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        written.push_str(line);
        written.push('\n');
        if let Some(name) = line.strip_prefix("Project: ") {
            copy(&folder().join("projects").join(name), &project);
        } else if let Some(block) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if block == "console" {
                for command in body.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    written.push_str(&transcript(command, project.path()));
                }
            } else {
                let text: String = body.iter().map(|line| format!("{line}\n")).collect();
                if let Some((_, path)) = block.split_once("file=") {
                    project.write(path, &text).expect("the file is written");
                }
                written.push_str(&text);
            }
            written.push_str("```\n");
        }
    }
    written
}

fn copy(from: &Path, to: &TempProject) {
    let mut folders = vec![from.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder);
        let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("an entry is readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("the file is UTF-8");
            let relative = path.strip_prefix(from).expect("it lies below");
            to.write(relative, &text).expect("the file is written");
        }
    }
}

/// A command line with what it printed.
fn transcript(line: &str, folder: &Path) -> String {
    let output = shell(folder, line).output().expect("`sh` runs");
    let outcome = Outcome::new(line, output);
    let mut text = format!("$ {line}\n");
    for line in outcome.stdout.lines() {
        text.push_str(&format!("{line}\n"));
    }
    for line in outcome.stderr.lines() {
        text.push_str(format!("! {line}").trim_end());
        text.push('\n');
    }
    match outcome.code {
        Some(0) => {}
        Some(code) => text.push_str(&format!("[exit code {code}]\n")),
        None => text.push_str("[killed]\n"),
    }
    let version = format!("limbec {}", env!("CARGO_PKG_VERSION"));
    let text = text.replace(&version, "limbec [VERSION]");
    let text = numbers_hidden(&text);
    let canonical = folder.canonicalize().unwrap_or_default();
    let text = text.replace(&canonical.display().to_string(), "[FOLDER]");
    dates_hidden(&text.replace(&folder.display().to_string(), "[FOLDER]"))
}

/// Puts `N` for the numbers that systems give their errors: `(os error 111)`.
fn numbers_hidden(text: &str) -> String {
    let mut parts = text.split("(os error ");
    let mut hidden = parts.next().unwrap_or_default().to_string();
    for part in parts {
        hidden.push_str("(os error N");
        hidden.push_str(part.trim_start_matches(|it: char| it.is_ascii_digit()));
    }
    hidden
}

/// Puts `[DATE]` for `2026-11-22 13:16:14 UTC`, unless it is one that a project's file holds.
fn dates_hidden(text: &str) -> String {
    const FIXED: &str = "2026-01-";
    const PATTERN: &[u8] = b"dddd-dd-dd dd:dd:dd UTC";
    let mut hidden = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let candidate = rest.as_bytes().get(..PATTERN.len());
        let is_date = candidate.is_some_and(|bytes| {
            let mut pairs = bytes.iter().zip(PATTERN);
            pairs.all(|(byte, sign)| byte == sign || (*sign == b'd' && byte.is_ascii_digit()))
        });
        if is_date && !rest.starts_with(FIXED) {
            hidden.push_str("[DATE]");
            rest = &rest[PATTERN.len()..];
        } else {
            hidden.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    hidden
}

/// The lines that differ, with the command they belong to; the common ones at both ends are left
/// out.
fn differences(expected: &str, actual: &str) -> String {
    let expected: Vec<&str> = expected.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = expected.iter().zip(&actual).take_while(same).count();
    if start == expected.len() && start == actual.len() {
        return String::new();
    }
    let (old, new) = (&expected[start..], &actual[start..]);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let end = pairs.take_while(|(old, new)| old == new).count();
    let command = expected[..start]
        .iter()
        .rev()
        .find(|it| it.starts_with("$ "));
    let mut text = format!("after `{}`, line {}:\n", command.unwrap_or(&""), start + 1);
    for line in &old[..old.len() - end] {
        text.push_str(&format!("- {line}\n"));
    }
    for line in &new[..new.len() - end] {
        text.push_str(&format!("+ {line}\n"));
    }
    text
}

#[test]
fn every_page_and_every_project_is_used() {
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).expect("the folder is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(PAGES.contains(&&*stem), "{} is not run", path.display());
        let text = std::fs::read_to_string(&path).expect("a page is readable");
        let projects = text.lines().filter_map(|it| it.strip_prefix("Project: "));
        used.extend(projects.map(str::to_string));
    }
    for entry in std::fs::read_dir(folder().join("projects")).expect("the folder is readable") {
        let name = entry.expect("an entry is readable").file_name();
        let name = name.to_string_lossy().into_owned();
        assert!(used.contains(&name), "no page uses the project {name}");
    }
}

/// All command lines of all pages.
fn command_lines() -> Vec<String> {
    let page = |name: &&str| {
        let path = folder().join(format!("{name}.md"));
        std::fs::read_to_string(path).expect("a page is readable")
    };
    let pages: Vec<String> = PAGES.iter().map(page).collect();
    let lines = pages.iter().flat_map(|page| page.lines());
    lines
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_string)
        .collect()
}

/// What a help text lists in a section: the first word of each entry, or its long option.
fn listed(help: &str, section: &str, begins: &str) -> Vec<String> {
    let rest = help.split_once(section).map_or("", |(_, rest)| rest);
    let body = rest.split("\n\n").next().unwrap_or_default();
    let words = body.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.find(|word| word.starts_with(begins)).filter(|_| {
            // An entry's text stands further to the right.
            line.starts_with("  ") && line.len() - line.trim_start().len() < 8
        })
    });
    words
        .map(|word| word.trim_end_matches(',').to_string())
        .collect()
}

#[test]
fn every_command_and_every_option_is_on_a_page() {
    let project = TempProject::new().expect("a temporary folder can be made");
    let help = |line: &str| {
        let output = shell(project.path(), line).output().expect("`sh` runs");
        Outcome::new(line, output).succeeds().stdout
    };
    let lines = command_lines();
    let mut missing = Vec::new();
    let commands = listed(&help("limbec --help"), "Commands:\n", "");
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands.iter().filter(|name| *name != "help") {
        let help = help(&format!("limbec {command} --help"));
        let mut options = listed(&help, "\nOptions:\n", "--");
        options.extend(listed(&help, "Options of all commands:\n", "--"));
        assert!(options.len() > 3, "{command}: {options:?}");
        for option in options {
            // Those of all commands need to be on one page only.
            let global =
                ["--config", "--directory", "--url", "--quiet", "--help"].contains(&&*option);
            let found = lines.iter().any(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let of_command = global || words.contains(&command.as_str());
                of_command && words.iter().any(|word| short_of(&help, word, &option))
            });
            if !found {
                missing.push(format!("limbec {command} {option}"));
            }
        }
    }
    assert!(missing.is_empty(), "on no page:\n{}", missing.join("\n"));
}

/// Whether a word of a command line is this option, by its long or its short name.
fn short_of(help: &str, word: &str, option: &str) -> bool {
    word == option
        || word.split_once('=').is_some_and(|(name, _)| name == option)
        || (word.len() == 2
            && help.lines().any(|line| {
                let mut words = line.split_whitespace();
                words
                    .next()
                    .is_some_and(|it| it.trim_end_matches(',') == word)
                    && words.next() == Some(option)
            }))
}
