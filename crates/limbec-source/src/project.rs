//! Where a project's files are: `limbec.toml`, and the revision files below its folders.
//!
//! The only module that looks at folders; the command and `embed!` find the same files by it.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use limbec_core::text::one_line;

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
        let kind = entry.file_type()?;
        let is_revision = matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("rs" | "sql")
        );
        if is_revision {
            if !kind.is_file() {
                must_be_a_file(&path)?;
            }
            paths.push(path);
        } else if kind.is_dir() {
            collect(&path, paths)?;
        }
    }
    Ok(())
}

/// Refuses what is called like a file and is none: a folder, or a pipe, which could be waited for in vain.
///
/// # Errors
/// When the path leads to anything else than a file, or nowhere.
pub fn must_be_a_file(path: &Path) -> io::Result<()> {
    let failed = |kind: io::ErrorKind, why: &str| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Err(io::Error::new(
            kind,
            format!("`{}`: {why}", one_line(&name)),
        ))
    };
    match std::fs::metadata(path) {
        Ok(it) if it.is_file() => Ok(()),
        Ok(it) if it.is_dir() => failed(io::ErrorKind::IsADirectory, "it is a folder"),
        Ok(_) => failed(io::ErrorKind::InvalidInput, "it is not a file"),
        Err(error) => failed(error.kind(), &error.to_string()),
    }
}

/// Says what is wrong with the text of a `limbec.toml` and where, by what the reader of TOML says. Neither the
/// line nor a value is quoted: either may hold a password.
///
/// ```
/// use limbec_source::project::toml_mistake;
/// let text = "[database]\nurll = \"sqlite:app.db\"";
/// assert_eq!(toml_mistake("unknown field `urll`", Some(11..15), text), "line 2: unknown field `urll`");
/// let quoting = "invalid type: string \"postgresql://me:s3cret@db\", expected u32";
/// assert_eq!(toml_mistake(quoting, None, ""), "invalid type: string, expected u32");
/// ```
pub fn toml_mistake(message: &str, span: Option<Range<usize>>, text: &str) -> String {
    let message = match message.find("string \"").zip(message.rfind('"')) {
        Some((from, to)) => format!(
            "{}{}",
            &message[..from + "string".len()],
            &message[to + 1..]
        ),
        None => message.to_string(),
    };
    let message = match message.split_once('`').and_then(|(before, rest)| {
        let (name, after) = rest.split_once('`')?;
        let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
        (!name.bytes().all(is_word)).then(|| format!("{before}of another name{after}"))
    }) {
        Some(unnamed) => unnamed,
        None => message,
    };
    let message = message.trim_end().replace('\n', "; ");
    match span.and_then(|it| text.get(..it.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}
