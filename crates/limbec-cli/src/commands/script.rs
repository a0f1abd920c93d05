//! Plans as SQL scripts on stdout.

use limbec::report;
use limbec::run::{Script, render};
use limbec_core::dialect::Dialect;
use limbec_core::revision::Plan;
use serde_json::{Value, json};

use super::Context;
use crate::error::Result;

/// Prints a plan as a script that a database's own shell runs: all of it, or nothing where a
/// revision does not read.
pub(super) fn print(
    plan: &Plan<'_>,
    dialect: &'static dyn Dialect,
    summary: Option<&str>,
    tag: Option<&str>,
    context: &Context<'_>,
) -> Result<()> {
    let scripts = render(&context.project, dialect, plan)?;
    let printer = context.printer;
    if printer.json() {
        printer.value(&Value::Array(scripts.iter().map(value).collect()));
        return Ok(());
    }
    if let Some(summary) = summary {
        printer.line(summary);
    }
    let text = report::script(&scripts, tag);
    if let Some(text) = text.strip_suffix('\n') {
        printer.line(text);
    }
    Ok(())
}

pub(super) use report::statement;

pub(super) fn value(script: &Script<'_>) -> Value {
    json!({
        "revision": script.step.id(),
        "from": script.step.from(),
        "to": script.step.to(),
        "message": script.step.revision.message,
        "statements": script.statements.iter().map(|step| json!({
            "sql": step.sql,
            "transactional": step.transactional,
        })).collect::<Vec<_>>(),
    })
}
