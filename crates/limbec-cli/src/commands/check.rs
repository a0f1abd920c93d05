//! `limbec check`: do the models and the database agree?

use limbec::run::Revisions as _;
use limbec_core::compare::LookAlike;
use limbec_generate::renames::{attribute, question};
use limbec_generate::{Differences, Generator, Unmanaged};
use serde_json::{Value, json};

use super::Context;
use crate::connect::block_on;
use crate::error::{Result, Status};
use crate::printer::Printer;

pub(super) fn run(context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let generator = Generator::new(&context.config, &context.project)?;
    let found = block_on(generator.compare(None))?;
    report(&found, printer);
    let changed = &found.changed;
    for id in changed {
        printer.warning(
            "check",
            &format!("The revision {id} is not what was applied: its file has changed"),
        );
    }
    let heads = context.project.graph().heads();
    if heads.len() > 1 {
        printer.warning(
            "check",
            &format!("There are {} heads; `limbec merge` joins them", heads.len()),
        );
    }
    let planned = &found.comparison.planned;
    let look_alikes = &found.comparison.look_alikes;
    if printer.json() {
        printer.value(&json!({
            "operations": found.comparison.operations(),
            "look_alikes": look_alikes.iter().map(as_json).collect::<Vec<_>>(),
            "unknown": found.comparison.unknown,
            "unmanaged": in_words(&found.unmanaged),
            "changed": changed,
        }));
    }
    if planned.is_empty() {
        printer.text("No new upgrade operations detected.");
        return Ok(if changed.is_empty() {
            Status::Done
        } else {
            Status::Different
        });
    }
    printer.text("New upgrade operations detected:");
    for line in found.lines() {
        printer.text(format!("  {line}"));
    }
    for it in look_alikes {
        let own = found.current.own_namespace.as_deref();
        let (question, attribute) = (question(it), attribute(it, own));
        printer.warning("check", &format!("{question} If it was, say {attribute}"));
    }
    Ok(Status::Different)
}

/// Reports what was left alone and what could not be compared.
pub(super) fn report(found: &Differences, printer: &Printer) {
    if !found.unmanaged.is_empty() {
        printer.info(
            "compare",
            &format!(
                "Left alone, as no revision of this project created them: {}",
                in_words(&found.unmanaged).join(", ")
            ),
        );
    }
    let of_tables = found.current.unmodelled.iter();
    for it in of_tables.filter(|it| it.table.is_some()) {
        printer.warning("compare", &format!("Not modelled, and left as it is: {it}"));
    }
    for unknown in &found.comparison.unknown {
        printer.warning("compare", &format!("Not compared: {unknown}"));
    }
}

fn as_json(it: &LookAlike) -> Value {
    let to = if it.moves() {
        it.after()
    } else {
        it.object.name().to_string()
    };
    json!({ "kind": it.object.noun(), "from": it.before(), "to": to })
}

fn in_words(unmanaged: &[Unmanaged]) -> Vec<String> {
    unmanaged.iter().map(ToString::to_string).collect()
}
