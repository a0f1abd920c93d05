//! Where a project's file is, and what the environment says in its place.

use std::path::PathBuf;

pub(crate) use limbec_generate::Config;
pub(crate) use limbec_source::project::FILE;

use crate::args::Args;
use crate::error::{CommandError, Result};

/// Finds and reads the file that the arguments mean.
pub(crate) fn load(args: &Args) -> Result<Config> {
    let here = here(args)?;
    let file = match &args.config {
        Some(file) => here.join(file),
        None => limbec_source::project::find_upward(&here).ok_or_else(|| {
            CommandError::new(format!("No {FILE} found in {} or above", here.display()))
                .hint("run `limbec init` to start a project here, or give one by -c or -C")
        })?,
    };
    Config::read(file, args.url.clone(), &|name| std::env::var(name).ok())
}

/// The folder that the command runs in.
pub(crate) fn here(args: &Args) -> Result<PathBuf> {
    let here = std::env::current_dir()
        .map_err(|error| CommandError::new(format!("cannot tell the current folder: {error}")))?;
    let Some(directory) = &args.directory else {
        return Ok(here);
    };
    let there = here.join(directory);
    if !there.is_dir() {
        return Err(CommandError::new(format!(
            "-C {}: no such folder",
            directory.display()
        )));
    }
    // `-C .` and `..` would stand in every path shown otherwise.
    Ok(there.canonicalize().unwrap_or(there))
}
