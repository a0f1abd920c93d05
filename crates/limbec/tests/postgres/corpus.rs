//! Real schemas: every one is read and made again.

use std::path::PathBuf;

use limbec::run::{run_operations, settle};
use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::operations::Operation;
use limbec_core::schema::Schema;
use limbec_testkit::{postgres::psql, shared_dir};

use crate::Scratch;

fn files() -> Vec<PathBuf> {
    let folder = shared_dir().unwrap().join("corpus/pg");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// The operations that make a schema in an empty database.
fn build(schema: &Schema) -> Vec<Operation> {
    compare(&Schema::default(), schema, &Postgres, &Verdicts::default()).operations
}

/// Loads a file, reads it, makes it again and reads that; `Err` says where that ended.
async fn remake(file: &PathBuf) -> Result<(), String> {
    let mut source = Scratch::new().await;
    let script = std::fs::read_to_string(file).unwrap();
    psql(source.database.url(), &script).map_err(|error| format!("does not load: {error}"))?;
    let schema = source.reflect().await;
    let mut copy = Scratch::new().await;
    run_operations(&mut copy.client, &build(&schema), true)
        .await
        .map_err(|error| format!("{error}"))?;
    let again = copy.reflect().await;
    if again == schema {
        return Ok(());
    }
    // The text of some checks changes once when it is read again: the server is asked.
    let settled = settle(&mut copy.client, false, &again, &schema)
        .await
        .map_err(|error| error.to_string())?;
    if settled.operations.is_empty() && settled.unknown.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "differs: {:#?} {:#?}",
            settled.operations, settled.unknown
        ))
    }
}

#[tokio::test]
async fn real_schemas_are_read_and_made_again() {
    let mut wrong = Vec::new();
    for file in files() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if let Err(why) = remake(&file).await {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
