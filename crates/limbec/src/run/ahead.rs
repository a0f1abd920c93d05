//! A database that is ahead of this program: revisions that a newer one has applied.
//!
//! The journal knows their parents and whether they only add.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::revision::Graph;
use limbec_core::schema::ObjectName;

use super::journal::{LogEntry, log};
use super::{Error, ErrorKind, WhenAhead};
use crate::connection::Connection;

/// What is known of a database that is ahead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ahead {
    /// The revisions that are not known here, the newest first.
    pub revisions: Vec<Newer>,
    /// The version rows as they would be without them.
    pub known: Vec<String>,
    /// Whether the journal leads from each of them to a revision that is known here. Where it does
    /// not, nobody can tell what is below.
    pub traced: bool,
    /// Whether this program has revisions that the database has not: its history is another one, not
    /// an older state of the same.
    pub diverged: bool,
}

/// A revision that a newer program has applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Newer {
    /// Its id.
    pub id: String,
    /// Its message.
    pub message: String,
    /// Whether it only adds to what was there.
    pub adds: bool,
}

impl Ahead {
    /// Whether a program that knows nothing of the newer revisions works on.
    pub fn only_adds(&self) -> bool {
        self.revisions.iter().all(|it| it.adds)
    }

    /// What is told of version rows that the journal says nothing of.
    fn untraced(graph: &Graph, rows: &[String]) -> Self {
        let is_known = |row: &&String| graph.index_of(row).is_some();
        let (known, newer): (Vec<_>, Vec<_>) = rows.iter().partition(is_known);
        Ahead {
            revisions: newer
                .into_iter()
                .map(|id| Newer {
                    id: id.clone(),
                    ..Newer::default()
                })
                .collect(),
            known: known.iter().map(|it| (*it).clone()).collect(),
            traced: false,
            diverged: has_others(graph, known.into_iter().map(String::as_str)),
        }
    }

    /// The error of a program that does not go on.
    pub(super) fn refused(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::Ahead,
            format!(
                "the database is ahead of this program, and {why}: {}",
                self.in_words()
            ),
        )
        .with_hint(format!("deploy the newer program; {}", self.way_back()))
    }

    /// What to do if there is no newer program to deploy. Nothing that loses data is advised to who may
    /// only have another history of the same schema.
    fn way_back(&self) -> String {
        match self.known.as_slice() {
            [known] if !self.diverged => format!(
                "or look at what would be reverted, and lost with it: `limbec downgrade \
                 --from-database {known} --dry-run`"
            ),
            _ => "or, if this program's revisions were squashed or moved and the schema is what they \
                  make: `limbec stamp --purge heads`"
                .to_string(),
        }
    }

    /// The newer revisions in words.
    pub fn in_words(&self) -> String {
        let words = self.revisions.iter().map(|it| {
            let adds = match (it.adds, self.traced) {
                (true, _) => "only adds",
                (false, true) => "changes what was there",
                (false, false) => "not in the journal",
            };
            if it.message.is_empty() {
                format!("{} ({adds})", it.id)
            } else {
                format!("{}, {} ({adds})", it.id, it.message)
            }
        });
        words.collect::<Vec<_>>().join("; ")
    }
}

