//! How a database stands to the revisions of a program.

use std::fmt;

use limbec_core::revision::Graph;

use crate::connection::Connection;
use crate::run::{Error, VERSION_TABLE, Version};

/// How a database stands to the revisions of a program: behind, in step, or ahead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Standing {
    /// The revisions that the database is at.
    pub current: Vec<String>,
    /// The revisions that an upgrade to all heads would run, in order. Empty where the database is
    /// ahead: what it has already, this program cannot tell.
    pub pending: Vec<String>,
    /// The revisions that the database is at and this program does not have: a newer one applied
    /// them.
    pub unknown: Vec<String>,
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
        let version = Version::read(connection, &VERSION_TABLE.into()).await?;
        Standing::of(version.rows, graph)
    }

    fn of(rows: Vec<String>, graph: &Graph) -> Result<Self, Error> {
        let is_unknown = |row: &&String| graph.index_of(row).is_none();
        let unknown: Vec<String> = rows.iter().filter(is_unknown).cloned().collect();
        let pending = if unknown.is_empty() && !graph.is_empty() {
            let plan = graph.upgrade(&rows, "heads")?;
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
            (unknown, _) => write!(
                f,
                "the database is ahead of this program, at {}",
                unknown.join(", ")
            ),
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
            Standing::of(rows, &graph()).unwrap().to_string()
        };
        assert_eq!(told(&[]), "3 revisions are pending: a, b, c");
        assert_eq!(told(&["b"]), "1 revision is pending: c");
        assert_eq!(told(&["c"]), "the database is up to date");
        assert_eq!(told(&["d"]), "the database is ahead of this program, at d");
    }

    #[test]
    fn without_revisions_nothing_is_pending() {
        let standing = Standing::of(Vec::new(), &Graph::default()).unwrap();
        assert!(standing.is_up_to_date());
    }
}
