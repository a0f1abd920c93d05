//! What a plan is, and how version rows follow from its steps.

use std::fmt;

use super::closure::{Edges, NodeSet};
use super::graph::Graph;
use super::header::Header;
use crate::text::one_line;

/// Tells what a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It runs the revision's `upgrade`.
    Up,
    /// It runs the revision's `downgrade`.
    Down,
    /// It runs nothing and only changes version rows.
    Stamp,
}

/// Holds one step of a plan: one revision run, and what changes in the version table with it.
///
/// It prints as Alembic's log line does: `Running upgrade 61ee6f04df66 -> 3950395dfef3, message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep<'g> {
    /// What the step does.
    pub direction: Direction,
    /// The revision run or stamped; in a stamp to the base, that of the row that goes.
    pub revision: &'g Header,
    /// The version rows to delete with this step.
    pub rows_delete: Vec<&'g str>,
    /// The version rows to insert with this step.
    pub rows_insert: Vec<&'g str>,
}

impl<'g> PlanStep<'g> {
    /// Returns the revision's id.
    pub fn id(&self) -> &'g str {
        &self.revision.id
    }

    /// Returns what the log line shows before the arrow.
    pub fn from(&self) -> Vec<&'g str> {
        match self.direction {
            Direction::Up => self.parents(),
            Direction::Down => vec![self.id()],
            Direction::Stamp => self.rows_delete.clone(),
        }
    }

    /// Returns what the log line shows after the arrow.
    pub fn to(&self) -> Vec<&'g str> {
        match self.direction {
            Direction::Up => vec![self.id()],
            Direction::Down => self.parents(),
            Direction::Stamp => self.rows_insert.clone(),
        }
    }

    fn parents(&self) -> Vec<&'g str> {
        self.revision.revises.iter().map(String::as_str).collect()
    }
}

impl fmt::Display for PlanStep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.direction {
            Direction::Up => "upgrade",
            Direction::Down => "downgrade",
            Direction::Stamp => "stamp_revision",
        };
        let (from, to) = (self.from().join(", "), self.to().join(", "));
        let mut line = format!("Running {verb} {from} -> {to}");
        if !self.revision.message.is_empty() && self.direction != Direction::Stamp {
            line.push_str(", ");
            line.push_str(&self.revision.message);
        }
        // A script holds it as a comment, which the first line break would end.
        f.write_str(&one_line(&line))
    }
}

/// Tells why a plan has no steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// The database is at the target: it is applied, and nothing applied revises it.
    AtTarget,
    /// An upgrade's target lies below what is applied already: something applied revises it.
    AlreadyApplied,
    /// A downgrade's target is applied, not as a row but because others depend on it, and
    /// nothing revises it.
    Implied,
}

/// Holds what to run, in order, and the version rows before and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<'g> {
    /// What to run.
    pub steps: Vec<PlanStep<'g>>,
    /// The version rows as found.
    pub rows_before: Vec<String>,
    /// The version rows after the last step.
    pub rows_after: Vec<String>,
    /// Why there is no step, where there is none.
    pub unchanged: Option<Unchanged>,
    /// What the user should be told before the plan runs.
    pub warning: Option<String>,
    /// Whether all rows of the version table are deleted before the first step.
    pub purge: bool,
}

impl Plan<'_> {
    /// Tells whether the plan changes nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && !self.purge
    }

    /// Tells whether an upgrade's target lies below what is applied already.
    pub fn already_applied(&self) -> bool {
        self.unchanged == Some(Unchanged::AlreadyApplied)
    }

    /// Returns the version rows after the first `steps` steps.
    pub fn rows_after_steps(&self, steps: usize) -> Vec<String> {
        let mut rows = if self.purge {
            Vec::new()
        } else {
            self.rows_before.clone()
        };
        for step in self.steps.iter().take(steps) {
            rows.retain(|row| !step.rows_delete.contains(&row.as_str()));
            rows.extend(step.rows_insert.iter().map(|&row| row.to_owned()));
        }
        rows
    }
}

