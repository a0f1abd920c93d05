//! Every change with every dependent that the database allows on it: `tests/dependents/changes.md` and
//! `tests/dependents/dependents.md` hold both for PostgreSQL, files beside them for SQLite, and the pairs
//! are made of them here.
//!
//! The database before and the one after are made by plain SQL, each in a database of its own, and read.
//! A revision is generated that leads from the first to what the second holds, with views, functions and
//! their like as a project has them in files. It is run on the first, on rows: then the database must be
//! the second, by all that the catalogue says of it (owners, grants, comments, settings, row security,
//! publications) and by its rows, and `check` must be clean. After the downgrade it must be the first.
//!
//! All pairs of a change stand side by side in one database and are changed by one revision; if that
//! fails, it is tried with half of them, until those are found that fail alone. If a revision is more
//! than one transaction, other sessions write and read wherever it has committed: what they do before
//! and after must not fail in between. At last the revision is proven on a copy, as the command does it.
//!
//! `tests/dependents/known.md` lists the pairs that do not pass. `refused` are those that the server lets
//! nobody make, `kept` those that cannot pass by the server's own reason: one of them that passes fails
//! the test. `fails` are those that are still to be mended; they are tried, each alone, when
//! `UPDATE_EXPECT=1` writes the list anew. `kept` is written by hand and stays. A line may be for some
//! versions of the server: `refused<18`, `fails>=18`.
//!
//! `LIMBEC_PAIR` chooses pairs by words of the change and of the dependent, and prints each outcome
//! with the operations; a lone `×` stands for all:
//!
//! ```sh
//! LIMBEC_PAIR='add a label × policy' cargo nextest run --workspace -E 'test(dependents::)' --no-capture
//! ```

mod databases;
mod known;
mod pair;
mod parts;
mod trials;

use std::collections::BTreeMap;

use self::databases::Kind;
use self::known::{Known, Outcome};
use self::pair::Pair;
use self::parts::{Section, sections};
use self::trials::Trials;

/// Which pairs are asked for, by words of the change and of the dependent.
struct Filter {
    change: String,
    dependent: String,
}

impl Filter {
    fn of_environment() -> Option<Self> {
        let text = std::env::var("LIMBEC_PAIR").ok()?;
        let (change, dependent) = text.split_once('×').unwrap_or((&text, ""));
        Some(Filter {
            change: change.trim().to_string(),
            dependent: dependent.trim().to_string(),
        })
    }

    fn takes(&self, pair: &Pair) -> bool {
        pair.change.contains(&self.change) && pair.dependent.contains(&self.dependent)
    }
}

fn updates() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

/// The pairs of one change, in the order of the dependents.
fn pairs(subject: &Section, change: &Section, dependents: &[Section], major: u32) -> Vec<Pair> {
    let groups = dependents.iter().flat_map(|it| &it.inner);
    groups
        .enumerate()
        .filter_map(|(number, dependent)| Pair::of(subject, change, dependent, number, major))
        .collect()
}

/// Judges the pairs of the changes of a subject, and holds the outcomes against the list; of several
/// tests of one subject, each has a part of the changes.
#[allow(
    clippy::print_stderr,
    reason = "the outcomes, for whoever asks for them"
)]
fn check(kind: Kind, subject: &str, part: usize, parts: usize) {
    let (changes, dependents) = kind.files();
    let (changes, dependents) = (sections(changes), sections(dependents));
    let subject = changes.iter().find(|it| it.title == subject);
    let subject = subject.expect("the file of changes has the subject");
    let known = Known::read();
    let filter = Filter::of_environment();
    let mut trials = Trials::open(kind);
    let mut wrong = Vec::new();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for change in subject.inner.iter().skip(part - 1).step_by(parts) {
        let mut pairs = pairs(subject, change, &dependents, trials.major);
        if let Some(filter) = &filter {
            pairs.retain(|it| filter.takes(it));
        }
        let section = format!("{}{}: {}", kind.title(), subject.title, change.title);
        let listed = known.of(&section, trials.major);
        if filter.is_none() {
            let is_made = |it: &String| pairs.iter().any(|pair| pair.dependent == *it);
            let stale = listed.keys().filter(|it| !is_made(it));
            wrong.extend(stale.map(|it| format!("{section} × {it}\nlisted, and no pair")));
        }
        if filter.is_none() && !updates() {
            // Whether they still fail is seen when the list is written anew.
            pairs.retain(|it| !matches!(listed.get(&it.dependent), Some(Outcome::Fails(_))));
        }
        let is_alone = |it: &String| filter.is_some() || listed.contains_key(it);
        let outcomes = trials.judge(&pairs, is_alone, filter.is_some());
        for (dependent, outcome) in &outcomes {
            *counted.entry(outcome.kind()).or_default() += 1;
            if filter.is_some() {
                eprintln!("{section} × {dependent}: {outcome}");
            }
            let listed = listed.get(dependent);
            if !outcome.is_as_listed(listed) {
                let listed = listed.map_or("passes".to_string(), Outcome::to_string);
                wrong.push(format!(
                    "{section} × {dependent}\n{outcome}\nlisted: {listed}"
                ));
            }
        }
        if updates() && filter.is_none() {
            Known::update(&section, trials.major, &outcomes);
        }
    }
    eprintln!("{}{}: {counted:?}", kind.title(), subject.title);
    if updates() || filter.is_some() {
        return;
    }
    assert!(
        wrong.is_empty(),
        "{} pairs are not as `tests/dependents/known.md` says; if this is right, run with \
         UPDATE_EXPECT=1\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

macro_rules! subjects {
    ($($kinds:ident: $file:literal { $($name:ident $title:literal $part:literal of $parts:literal)* })*) => {
        $(mod $kinds {
            use super::{Kind, check, sections};

            $(#[test]
            fn $name() {
                for kind in Kind::of(stringify!($kinds)) {
                    check(*kind, $title, $part, $parts);
                }
            })*

            #[test]
            fn every_subject_is_tested() {
                let titles = sections($file).into_iter().map(|it| it.title);
                let mut tested = vec![$($title),*];
                tested.dedup();
                assert_eq!(titles.collect::<Vec<_>>(), tested);
            }
        })*
    };
}

subjects! {
    postgresql: "changes.md" {
        enums_1 "enum" 1 of 2
        enums_2 "enum" 2 of 2
        domains_1 "domain" 1 of 2
        domains_2 "domain" 2 of 2
        composites "composite" 1 of 1
        columns_1 "column" 1 of 4
        columns_2 "column" 2 of 4
        columns_3 "column" 3 of 4
        columns_4 "column" 4 of 4
        computed_columns "computed column" 1 of 1
        tables_1 "table" 1 of 4
        tables_2 "table" 2 of 4
        tables_3 "table" 3 of 4
        tables_4 "table" 4 of 4
        views_1 "view" 1 of 2
        views_2 "view" 2 of 2
        functions_1 "function" 1 of 2
        functions_2 "function" 2 of 2
        sequences "sequence" 1 of 1
    }
    sqlite: "sqlite_changes.md" {
        columns "column" 1 of 1
        computed_columns "computed column" 1 of 1
        tables "table" 1 of 1
        views "view" 1 of 1
    }
}
