//! Pairs, led from one end to the other and back.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::schema::Schema;
use limbec_source::revisions::Body;

use super::databases::{Kind, read_files};
use super::known::Outcome;
use super::pair::{Pair, Side};
use crate::trial::{Trial, listed};

/// The database that is changed, and the one that it is to become.
pub(super) struct Trials {
    kind: Kind,
    changed: Trial,
    wanted: Trial,
    /// The major version of the server.
    pub(super) major: u32,
}

/// What pairs lead from and to.
struct Ends {
    /// What the database that is changed holds.
    start: Schema,
    /// What the models and files say before.
    before: Schema,
    /// What they say after.
    after: Schema,
    /// What the catalogue says before.
    was: Vec<String>,
    /// What the catalogue of the other database says.
    wanted: Vec<String>,
}

impl Trials {
    pub(super) fn open(kind: Kind) -> Self {
        let mut changed = kind.open();
        let major = match kind {
            Kind::Postgres => changed.server_major(),
            _ => 0,
        };
        Trials {
            kind,
            changed,
            wanted: kind.open(),
            major,
        }
    }

    /// The outcome of each pair: of some alone, of the rest together.
    pub(super) fn judge(
        &mut self,
        pairs: &[Pair],
        is_alone: impl Fn(&String) -> bool,
        shows: bool,
    ) -> Vec<(String, Outcome)> {
        let is_alone = |it: &&Pair| is_alone(&it.dependent);
        let (alone, rest): (Vec<&Pair>, Vec<&Pair>) = pairs.iter().partition(is_alone);
        let mut outcomes = BTreeMap::new();
        for pair in alone {
            outcomes.insert(pair.dependent.clone(), self.alone(pair, shows));
        }
        self.together(&rest, &mut outcomes);
        let named = |it: &Pair| Some((it.dependent.clone(), outcomes.remove(&it.dependent)?));
        pairs.iter().filter_map(named).collect()
    }

    /// Judges pairs in one database; if they fail, the halves of them.
    fn together(&mut self, pairs: &[&Pair], outcomes: &mut BTreeMap<String, Outcome>) {
        if let [pair] = pairs {
            outcomes.insert(pair.dependent.clone(), self.alone(pair, false));
            return;
        }
        if pairs.is_empty() {
            return;
        }
        let failed = match self.run(pairs, false) {
            Ok(()) => {
                let names = pairs.iter().map(|it| it.dependent.clone());
                outcomes.extend(names.map(|it| (it, Outcome::Passes)));
                return;
            }
            Err(error) => error,
        };
        let (some, others) = pairs.split_at(pairs.len() / 2);
        self.together(some, outcomes);
        self.together(others, outcomes);
        let passes = |it: &&Pair| outcomes.get(&it.dependent) == Some(&Outcome::Passes);
        if pairs.iter().all(passes) {
            let error = format!("together with others: {}", failed.text());
            outcomes.insert(pairs[0].dependent.clone(), Outcome::Fails(error));
        }
    }

    fn alone(&mut self, pair: &Pair, shows: bool) -> Outcome {
        match self.run(&[pair], shows) {
            Ok(()) => Outcome::Passes,
            Err(Failure::Refused(error)) => Outcome::Refused(error),
            Err(Failure::Fails(error)) => Outcome::Fails(error),
        }
    }

    fn run(&mut self, pairs: &[&Pair], shows: bool) -> Result<(), Failure> {
        let ends = self.make(pairs)?;
        let (start, before, after) = (&ends.start, &ends.before, &ends.after);
        self.changed.is_brief = true;
        if pairs.len() == 1 {
            // Of many, the downgrade shows it as well.
            let differences = listed(&self.changed.compare(start, before)?.planned);
            if !differences.is_empty() {
                return Err(format!("before: differences:\n{differences}").into());
            }
        }
        let mut renamed = after.clone();
        let renames = pairs.iter().flat_map(|it| it.renames.iter().cloned());
        renamed.renames.extend(renames);
        let (found, body) = self.changed.revision(start, &renamed)?;
        if shows {
            show(&listed(&found.planned));
        }
        // Whether a dry run says what is sent is asked of many pairs at once.
        self.changed.is_brief = pairs.len() == 1;
        let others = self.others(pairs, &body)?;
        let upgraded = self.changed.run_beside(&body.upgrade, &others);
        upgraded.map_err(at("upgrade"))?;
        // What others write counts on, though it is rolled back.
        let besides = Besides {
            rows: false,
            counters: !others.is_empty(),
        };
        self.expect(after, &ends.wanted, &besides)
            .map_err(at("after the upgrade"))?;
        let downgraded = self.changed.run_beside(&body.downgrade, &others);
        downgraded.map_err(at("downgrade"))?;
        let is_lossy = pairs.iter().any(|it| it.is_lossy);
        self.expect(
            before,
            &ends.was,
            &Besides {
                rows: is_lossy,
                ..besides
            },
        )
        .map_err(at("after the downgrade"))?;
        self.kind.empty(&mut self.wanted)?;
        let proven = self.wanted.prove(start, after, &body);
        proven.map_err(at("proof"))?;
        Ok(())
    }

