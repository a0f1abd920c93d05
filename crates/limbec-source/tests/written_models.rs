//! Models that are written: read back they are the same schema, and `rustfmt` changes nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::process::Command;

use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::{Dialect, postgres::Postgres, sqlite::Sqlite};
use limbec_core::schema::Schema;
use limbec_source::models::{ModelOptions, SourceFile, read};
use limbec_source::write::write_models;
use limbec_testkit::TempProject;
use limbec_testkit::schemas::{Extras, schema};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Writes the models of a schema and reads them; any difference is told.
fn round_trip(
    schema: &Schema,
    dialect: &dyn Dialect,
    options: &ModelOptions,
) -> Result<(), String> {
    let schema = &schema.clone().within("public");
    let written = write_models(schema, options);
    let text = &written.text;
    if !written.unsaid.is_empty() {
        return Err(format!("unsaid: {:#?}\n{text}", written.unsaid));
    }
    let path = "models.rs";
    let (models, mistakes) = read(&[SourceFile { path, text }], options);
    if !mistakes.is_empty() {
        return Err(format!("{mistakes:#?}\n{text}"));
    }
    let none = Verdicts::default();
    for (current, target) in [(schema, &models.schema), (&models.schema, schema)] {
        let found = compare(current, target, dialect, &none);
        if found != limbec_core::compare::Comparison::default() {
            return Err(format!("{found:#?}\n{text}"));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_written_is_the_schema_on_postgres(schema in schema(Extras::POSTGRES)) {
        let told = round_trip(&schema, &Postgres, &ModelOptions::default());
        prop_assert!(told.is_ok(), "{}", told.unwrap_err());
    }

    #[test]
    fn what_is_written_is_the_schema_on_sqlite(schema in schema(Extras::SQLITE)) {
        let told = round_trip(&schema, &Sqlite, &ModelOptions::default());
        prop_assert!(told.is_ok(), "{}", told.unwrap_err());
    }

    /// Whatever the models' own map and convention say.
    #[test]
    fn what_is_written_follows_the_configuration(schema in schema(Extras::POSTGRES)) {
        let mut options = ModelOptions::default();
        for (rust, sql) in [("String", "varchar"), ("Vec<i32>", "bigint[]"), ("i16", "integer")] {
            options.type_map.insert(rust.into(), sql.into());
        }
        options.naming.unique = "uq_{table}_{column}".into();
        options.naming.primary_key = "pk_{table}".into();
        let told = round_trip(&schema, &Postgres, &options);
        prop_assert!(told.is_ok(), "{}", told.unwrap_err());
    }
}

/// One `rustfmt` run over many files, because a run takes longer than all else.
#[test]
fn what_is_written_is_formatted() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let folder = TempProject::new().unwrap();
    for number in 0..150 {
        let schema = schema(Extras::POSTGRES).new_tree(&mut runner).unwrap();
        let text = write_models(&schema.current(), &ModelOptions::default()).text;
        folder.write(format!("models_{number}.rs"), &text).unwrap();
    }
    let output = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", "/dev/null", "--check"])
        .args(folder.files("").unwrap())
        .current_dir(folder.path())
        .output()
        .expect("this test needs `rustfmt`: rustup component add rustfmt");
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "rustfmt changes\n{told}{errors}");
}