/// Finds out whether a database with these version rows is ahead of a graph; `None` where every row
/// is known, or the journal does not lead from a row to a revision that is.
///
/// ```
/// use limbec::run::{LogEntry, ahead};
/// use limbec_core::revision::{Graph, Header};
/// let header = Header { id: "a1".into(), path: "a1.rs".into(), ..Header::default() };
/// let graph = Graph::new(vec![header]).unwrap();
/// let log = [LogEntry {
///     revision: "b2".into(),
///     revises: vec!["a1".into()],
///     direction: "upgrade".into(),
///     state: "done".into(),
///     adds: Some(true),
///     ..LogEntry::default()
/// }];
/// let found = ahead(&graph, &["b2".into()], &log).unwrap();
/// assert!(found.only_adds());
/// assert_eq!(found.known, ["a1"]);
/// assert_eq!(ahead(&graph, &["a1".into()], &log), None);
/// ```
pub fn ahead(graph: &Graph, rows: &[String], log: &[LogEntry]) -> Option<Ahead> {
    let applied = last_upgrades(log);
    let mut found = Ahead {
        traced: true,
        ..Ahead::default()
    };
    let mut seen = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut next: Vec<&str> = rows.iter().map(String::as_str).collect();
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Some(index) = graph.index_of(id) {
            known.insert(index);
            continue;
        }
        let entry = applied.get(id)?;
        found.revisions.push(Newer {
            id: id.to_string(),
            message: entry.message.clone(),
            adds: entry.adds == Some(true),
        });
        next.extend(
            entry
                .revises
                .iter()
                .chain(&entry.depends_on)
                .map(String::as_str),
        );
    }
    if found.revisions.is_empty() {
        return None;
    }
    // What lies below another known one is no row.
    let below: BTreeSet<usize> = known
        .iter()
        .flat_map(|index| graph.ancestors(&[*index]))
        .collect();
    let is_top = |index: &&usize| {
        let above = known.iter().filter(|it| it != index);
        !(below.contains(index)
            && above
                .copied()
                .any(|it| graph.ancestors(&[it]).contains(index)))
    };
    found.known = known
        .iter()
        .filter(is_top)
        .map(|index| graph.id(*index).to_string())
        .collect();
    found.known.sort();
    found.diverged = has_others(graph, found.known.iter().map(String::as_str));
    Some(found)
}

/// Whether a graph has revisions that are none of these and not below them.
fn has_others<'r>(graph: &Graph, rows: impl Iterator<Item = &'r str>) -> bool {
    let rows: Vec<usize> = rows.filter_map(|row| graph.index_of(row)).collect();
    let known: BTreeSet<usize> = graph.ancestors(&rows).into_iter().chain(rows).collect();
    graph.real_heads().iter().any(|head| !known.contains(head))
}

/// Asks the journal about version rows that are not known here; asks nothing where all are.
pub(crate) async fn look<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
    graph: &Graph,
    rows: &[String],
) -> Result<Option<Ahead>, Error> {
    if rows.iter().all(|row| graph.index_of(row).is_some()) {
        return Ok(None);
    }
    let log = log(connection, version_table, None, None).await?;
    Ok(ahead(graph, rows, &log))
}

/// Decides whether a program goes on with version rows of which it does not know all: what it goes
/// on with, or the error that says why not.
pub(crate) fn judge(
    graph: &Graph,
    rows: &[String],
    found: Option<Ahead>,
    policy: WhenAhead,
) -> Result<Ahead, Error> {
    match (found, policy) {
        (None, WhenAhead::Serve) => Ok(Ahead::untraced(graph, rows)),
        (None, _) => Err(unlocated(graph, rows)),
        (Some(ahead), WhenAhead::Refuse) => Err(unlocated(graph, rows).with_hint(format!(
            "a newer program has applied {}: deploy that one, {}; `[migrations] when_ahead` can let \
             this program go on",
            ahead.in_words(),
            ahead.way_back()
        ))),
        (Some(ahead), WhenAhead::ServeIfAdds) if !ahead.only_adds() => {
            Err(ahead.refused("not everything that is new in it only adds"))
        }
        (Some(ahead), _) => Ok(ahead),
    }
}

/// The graph's own error about a row that it does not know.
fn unlocated(graph: &Graph, rows: &[String]) -> Error {
    match graph.upgrade(rows, "heads") {
        Err(error) => error.into(),
        Ok(_) => Error::new(
            ErrorKind::Ahead,
            "the database is at revisions that are not known here",
        ),
    }
}

/// The last upgrade of each revision; the rows come newest first.
pub(super) fn last_upgrades(log: &[LogEntry]) -> BTreeMap<&str, &LogEntry> {
    let mut last = BTreeMap::new();
    for entry in log {
        let is_last = entry
            .statement
            .is_none_or(|(number, total)| number == total);
        let is_done = entry.state == "done" && entry.step == entry.steps && is_last;
        if entry.direction == "upgrade" && is_done {
            last.entry(entry.revision.as_str()).or_insert(entry);
        }
    }
    last
}
