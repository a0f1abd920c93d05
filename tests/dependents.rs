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
//! fails, it is tried with half of them, until those are found that fail alone. `tests/dependents/known.md`
//! lists the pairs that do not pass: `refused` are those that the server does not let anybody make,
//! `kept` those that cannot be by the server's own reason: one that passes fails the test. `fails` are
//! those that are still to be mended: they are tried when `UPDATE_EXPECT=1` writes the list anew, which
//! tries each pair alone and leaves `kept` as it is written by hand.
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

/// Judges the pairs of every change of a subject, and holds the outcomes against the list.
#[allow(
    clippy::print_stderr,
    reason = "the outcomes, for whoever asks for them"
)]
fn check(kind: Kind, subject: &str) {
    let (changes, dependents) = kind.files();
    let (changes, dependents) = (sections(changes), sections(dependents));
    let subject = changes.iter().find(|it| it.title == subject);
    let subject = subject.expect("the file of changes has the subject");
    let known = Known::read();
    let filter = Filter::of_environment();
    let mut trials = Trials::open(kind);
    let mut wrong = Vec::new();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for change in &subject.inner {
        let mut pairs = pairs(subject, change, &dependents, trials.major);
        if let Some(filter) = &filter {
            pairs.retain(|it| filter.takes(it));
        }
        let section = format!("{}{}: {}", kind.title(), subject.title, change.title);
        let listed = known.of(&section);
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
            Known::update(&section, &outcomes);
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
    ($(#[$tests:meta] $kinds:ident: $file:literal { $($name:ident $title:literal)* })*) => {
        $(mod $kinds {
            use super::{Kind, check, sections};

            $(#[test]
            #[$tests]
            fn $name() {
                for kind in Kind::of(stringify!($kinds)) {
                    check(*kind, $title);
                }
            })*

            #[test]
            fn every_subject_is_tested() {
                let titles = sections($file).into_iter().map(|it| it.title);
                assert_eq!(titles.collect::<Vec<_>>(), [$($title),*]);
            }
        })*
    };
}

subjects! {
    #[ignore = "the list of what fails is not complete yet"]
    postgresql: "changes.md" {
        enums "enum"
        domains "domain"
        composites "composite"
        columns "column"
        computed_columns "computed column"
        tables "table"
        views "view"
        functions "function"
        sequences "sequence"
    }
    #[cfg(test)]
    sqlite: "sqlite_changes.md" {
        columns "column"
        computed_columns "computed column"
        tables "table"
        views "view"
    }
}
