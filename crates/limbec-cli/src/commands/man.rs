//! `limbec man`: the man pages, one a command.

use clap::CommandFactory;
use serde_json::json;

use crate::args::{Args, Man};
use crate::config::here;
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

pub(super) fn run(options: &Man, args: &Args, printer: &Printer) -> Result<Status> {
    let folder = here(args)?.join(&options.folder);
    let failed = |error: std::io::Error| {
        CommandError::new(format!(
            "cannot write man pages to {}: {error}",
            folder.display()
        ))
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    clap_mangen::generate_to(Args::command(), &folder).map_err(failed)?;
    printer.text(format!("Man pages were written to {}", folder.display()));
    if printer.json() {
        printer.value(&json!({ "folder": folder.display().to_string() }));
    }
    Ok(Status::Done)
}
