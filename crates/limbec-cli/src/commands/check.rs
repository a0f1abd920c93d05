//! `limbec check`: do the models and the database agree?

use limbec::run::Revisions as _;
use limbec_core::compare::{LookAlike, Unknown, Unmanaged};
use limbec_generate::renames::{attribute, question};
use limbec_generate::{Differences, Generator};
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
    for sentence in &found.drift {
        printer.warning("check", sentence);
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
            "unknown": found.comparison.unknown.iter().map(unknown_as_json).collect::<Vec<_>>(),
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
    for it in &found.openings {
        let text = format!("{}: other roles may then see or change rows", it.what);
        printer.warning("check", &text);
    }
    for it in &found.uncastable {
        let text = format!(
            "In the way: {}; `limbec revision --autogenerate --using {}=SQL` says how a value becomes one",
            it.sentence(),
            it.column()
        );
        printer.warning("check", &text);
    }
    Ok(Status::Different)
}

/// Reports what was left alone and what could not be compared.
pub(super) fn report(found: &Differences, printer: &Printer) {
    if !found.unmanaged.is_empty() {
        printer.info("compare", &left_alone(&found.unmanaged));
    }
    let of_tables = found.current.unmodelled.iter();
    for it in of_tables.filter(|it| it.table.is_some()) {
        printer.warning("compare", &format!("Not modelled, and left as it is: {it}"));
    }
    for unknown in &found.comparison.unknown {
        printer.warning("compare", &format!("Not compared: {unknown}"));
    }
}

fn unknown_as_json(it: &Unknown) -> Value {
    json!({ "kind": it.kind(), "of": it.of().to_string(), "text": it.to_string() })
}

fn as_json(it: &LookAlike) -> Value {
    let to = if it.moves() {
        it.after()
    } else {
        it.object.name().to_string()
    };
    json!({ "kind": it.object.noun(), "from": it.before(), "to": to })
}

/// How many names of a kind are listed; `--json` lists all.
const LISTED: usize = 8;

/// What is left alone, by kind, and how to manage it.
fn left_alone(unmanaged: &[Unmanaged]) -> String {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for it in unmanaged {
        match groups.iter_mut().find(|(noun, _)| *noun == it.noun()) {
            Some((_, names)) => names.push(it.name()),
            None => groups.push((it.noun(), vec![it.name()])),
        }
    }
    let groups = groups.iter().map(|(noun, names)| {
        let listed = names.iter().take(LISTED).cloned().collect::<Vec<_>>();
        let more = match names.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let noun = if names.len() == 1 {
            (*noun).to_string()
        } else {
            plural(noun)
        };
        format!("{noun} {}{more}", listed.join(", "))
    });
    let mut text = format!(
        "Left alone, as nothing declares it: {}.",
        groups.collect::<Vec<_>>().join("; ")
    );
    let definition = unmanaged.iter().find_map(|it| match it {
        Unmanaged::Definition(definition) => Some(definition.name.to_string()),
        _ => None,
    });
    if let Some(name) = definition {
        text += &format!(" `limbec reflect --write {name}` writes the SQL file that declares it.");
    }
    let table = unmanaged.iter().find_map(Unmanaged::table);
    if let Some(table) = table {
        text += &format!(" `limbec reflect {table}` prints the model that does.");
    }
    text
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with('e') => format!("{stem}ies"),
        _ if noun.ends_with('x') => format!("{noun}es"),
        _ if noun.ends_with('s') => noun.to_string(),
        _ => format!("{noun}s"),
    }
}

fn in_words(unmanaged: &[Unmanaged]) -> Vec<String> {
    unmanaged.iter().map(ToString::to_string).collect()
}
