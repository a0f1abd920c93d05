//! What can be wrong with an identifier, a range or a plan.

use std::fmt;

use super::load_error::NamedFile;
use super::wording::{SPELLED, all_of, file_name, one_of};
use crate::text::Printable;

/// The result of resolving, planning and listing.
pub type Result<T> = std::result::Result<T, RevisionError>;

/// Tells why an identifier names no revision, or why there is no plan to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevisionError {
    /// No revision has this id, label or prefix.
    NotFound {
        /// What was asked for.
        identifier: String,
        /// Whether it is a row of the version table.
        in_database: bool,
        /// Known ids and labels that are near; for a row of the version table, else the heads.
        nearest: Vec<String>,
        /// Files that are named like it, but declare another id.
        named: Vec<NamedFile>,
    },
    /// The text has not the form of an identifier.
    Malformed {
        /// The text.
        identifier: String,
    },
    /// The command takes no `+N` and `-N`.
    RelativeNotAllowed {
        /// What was asked for.
        identifier: String,
    },
    /// Several ids begin like this.
    AmbiguousPrefix {
        /// The beginning.
        identifier: String,
        /// The ids, sorted.
        candidates: Vec<String>,
    },
    /// What stands before `@` is neither a label nor a revision.
    NoSuchBranch {
        /// What stands there.
        branch: String,
        /// Known labels and ids that are near.
        nearest: Vec<String>,
    },
    /// The revision exists, but not on the lineage asked for.
    NotOnBranch {
        /// The revision.
        revision: String,
        /// What stands before `@`.
        branch: String,
    },
    /// One head was asked for, and there are several.
    MultipleHeads {
        /// What was asked for, e.g. `head`.
        argument: String,
        /// The heads.
        heads: Vec<String>,
    },
    /// One head was asked for in `stamp`, and there are several.
    MultipleStampHeads {
        /// What was asked for.
        argument: String,
        /// The heads.
        heads: Vec<String>,
    },
    /// A new revision was to go on the one head, and there are several.
    MultipleRevisionHeads {
        /// The heads.
        heads: Vec<String>,
    },
    /// There are not as many revisions as a relative identifier wants to go.
    RelativeRange {
        /// `+N` or `-N`.
        relative: String,
        /// The whole identifier.
        identifier: String,
        /// Why not, where it isn't the number.
        reason: Option<&'static str>,
    },
    /// `id+N` or `id-N` leaves the graph.
    WalkedTooFar {
        /// The identifier.
        identifier: String,
    },
    /// The walk comes to where it could go several ways.
    AmbiguousWalk {
        /// The identifier.
        identifier: String,
        /// Where: a revision, or none for the base.
        at: Option<String>,
        /// Whether it goes towards the heads.
        up: bool,
        /// The ways.
        candidates: Vec<String>,
    },
    /// `+N` with several current revisions.
    AmbiguousUpgrade {
        /// The identifier.
        identifier: String,
        /// The current revisions it may start from.
        candidates: Vec<String>,
    },
    /// `label@-N` with several current revisions on the branch.
    AmbiguousDowngrade {
        /// The identifier.
        identifier: String,
        /// The current revisions it may start from.
        candidates: Vec<String>,
    },
    /// The target of a downgrade is not applied.
    InvalidDowngradeTarget {
        /// The target.
        target: String,
        /// The version rows.
        rows: Vec<String>,
    },
    /// The ends of a range don't lie on one line.
    NotAncestor {
        /// The older end.
        start: String,
        /// The newer end.
        end: String,
    },
    /// One of several stamp targets lies below another of them.
    Overlap {
        /// The one below.
        revision: String,
        /// Those above it.
        others: Vec<String>,
    },
    /// What should be a history range is none.
    HistoryRange {
        /// The text.
        range: String,
    },
    /// A range where a single revision is wanted.
    RangeNotAllowed {
        /// The text.
        range: String,
    },
    /// A downgrade to SQL without its start.
    DowngradeRange {
        /// The text.
        range: String,
    },
    /// A new revision was to go on one that is no head.
    NotHead {
        /// The revision.
        revision: String,
        /// Those that revise it already.
        children: Vec<String>,
    },
    /// A new revision was to go on the same one twice.
    DuplicateHead {
        /// The revision.
        revision: String,
    },
}

