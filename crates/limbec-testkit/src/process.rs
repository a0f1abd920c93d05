//! Running other programs to their end: input by a file, output as text.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::Error;

/// The first file of this name in the folders of `PATH`.
pub(crate) fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Runs `command` with `input` as its standard input; returns what it printed.
///
/// # Errors
///
/// When it cannot be started or exits with anything but 0; the error holds its standard error.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    // A file and not a pipe: a program that prints a lot before it has read all would block.
    let stdin = input_file(input).map_err(Error::context("cannot keep the input"))?;
    let output = command
        .stdin(Stdio::from(stdin))
        .output()
        .map_err(Error::context(format_args!("cannot run `{program}`")))?;
    if !output.status.success() {
        return Err(Error::new(format!(
            "`{program}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        )));
    }
    String::from_utf8(output.stdout)
        .map_err(Error::context(format_args!("what `{program}` printed")))
}

fn input_file(input: &str) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(input.as_bytes())?;
    file.rewind()?;
    Ok(file)
}

/// Whether this process runs as root, told by the owner of what it has just created.
pub(crate) fn is_root(own_directory: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(fs::metadata(own_directory)?.uid() == 0)
}
