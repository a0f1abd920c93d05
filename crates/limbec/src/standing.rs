//! How a database stands to the revisions of a program.

use std::fmt;

use limbec_core::revision::Graph;

use crate::connection::Connection;
use crate::run::{Ahead, Error, VERSION_TABLE, Version, WhenAhead, judge, look};

/// How a database stands to the revisions of a program: behind, in step, or ahead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Standing {
    /// The revisions that the database is at.
    pub current: Vec<String>,
    /// The revisions that an upgrade to all heads would run, in order. Empty where the database is
    /// ahead and its journal does not say of what: this program cannot tell what it has.
    pub pending: Vec<String>,
    /// The revisions that the database is at and this program does not have: a newer one applied
    /// them.
    pub unknown: Vec<String>,
    /// What the database's journal says of those that it is ahead by.
    pub ahead: Option<Ahead>,
}

impl Standing {
    /// Whether the database is where this program wants it.
    pub fn is_up_to_date(&self) -> bool {
        self.pending.is_empty() && self.unknown.is_empty()
    }

    pub(crate) async fn read<C: Connection>(
        connection: &mut C,
        graph: &Graph,
    ) -> Result<Self, Error> {
        let table = VERSION_TABLE.into();
        let version = Version::read(connection, &table).await?;
        let ahead = look(connection, &table, graph, &version.rows).await?;
        Standing::of(version.rows, ahead, graph)
    }

    /// What a program goes on with where the database is ahead; an error where it is so by more than
    /// the policy allows.
    pub(crate) fn judge(&self, graph: &Graph, policy: WhenAhead) -> Result<Option<Ahead>, Error> {
        if self.unknown.is_empty() {
            return Ok(None);
        }
        judge(graph, &self.current, self.ahead.clone(), policy).map(Some)
    }

    fn of(rows: Vec<String>, ahead: Option<Ahead>, graph: &Graph) -> Result<Self, Error> {
        let is_unknown = |row: &&String| graph.index_of(row).is_none();
        let unknown: Vec<String> = rows.iter().filter(is_unknown).cloned().collect();
        let known = match &ahead {
            Some(ahead) => Some(&ahead.known),
            None => unknown.is_empty().then_some(&rows),
        };
        let pending = if let Some(known) = known
            && !graph.is_empty()
        {
            let plan = graph.upgrade(known, "heads")?;
            plan.steps
                .iter()
                .map(|step| step.id().to_string())
                .collect()
        } else {
            Vec::new()
        };
        Ok(Standing {
            current: rows,
            pending,
            unknown,
            ahead,
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unknown.as_slice(), self.pending.as_slice()) {
            ([], []) => f.write_str("the database is up to date"),
            ([], [one]) => write!(f, "1 revision is pending: {one}"),
            ([], several) => {
                write!(
                    f,
                    "{} revisions are pending: {}",
                    several.len(),
                    several.join(", ")
                )
            }
            (unknown, _) => {
                let by = match &self.ahead {
                    Some(ahead) => format!("by {}", ahead.in_words()),
                    None => format!("at {}", unknown.join(", ")),
                };
                write!(f, "the database is ahead of this program, {by}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use limbec_core::revision::Header;

    use super::*;

    fn graph() -> Graph {
        let header = |id: &str, revises: &[&str]| Header {
            id: id.into(),
            revises: revises.iter().map(ToString::to_string).collect(),
            path: format!("{id}.rs"),
            ..Header::default()
        };
        Graph::new(vec![
            header("a", &[]),
            header("b", &["a"]),
            header("c", &["b"]),
        ])
        .unwrap()
    }

    #[test]
    fn a_database_is_behind_in_step_or_ahead() {
        let told = |rows: &[&str]| {
            let rows = rows.iter().map(ToString::to_string).collect();
            Standing::of(rows, None, &graph()).unwrap().to_string()
        };
        assert_eq!(told(&[]), "3 revisions are pending: a, b, c");
        assert_eq!(told(&["b"]), "1 revision is pending: c");
        assert_eq!(told(&["c"]), "the database is up to date");
        assert_eq!(told(&["d"]), "the database is ahead of this program, at d");
    }

    #[test]
    fn without_revisions_nothing_is_pending() {
        let standing = Standing::of(Vec::new(), None, &Graph::default()).unwrap();
        assert!(standing.is_up_to_date());
    }
}
