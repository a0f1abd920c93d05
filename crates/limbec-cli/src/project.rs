//! The revision files of a project: headers for the graph, bodies only for what is run.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use limbec::run::{Error, ErrorKind, Revisions};
use limbec_core::checksum::{differ, is_of, of_bytes};
use limbec_core::compare::Created;
use limbec_core::dialect::Dialect;
use limbec_core::operations::Operation;
use limbec_core::revision::{Graph, Header};
use limbec_source::diagnostic::Diagnostic;
use limbec_source::project::revision_files;
use limbec_source::revisions::{Body, checksum, read_body, read_header};

use crate::config::Config;
use crate::error::{CommandError, Result, mistakes};

/// How much of a file is read for its header.
const HEAD: usize = 4096;

/// A project's revisions.
#[derive(Debug)]
pub(crate) struct Project {
    graph: Graph,
    root: PathBuf,
    /// By its id, the sum of a file's bytes, where they were read for the header already.
    sums: HashMap<String, u64>,
}

impl Project {
    /// Reads the headers of all revision files, and reports everything that is broken at once.
    pub(crate) fn load(config: &Config) -> Result<Self> {
        for location in &config.version_locations {
            if !location.is_dir() {
                return Err(CommandError::new(format!(
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
            CommandError::new(format!("cannot read {}: {error}", location.display()))
        })?;

        let mut headers = Vec::with_capacity(paths.len());
        let mut sums = HashMap::with_capacity(paths.len());
        let mut mistakes = Vec::new();
        let mut head = [0; HEAD];
        for path in paths {
            match header(&path, &config.shown(&path), &mut head) {
                Ok((header, sum)) => {
                    sums.extend(sum.map(|sum| (header.id.clone(), sum)));
                    headers.push(header);
                }
                Err(mut found) => mistakes.append(&mut found),
            }
        }
        if !mistakes.is_empty() {
            let count = mistakes.len();
            return Err(CommandError::diagnostics(
                format!(
                    "{} in the headers of revision files",
                    crate::error::mistakes(count)
                ),
                mistakes,
                |path| text_of(&config.root, path),
            ));
        }
        let graph = Graph::new(headers).map_err(|errors| {
            let text = errors.iter().map(|error| match error.hint() {
                Some(hint) => format!("\n  {error}\n    hint: {}", crate::error::in_full(hint)),
                None => format!("\n  {error}"),
            });
            CommandError::new(format!(
                "the revision files do not fit together:{}",
                text.collect::<String>()
            ))
        })?;
        Ok(Project {
            graph,
            root: config.root.clone(),
            sums,
        })
    }

    /// The file of a revision.
    pub(crate) fn path(&self, id: &str) -> PathBuf {
        self.root
            .join(self.graph.get(id).map_or("", |header| &header.path))
    }

    /// Follows all revisions of the project: which objects they create.
    pub(crate) fn created(&self, dialect: &dyn Dialect) -> Result<Created> {
        let mut created = Created::default();
        for index in self.graph.topological() {
            for operation in self.upgrade(self.graph.id(*index))? {
                created.follow(&operation, dialect);
            }
        }
        Ok(created)
    }

    fn body(&self, id: &str) -> std::result::Result<Body, Error> {
        let (shown, text) = self.text(id)?;
        read_body(shown, &text).map_err(|found| does_not_read(id, found, text))
    }

    /// The path of a revision's file as it is shown, and its text.
    fn text(&self, id: &str) -> std::result::Result<(&str, String), Error> {
        let shown = self.graph.get(id).map_or("", |header| &header.path);
        let text = std::fs::read_to_string(self.path(id)).map_err(|error| {
            Error::new(ErrorKind::Source, format!("cannot read {shown}: {error}"))
        })?;
        Ok((shown, text))
    }
}

impl Revisions for Project {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn upgrade(&self, id: &str) -> std::result::Result<Vec<Operation>, Error> {
        self.body(id).map(|body| body.upgrade)
    }

    fn downgrade(&self, id: &str) -> std::result::Result<Vec<Operation>, Error> {
        self.body(id).map(|body| body.downgrade)
    }

    fn checksum(&self, id: &str) -> std::result::Result<Option<String>, Error> {
        let (shown, text) = self.text(id)?;
        checksum(shown, &text)
            .map(Some)
            .map_err(|found| does_not_read(id, found, text))
    }

    fn has_changed(&self, id: &str, then: &str) -> std::result::Result<bool, Error> {
        if self.sums.get(id).is_some_and(|sum| is_of(then, *sum)) {
            return Ok(false);
        }
        let (shown, text) = self.text(id)?;
        if is_of(then, of_bytes(text.as_bytes())) {
            return Ok(false);
        }
        let now = checksum(shown, &text).map_err(|found| does_not_read(id, found, text))?;
        Ok(differ(then, &now))
    }
}

fn does_not_read(id: &str, found: Vec<Diagnostic>, text: String) -> Error {
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
        f.write_str(&mistakes(self.found.len()))
    }
}

impl std::error::Error for Unreadable {}

/// Reads the header of a file: from its beginning, or from all of it where that does not do. Where
/// the beginning is all, gives the sum of its bytes too.
fn header(
    path: &Path,
    shown: &str,
    head: &mut [u8; HEAD],
) -> std::result::Result<(Header, Option<u64>), Vec<Diagnostic>> {
    let unreadable = |error: std::io::Error| {
        vec![Diagnostic::new(
            shown,
            0..0,
            format!("cannot read the file: {error}"),
        )]
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.read(head).map_err(unreadable)?;
    let begin = &head[..length];
    let sum = (length < HEAD).then(|| of_bytes(begin));
    if let Ok(text) = std::str::from_utf8(&begin[..boundary(begin)])
        && let Ok(header) = read_header(shown, text)
    {
        return Ok((header, sum));
    }
    let mut bytes = begin.to_vec();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let header = read_header(shown, &decode(bytes, shown)?)?;
    Ok((header, sum))
}

/// The end of the last character that is whole.
fn boundary(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    }
}

fn decode(bytes: Vec<u8>, shown: &str) -> std::result::Result<String, Vec<Diagnostic>> {
    String::from_utf8(bytes)
        .map_err(|_| vec![Diagnostic::new(shown, 0..0, "the file is not UTF-8 text")])
}

fn text_of(root: &Path, shown: &str) -> String {
    std::fs::read(root.join(shown))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}
