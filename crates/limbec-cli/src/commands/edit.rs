//! `limbec edit`: opens revision files in an editor.

use std::process::Command;

use limbec::run::Revisions as _;

use super::Context;
use crate::args::Edit;
use crate::error::{CommandError, Result, Status};

/// Tried in turn where neither VISUAL nor EDITOR is set.
const EDITORS: [&str; 5] = ["sensible-editor", "editor", "nano", "vim", "vi"];

pub(super) fn run(options: &Edit, context: &Context<'_>) -> Result<Status> {
    let graph = context.project.graph();
    let found = super::resolve(&options.revision, context)?;
    if found.is_empty() {
        let message = if options.revision == "current" {
            "No current revisions".to_string()
        } else {
            format!(
                "No revision files indicated by symbol '{}'",
                options.revision
            )
        };
        return Err(CommandError::new(message));
    }
    let paths: Vec<_> = found
        .into_iter()
        .map(|index| context.project.path(graph.id(index)))
        .collect();
    let chosen = ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty());
    let candidates: Vec<String> = match chosen {
        Some(editor) => vec![editor],
        None => EDITORS.map(str::to_string).to_vec(),
    };
    for editor in &candidates {
        let mut words = editor.split_whitespace();
        let Some(program) = words.next() else {
            continue;
        };
        match Command::new(program).args(words).args(&paths).status() {
            Ok(status) if status.success() => return Ok(Status::Done),
            Ok(status) => {
                return Err(CommandError::new(format!(
                    "Error executing editor ({editor}: {status})"
                )));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(CommandError::new(format!(
                    "Error executing editor ({editor}: {error})"
                )));
            }
        }
    }
    Err(CommandError::new(format!(
        "No editor was found (tried {})",
        candidates.join(", ")
    ))
    .hint("set EDITOR"))
}
