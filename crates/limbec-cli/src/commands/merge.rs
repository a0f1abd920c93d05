//! `limbec merge`: joins heads by a new revision.

use limbec::run::Revisions as _;
use limbec_generate::{Draft, DraftOptions};

use super::Context;
use super::revision::write;
use crate::args::Merge;
use crate::error::{CommandError, Result, Status};

pub(super) fn run(options: &Merge, context: &Context<'_>) -> Result<Status> {
    let graph = context.project.graph();
    let asked = if options.revisions.is_empty() {
        all_heads(options, context)?
    } else {
        options.revisions.clone()
    };
    let parents = graph.new_revision_parents(&asked, options.splice)?;
    if parents.len() < 2 {
        return Err(CommandError::new("A merge needs at least two revisions")
            .hint("`limbec heads` lists the heads"));
    }
    let revises: Vec<String> = parents
        .into_iter()
        .map(|index| graph.id(index).to_string())
        .collect();
    let message = options
        .message
        .clone()
        .unwrap_or_else(|| format!("Merge {}", revises.join(", ")));
    let draft = Draft::new(
        &context.config,
        &context.project,
        DraftOptions {
            message: &message,
            revises,
            branch_labels: &options.branch_label,
            id: options.rev_id.as_deref(),
            ..DraftOptions::default()
        },
    )?;
    write(&draft, &draft.empty(), &[], context)?;
    Ok(Status::Done)
}

/// All heads, when that is what the user wants.
fn all_heads(options: &Merge, context: &Context<'_>) -> Result<Vec<String>> {
    let graph = context.project.graph();
    let heads: Vec<String> = graph
        .real_heads()
        .into_iter()
        .map(|index| graph.id(index).to_string())
        .collect();
    if heads.len() < 2 {
        return Err(CommandError::new(match heads.first() {
            Some(head) => format!("There is nothing to merge: the only head is {head}"),
            None => "There is nothing to merge: there are no revisions".to_string(),
        }));
    }
    if options.yes {
        return Ok(heads);
    }
    if !context.printer.is_interactive() {
        return Err(
            CommandError::new("Which revisions should be merged?").hint(format!(
                "name them, or all: limbec merge heads   (the heads are {})",
                heads.join(", ")
            )),
        );
    }
    let answer = context.ask(&format!("Merge the heads {}? [Y/n]", heads.join(", ")))?;
    match answer.as_str() {
        "" | "y" | "yes" => Ok(heads),
        _ => Err(CommandError::new("nothing was merged")),
    }
}
