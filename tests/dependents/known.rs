//! The list of the pairs that do not pass.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/dependents");
const LIST: &str = "known.md";

/// A file of the folder; read when the test runs, so that a changed one needs no build.
pub(super) fn read(file: &str) -> String {
    let path = format!("{FOLDER}/{file}");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// How a pair ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// As it should.
    Passes,
    /// The server does not let anybody make it, by plain SQL, and says why.
    Refused(String),
    /// Otherwise.
    Fails(String),
    /// Otherwise, by the server's own reason; in the list only.
    Kept(String),
}

impl Outcome {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Outcome::Passes => "passes",
            Outcome::Refused(_) => "refused",
            Outcome::Fails(_) => "fails",
            Outcome::Kept(_) => "kept",
        }
    }

    /// Whether the list says so. Servers of other versions have other words.
    pub(super) fn is_as_listed(&self, listed: Option<&Outcome>) -> bool {
        matches!(
            (self, listed),
            (Outcome::Passes, None)
                | (Outcome::Refused(_), Some(Outcome::Refused(_)))
                | (
                    Outcome::Fails(_),
                    Some(Outcome::Fails(_) | Outcome::Kept(_))
                )
        )
    }

    /// A line of the list without what is another one each time.
    fn line(&self) -> Option<String> {
        let text = match self {
            Outcome::Passes => return None,
            Outcome::Refused(text) | Outcome::Fails(text) | Outcome::Kept(text) => text,
        };
        let mut lines = text.lines().filter(|it| !it.trim().is_empty());
        let first = lines.next().unwrap_or_default();
        // A heading says nothing without the line below it.
        let line = match lines.next() {
            Some(next) if first.ends_with(':') => format!("{first} {}", next.trim()),
            _ => first.to_string(),
        };
        let line: String = line.chars().take(240).collect();
        Some(without_suffixes(&line).replace('|', "/"))
    }
}

/// Takes the numbers out that tell the names of one pair from those of others.
fn without_suffixes(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once("_n") {
        let digits = behind.len()
            - behind
                .trim_start_matches(|it: char| it.is_ascii_digit())
                .len();
        text += before;
        if digits == 0 {
            text += "_n";
        }
        rest = &behind[digits..];
    }
    text + rest
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Passes => f.write_str("passes"),
            Outcome::Refused(text) | Outcome::Fails(text) | Outcome::Kept(text) => {
                write!(f, "{}: {text}", self.kind())
            }
        }
    }
}

/// The list: a section a change, a line a dependent.
pub(super) struct Known {
    about: String,
    changes: Vec<(String, BTreeMap<String, Outcome>)>,
}

impl Known {
    pub(super) fn read() -> Self {
        let mut known = Known {
            about: String::new(),
            changes: Vec::new(),
        };
        for line in read(LIST).lines() {
            if let Some(change) = line.strip_prefix("## ") {
                known.changes.push((change.to_string(), BTreeMap::new()));
                continue;
            }
            let Some((_, pairs)) = known.changes.last_mut() else {
                known.about += &format!("{line}\n");
                continue;
            };
            if line.is_empty() {
                continue;
            }
            let mut columns = line.trim_start_matches("- ").splitn(3, " | ");
            let [Some(kind), Some(dependent), Some(text)] =
                [columns.next(), columns.next(), columns.next()]
            else {
                panic!("`{line}` is no line of the list");
            };
            let outcome = match kind {
                "refused" => Outcome::Refused(text.to_string()),
                "fails" => Outcome::Fails(text.to_string()),
                "kept" => Outcome::Kept(text.to_string()),
                other => panic!("`{other}` is no outcome"),
            };
            pairs.insert(dependent.to_string(), outcome);
        }
        known
    }

    /// What is listed of a change, by its dependents.
    pub(super) fn of(&self, change: &str) -> BTreeMap<String, Outcome> {
        let mut changes = self.changes.iter();
        let found = changes.find(|(known, _)| known == change);
        found.map(|(_, pairs)| pairs.clone()).unwrap_or_default()
    }

    /// Writes the outcomes of a change into the file, one process after the other.
    pub(super) fn update(change: &str, outcomes: &[(String, Outcome)]) {
        let lock = File::open(format!("{FOLDER}/changes.md")).expect("the file is there");
        lock.lock().expect("the file can be locked");
        let mut known = Known::read();
        let before = known.of(change);
        let now = outcomes.iter().filter_map(|(dependent, outcome)| {
            let kept = before.get(dependent);
            match (outcome, kept) {
                (Outcome::Passes, _) => None,
                (Outcome::Fails(_), Some(kept @ Outcome::Kept(_))) => {
                    Some((dependent.clone(), kept.clone()))
                }
                _ => Some((dependent.clone(), outcome.clone())),
            }
        });
        let now: BTreeMap<String, Outcome> = now.collect();
        match known.changes.iter_mut().find(|(known, _)| known == change) {
            Some((_, pairs)) => *pairs = now,
            None => known.changes.push((change.to_string(), now)),
        }
        fs::write(format!("{FOLDER}/{LIST}"), known.text()).expect("the file can be written");
    }

    fn text(&self) -> String {
        let mut changes: Vec<_> = self.changes.iter().filter(|it| !it.1.is_empty()).collect();
        changes.sort_by(|a, b| a.0.cmp(&b.0));
        let mut text = format!("{}\n", self.about.trim_end());
        for (change, pairs) in changes {
            text += &format!("\n## {change}\n");
            for (dependent, outcome) in pairs {
                if let Some(line) = outcome.line() {
                    text += &format!("- {} | {dependent} | {line}\n", outcome.kind());
                }
            }
        }
        text
    }
}
