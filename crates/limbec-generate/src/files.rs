//! The files below a folder.

use std::path::{Path, PathBuf};

use limbec_source::project::must_be_a_file;

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
        if has_extension(entry, "rs") || has_extension(entry, "sql") {
            must_be_a_file(entry)?;
            files.push(entry.clone());
        } else {
            must_lead_down(path, entry)?;
            collect(entry, is_wanted, files)?;
        }
    }
    Ok(())
}

/// Refuses a link to a folder that it is in, which would never come to an end.
fn must_lead_down(folder: &Path, entry: &Path) -> std::io::Result<()> {
    if entry.is_symlink() && folder.canonicalize()?.starts_with(entry.canonicalize()?) {
        let shown = entry.display();
        let message = format!("the link `{shown}` leads to a folder that it is in");
        return Err(std::io::Error::other(message));
    }
    Ok(())
}

/// Whether a file's name ends so.
pub(crate) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it == extension)
}
