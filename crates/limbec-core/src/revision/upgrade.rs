//! Plans towards the heads.

use super::closure::Edges;
use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::identifier::Identifier;
use super::order::newest_first;
use super::plan::{Plan, Planner, Unchanged};

impl Graph {
    /// Plans an upgrade: all that the target needs and that isn't applied, oldest first.
    ///
    /// A target that is applied already gives a plan without steps, never an error.
    ///
    /// ```
    /// # use limbec_core::revision::{Graph, Header};
    /// # let header = |id: &str, revises: &[&str]| Header {
    /// #     id: id.to_owned(),
    /// #     revises: revises.iter().map(|&id| id.to_owned()).collect(),
    /// #     message: format!("Add {id}"),
    /// #     path: format!("{id}.rs"),
    /// #     ..Header::default()
    /// # };
    /// let graph = Graph::new(vec![header("a1", &[]), header("b1", &["a1"])]).unwrap();
    ///
    /// let plan = graph.upgrade(&["a1".to_owned()], "+1").unwrap();
    /// assert_eq!(plan.steps[0].to_string(), "Running upgrade a1 -> b1, Add b1");
    /// assert_eq!(plan.steps[0].rows_delete, ["a1"]);
    /// assert_eq!(plan.steps[0].rows_insert, ["b1"]);
    ///
    /// let plan = graph.upgrade(&["b1".to_owned()], "a1").unwrap();
    /// assert!(plan.already_applied());
    /// ```
    ///
    /// # Errors
    /// A row is unknown, or the target is unknown, ambiguous or out of reach.
    pub fn upgrade(&self, rows: &[String], target: &str) -> Result<Plan<'_>> {
        refuse_range(target)?;
        let current = self.rows(rows)?;
        let targets = self.upgrade_targets(&Identifier::parse(target)?, &current)?;
        let applied = self.ancestor_set(&current, Edges::All);
        let needed = self.ancestor_set(&targets, Edges::All).difference(&applied);
        let mut planner = Planner::new(self, &current);
        for &node in newest_first(self, &needed, &targets).iter().rev() {
            planner.up(node);
        }
        let newest = |&target: &usize| !self.children(target).iter().any(|&c| applied.contains(c));
        let at_target = if targets.is_empty() {
            current.is_empty()
        } else {
            targets.iter().all(newest)
        };
        let unchanged = if at_target {
            Unchanged::AtTarget
        } else {
            Unchanged::AlreadyApplied
        };
        Ok(planner.finish(unchanged))
    }
}

pub(super) fn refuse_range(target: &str) -> Result<()> {
    if target.contains(':') {
        return Err(RevisionError::RangeNotAllowed {
            range: target.to_owned(),
        });
    }
    Ok(())
}
