//! What can be wrong with a set of revision files.

use std::fmt;

use super::ids::IdError;
use super::wording::{SPELLED, file_name, one_of};
use crate::text::Printable;

/// Tells by which kind of edge a revision leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// It revises the other.
    Revises,
    /// It depends on the other.
    DependsOn,
}

impl EdgeKind {
    fn verb(self) -> &'static str {
        match self {
            Self::Revises => "revises",
            Self::DependsOn => "depends on",
        }
    }
}

/// One revision of a cycle, and how it leads to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleLink {
    /// The revision.
    pub id: String,
    /// Its file.
    pub path: String,
    /// By which kind of edge it leads to the next link, the last one to the first.
    pub kind: EdgeKind,
}

/// A file whose name suggests an id that is not its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The file.
    pub path: String,
    /// The id that it declares.
    pub id: String,
}

/// Names one thing that is wrong with a set of revision files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GraphError {
    /// An id or a branch label is empty, reserved or holds illegal characters.
    IllegalName {
        /// The file.
        path: String,
        /// What is wrong.
        error: IdError,
    },
    /// Several files declare the same id.
    DuplicateId {
        /// The id.
        id: String,
        /// All files that declare it.
        paths: Vec<String>,
    },
    /// A parent or dependency is declared by no file.
    MissingRevision {
        /// The file that refers to it.
        path: String,
        /// That file's own id.
        id: String,
        /// How it refers to it.
        kind: EdgeKind,
        /// The id (or label) that no file declares.
        missing: String,
        /// Files that are named like the missing id, but declare another.
        named: Vec<NamedFile>,
        /// Known ids that are near.
        nearest: Vec<String>,
    },
    /// A revision revises or depends on itself.
    SelfLoop {
        /// The file.
        path: String,
        /// Its id.
        id: String,
        /// Which of the two.
        kind: EdgeKind,
    },
    /// Revisions lead to each other in a circle.
    Cycle {
        /// `Revises` where the parents alone make the cycle.
        kind: EdgeKind,
        /// All revisions that reach each other, sorted.
        ids: Vec<String>,
        /// A shortest cycle among them.
        links: Vec<CycleLink>,
    },
    /// Two revisions carry the same branch label.
    LabelUsedTwice {
        /// The label.
        label: String,
        /// The revision that carries it first, in file order, and its file.
        first: NamedFile,
        /// The other revision and its file.
        second: NamedFile,
    },
    /// A branch label is the id of a revision.
    LabelIsId {
        /// The label.
        label: String,
        /// The revision that carries it, and its file.
        carrier: NamedFile,
        /// The file whose id it is.
        path: String,
    },
}

impl GraphError {
    /// Returns the file to look at first.
    pub fn path(&self) -> &str {
        match self {
            Self::IllegalName { path, .. }
            | Self::MissingRevision { path, .. }
            | Self::SelfLoop { path, .. } => path,
            Self::DuplicateId { paths, .. } => paths.last().map_or("", String::as_str),
            Self::Cycle { links, .. } => links.first().map_or("", |link| &link.path),
            Self::LabelUsedTwice { second, .. } => &second.path,
            Self::LabelIsId { carrier, .. } => &carrier.path,
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::IllegalName { error: IdError::Reserved { .. }, .. } => {
                "choose another name: `head`, `heads`, `base` and `current` are read as commands' targets".to_owned()
            }
            Self::IllegalName { .. } => "use letters, digits and `_`".to_owned(),
            Self::DuplicateId { .. } => {
                "give one of them an id of its own, and correct what revises or depends on it".to_owned()
            }
            Self::MissingRevision { named, .. } if !named.is_empty() => format!(
                "refer to revisions by the id that they declare: `{}`",
                named[0].id
            ),
            Self::MissingRevision { nearest, .. } if !nearest.is_empty() => {
                format!("did you mean {}?", one_of(nearest))
            }
            Self::MissingRevision { .. } => {
                "restore the missing file (it may sit on another git branch), or correct the id".to_owned()
            }
            Self::SelfLoop { id, kind, .. } => format!("remove `{id}` from what it {}", kind.verb()),
            Self::Cycle { .. } => "remove one of these edges".to_owned(),
            Self::LabelUsedTwice { .. } => {
                "rename one; descendants are on the branch without carrying the label themselves".to_owned()
            }
            Self::LabelIsId { .. } => "rename the label".to_owned(),
        })
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(Words(self)).fmt(f)
    }
}

/// What an error says, with names as they are.
struct Words<'e>(&'e GraphError);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            GraphError::IllegalName { path, error } => write!(f, "{error} (`{path}`)"),
            GraphError::DuplicateId { id, paths } => {
                write!(f, "Revision {id} is present more than once: ")?;
                spell(f, paths, |path| format!("`{path}`"))
            }
            GraphError::MissingRevision {
                path,
                kind,
                missing,
                named,
                ..
            } => {
                write!(f, "`{path}` {} `{missing}`, which no file has", kind.verb())?;
                for NamedFile { path, id } in named {
                    write!(
                        f,
                        "; a file is *named* `{}`, but its id is `{id}`",
                        file_name(path)
                    )?;
                }
                Ok(())
            }
            GraphError::SelfLoop { path, id, kind } => {
                let what = match kind {
                    EdgeKind::Revises => "Self-loop",
                    EdgeKind::DependsOn => "Dependency self-loop",
                };
                write!(
                    f,
                    "{what} is detected in revisions ({id}): `{path}` {} itself",
                    kind.verb()
                )
            }
            GraphError::Cycle { kind, ids, links } => {
                let what = match kind {
                    EdgeKind::Revises => "Cycle",
                    EdgeKind::DependsOn => "Dependency cycle",
                };
                write!(f, "{what} is detected in revisions (")?;
                spell(f, ids, Clone::clone)?;
                f.write_str("): ")?;
                write_chain(f, links)
            }
            GraphError::LabelUsedTwice {
                label,
                first,
                second,
            } => write!(
                f,
                "Branch name '{label}' in revision {} already used by revision {} (`{}`, `{}`)",
                second.id, first.id, second.path, first.path
            ),
            GraphError::LabelIsId {
                label,
                carrier,
                path,
            } => write!(
                f,
                "Branch name '{label}' in revision {} is the id of a revision (`{}`, `{path}`)",
                carrier.id, carrier.path
            ),
        }
    }
}

impl std::error::Error for GraphError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::IllegalName { error, .. } => Some(error),
            _ => None,
        }
    }
}

fn write_chain(f: &mut fmt::Formatter<'_>, links: &[CycleLink]) -> fmt::Result {
    let Some(first) = links.first() else {
        return Ok(());
    };
    for (i, link) in links.iter().take(SPELLED).enumerate() {
        let joint = if i == 0 { "" } else { ", which " };
        let subject = if i == 0 {
            format!("`{}` ", link.path)
        } else {
            String::new()
        };
        let next = links.get(i + 1).unwrap_or(first);
        write!(f, "{joint}{subject}{} {}", link.kind.verb(), next.id)?;
        if links.len() > 1 {
            write!(f, " (`{}`)", next.path)?;
        }
    }
    if links.len() > SPELLED {
        write!(f, ", and on over {} more", links.len() - SPELLED)?;
    }
    Ok(())
}

fn spell<T>(f: &mut fmt::Formatter<'_>, items: &[T], show: impl Fn(&T) -> String) -> fmt::Result {
    for (i, item) in items.iter().take(SPELLED).enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}{}", show(item))?;
    }
    if items.len() > SPELLED {
        write!(f, ", … and {} more", items.len() - SPELLED)?;
    }
    Ok(())
}
