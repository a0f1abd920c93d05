//! Plans that change version rows and run nothing.

use super::closure::{Edges, NodeSet};
use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::identifier::{Identifier, Symbol};
use super::plan::{Plan, Planner, Unchanged};
use super::upgrade::refuse_range;

impl Graph {
    /// Plans a stamp: each target takes the place of the rows above and below it.
    ///
    /// Rows that are unrelated to the targets stay. `base` deletes all rows, `label@base` those
    /// of that lineage. A target that another one depends on needs no row. With `purge` the table
    /// is emptied first and `rows_found` may be unknown.
    ///
    /// # Errors
    /// A row or target is unknown, `head` is ambiguous, a target is relative, or one target lies
    /// below another on the same branch.
    pub fn stamp(
        &self,
        rows_found: &[String],
        targets: &[String],
        purge: bool,
    ) -> Result<Plan<'_>> {
        let current = if purge {
            Vec::new()
        } else {
            self.rows(rows_found)?
        };
        let mut wanted = Vec::new();
        let mut seen = NodeSet::new(self.len());
        let mut emptied = Vec::new();
        for target in targets {
            refuse_range(target)?;
            let parsed = Identifier::parse(target)?;
            if parsed.is_relative() {
                return Err(RevisionError::RelativeNotAllowed {
                    identifier: target.clone(),
                });
            }
            let found = self
                .absolute(&parsed, &current)
                .map_err(|error| match error {
                    RevisionError::MultipleHeads { argument, heads } => {
                        RevisionError::MultipleStampHeads { argument, heads }
                    }
                    error => error,
                })?;
            if parsed.symbol == Some(Symbol::Base) {
                emptied.push(self.branch_of(&parsed)?.map(|branch| branch.revision));
            }
            for node in found {
                if seen.insert(node) {
                    wanted.push(node);
                }
            }
        }
        self.refuse_contradictions(&wanted)?;
        let needed: Vec<usize> = wanted
            .iter()
            .flat_map(|&node| self.all_parents(node))
            .copied()
            .collect();
        let implied = self.ancestor_set(&needed, Edges::All);
        wanted.retain(|&node| !implied.contains(node));

        let mut planner = Planner::new(self, &current);
        let mut rows = current;
        for lineage in emptied {
            let related = lineage.map(|revision| self.lineage(revision, Edges::All));
            let goes = |row: usize| related.as_ref().is_none_or(|related| related.contains(row));
            for row in rows.extract_if(.., |row| goes(*row)) {
                planner.stamp(&[row], None);
            }
        }
        for node in wanted {
            if planner.is_row(node) {
                continue;
            }
            let related = self.lineage(node, Edges::All);
            let from: Vec<usize> = rows.extract_if(.., |row| related.contains(*row)).collect();
            planner.stamp(&from, Some(node));
            rows.push(node);
        }
        let mut plan = planner.finish(Unchanged::AtTarget);
        if purge {
            plan.purge = true;
            plan.unchanged = None;
            plan.rows_before = rows_found.to_vec();
        }
        Ok(plan)
    }

    /// A database cannot be at a revision and at one above it on the same branch.
    fn refuse_contradictions(&self, wanted: &[usize]) -> Result<()> {
        let revised: Vec<usize> = wanted
            .iter()
            .flat_map(|&node| self.parents(node))
            .copied()
            .collect();
        let below = self.ancestor_set(&revised, Edges::Versioned);
        let Some(&node) = wanted.iter().find(|&&node| below.contains(node)) else {
            return Ok(());
        };
        let above = self.descendant_set(&[node], Edges::Versioned);
        let others = wanted
            .iter()
            .copied()
            .filter(|&other| other != node && above.contains(other));
        Err(RevisionError::Overlap {
            revision: self.id(node).to_owned(),
            others: self.ids_of(&others.collect::<Vec<_>>()),
        })
    }
}
