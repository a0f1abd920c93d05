//! How a database stands to the revisions of a program.

use std::fmt;

use limbec_core::revision::Graph;
use limbec_core::text::one_line;

use crate::connection::Connection;
use crate::run::{
    Ahead, Error, HalfDone, Revisions, Settings, State, WhenAhead, changed_in_words, judge, look,
    refuse,
};

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
    /// The applied revisions of which this program has another text than what was applied. Not looked for
    /// where the database is ahead.
    pub changed: Vec<String>,
    /// The revision that a run has left half applied or half reverted, if there is one.
    pub half_done: Option<HalfDone>,
    /// Where the version table and the journal disagree, a sentence each: somebody has changed a row by hand.
    pub drift: Vec<String>,
}

impl Standing {
    /// Whether the database is where this program wants it.
    pub fn is_up_to_date(&self) -> bool {
        self.pending.is_empty()
            && self.unknown.is_empty()
            && self.changed.is_empty()
            && self.half_done.is_none()
    }

    pub(crate) async fn read<C: Connection, R: Revisions>(
        connection: &mut C,
        revisions: &R,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let table = settings.version_table(connection.dialect());
        let graph = revisions.graph();
        let state = State::read(connection, &table).await?;
        let ahead = look(connection, &table, graph, &state.version.rows).await?;
        let mut standing = Standing::of(state.version.rows.clone(), ahead, graph)?;
        standing.half_done = state.half_done();
        standing.drift = state.drift(graph);
        if standing.unknown.is_empty() {
            standing.changed = state.changed(revisions)?;
        }
        Ok(standing)
    }

    /// What a program goes on with where the database is ahead; an error where it is so by more than
    /// the policy allows, or where a revision is no longer what was applied.
    pub(crate) fn judge(&self, graph: &Graph, policy: WhenAhead) -> Result<Option<Ahead>, Error> {
        refuse(&self.changed)?;
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
            changed: Vec::new(),
            half_done: None,
            drift: Vec::new(),
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.changed.is_empty() {
            f.write_str(&one_line(&changed_in_words(&self.changed)))?;
            if self.pending.is_empty() {
                return Ok(());
            }
            f.write_str("; ")?;
        }
        if let Some(half_done) = &self.half_done {
            write!(
                f,
                "the revision {} is {half_done}; ",
                one_line(&half_done.revision)
            )?;
        }
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
                write!(
                    f,
                    "the database is ahead of this program, {}",
                    one_line(&by)
                )
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
    fn a_revision_that_was_changed_is_named() {
        let mut standing = Standing::of(vec!["b".to_string()], None, &graph()).unwrap();
        standing.changed = vec!["a".to_string()];
        let text = "the revision `a` is not what was applied: its file has changed; \
                    1 revision is pending: c";
        assert_eq!(standing.to_string(), text);
        assert!(!standing.is_up_to_date());
        assert!(standing.judge(&graph(), WhenAhead::Serve).is_err());
    }

    #[test]
    fn without_revisions_nothing_is_pending() {
        let standing = Standing::of(Vec::new(), None, &Graph::default()).unwrap();
        assert!(standing.is_up_to_date());
    }
}
