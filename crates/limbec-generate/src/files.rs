//! The files below a folder.

use std::path::{Path, PathBuf};

/// Adds a file, or what is below a folder: the files and folders that are wanted, in the order of
/// their names. The path itself is always taken.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn collect(
    path: &Path,
    is_wanted: &dyn Fn(&Path) -> bool,
    files: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries.iter().filter(|entry| is_wanted(entry)) {
        collect(entry, is_wanted, files)?;
    }
    Ok(())
}

/// Whether a file's name ends so.
pub(crate) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it == extension)
}
