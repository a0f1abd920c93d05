//! A proof on the part of a schema that a revision reaches comes to the same as one on the whole: for
//! revisions that are right, and for those that lack something.

use std::cell::{Cell, RefCell};

use limbec::run::ProofError;
use limbec_core::dialect::{Dialect, postgres::Postgres, sqlite::Sqlite};
use limbec_core::schema::{BigInteger, Column, Definition, ForeignKey, PrimaryKey, Schema, Table};
use limbec_source::revisions::Body;
use limbec_testkit::schemas::Extras;

use crate::properties::check;
use crate::trial::{Trial, of_own_namespace};

/// What a proof came to.
#[derive(Debug, PartialEq)]
enum Verdict {
    Holds,
    /// What it has shown to change besides, sorted.
    Outdated(Vec<String>),
    Fails,
}

fn verdict(result: &Result<(), ProofError>) -> Verdict {
    match result {
        Ok(()) => Verdict::Holds,
        Err(ProofError::Outdated(definitions)) => {
            let mut names: Vec<String> = definitions.iter().map(ToString::to_string).collect();
            names.sort();
            Verdict::Outdated(names)
        }
        Err(_) => Verdict::Fails,
    }
}

/// The revision, then the same without an operation of its upgrade, and without one of its downgrade.
fn with_gaps(body: &Body) -> Vec<Body> {
    let mut all = vec![body.clone()];
    if !body.upgrade.is_empty() {
        let mut lacking = body.clone();
        lacking.upgrade.remove(body.upgrade.len() / 2);
        all.push(lacking);
    }
    if !body.downgrade.is_empty() {
        let mut lacking = body.clone();
        lacking.downgrade.remove(body.downgrade.len() / 2);
        all.push(lacking);
    }
    all
}

/// Fails if the two proofs come to different ends, of a revision and of what lacks something of it.
fn all_agree(
    trial: &mut Trial,
    start: &Schema,
    target: &Schema,
    body: &Body,
) -> Result<(), String> {
    let all = with_gaps(body);
    all.iter()
        .try_for_each(|body| agrees(trial, start, target, body))
}

/// Fails if the two proofs of a revision come to different ends.
pub(crate) fn agrees(
    trial: &mut Trial,
    start: &Schema,
    target: &Schema,
    body: &Body,
) -> Result<(), String> {
    if !trial.has_part(start, target, body) {
        return Ok(());
    }
    trial.empty()?;
    let whole = trial.proof(start, target, body, false);
    trial.empty()?;
    let part = trial.proof(start, target, body, true);
    if verdict(&whole) == verdict(&part) {
        return Ok(());
    }
    Err(format!(
        "a proof of the whole: {}\na proof of the part: {}\n{:#?}",
        said(whole),
        said(part),
        body.upgrade
    ))
}

fn said(result: Result<(), ProofError>) -> String {
    match result {
        Ok(()) => "it holds".to_string(),
        Err(error) => error.to_string(),
    }
}

/// The schema with tables and a view that stay as they are: random ones seldom do.
fn with_others(schema: &Schema) -> Schema {
    let table = |name: &str| {
        let key = PrimaryKey::new(["id"]).name(format!("{name}_pkey"));
        let id = Column::new("id", BigInteger).not_null();
        Table::new(name).column(id).primary_key(key)
    };
    let refers = ForeignKey::new(["paint"], "other_paints", ["id"]).name("other_shades_paint_fkey");
    let shades = table("other_shades")
        .column(Column::new("paint", BigInteger))
        .foreign_key(refers);
    let view = Definition::view("other_names")
        .sql("CREATE VIEW other_names AS SELECT id FROM other_shades");
    let mut schema = schema.clone();
    schema.tables.extend([table("other_paints"), shades]);
    schema.definitions.push(view);
    schema
}

fn random(cases: u32, dialect: &dyn Dialect, extras: Extras, trial: Trial) {
    let trial = RefCell::new(trial);
    let parts = Cell::new(0);
    check(cases, dialect, extras, |before, after| {
        let trial = &mut *trial.borrow_mut();
        trial.empty()?;
        let (before, after) = (with_others(before), with_others(after));
        let current = trial.create(&before)?;
        let (_, body) = trial.revision(&current, &after)?;
        let mut target = of_own_namespace(&after, &current);
        target.renames.clear();
        parts.set(parts.get() + u32::from(trial.has_part(&current, &target, &body)));
        all_agree(trial, &current, &target, &body)
    });
    assert!(parts.get() > 0, "every revision reaches all of its schema");
}

#[test]
fn random_revisions_are_proven_alike_on_sqlite() {
    random(
        32,
        &Sqlite,
        Extras::SQLITE_WITH_DEFINITIONS,
        Trial::sqlite(),
    );
}

#[test]
fn random_revisions_are_proven_alike_on_postgres() {
    random(
        4,
        &Postgres,
        Extras::POSTGRES_WITH_DEFINITIONS,
        Trial::postgres(),
    );
}
