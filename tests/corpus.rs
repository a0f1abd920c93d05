//! Real schemas, adopted as a user would: `reflect --write`, `check`, a first revision from the
//! models, run on an empty database and back.
//!
//! What comes out otherwise than the original stands in `tests/corpus/<database>/<schema>.txt`, a
//! line each; a schema without such a file comes out as it is. A line that no longer applies fails
//! the test. To accept what comes out now as right, run with `UPDATE_EXPECT=1`, and look at the
//! difference.

mod exceptions;
mod postgres;
mod sqlite;

use std::path::PathBuf;

use limbec_testkit::shared_dir;

use crate::command::Sandbox;

/// A schema's file.
fn file(database: &str, name: &str) -> PathBuf {
    let folder = shared_dir().unwrap().join("corpus").join(database);
    folder.join(format!("{name}.sql"))
}

/// The schemas of a folder that no test is named by.
fn untested(database: &str, tested: &[&str]) -> Vec<String> {
    let folder = shared_dir().unwrap().join("corpus").join(database);
    let entries = std::fs::read_dir(&folder).unwrap();
    let names = entries.map(|it| it.unwrap().path());
    let names = names.map(|it| it.file_stem().unwrap().to_string_lossy().into_owned());
    names
        .filter(|name| !tested.contains(&name.replace('-', "_").as_str()))
        .collect()
}

/// Writes the models of the sandbox's database, holds them against it, and makes the first revision
/// of them; `Err` has what stands in the way of that.
fn adopt(sandbox: &Sandbox) -> Result<(), String> {
    let url = sandbox.url();
    sandbox
        .run(&format!("limbec init --url '{url}'"))
        .succeeds();
    let definitions = r#"sed -i 's|^paths = .*|&\nsql = ["sql"]|' limbec.toml"#;
    sandbox.run(definitions).succeeds();
    sandbox.run("limbec reflect --write").succeeds();
    let agree = "No new upgrade operations detected.\n";
    sandbox.run("limbec check").succeeds().prints(agree);
    let formatted = "rustfmt --edition 2024 --config-path /dev/null --check src/models.rs";
    sandbox.run(formatted).succeeds();
    let line = "limbec revision --autogenerate --from-empty -m 'Initial schema'";
    let outcome = sandbox.run(line);
    let failed = outcome.stderr.lines().find(|it| it.starts_with("FAILED"));
    match failed {
        Some(failed) => Err(failed.to_string()),
        None => {
            outcome.succeeds();
            Ok(())
        }
    }
}
