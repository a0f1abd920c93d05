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
    changes: Vec<(String, Vec<Line>)>,
}

/// A line of the list: `refused | DEPENDENT | WHY`; `refused<18` for servers before version 18,
/// `fails>=18` for those from it on.
#[derive(Clone)]
struct Line {
    dependent: String,
    outcome: Outcome,
    /// `<18` or `>=18`; nothing if it is for all.
    versions: String,
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let mut columns = line.strip_prefix("- ")?.splitn(3, " | ");
        let (kind, dependent, text) = (columns.next()?, columns.next()?, columns.next()?);
        let (kind, versions) = kind.split_at(kind.find(['<', '>']).unwrap_or(kind.len()));
        let text = text.to_string();
        Some(Line {
            dependent: dependent.to_string(),
            outcome: match kind {
                "refused" => Outcome::Refused(text),
                "fails" => Outcome::Fails(text),
                "kept" => Outcome::Kept(text),
                _ => return None,
            },
            versions: versions.to_string(),
        })
    }

    /// Whether it is for servers of a major version.
    fn is_for(&self, major: u32) -> bool {
        let number = |text: &str| text.parse::<u32>().expect("a major version");
        match self.versions.strip_prefix('<') {
            Some(end) => major < number(end),
            None => (self.versions.strip_prefix(">=")).is_none_or(|start| major >= number(start)),
        }
    }
}

impl Known {
    pub(super) fn read() -> Self {
        let mut known = Known {
            about: String::new(),
            changes: Vec::new(),
        };
        for line in read(LIST).lines() {
            if let Some(change) = line.strip_prefix("## ") {
                known.changes.push((change.to_string(), Vec::new()));
                continue;
            }
            let Some((_, lines)) = known.changes.last_mut() else {
                known.about += &format!("{line}\n");
                continue;
            };
            if !line.is_empty() {
                let read = Line::read(line);
                lines.push(read.unwrap_or_else(|| panic!("`{line}` is no line of the list")));
            }
        }
        known
    }

    /// What is listed of a change for a server of a major version, by its dependents.
    pub(super) fn of(&self, change: &str, major: u32) -> BTreeMap<String, Outcome> {
        let changes = self.changes.iter().filter(|(known, _)| known == change);
        let lines = changes.flat_map(|(_, lines)| lines);
        let lines = lines.filter(|it| it.is_for(major));
        lines
            .map(|it| (it.dependent.clone(), it.outcome.clone()))
            .collect()
    }

    /// Writes the outcomes of a change into the file, one process after the other. A line for some
    /// versions stays one for those.
    pub(super) fn update(change: &str, major: u32, outcomes: &[(String, Outcome)]) {
        let lock = File::open(format!("{FOLDER}/changes.md")).expect("the file is there");
        lock.lock().expect("the file can be locked");
        let mut known = Known::read();
        let at = known.changes.iter().position(|(known, _)| known == change);
        let before = at.map_or(Vec::new(), |at| known.changes.remove(at).1);
        let (for_it, mut now): (Vec<Line>, Vec<Line>) =
            before.into_iter().partition(|it| it.is_for(major));
        for (dependent, outcome) in outcomes {
            let listed = for_it.iter().find(|it| it.dependent == *dependent);
            now.extend(match (outcome, listed) {
                (Outcome::Passes, _) => None,
                (Outcome::Fails(_), Some(it)) if matches!(it.outcome, Outcome::Kept(_)) => {
                    Some(it.clone())
                }
                _ => Some(Line {
                    dependent: dependent.clone(),
                    outcome: outcome.clone(),
                    versions: listed.map_or(String::new(), |it| it.versions.clone()),
                }),
            });
        }
        known.changes.push((change.to_string(), now));
        fs::write(format!("{FOLDER}/{LIST}"), known.text()).expect("the file can be written");
    }

    fn text(&self) -> String {
        let mut changes: Vec<_> = self.changes.iter().filter(|it| !it.1.is_empty()).collect();
        changes.sort_by(|a, b| a.0.cmp(&b.0));
        let mut text = format!("{}\n", self.about.trim_end());
        for (change, lines) in changes {
            text += &format!("\n## {change}\n");
            let mut lines: Vec<&Line> = lines.iter().collect();
            lines.sort_by_key(|it| (&it.dependent, &it.versions));
            for it in lines {
                if let Some(line) = it.outcome.line() {
                    let kind = format!("{}{}", it.outcome.kind(), it.versions);
                    text += &format!("- {kind} | {} | {line}\n", it.dependent);
                }
            }
        }
        text
    }
}
