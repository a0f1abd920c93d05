//! Invariants of ARCHITECTURE.md that need databases. The others have their tests where they hold:
//! in `structure.rs`, in `trial.rs` (every planned operation has an inverse), and in the crates.

use crate::trial::Trial;

const TABLES: usize = 20;

/// Makes tables with all that hangs on tables.
fn fill(trial: &mut Trial) -> Result<(), String> {
    for number in 0..TABLES {
        let parent = number.saturating_sub(1);
        trial.sql(&format!(
            "CREATE TABLE t{number} (id bigint PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> ''), \
             up bigint REFERENCES t{parent} (id), b bigint, UNIQUE (b))"
        ))?;
        trial.sql(&format!("CREATE INDEX i{number} ON t{number} (a, b)"))?;
        trial.sql(&format!("CREATE VIEW v{number} AS SELECT a FROM t{number}"))?;
    }
    Ok(())
}

fn sends_the_same_for_any_schema(mut trial: Trial) -> Result<(), String> {
    let (_, for_nothing) = trial.reflect_noted()?;
    fill(&mut trial)?;
    let (schema, for_many) = trial.reflect_noted()?;
    assert_eq!(schema.tables.len(), TABLES);
    assert!(!for_nothing.is_empty());
    assert_eq!(for_many, for_nothing);
    // The same rows make the same schema.
    assert_eq!(trial.reflect()?, schema);
    Ok(())
}

#[test]
fn reflection_sends_the_same_queries_whatever_the_database_holds() {
    for trial in [Trial::sqlite(), Trial::postgres()] {
        if let Err(error) = sends_the_same_for_any_schema(trial) {
            panic!("{error}");
        }
    }
}
