//! Plans as SQL scripts on stdout.

use limbec::report;
use limbec::run::{Script, render};
use limbec_core::dialect::Dialect;
use limbec_core::revision::Plan;
use limbec_core::steps::Step;
use serde_json::{Value, json};

use super::Context;
use crate::error::Result;

/// Prints a plan as a script that a database's own shell runs: all of it, or nothing where a
/// revision does not read.
pub(super) fn print(
    plan: &Plan<'_>,
    dialect: &'static dyn Dialect,
    tag: Option<&str>,
    context: &Context<'_>,
) -> Result<()> {
    let table = context.config.settings.version_table(dialect);
    let scripts = render(&context.project, dialect, &table, plan)?;
    let printer = context.printer;
    if printer.json() {
        printer.value(&values(&scripts));
    } else if let Some(text) = report::script(&scripts, tag).strip_suffix('\n') {
        printer.data(text);
    }
    Ok(())
}

/// What a plan runs, as JSON.
pub(super) fn values(scripts: &[Script<'_>]) -> Value {
    Value::Array(scripts.iter().map(value).collect())
}

pub(super) use report::statement;

pub(super) fn value(script: &Script<'_>) -> Value {
    json!({
        "revision": script.step.id(),
        "from": script.step.from(),
        "to": script.step.to(),
        "message": script.step.revision.message,
        "statements": script.statements.iter().map(|it| statement_value(&it.step)).collect::<Vec<_>>(),
    })
}

fn statement_value(step: &Step) -> Value {
    let mut value = json!({ "sql": step.sql, "transactional": step.transactional });
    if let Some(expect) = &step.expect {
        value["must_be"] = json!(expect.value);
        value["else"] = json!(expect.otherwise);
    }
    value
}