/// Builds a plan step by step.
///
/// The rows it keeps are the maximal elements of the applied closure. What the table holds
/// besides (rows that others imply) goes with the first step.
pub(super) struct Planner<'a> {
    graph: &'a Graph,
    steps: Vec<PlanStep<'a>>,
    rows_before: Vec<usize>,
    redundant: Vec<usize>,
    /// When each revision became a row; none where it is no row.
    since: Vec<Option<usize>>,
    clock: usize,
    /// How many applied revisions need each revision; kept only for downgrades.
    needed_by: Vec<usize>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(graph: &'a Graph, rows: &[usize]) -> Self {
        let mut planner = Self {
            graph,
            steps: Vec::new(),
            rows_before: rows.to_vec(),
            redundant: Vec::new(),
            since: vec![None; graph.len()],
            clock: 0,
            needed_by: Vec::new(),
        };
        let maximal = if rows.len() < 2 {
            NodeSet::of(graph.len(), rows)
        } else {
            let below: Vec<usize> = rows
                .iter()
                .flat_map(|&row| graph.all_parents(row))
                .copied()
                .collect();
            NodeSet::of(graph.len(), rows).difference(&graph.ancestor_set(&below, Edges::All))
        };
        for &row in rows {
            if maximal.contains(row) {
                planner.insert(row);
            } else {
                planner.redundant.push(row);
            }
        }
        planner
    }

    pub(super) fn is_row(&self, node: usize) -> bool {
        self.since[node].is_some()
    }

    pub(super) fn up(&mut self, node: usize) {
        let graph = self.graph;
        let mut delete: Vec<usize> = Vec::new();
        for &parent in graph.all_parents(node) {
            if self.since[parent].take().is_some() {
                delete.push(parent);
            }
        }
        self.insert(node);
        self.step(Direction::Up, node, &delete, &[node]);
    }

    /// Prepares for steps down from this applied closure.
    pub(super) fn applied(&mut self, applied: &NodeSet) {
        self.needed_by = vec![0; self.graph.len()];
        for node in applied.iter() {
            for &parent in self.graph.all_parents(node) {
                self.needed_by[parent] += 1;
            }
        }
    }

    pub(super) fn down(&mut self, node: usize) {
        let graph = self.graph;
        let delete: Vec<usize> = self.since[node].take().map(|_| node).into_iter().collect();
        let mut insert = Vec::new();
        for &parent in graph.all_parents(node) {
            self.needed_by[parent] -= 1;
            if self.needed_by[parent] == 0 {
                insert.push(parent);
                self.insert(parent);
            }
        }
        self.step(Direction::Down, node, &delete, &insert);
    }

    /// Replaces rows by `to`, or deletes them where there is none.
    pub(super) fn stamp(&mut self, from: &[usize], to: Option<usize>) {
        let Some(node) = to.or(from.first().copied()) else {
            return;
        };
        for &row in from {
            self.since[row] = None;
        }
        let insert: Vec<usize> = to.into_iter().collect();
        for &row in &insert {
            self.insert(row);
        }
        self.step(Direction::Stamp, node, from, &insert);
    }

    pub(super) fn finish(self, unchanged: Unchanged) -> Plan<'a> {
        let rows_before = self.graph.ids_of(&self.rows_before);
        let rows_after = if self.steps.is_empty() {
            rows_before.clone()
        } else {
            let mut rows: Vec<(usize, usize)> = (0..self.graph.len())
                .filter_map(|node| self.since[node].map(|since| (since, node)))
                .collect();
            rows.sort_unstable();
            rows.iter()
                .map(|&(_, node)| self.graph.id(node).to_owned())
                .collect()
        };
        Plan {
            unchanged: self.steps.is_empty().then_some(unchanged),
            steps: self.steps,
            rows_before,
            rows_after,
            warning: None,
            purge: false,
        }
    }

    fn insert(&mut self, row: usize) {
        self.since[row] = Some(self.clock);
        self.clock += 1;
    }

    fn step(&mut self, direction: Direction, node: usize, delete: &[usize], insert: &[usize]) {
        let graph = self.graph;
        let mut rows_delete = std::mem::take(&mut self.redundant);
        rows_delete.extend(delete);
        // A redundant row may be the very one that becomes maximal: it stays.
        let is_new = |row: &usize| !rows_delete.contains(row);
        let rows_insert = insert
            .iter()
            .copied()
            .filter(is_new)
            .map(|row| graph.id(row))
            .collect();
        rows_delete.retain(|row| !insert.contains(row));
        self.steps.push(PlanStep {
            direction,
            revision: graph.revision(node),
            rows_delete: rows_delete.into_iter().map(|row| graph.id(row)).collect(),
            rows_insert,
        });
    }
}
