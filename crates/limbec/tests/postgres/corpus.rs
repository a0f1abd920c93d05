//! Whole schemas: each is read and created again.

use limbec::run::{run_operations, settle};
use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::operations::Operation;
use limbec_core::schema::Schema;
use limbec_testkit::corpus::{Corpus, SchemaFile};
use limbec_testkit::postgres::psql;

use crate::Scratch;

/// The operations that make a schema in an empty database.
fn build(schema: &Schema) -> Vec<Operation> {
    compare(&Schema::default(), schema, &Postgres, &Verdicts::default()).into_operations()
}

/// Loads a schema, reads it, creates it again and reads that; `Err` says where that ended.
async fn remake(script: &str) -> Result<(), String> {
    let mut source = Scratch::new().await;
    psql(source.database.url(), script).map_err(|error| format!("does not load: {error}"))?;
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
    if settled.planned.is_empty() && settled.unknown.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "differs: {:#?} {:#?}",
            settled.planned, settled.unknown
        ))
    }
}

fn is_read_and_created_again(schema: &SchemaFile) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if let Err(why) = runtime.block_on(remake(&schema.sql)) {
        panic!("{why}");
    }
}

#[test]
fn own_schemas_are_read_and_created_again() {
    Corpus::own().check("pg", is_read_and_created_again);
}

#[test]
#[ignore = "`cargo xtask corpus FOLDER` runs it"]
fn real_schemas_are_read_and_created_again() {
    Corpus::of_environment().check("pg", is_read_and_created_again);
}
