//! Plans as SQL scripts on stdout.

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
    if let Some(tag) = tag {
        for line in tag.lines() {
            printer.line(&format!("-- {line}"));
        }
        printer.line("");
    }
    for script in &scripts {
        printer.line(&format!("-- {}", script.step));
        printer.line("");
        for step in &script.statements {
            printer.line(&statement(step));
            printer.line("");
        }
    }
    Ok(())
}

pub(super) fn statement(step: &Step) -> String {
    match &step.expect {
        // A script cannot stop at an answer: whoever runs it reads what it should be.
        Some(expect) => format!(
            "-- must be {}, else: {}\n{};",
            expect.value,
            expect.otherwise.replace('\n', " "),
            step.sql
        ),
        None => format!("{};", step.sql),
    }
}

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
