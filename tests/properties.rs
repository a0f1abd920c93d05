//! What holds for any two schemas: each is created and read back as it is, a generated revision
//! leads from one to the other and back, and comparing gives the same answer every time.
//!
//! The cases are the same in every run, so that a change that breaks one is to blame for it.
//! `PROPTEST_CASES` sets their number, and draws them by chance; `PROPTEST_RNG_SEED` the chance.

use std::collections::BTreeMap;

use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::{Dialect, Names as _, postgres::Postgres, sqlite::Sqlite};
use limbec_core::operations::Operation;
use limbec_core::schema::{ObjectName, Schema};
use limbec_testkit::schemas::{Extras, pair, rows, schema};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use crate::scripted::Databases;
use crate::trial::{Trial, file};

/// Modest by default, and always the same; the variable asks for others.
fn config(cases: u32) -> Config {
    let default = Config::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let rng_seed = match default.rng_seed {
        RngSeed::Random if !asked => RngSeed::Fixed(2026),
        seed => seed,
    };
    Config {
        rng_seed,
        cases: if asked { default.cases } else { cases },
        max_shrink_iters: 4000,
        failure_persistence: None,
        ..default
    }
}

/// Runs a property over pairs of schemas, and shows a failure as the revisions that lead to it.
pub(crate) fn check(
    cases: u32,
    dialect: &dyn Dialect,
    extras: Extras,
    property: impl Fn(&Schema, &Schema) -> Result<(), String>,
) {
    let mut runner = TestRunner::new(config(cases));
    let result = runner.run(&pair(extras), |(before, after)| {
        property(&before, &after).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        match error {
            TestError::Fail(reason, (before, after)) => {
                let none = Verdicts::default();
                let create = compare(&Schema::default(), &before, dialect, &none).into_operations();
                let change = compare(&before, &after, dialect, &none).into_operations();
                panic!("{reason}\n\n{}\n\n", file(&create, &change));
            }
            other @ TestError::Abort(_) => panic!("{other}"),
        }
    }
}

/// Creates the first, leads to the second and back.
fn up_and_down(trial: &mut Trial, before: &Schema, after: &Schema) -> Result<(), String> {
    let current = trial.create(before)?;
    let (found, body) = trial.revision(&current, after)?;
    trial
        .run(&body.upgrade)
        .map_err(|error| format!("upgrading: {error}"))?;
    trial
        .expect(after)
        .map_err(|error| format!("after the upgrade: {error}"))?;
    trial.apply_in_memory(&current, after, &found.operations())?;
    trial
        .run(&body.downgrade)
        .map_err(|error| format!("downgrading: {error}"))?;
    trial
        .expect(&current)
        .and_then(|_| trial.expect(before))
        .map_err(|error| format!("after the downgrade: {error}"))?;
    Ok(())
}

#[test]
fn revisions_lead_from_one_schema_to_another_and_back_on_sqlite() {
    check(64, &Sqlite, Extras::SQLITE, |before, after| {
        up_and_down(&mut Trial::sqlite(), before, after)?;
        up_and_down(&mut Trial::oldest_sqlite(), before, after)
            .map_err(|error| format!("by the oldest library: {error}"))
    });
}

#[test]
fn revisions_lead_from_one_schema_to_another_and_back_on_postgres() {
    let trial = std::cell::RefCell::new(Trial::postgres());
    check(24, &Postgres, Extras::POSTGRES, |before, after| {
        let mut trial = trial.borrow_mut();
        trial.sql("DROP SCHEMA IF EXISTS public, \"Other\" CASCADE")?;
        trial.sql("CREATE SCHEMA public")?;
        up_and_down(&mut trial, before, after)
    });
}

/// The same with what stands on the tables.
#[test]
fn revisions_lead_to_views_and_their_like_and_back_on_sqlite() {
    check(
        64,
        &Sqlite,
        Extras::SQLITE_WITH_DEFINITIONS,
        |before, after| up_and_down(&mut Trial::sqlite(), before, after),
    );
}

fn script_agrees(
    mut trial: Trial,
    databases: &Databases,
    before: &Schema,
    after: &Schema,
) -> Result<(), String> {
    let creation = trial.creation(before)?;
    let current = trial.create(before)?;
    let (_, change) = trial.revision(&current, after)?;
    databases.agree(&[creation, change])
}

#[test]
fn a_script_fed_to_the_shell_does_what_a_run_does_on_sqlite() {
    let databases = Databases::sqlite();
    check(32, &Sqlite, Extras::SQLITE, |before, after| {
        script_agrees(Trial::sqlite(), &databases, before, after)
    });
}

#[test]
fn a_script_fed_to_the_shell_does_what_a_run_does_on_postgres() {
    let databases = Databases::postgres();
    check(12, &Postgres, Extras::POSTGRES, |before, after| {
        script_agrees(Trial::postgres(), &databases, before, after)
    });
}

/// What the models of both databases share is the same on both.
#[test]
fn a_schema_without_extras_is_created_on_both() {
    let postgres = std::cell::RefCell::new(Trial::postgres());
    let mut runner = TestRunner::new(config(16));
    let run = runner.run(&schema(Extras::default()), |schema| {
        let mut postgres = postgres.borrow_mut();
        let on_postgres = postgres
            .sql("DROP SCHEMA public CASCADE")
            .and_then(|_| postgres.sql("CREATE SCHEMA public"))
            .and_then(|_| postgres.create(&schema));
        let on_sqlite = Trial::sqlite().create(&schema);
        on_postgres
            .and(on_sqlite)
            .map(drop)
            .map_err(TestCaseError::fail)
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

/// With rows: a revision that runs keeps the number of rows of every table that stays; one that
/// the rows stop leaves the database as it was.
#[test]
fn rows_stay_on_sqlite() {
    check(64, &Sqlite, Extras::SQLITE, |before, after| {
        rows_stay(Trial::sqlite(), before, after)?;
        rows_stay(Trial::oldest_sqlite(), before, after)
            .map_err(|error| format!("by the oldest library: {error}"))
    });
}

fn rows_stay(mut trial: Trial, before: &Schema, after: &Schema) -> Result<(), String> {
    let current = trial.create(before)?;
    trial.sql("PRAGMA foreign_keys = ON")?;
    for table in &before.tables {
        for row in rows(table) {
            // A row that the constraints refuse is no row.
            let _ = trial.sql(&row);
        }
    }
    let counted = count(&mut trial, before)?;
    let (_, body) = trial.revision(&current, after)?;
    let stopped = trial.run(&body.upgrade);
    let now = if let Err(error) = &stopped {
        if !is_of_the_rows(error) {
            return Err(format!("upgrading a filled database: {error}"));
        }
        trial.expect(before)?;
        count(&mut trial, before)?
    } else {
        trial.expect(after)?;
        count(&mut trial, after)?
    };
    let kept = |(name, rows): (&ObjectName, &usize)| {
        let made_anew = body
            .upgrade
            .iter()
            .any(|it| matches!(it, Operation::DropTable { name: dropped, .. } if dropped == name));
        made_anew || now.get(name).is_none_or(|now| now == rows)
    };
    if counted.iter().all(kept) {
        Ok(())
    } else {
        Err(format!("rows: {counted:?}, after the upgrade: {now:?}"))
    }
}

/// Whether the rows that are there stand in the way, as limbec or SQLite says it.
fn is_of_the_rows(error: &str) -> bool {
    [
        "rows",
        "hold",
        "constraint failed",
        "datatype mismatch",
        "refers",
    ]
    .iter()
    .any(|word| error.contains(word))
}

fn count(trial: &mut Trial, schema: &Schema) -> Result<BTreeMap<ObjectName, usize>, String> {
    let mut counts = BTreeMap::new();
    for table in &schema.tables {
        let name = Sqlite.quote(&table.name.name);
        let rows = trial.sql(&format!("SELECT 1 FROM {name}"))?.len();
        counts.insert(table.name.clone(), rows);
    }
    Ok(counts)
}