impl RevisionError {
    /// Returns what to do next.
    #[expect(clippy::too_many_lines, reason = "one arm a hint")]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotFound { named, .. } if !named.is_empty() => format!(
                "a file is named `{}`, but its id is `{}`",
                file_name(&named[0].path),
                named[0].id
            ),
            Self::NotFound {
                in_database: true,
                nearest,
                ..
            } => {
                let near = if nearest.is_empty() {
                    String::new()
                } else {
                    format!("; the nearest known is {}", one_of(nearest))
                };
                format!(
                    "the database is at a revision that no file has{near}. Restore its file, or, \
                     if you know what the schema is like, `stamp --purge` the right revision"
                )
            }
            Self::NotFound { nearest, .. } | Self::NoSuchBranch { nearest, .. }
                if !nearest.is_empty() =>
            {
                format!("did you mean {}?", one_of(nearest))
            }
            Self::NotFound { .. } | Self::NoSuchBranch { .. } => {
                "`history` lists all revisions".to_owned()
            }
            Self::Malformed { .. } => {
                "write `[label@][id, head, heads, base or current][+N or -N]`".to_owned()
            }
            Self::RelativeNotAllowed { .. } => "name the revision itself".to_owned(),
            Self::AmbiguousPrefix { candidates, .. } => {
                format!("write more of it: {}", one_of(candidates))
            }
            Self::NotOnBranch { revision, branch } => {
                format!(
                    "`history -r {branch}@base:{branch}@heads` lists that branch; `{revision}` alone names the revision"
                )
            }
            Self::MultipleHeads { heads, .. } => {
                format!("the heads are {}; `merge heads` joins them", all_of(heads))
            }
            Self::MultipleStampHeads { heads, .. } => {
                format!("name {}, or `heads` for all", one_of(heads))
            }
            Self::MultipleRevisionHeads { heads } => {
                format!(
                    "the heads are {}: give one as `--head`, or run `merge heads`",
                    all_of(heads)
                )
            }
            Self::RelativeRange { .. } | Self::WalkedTooFar { .. } => {
                "`history` shows what lies above and below; `base` and `heads` are the ends"
                    .to_owned()
            }
            Self::AmbiguousWalk {
                up: true,
                candidates,
                ..
            } => {
                format!(
                    "name the one to go to: {}, or a branch: `<label>@+N`",
                    one_of(candidates)
                )
            }
            Self::AmbiguousWalk { candidates, .. } => {
                format!("name the one to go to: {}", one_of(candidates))
            }
            Self::AmbiguousUpgrade { candidates, .. } => format!(
                "name the branch: {}",
                one_of(
                    &candidates
                        .iter()
                        .map(|id| format!("{id}@+1"))
                        .collect::<Vec<_>>()
                )
            ),
            Self::AmbiguousDowngrade { candidates, .. } => format!(
                "name the one to start from: {}",
                one_of(
                    &candidates
                        .iter()
                        .map(|id| format!("{id}-1"))
                        .collect::<Vec<_>>()
                )
            ),
            Self::InvalidDowngradeTarget { rows, .. } if rows.is_empty() => {
                "nothing is applied".to_owned()
            }
            Self::InvalidDowngradeTarget { rows, .. } => format!(
                "the database is at {}; name a revision below, `-N` or `base`",
                all_of(rows)
            ),
            Self::NotAncestor { .. } => "the older end comes first".to_owned(),
            Self::Overlap { revision, .. } => {
                format!("a database that is at the others has `{revision}` already; leave it out")
            }
            Self::HistoryRange { .. } => "for example `-r base:head`, `-r -3:current`".to_owned(),
            Self::RangeNotAllowed { .. } => "`start:end` goes with `--sql`".to_owned(),
            Self::DowngradeRange { .. } => {
                "without a database, give the revision to start from too: `head:base`".to_owned()
            }
            Self::NotHead { children, .. } => {
                format!("{} revises it already", one_of(children))
            }
            Self::DuplicateHead { .. } => "name each once".to_owned(),
        })
    }
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Identifiers come from version rows and from whoever asks, too.
        Printable(Words(self)).fmt(f)
    }
}

/// What an error says, with identifiers as they are.
struct Words<'e>(&'e RevisionError);

