//! Where a project's files are: `limbec.toml`, and the revision files below its folders.
//!
//! The only module that looks at folders; the command and `embed!` find the same files by it.

use std::io;
use std::path::{Path, PathBuf};

/// The name of a project's file.
pub const FILE: &str = "limbec.toml";

/// Finds `limbec.toml` in a folder or in one above it.
pub fn find_upward(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .map(|folder| folder.join(FILE))
        .find(|file| file.is_file())
}

/// Lists the revision files in some folders and in those below them, in order, each once.
///
/// # Errors
/// When a folder cannot be read; gives the folder too.
pub fn revision_files(locations: &[PathBuf]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut paths = Vec::new();
    for location in locations {
        collect(location, &mut paths).map_err(|error| (location.clone(), error))?;
    }
    // By bytes: comparing paths part by part would cost more than reading the files.
    paths.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    paths.dedup_by(|a, b| a.as_os_str() == b.as_os_str());
    Ok(paths)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "mod.rs" {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, paths)?;
        } else if matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("rs" | "sql")
        ) {
            paths.push(path);
        }
    }
    Ok(())
}
