//! What is known to come out otherwise than the original.
//!
//! A line is `- FACT` for what is lost, `+ FACT` for what is new, `! ERROR` for what stops the
//! first revision; `*` stands for any letters, and `× N` behind it for so many facts. A line after
//! `since N` holds on servers of that major version or later; write that by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// More facts of a kind than these are one line.
const FEW: usize = 3;
/// Longer facts are cut.
const LONG: usize = 140;

fn list(database: &str, schema: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("tests/corpus")
        .join(database)
        .join(format!("{schema}.txt"))
}

/// Whether a schema is known to come out otherwise in some way.
pub(super) fn are_known(database: &str, schema: &str) -> bool {
    list(database, schema).is_file()
}

/// What a copy lacks of the original's facts, and has besides them.
pub(super) fn differences(original: &[String], copy: &[String]) -> Vec<String> {
    let lost = missing_from(original, copy).into_iter();
    let new = missing_from(copy, original).into_iter();
    let lost = lost.map(|it| format!("- {it}"));
    lost.chain(new.map(|it| format!("+ {it}"))).collect()
}

/// Holds what stopped the first revision against the list.
pub(super) fn hold_stop(database: &str, schema: &str, why: &str) {
    hold(database, schema, 0, vec![format!("! {why}")]);
}

/// Holds what a copy on a server of a major version lacks, and has besides, against the list.
pub(super) fn hold(database: &str, schema: &str, major: u32, mut found: Vec<String>) {
    let path = list(database, schema);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        write(&path, &found);
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let mut told = Vec::new();
    for line in known.lines() {
        let Some(line) = of_major(line, major) else {
            continue;
        };
        let (pattern, number) = match line.rsplit_once(" × ") {
            Some((pattern, number)) => (pattern, number.parse().unwrap()),
            None => (line, 1),
        };
        let before = found.len();
        found.retain(|it| !matches(pattern, it));
        let true_of = before - found.len();
        if true_of != number {
            told.push(format!("the line `{line}` is true of {true_of}"));
        }
    }
    told.extend(found);
    assert!(
        told.is_empty(),
        "{schema} comes out otherwise than tests/corpus/{database}/{schema}.txt says; if that is \
         better, run with UPDATE_EXPECT=1:\n{}",
        told.join("\n")
    );
}

/// A line where it is for servers of a major version.
fn of_major(line: &str, major: u32) -> Option<&str> {
    let Some((since, rest)) = line
        .strip_prefix("since ")
        .and_then(|it| it.split_once(' '))
    else {
        return Some(line);
    };
    (major >= since.parse().unwrap()).then_some(rest)
}

/// Writes the list anew: many facts of a kind as one line.
fn write(path: &Path, found: &[String]) {
    let mut kinds: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for it in found {
        kinds.entry(kind(it)).or_default().push(it);
    }
    let mut lines = Vec::new();
    for (kind, facts) in kinds {
        if facts.len() > FEW {
            lines.push(format!("{kind}* × {}\n", facts.len()));
            continue;
        }
        lines.extend(
            facts
                .into_iter()
                .map(|it| match it.char_indices().nth(LONG) {
                    Some((end, _)) => format!("{}*\n", &it[..end]),
                    None => format!("{it}\n"),
                }),
        );
    }
    if lines.is_empty() {
        // It may never have been there.
        let _ = std::fs::remove_file(path);
        return;
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, lines.concat()).unwrap();
}

/// The sign and the words in capitals that a fact begins with.
fn kind(fact: &str) -> &str {
    let words = fact.split_inclusive(' ');
    let in_capitals = |it: &&str| !it.contains(|c: char| c.is_ascii_lowercase() || c == '"');
    let length: usize = words.take_while(in_capitals).map(str::len).sum();
    &fact[..length]
}

/// What the one list has more often than the other.
fn missing_from(these: &[String], those: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for it in those {
        *counts.entry(it).or_default() += 1;
    }
    let mut missing = Vec::new();
    for it in these {
        match counts.get_mut(it) {
            Some(left) if *left > 0 => *left -= 1,
            _ => missing.push(it.clone()),
        }
    }
    missing
}

/// Whether a text is what a pattern says, `*` for any letters.
fn matches(pattern: &str, text: &str) -> bool {
    if pattern == text {
        return true;
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let (Some(mut rest), Some((last, between))) = (text.strip_prefix(first), parts.split_last())
    else {
        return false;
    };
    for part in between {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn patterns_and_kinds() {
    assert!(matches("- CREATE *", "- CREATE VIEW v"));
    assert!(matches("- CREATE * v", "- CREATE VIEW v"));
    assert!(!matches("- CREATE", "- CREATE VIEW v"));
    assert!(!matches("- CREATE * w", "- CREATE VIEW v"));
    assert!(matches("- a * b", "- a * b"));
    assert_eq!(kind("- CREATE VIEW public.v"), "- CREATE VIEW ");
    assert_eq!(kind("- CREATE TYPE \"A\""), "- CREATE TYPE ");
    assert_eq!(
        missing_from(&["a".into(), "a".into()], &["a".into()]),
        ["a"]
    );
}