    /// Makes both ends of pairs by plain SQL.
    fn make(&mut self, pairs: &[&Pair]) -> Result<Ends, Failure> {
        let kind = self.kind;
        let befores: Vec<&Side> = pairs.iter().map(|it| &it.before).collect();
        let afters: Vec<&Side> = pairs.iter().map(|it| &it.after).collect();
        build(kind, &mut self.changed, &befores).map_err(refused("before"))?;
        build(kind, &mut self.wanted, &afters).map_err(refused("after"))?;
        let start = self.changed.reflect()?;
        let mut ends = Ends {
            before: start.clone(),
            start,
            after: self.wanted.reflect()?,
            was: kind.held(&mut self.changed)?,
            wanted: kind.held(&mut self.wanted)?,
        };
        ends.before.definitions = read_files(&files(&befores), &self.changed)?;
        ends.after.definitions = read_files(&files(&afters), &self.changed)?;
        Ok(ends)
    }

    /// Fails unless the changed database is as the models and files say, and as the catalogue was.
    fn expect(
        &mut self,
        target: &Schema,
        held: &[String],
        besides: &Besides,
    ) -> Result<(), String> {
        let is_brief = std::mem::replace(&mut self.changed.is_brief, true);
        let expected = self.changed.expect(target);
        self.changed.is_brief = is_brief;
        expected?;
        let is = self.kind.held(&mut self.changed)?;
        let wanted = besides.seen(held);
        let is = besides.seen(&is);
        let lines = |sign: char, of: &BTreeSet<&str>, others: &BTreeSet<&str>| {
            let lines = of.difference(others);
            lines.map(|it| format!("{sign} {it}\n")).collect::<String>()
        };
        let text = lines('-', &wanted, &is) + &lines('+', &is, &wanted);
        if text.is_empty() {
            return Ok(());
        }
        Err(format!("the catalogue is another:\n{text}"))
    }

    /// What others may write and read meanwhile: what both databases take. If the revision is one
    /// transaction each way, they see nothing else.
    fn others(&mut self, pairs: &[&Pair], body: &Body) -> Result<Vec<String>, String> {
        let changed = &self.changed;
        if !changed.is_divided(&body.upgrade) && !changed.is_divided(&body.downgrade) {
            return Ok(Vec::new());
        }
        let mut statements = self.kind.others(&mut self.changed)?;
        statements.extend(self.kind.others(&mut self.wanted)?);
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let sides = pairs.iter().flat_map(|it| [&it.before, &it.after]);
        statements.extend(sides.flat_map(|it| it.others.clone()));
        let both = |it: &String| self.changed.takes(it) && self.wanted.takes(it);
        Ok(statements.into_iter().filter(both).collect())
    }
}

/// What may be another than expected.
struct Besides {
    rows: bool,
    /// How far sequences have counted.
    counters: bool,
}

impl Besides {
    /// The lines of a catalogue that must be as expected.
    fn seen<'h>(&self, held: &'h [String]) -> BTreeSet<&'h str> {
        let lines = held.iter().map(String::as_str);
        let lines = lines.filter(|it| !(self.rows && it.starts_with("row ")));
        let bare = |it: &'h str| match it.split_once(" counts ") {
            Some((bare, _)) if self.counters && it.starts_with("sequence ") => bare,
            _ => it,
        };
        lines.map(bare).collect()
    }
}

/// Makes the sides of pairs in one database.
fn build(kind: Kind, trial: &mut Trial, sides: &[&Side]) -> Result<(), String> {
    kind.empty(trial)?;
    let mut namespaces = BTreeSet::new();
    for side in sides {
        if let Some(create) = &side.namespace
            && namespaces.insert(create)
        {
            kind.script(trial, create)?;
        }
        kind.script(trial, &side.sql)?;
    }
    Ok(())
}

fn files(sides: &[&Side]) -> String {
    let files: Vec<&str> = sides.iter().map(|it| it.files.as_str()).collect();
    files.join("\n")
}

#[allow(
    clippy::print_stderr,
    reason = "the operations, for whoever asks for them"
)]
fn show(operations: &str) {
    eprintln!("\n{operations}");
}

/// Why a run of pairs ended.
enum Failure {
    Refused(String),
    Fails(String),
}

impl Failure {
    fn text(&self) -> &str {
        match self {
            Failure::Refused(text) | Failure::Fails(text) => text,
        }
    }
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Failure::Fails(error)
    }
}

fn at(stage: &str) -> impl FnOnce(String) -> String {
    move |error| format!("{stage}: {error}")
}

fn refused(end: &str) -> impl FnOnce(String) -> Failure {
    move |error| Failure::Refused(format!("{end}: {error}"))
}
