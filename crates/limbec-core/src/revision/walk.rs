//! Steps up and down along versioned edges: what `+N` and `-N` mean.

use super::closure::NodeSet;
use super::error::{Result, RevisionError};
use super::graph::Graph;

/// Where a walk ends; `None` stands for the base, below every revision.
pub(super) enum Walked {
    /// At the place asked for.
    To(Option<usize>),
    /// At the last place there is, with steps left.
    TooFar(Option<usize>),
}

impl Graph {
    /// Goes `steps` revisions up, or down where negative.
    ///
    /// On the way up, `within` tells which revisions count where there are several.
    pub(super) fn walk(
        &self,
        start: Option<usize>,
        steps: i64,
        within: Option<&NodeSet>,
        identifier: &str,
    ) -> Result<Walked> {
        let up = steps > 0;
        let mut at = start;
        for _ in 0..steps.unsigned_abs() {
            let ways: Vec<usize> = match at {
                Some(node) if up => self.children(node).to_vec(),
                Some(node) => self.parents(node).to_vec(),
                None if up => self.bases(),
                None => return Ok(Walked::TooFar(None)),
            };
            let counts = |&node: &usize| !up || within.is_none_or(|within| within.contains(node));
            let ways: Vec<usize> = ways.into_iter().filter(counts).collect();
            at = match (ways.as_slice(), at) {
                (&[way], _) => Some(way),
                ([], Some(_)) if !up => None,
                ([], _) => return Ok(Walked::TooFar(at)),
                _ => {
                    return Err(RevisionError::AmbiguousWalk {
                        identifier: identifier.to_owned(),
                        at: at.map(|node| self.id(node).to_owned()),
                        up,
                        candidates: self.ids_of(&ways),
                    });
                }
            };
        }
        Ok(Walked::To(at))
    }
}
