//! Plans towards the base.

use super::closure::Edges;
use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::identifier::{Identifier, Symbol};
use super::order::newest_first;
use super::plan::{Plan, Planner, Unchanged};
use super::resolve::{Branch, relative_range};
use super::upgrade::refuse_range;
use super::walk::Walked;

/// Where a downgrade goes.
struct Target {
    /// The revision to stop at; none for the base.
    revision: Option<usize>,
    /// The lineage to leave, where only one is meant.
    branch: Option<Branch>,
    warning: Option<String>,
}

impl Graph {
    /// Plans a downgrade: all applied revisions above the target, newest first.
    ///
    /// What depends on a dropped revision is dropped as well; what a dropped revision depended
    /// on stays.
    ///
    /// ```
    /// # use limbec_core::revision::{Graph, Header};
    /// # let header = |id: &str, revises: &[&str]| Header {
    /// #     id: id.to_owned(),
    /// #     revises: revises.iter().map(|&id| id.to_owned()).collect(),
    /// #     path: format!("{id}.rs"),
    /// #     ..Header::default()
    /// # };
    /// let graph = Graph::new(vec![header("a1", &[]), header("b1", &["a1"])]).unwrap();
    ///
    /// let plan = graph.downgrade(&["b1".to_owned()], "-1").unwrap();
    /// assert_eq!(plan.steps[0].to_string(), "Running downgrade b1 -> a1");
    /// assert_eq!(plan.rows_after, ["a1"]);
    /// ```
    ///
    /// # Errors
    /// A row is unknown, the target is unknown, ambiguous or out of reach, or it isn't applied.
    pub fn downgrade(&self, rows: &[String], target: &str) -> Result<Plan<'_>> {
        refuse_range(target)?;
        let current = self.rows(rows)?;
        let Target {
            revision,
            branch,
            warning,
        } = self.downgrade_target(&Identifier::parse(target)?, &current)?;

        let mut roots = revision.map_or_else(|| self.bases(), |at| self.children(at).to_vec());
        if let Some(branch) = &branch
            && roots.len() > 1
        {
            roots.retain(|&root| branch.lineage.contains(root));
        }
        let applied = self.ancestor_set(&current, Edges::All);
        let dropped = self
            .descendant_set(&roots, Edges::All)
            .intersection(&applied);
        let at_target = revision.is_none_or(|at| current.contains(&at));
        if dropped.is_empty() && !at_target {
            // A row that others imply is a place to be at, but not a branch that isn't applied.
            let implied = branch.is_none() && revision.is_some_and(|at| applied.contains(at));
            if !implied {
                return Err(RevisionError::InvalidDowngradeTarget {
                    target: target.to_owned(),
                    rows: self.ids_of(&current),
                });
            }
        }
        let mut planner = Planner::new(self, &current);
        planner.applied(&applied);
        for node in newest_first(self, &dropped, &current) {
            planner.down(node);
        }
        let unchanged = if at_target {
            Unchanged::AtTarget
        } else {
            Unchanged::Implied
        };
        Ok(Plan {
            warning,
            ..planner.finish(unchanged)
        })
    }

    fn downgrade_target(&self, parsed: &Identifier, current: &[usize]) -> Result<Target> {
        let branch = self.branch_of(parsed)?;
        let text = parsed.to_string();
        let Some(offset) = parsed.offset else {
            let revision = self.downgrade_symbol(parsed, branch.as_ref(), current)?;
            return Ok(Target {
                revision,
                branch,
                warning: None,
            });
        };
        if parsed.symbol.is_some() {
            let start = self.downgrade_symbol(parsed, branch.as_ref(), current)?;
            let within = branch.as_ref().map(|branch| &branch.lineage);
            return match self.walk(start, offset, within, &text)? {
                Walked::To(revision) => Ok(Target {
                    revision,
                    branch,
                    warning: None,
                }),
                Walked::TooFar(_) => Err(RevisionError::WalkedTooFar { identifier: text }),
            };
        }
        if offset >= 0 {
            return Err(relative_range(
                parsed,
                Some("a downgrade counts down, as in `-1`"),
            ));
        }
        let (start, warning) = match &branch {
            Some(branch) => (self.start_on_branch(parsed, branch, current)?, None),
            None => match current {
                [] => return Err(relative_range(parsed, Some("nothing is applied"))),
                &[start] => (start, None),
                &[start, ..] => (start, Some(self.ambiguous(&text, current))),
            },
        };
        match self.walk(Some(start), offset, None, &text)? {
            Walked::To(revision) => {
                // Only the line that was walked is meant, not what else forks off the target.
                let line = Branch {
                    name: self.id(start).to_owned(),
                    revision: start,
                    lineage: self.lineage(start, Edges::Versioned),
                };
                Ok(Target {
                    revision,
                    branch: Some(line),
                    warning,
                })
            }
            Walked::TooFar(_) => Err(relative_range(parsed, None)),
        }
    }

    /// Resolves the symbol of a downgrade.
    ///
    /// `head` and `heads` are read over the whole graph even after a label, as in Alembic: a
    /// downgrade to a head goes nowhere at best, so ambiguity is worth an error.
    fn downgrade_symbol(
        &self,
        parsed: &Identifier,
        branch: Option<&Branch>,
        current: &[usize],
    ) -> Result<Option<usize>> {
        let Some(symbol) = &parsed.symbol else {
            return Ok(None);
        };
        let whole = matches!(symbol, Symbol::Head | Symbol::Heads) && parsed.offset.is_none();
        let argument = Identifier {
            offset: None,
            ..parsed.clone()
        }
        .to_string();
        let found = match self.symbol(symbol, branch.filter(|_| !whole), current) {
            Err(RevisionError::MultipleHeads { heads, .. }) => {
                return Err(RevisionError::MultipleHeads { argument, heads });
            }
            found => found?,
        };
        self.single(&found, &argument)
    }

    /// Finds what `label@-N` counts from: the row on the branch, or what rows imply there.
    fn start_on_branch(
        &self,
        parsed: &Identifier,
        branch: &Branch,
        current: &[usize],
    ) -> Result<usize> {
        let on_branch = |nodes: &[usize]| -> Vec<usize> {
            nodes
                .iter()
                .copied()
                .filter(|&node| branch.lineage.contains(node))
                .collect()
        };
        let mut starts = on_branch(current);
        if starts.is_empty() {
            let applied = self.ancestor_set(current, Edges::All);
            starts = on_branch(&self.maximal(&applied, Edges::Versioned));
        }
        match starts.as_slice() {
            &[start] => Ok(start),
            [] => Err(relative_range(
                parsed,
                Some("nothing of that branch is applied"),
            )),
            _ => Err(RevisionError::AmbiguousDowngrade {
                identifier: parsed.to_string(),
                candidates: self.ids_of(&starts),
            }),
        }
    }

    fn ambiguous(&self, text: &str, current: &[usize]) -> String {
        let ways: Vec<String> = current
            .iter()
            .map(|&row| format!("`{}{text}`", self.id(row)))
            .collect();
        format!(
            "downgrade {text} from multiple heads is ambiguous; it counts from `{}`. Name one instead: {}",
            self.id(current[0]),
            ways.join(", ")
        )
    }
}
