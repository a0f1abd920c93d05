//! Version rows that somebody has changed by hand: the journal knows what ran.

use std::collections::HashSet;

use limbec_core::revision::{Direction, Graph};
use limbec_core::text::one_line;

use super::state::State;

impl State {
    /// Says where the version table and the journal disagree, a sentence each, in the graph's order.
    ///
    /// A stamp by limbec is in the journal, and ends this. Nothing is said of revisions that were applied
    /// before there was a journal, by Alembic for instance.
    pub fn drift(&self, graph: &Graph) -> Vec<String> {
        // Rows that no file has are an error of their own.
        let Ok(applied) = graph.applied(&self.version.rows) else {
            return Vec::new();
        };
        let applied: HashSet<usize> = applied.into_iter().collect();
        let mut has_run = vec![None; graph.len()];
        for standing in &self.standings {
            if let Some(index) = graph.index_of(&standing.revision) {
                has_run[index] = Some(standing);
            }
        }
        let order = graph.topological().iter();
        let differing = order.filter_map(|&index| {
            let counts = applied.contains(&index);
            let said = match has_run[index] {
                Some(standing) if standing.is_unfinished() => return None,
                Some(standing) => match standing.direction {
                    Some(Direction::Up) if !counts => {
                        "was upgraded, and the version table does not count it"
                    }
                    Some(Direction::Down) if counts => {
                        "was reverted, and the version table counts it"
                    }
                    _ => return None,
                },
                None if counts && Self::runs_below(index, graph, &has_run) => {
                    "was never run, and the version table counts it"
                }
                None => return None,
            };
            Some((index, said))
        });
        let differing = differing.map(|(index, said)| {
            format!(
                "By the journal the revision {} {said}: somebody has changed the version table by hand; if \
                 the schema is right, record it: limbec stamp --purge {}",
                one_line(graph.id(index)),
                self.stamp()
            )
        });
        differing.collect()
    }

    /// Whether a revision below one was run, so that the journal was there when this one came to count.
    fn runs_below<T>(index: usize, graph: &Graph, has_run: &[Option<T>]) -> bool {
        let below = graph.ancestors(&[index]);
        below.into_iter().any(|it| has_run[it].is_some())
    }

    /// What a stamp is to be given so that the version rows stay as they are.
    fn stamp(&self) -> String {
        if self.version.rows.is_empty() {
            return "base".to_string();
        }
        one_line(&self.version.rows.join(" ")).into_owned()
    }
}
