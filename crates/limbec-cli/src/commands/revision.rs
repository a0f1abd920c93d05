//! `limbec revision`: makes a new revision file.

use limbec::run::Revisions as _;
use limbec_core::operations::Operation;
use limbec_generate::renames::{Answers, question};
use limbec_generate::{Differences, Draft, DraftOptions, Generator, Language, Uncastable};
use serde_json::json;

use super::Context;
use crate::args::{Format, Revision};
use crate::connect::block_on;
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

pub(super) fn run(options: &Revision, context: &Context<'_>) -> Result<Status> {
    if options.sql {
        let message = if options.autogenerate {
            "Using --sql with --autogenerate does not make any sense"
        } else {
            "Using --sql with the revision command does not make any sense"
        };
        return Err(CommandError::new(message)
            .hint("`limbec upgrade --sql` prints SQL; `--format sql` makes a revision in SQL"));
    }
    if options.autogenerate && options.format == Format::Sql {
        return Err(
            CommandError::new("--autogenerate writes operations in Rust")
                .hint("leave --format away; `limbec upgrade --sql` shows what they become in SQL"),
        );
    }
    let graph = context.project.graph();
    let parents = if graph.is_empty() && options.head == "head" {
        Vec::new()
    } else {
        let heads = [options.head.clone()];
        let parents = graph.new_revision_parents(&heads, options.splice)?;
        parents
            .into_iter()
            .map(|index| graph.id(index).to_string())
            .collect()
    };
    let draft = Draft::new(
        &context.config,
        &context.project,
        DraftOptions {
            message: options.message.as_deref().unwrap_or_default(),
            revises: parents,
            depends_on: &options.depends_on,
            branch_labels: &options.branch_label,
            id: options.rev_id.as_deref(),
            location: options.version_path.as_deref(),
            language: match options.format {
                Format::Rs => Language::Rust,
                Format::Sql => Language::Sql,
            },
        },
    )?;
    if options.autogenerate {
        return block_on(generate(&draft, options, context));
    }
    write(&draft, &draft.empty(), &[], context)?;
    Ok(Status::Done)
}

async fn generate(draft: &Draft, options: &Revision, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let generator = Generator::new(&context.config, &context.project)?;
    let mut found = if options.from_empty {
        if !context.project.graph().is_empty() {
            return Err(CommandError::new(
                "--from-empty is for the first revision, and there are revisions already",
            )
            .hint("leave it away: the revision is then what the database lacks"));
        }
        generator.compare_with_nothing().await?
    } else {
        let mut answers = Answers::new(&options.rename, &options.no_rename);
        answers.unprotect = &options.unprotect;
        answers.using = &options.using;
        if printer.is_interactive() {
            answers.ask = Some(Box::new(|it| is_yes(&question(it), context)));
            answers.confirm = Some(Box::new(|it| is_yes(it, context)));
            answers.expression = Some(Box::new(|it| expression(it, context)));
        }
        generator.compare(Some(&mut answers)).await?
    };
    super::check::report(&found, printer);
    if found.comparison.planned.is_empty() && found.uncastable.is_empty() {
        if printer.json() {
            printer.value(&json!({ "operations": [], "path": null }));
        }
        printer.text("No new upgrade operations detected; no revision was written.");
        return Ok(Status::Done);
    }
    let mut shown = Vec::new();
    show_detected(&found, &mut shown, printer);
    let revised = generator.revise(draft, &mut found).await;
    // A proof may have shown more that differs.
    show_detected(&found, &mut shown, printer);
    let revised = revised?;
    if !revised.removed.is_empty() {
        let text = format!(
            "Removed {} scratch database(s) that stopped proofs have left: {}",
            revised.removed.len(),
            revised.removed.join(", ")
        );
        printer.info("compare", &text);
    }
    for it in &revised.lost {
        let text = format!("The downgrade does not bring all back: {it}");
        printer.warning("compare", &text);
    }
    for it in &found.rows {
        let text = format!("{it}: the file says what to fill in");
        printer.warning("compare", &text);
    }
    for it in &found.uncastable {
        let text = format!(
            "Not done: {}; the file marks it, and --using {}=SQL says how a value becomes one",
            it.sentence(),
            it.column()
        );
        printer.warning("compare", &text);
    }
    for operation in revised.upgrade.iter().filter(|it| it.loses_data()) {
        printer.warning(
            "compare",
            &format!("{operation}: its data is lost when this revision runs; the file marks it"),
        );
    }
    write(draft, &revised.text, &revised.upgrade, context)?;
    Ok(Status::Done)
}

/// Prints what was detected, once each.
fn show_detected(found: &Differences, shown: &mut Vec<String>, printer: &Printer) {
    for planned in &found.comparison.planned {
        let line = format!("Detected {planned}");
        if !shown.contains(&line) {
            printer.info("compare", &line);
            shown.push(line);
        }
    }
}

/// Writes a draft's file, and says so.
pub(super) fn write(
    draft: &Draft,
    text: &str,
    operations: &[Operation],
    context: &Context<'_>,
) -> Result<()> {
    draft.write(text)?;
    let header = draft.header();
    let printer = context.printer;
    printer.text(format!("Generating {} ...  done", header.path));
    if printer.json() {
        printer.value(&json!({
            "id": header.id,
            "path": header.path,
            "revises": header.revises,
            "operations": operations,
        }));
    }
    Ok(())
}

/// Asks on the terminal for a yes.
fn is_yes(question: &str, context: &Context<'_>) -> Result<bool> {
    let answer = context.ask(&format!("{question} [y/N]"))?;
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

/// Asks on the terminal how a value becomes one of its new type.
fn expression(it: &Uncastable, context: &Context<'_>) -> Result<Option<String>> {
    let answer = context.ask_as_typed(&format!(
        "{}: by which SQL expression does a value become one? [leave empty to say it in the file]",
        it.sentence()
    ))?;
    Ok((!answer.is_empty()).then_some(answer))
}
