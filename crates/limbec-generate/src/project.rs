//! The revision files of a project: all are read once, for the graph; the bodies only of those
//! that run.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limbec::run::{Content, Error, ErrorKind, Revisions};
use limbec_core::checksum::{differ, is_of, of_bytes};
use limbec_core::compare::Created;
use limbec_core::dialect::Dialect;
use limbec_core::revision::{Graph, Header};
use limbec_source::diagnostic::Diagnostic;
use limbec_source::project::revision_files;
use limbec_source::revisions::{checksum, read_body, read_header};

use crate::config::Config;
use crate::error::{self, ProjectError, Result};

/// A project's revisions.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    loaded: Arc<Loaded>,
}

/// What was read of the files.
#[derive(Debug)]
struct Loaded {
    graph: Graph,
    /// The files. Each is read once, so that what runs is what was planned.
    bytes: Bytes,
    /// By its revision's id, the place of each file in the bytes.
    files: HashMap<String, Range<usize>>,
}

impl Project {
    /// Reads the headers of all revision files.
    ///
    /// # Errors
    /// When files cannot be read or do not fit together; says everything that is broken at once.
    pub fn load(config: &Config) -> Result<Self> {
        for location in &config.version_locations {
            if !location.is_dir() {
                return Err(ProjectError::new(format!(
                    "Path doesn't exist: {}",
                    config.shown(location)
                ))
                .hint(format!(
                    "run `limbec init`, or correct `[migrations]` in {}",
                    config.file.display()
                )));
            }
        }
        let paths = revision_files(&config.version_locations).map_err(|(location, error)| {
            ProjectError::new(format!("cannot read {}: {error}", location.display()))
        })?;

        let mut headers = Vec::with_capacity(paths.len());
        let mut files = HashMap::with_capacity(paths.len());
        let mut bytes = Bytes::default();
        let mut mistakes = Vec::new();
        for path in paths {
            match read(&path, &config.shown(&path), &mut bytes) {
                Ok((header, file)) => {
                    files.insert(header.id.clone(), file);
                    headers.push(header);
                }
                Err(mut found) => mistakes.append(&mut found),
            }
        }
        if !mistakes.is_empty() {
            let count = mistakes.len();
            return Err(ProjectError::diagnostics(
                format!(
                    "{} in the headers of revision files",
                    error::mistakes(count)
                ),
                mistakes,
                |path| text_of(&config.root, path),
            ));
        }
        bytes.close();
        let graph = Graph::new(headers).map_err(|errors| {
            let text = errors.iter().map(|error| match error.hint() {
                Some(hint) => format!("\n  {error}\n    hint: {}", error::in_full(hint)),
                None => format!("\n  {error}"),
            });
            ProjectError::new(format!(
                "the revision files do not fit together:{}",
                text.collect::<String>()
            ))
        })?;
        Ok(Project {
            root: config.root.clone(),
            loaded: Arc::new(Loaded {
                graph,
                bytes,
                files,
            }),
        })
    }

    /// The file of a revision.
    pub fn path(&self, id: &str) -> PathBuf {
        self.root
            .join(self.graph().get(id).map_or("", |header| &header.path))
    }

    /// Follows all revisions of the project: which objects they create.
    pub(crate) fn created(&self, dialect: &dyn Dialect) -> Result<Created> {
        let mut created = Created::default();
        let graph = self.graph();
        for index in graph.topological() {
            for operation in &self.read(graph.id(*index))?.upgrade {
                created.follow(operation, dialect);
            }
        }
        Ok(created)
    }

    /// The path of a revision's file as it is shown, and the file's bytes.
    fn file(&self, id: &str) -> std::result::Result<(&str, &[u8]), Error> {
        let Loaded {
            graph,
            bytes,
            files,
        } = &*self.loaded;
        let header = graph.get(id);
        let file = files.get(id).and_then(|place| bytes.at(place));
        match (header, file) {
            (Some(header), Some(file)) => Ok((&header.path, file)),
            _ => Err(Error::new(
                ErrorKind::Source,
                format!("there is no revision `{id}`"),
            )),
        }
    }

    /// The same, the file as text.
    fn text(&self, id: &str) -> std::result::Result<(&str, &str), Error> {
        let (shown, bytes) = self.file(id)?;
        let text = std::str::from_utf8(bytes)
            .map_err(|_| does_not_read(id, vec![not_text(shown)], bytes))?;
        Ok((shown, text))
    }
}

impl Revisions for Project {
    fn graph(&self) -> &Graph {
        &self.loaded.graph
    }