impl fmt::Display for Words<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm a message")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            RevisionError::NotFound { identifier, .. } => not_found(f, identifier),
            RevisionError::Malformed { identifier } => {
                not_found(f, identifier)?;
                f.write_str(": it is no revision identifier")
            }
            RevisionError::RelativeNotAllowed { identifier } => {
                not_found(f, identifier)?;
                f.write_str(": a relative identifier is not allowed here")
            }
            RevisionError::AmbiguousPrefix {
                identifier,
                candidates,
            } => {
                not_found(f, identifier)?;
                write!(f, ": Multiple revisions start with '{identifier}': ")?;
                for (i, id) in candidates.iter().take(SPELLED).enumerate() {
                    write!(f, "{}'{id}'", if i == 0 { "" } else { ", " })?;
                }
                if candidates.len() > SPELLED {
                    write!(f, ", … and {} more", candidates.len() - SPELLED)?;
                }
                Ok(())
            }
            RevisionError::NoSuchBranch { branch, .. } => {
                not_found(f, branch)?;
                write!(f, ": No such branch: '{branch}'")
            }
            RevisionError::NotOnBranch { revision, branch } => {
                not_found(f, revision)?;
                write!(
                    f,
                    ": Revision {revision} is not a member of branch '{branch}'"
                )
            }
            RevisionError::MultipleHeads { argument, .. } => write!(
                f,
                "Multiple head revisions are present for given argument '{argument}'; please \
                 specify a specific target revision, '<branchname>@{argument}' to narrow to a \
                 specific head, or 'heads' for all heads"
            ),
            RevisionError::MultipleStampHeads { .. } => {
                f.write_str("Multiple heads are present; please specify a single target revision")
            }
            RevisionError::MultipleRevisionHeads { .. } => f.write_str(
                "Multiple heads are present; please specify the head revision on which the new \
                 revision should be based, or perform a merge.",
            ),
            RevisionError::RelativeRange {
                relative, reason, ..
            } => {
                let count = relative.trim_start_matches(['+', '-']);
                write!(
                    f,
                    "Relative revision {relative} didn't produce {count} migrations"
                )?;
                match reason {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
            RevisionError::WalkedTooFar { identifier } => {
                write!(f, "Walked too far: '{identifier}' lies outside the history")
            }
            RevisionError::AmbiguousWalk {
                identifier,
                at,
                up,
                candidates,
            } => {
                let at = at
                    .as_ref()
                    .map_or("the base".to_owned(), |at| format!("`{at}`"));
                let what = if *up { "is followed by" } else { "revises" };
                write!(
                    f,
                    "Ambiguous walk: '{identifier}' comes to {at}, which {what} {}",
                    all_of(candidates)
                )
            }
            RevisionError::AmbiguousUpgrade { candidates, .. } => write!(
                f,
                "Ambiguous upgrade from multiple current revisions: {}",
                all_of(candidates)
            ),
            RevisionError::AmbiguousDowngrade { candidates, .. } => write!(
                f,
                "Ambiguous downgrade from multiple current revisions: {}",
                all_of(candidates)
            ),
            RevisionError::InvalidDowngradeTarget { target, .. } => write!(
                f,
                "Destination {target} is not a valid downgrade target from current head(s)"
            ),
            RevisionError::NotAncestor { start, end } => write!(
                f,
                "Requested range {start}:{end} does not refer to ancestor/descendant revisions \
                 along the same branch"
            ),
            RevisionError::Overlap { revision, others } => write!(
                f,
                "Requested revision {revision} overlaps with other requested revisions {}",
                others.join(", ")
            ),
            RevisionError::HistoryRange { .. } => {
                f.write_str("History range requires [start]:[end], [start]:, or :[end]")
            }
            RevisionError::RangeNotAllowed { .. } => f.write_str("Range revision not allowed"),
            RevisionError::DowngradeRange { .. } => {
                f.write_str("downgrade with --sql requires <fromrev>:<torev>")
            }
            RevisionError::NotHead { revision, .. } => write!(
                f,
                "Revision {revision} is not a head revision; please specify --splice to create a \
                 new branch from this revision"
            ),
            RevisionError::DuplicateHead { revision } => {
                write!(f, "Duplicate head revisions specified: {revision}")
            }
        }
    }
}

impl std::error::Error for RevisionError {}

fn not_found(f: &mut fmt::Formatter<'_>, identifier: &str) -> fmt::Result {
    write!(f, "Can't locate revision identified by '{identifier}'")
}
