//! A temporary folder that a test fills with a limbec project.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Error;

/// A folder for one test's project, removed on drop.
///
/// ```
/// let project = limbec_testkit::TempProject::new()?;
/// project.write("src/models.rs", "pub struct Collection;\n")?;
/// assert_eq!(project.read("src/models.rs")?, "pub struct Collection;\n");
/// assert_eq!(project.files("src")?, ["models.rs"]);
/// # Ok::<(), limbec_testkit::Error>(())
/// ```
#[derive(Debug)]
pub struct TempProject {
    folder: TempDir,
}

impl TempProject {
    /// Makes an empty folder.
    ///
    /// # Errors
    ///
    /// When the system's temporary folder cannot be written.
    pub fn new() -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("limbec-project-")
            .tempdir()
            .map_err(Error::context("cannot make a temporary folder"))?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders above it; returns its full path.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) -> Result<PathBuf, Error> {
        let path = self.path().join(path);
        let written = match path.parent() {
            Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)),
            None => fs::write(&path, text),
        };
        written.map_err(Error::context(format_args!(
            "cannot write `{}`",
            path.display()
        )))?;
        Ok(path)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it is not there or is no UTF-8.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<String, Error> {
        let path = self.path().join(path);
        fs::read_to_string(&path).map_err(Error::context(format_args!(
            "cannot read `{}`",
            path.display()
        )))
    }

    /// The files under a folder of the project, at any depth, sorted, relative to that folder
    /// and with `/` between the parts. A folder that is not there holds none.
    ///
    /// # Errors
    ///
    /// When a folder cannot be read.
    pub fn files(&self, folder: impl AsRef<Path>) -> Result<Vec<String>, Error> {
        let root = self.path().join(folder);
        let mut files = Vec::new();
        if root.exists() {
            collect(&root, "", &mut files).map_err(Error::context(format_args!(
                "cannot list `{}`",
                root.display()
            )))?;
        }
        files.sort();
        Ok(files)
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::TempProject;

    #[test]
    fn files_are_sorted_at_any_depth_and_gone_on_drop() {
        let project = TempProject::new().unwrap();
        project
            .write("migrations/versions/b_two.rs", "// two\n")
            .unwrap();
        project
            .write("migrations/versions/a_one.rs", "// one\n")
            .unwrap();
        project.write("migrations/README", "read me\n").unwrap();
        assert_eq!(
            project.files("migrations").unwrap(),
            ["README", "versions/a_one.rs", "versions/b_two.rs"]
        );
        assert!(project.files("nowhere").unwrap().is_empty());

        let folder = project.path().to_owned();
        drop(project);
        assert!(!folder.exists());
    }

    #[test]
    fn a_missing_file_is_named() {
        let project = TempProject::new().unwrap();
        let error = project.read("limbec.toml").unwrap_err().to_string();
        assert!(error.contains("limbec.toml"), "{error}");
    }
}