    fn read(&self, id: &str) -> std::result::Result<Arc<Content>, Error> {
        let (shown, text) = self.text(id)?;
        let body =
            read_body(shown, text).map_err(|found| does_not_read(id, found, text.as_bytes()))?;
        let (upgrade_lines, downgrade_lines) = body.lines(text);
        Ok(Arc::new(Content {
            upgrade: body.upgrade,
            downgrade: body.downgrade,
            upgrade_lines,
            downgrade_lines,
            kept: None,
            checksum: Some(body.checksum),
        }))
    }

    fn has_changed(&self, id: &str, then: &str) -> std::result::Result<bool, Error> {
        let file = self.loaded.files.get(id);
        let bytes = file.and_then(|place| self.loaded.bytes.at(place));
        if bytes.is_some_and(|bytes| is_of(then, of_bytes(bytes))) {
            return Ok(false);
        }
        let (shown, text) = self.text(id)?;
        let now =
            checksum(shown, text).map_err(|found| does_not_read(id, found, text.as_bytes()))?;
        Ok(differ(then, &now))
    }
}

fn does_not_read(id: &str, found: Vec<Diagnostic>, bytes: &[u8]) -> Error {
    let text = String::from_utf8_lossy(bytes).into_owned();
    Error::new(
        ErrorKind::Source,
        format!("the revision `{id}` does not read"),
    )
    .with_source(Unreadable { found, text })
}

/// A revision file with mistakes.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) found: Vec<Diagnostic>,
    pub(crate) text: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&error::mistakes(self.found.len()))
    }
}

impl std::error::Error for Unreadable {}

/// Reads a file behind the bytes that are read already, and its header.
fn read(
    path: &Path,
    shown: &str,
    bytes: &mut Bytes,
) -> std::result::Result<(Header, Range<usize>), Vec<Diagnostic>> {
    let place = bytes.read(path).map_err(|error| {
        let message = format!("cannot read the file: {error}");
        vec![Diagnostic::new(shown, 0..0, message)]
    })?;
    let file = bytes.at(&place).unwrap_or_default();
    // The header may read even though something behind it is not text.
    let (text, is_text) = match std::str::from_utf8(file) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (String::from_utf8_lossy(file), false),
    };
    match read_header(shown, &text) {
        Ok(header) => Ok((header, place)),
        Err(_) if !is_text => Err(vec![not_text(shown)]),
        Err(mistakes) => Err(mistakes),
    }
}

/// Files behind each other, so that a thousand need no memory of their own each.
#[derive(Debug, Default)]
struct Bytes {
    bytes: Vec<u8>,
    /// What every file is read through: most are smaller, and take one read.
    buffer: Vec<u8>,
}

impl Bytes {
    const BUFFER: usize = 1 << 15;

    /// Reads a file. `File::read_to_end` would ask for its size first, which costs as much as
    /// reading it.
    fn read(&mut self, path: &Path) -> io::Result<Range<usize>> {
        let mut file = File::open(path)?;
        let start = self.bytes.len();
        self.buffer.resize(Self::BUFFER, 0);
        loop {
            // A short read may stand before an error: the end is an empty one.
            match file.read(&mut self.buffer) {
                Ok(0) => return Ok(start..self.bytes.len()),
                Ok(count) => self.bytes.extend_from_slice(&self.buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.bytes.truncate(start);
                    return Err(error);
                }
            }
        }
    }

    /// Gives back what no further file needs.
    fn close(&mut self) {
        self.buffer = Vec::new();
        self.bytes.shrink_to_fit();
    }

    fn at(&self, place: &Range<usize>) -> Option<&[u8]> {
        self.bytes.get(place.clone())
    }
}

fn not_text(shown: &str) -> Diagnostic {
    Diagnostic::new(shown, 0..0, "the file is not UTF-8 text")
}

fn text_of(root: &Path, shown: &str) -> String {
    std::fs::read(root.join(shown))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use limbec_testkit::TempProject;

    use super::*;

    #[test]
    fn a_file_is_read_once() {
        let folder = TempProject::new().unwrap();
        let text = "-- A\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\nDROP TABLE a;\n\n\
                    -- downgrade\nCREATE TABLE a (id INTEGER);\n";
        let config = folder.write("limbec.toml", "").unwrap();
        let file = folder.write("migrations/versions/a1.sql", text).unwrap();
        let config = Config::read(config, None, &|_| None).unwrap();
        let project = Project::load(&config).unwrap();

        // From here on, nothing is opened.
        std::fs::remove_file(file).unwrap();
        let content = project.read("a1").unwrap();
        assert_eq!((content.upgrade.len(), content.downgrade.len()), (1, 1));
        assert_eq!(content.upgrade_lines, [7]);
        assert_eq!(content.downgrade_lines, [10]);
        let checksum = content.checksum.as_deref().unwrap();
        assert!(!project.has_changed("a1", checksum).unwrap());
        assert!(project.has_changed("a1", "1:7:7").unwrap());
        assert!(project.read("b2").is_err());
    }
}
