//! Whole schemas, adopted as a user would: `reflect --write`, `check`, a first revision from the
//! models, run on an empty database and back.
//!
//! Every run tests the schemas in `tests/data/schemas`; `cargo xtask corpus FOLDER` tests those of a
//! folder, in the same way.
//!
//! A schema comes out as it went in, but for what `tests/corpus/<database>/<schema>.txt` lists, one
//! difference a line. A line that no longer applies fails the test. To accept what comes out now,
//! run with `UPDATE_EXPECT=1`, and read the diff.

mod exceptions;
mod postgres;
mod sqlite;

use crate::command::Sandbox;

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
