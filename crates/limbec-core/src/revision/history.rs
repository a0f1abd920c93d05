//! Listings: the history in a range, the heads, what is current.

use super::closure::{Edges, NodeSet};
use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::identifier::{Identifier, Range, Symbol};
use super::order::newest_first;
use super::walk::Walked;

/// One line of a listing of heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadRevision {
    /// The revision.
    pub revision: usize,
    /// Whether some other revision depends on it, so that it is no row of its own.
    pub effective: bool,
}

/// One line of a listing of what is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentRevision {
    /// The revision.
    pub revision: usize,
    /// Whether it is no row, but what rows depend on.
    pub implied: bool,
    /// Whether nothing revises it.
    pub head: bool,
}

impl Graph {
    /// Lists the revisions of a range from the newest to the oldest, both ends included.
    ///
    /// Without a start it goes to the base, without an end it begins at the heads. `-N` as the
    /// start counts from the end, `+N` as the end counts from the start; where there are fewer
    /// revisions, the range stops with them.
    ///
    /// ```
    /// # use limbec_core::revision::{Graph, Header, Range};
    /// # let header = |id: &str, revises: &[&str]| Header {
    /// #     id: id.to_owned(),
    /// #     revises: revises.iter().map(|&id| id.to_owned()).collect(),
    /// #     path: format!("{id}.rs"),
    /// #     ..Header::default()
    /// # };
    /// let graph = Graph::new(vec![
    ///     header("a1", &[]),
    ///     header("b1", &["a1"]),
    ///     header("c1", &["b1"]),
    /// ])
    /// .unwrap();
    /// let range = Range::parse("-1:current").unwrap();
    /// let listed = graph.history(&range, &["b1".to_owned()]).unwrap();
    /// assert_eq!(listed.iter().map(|&index| graph.id(index)).collect::<Vec<_>>(), ["b1", "a1"]);
    /// ```
    ///
    /// # Errors
    /// An end is unknown or ambiguous, or the ends don't lie on one line.
    pub fn history(&self, range: &Range, rows: &[String]) -> Result<Vec<usize>> {
        let current = if range.names_current() {
            self.rows(rows)?
        } else {
            Vec::new()
        };
        let counts_from_start =
            |end: &&Identifier| end.symbol.is_none() && end.offset.is_some_and(|n| n > 0);
        let (start, end) = if let Some(relative) = range.end.as_ref().filter(counts_from_start) {
            let start = self.older_end(range, &[], &current)?;
            let end = self.up_from(&start, relative)?;
            (start, end)
        } else {
            let end = self.newer_end(range, &current)?;
            let start = self.older_end(range, &end, &current)?;
            (start, end)
        };
        let mut listed = self.ancestor_set(&end, Edges::All);
        if let Some(&outside) = start.iter().find(|&&node| !listed.contains(node)) {
            return Err(RevisionError::NotAncestor {
                start: self.id(outside).to_owned(),
                end: range
                    .end
                    .as_ref()
                    .map_or("heads".to_owned(), ToString::to_string),
            });
        }
        if !start.is_empty() {
            listed = listed.intersection(&self.descendant_set(&start, Edges::All));
        }
        Ok(newest_first(self, &listed, &end))
    }

    fn newer_end(&self, range: &Range, current: &[usize]) -> Result<Vec<usize>> {
        let lineage = match &range.start {
            Some(start) => self.branch_of(start)?.map(|branch| branch.lineage),
            None => None,
        };
        let heads = || {
            let counts = |&node: &usize| {
                lineage
                    .as_ref()
                    .is_none_or(|lineage| lineage.contains(node))
            };
            if lineage.is_some() {
                self.heads()
            } else {
                self.real_heads()
            }
            .into_iter()
            .filter(counts)
            .collect()
        };
        match &range.end {
            None => Ok(heads()),
            Some(end) if end.symbol == Some(Symbol::Heads) && *end == plain(Symbol::Heads) => {
                Ok(heads())
            }
            Some(end) => self.clamped(end, current),
        }
    }

    /// The older end: none for the base.
    fn older_end(&self, range: &Range, end: &[usize], current: &[usize]) -> Result<Vec<usize>> {
        let Some(start) = &range.start else {
            return Ok(Vec::new());
        };
        match (&start.symbol, start.offset) {
            (None, Some(offset)) if offset < 0 => {
                let branch = self.branch_of(start)?;
                let mut found = Vec::new();
                for &node in end {
                    if branch
                        .as_ref()
                        .is_some_and(|branch| !branch.lineage.contains(node))
                    {
                        continue;
                    }
                    let (Walked::To(at) | Walked::TooFar(at)) =
                        self.walk(Some(node), offset, None, &start.to_string())?;
                    match at {
                        Some(at) if !found.contains(&at) => found.push(at),
                        Some(_) => {}
                        // As far back as there is anything.
                        None => return Ok(Vec::new()),
                    }
                }
                Ok(found)
            }
            (Some(Symbol::Base), None) => Ok(match self.branch_of(start)? {
                // The roots of that lineage, and so nothing of the others below it.
                Some(branch) => self
                    .ancestor_set(&[branch.revision], Edges::Versioned)
                    .iter()
                    .filter(|&node| self.is_base(node))
                    .collect(),
                None => Vec::new(),
            }),
            _ => self.clamped(start, current),
        }
    }

    /// Resolves an end, going no further than there are revisions.
    fn clamped(&self, end: &Identifier, current: &[usize]) -> Result<Vec<usize>> {
        let Some(offset) = end.offset else {
            return self.absolute(end, current);
        };
        let symbol = end.symbol.clone().unwrap_or(if offset < 0 {
            Symbol::Heads
        } else {
            Symbol::Base
        });
        let starts = self.absolute(
            &Identifier {
                symbol: Some(symbol),
                offset: None,
                ..end.clone()
            },
            current,
        )?;
        self.walk_clamped(&starts, end, offset)
    }

    fn up_from(&self, start: &[usize], end: &Identifier) -> Result<Vec<usize>> {
        self.walk_clamped(start, end, end.offset.unwrap_or_default())
    }

    fn walk_clamped(&self, starts: &[usize], end: &Identifier, offset: i64) -> Result<Vec<usize>> {
        let branch = self.branch_of(end)?;
        let within = branch.as_ref().map(|branch| &branch.lineage);
        let starts: Vec<Option<usize>> = if starts.is_empty() {
            vec![None]
        } else {
            starts.iter().copied().map(Some).collect()
        };
        let mut found = Vec::new();
        for start in starts {
            let (Walked::To(at) | Walked::TooFar(at)) =
                self.walk(start, offset, within, &end.to_string())?;
            found.extend(at.filter(|at| !found.contains(at)));
        }
        Ok(found)
    }

    /// Lists the heads; with `resolve_dependencies` only those that nothing depends on.
    pub fn heads_listing(&self, resolve_dependencies: bool) -> Vec<HeadRevision> {
        let heads = if resolve_dependencies {
            self.real_heads()
        } else {
            self.heads()
        };
        let line = |revision| HeadRevision {
            revision,
            effective: self.is_effective_head(revision),
        };
        heads.into_iter().map(line).collect()
    }

    /// Lists what is current: the newest applied revision of each branch, in file order.
    ///
    /// Besides the rows, these are revisions that rows depend on and that no applied revision
    /// revises.
    ///
    /// # Errors
    /// A row is unknown.
    pub fn current(&self, rows: &[String]) -> Result<Vec<CurrentRevision>> {
        let rows = self.rows(rows)?;
        let applied = self.ancestor_set(&rows, Edges::All);
        let is_row = NodeSet::of(self.len(), &rows);
        let line = |revision| CurrentRevision {
            revision,
            implied: !is_row.contains(revision),
            head: self.is_head(revision),
        };
        Ok(self
            .maximal(&applied, Edges::Versioned)
            .into_iter()
            .map(line)
            .collect())
    }

    /// Lists the heads that are not applied; none where the database is up to date.
    ///
    /// A head that an applied revision depends on is applied, row or not.
    ///
    /// # Errors
    /// A row is unknown.
    pub fn missing_heads(&self, rows: &[String]) -> Result<Vec<usize>> {
        let applied = self.applied_set(rows)?;
        Ok(self
            .heads()
            .into_iter()
            .filter(|&head| !applied.contains(head))
            .collect())
    }

    /// Lists all that is applied, in file order.
    ///
    /// # Errors
    /// A row is unknown.
    pub fn applied(&self, rows: &[String]) -> Result<Vec<usize>> {
        Ok(self.applied_set(rows)?.iter().collect())
    }

    /// Counts the revisions that are not applied.
    ///
    /// # Errors
    /// A row is unknown.
    pub fn pending(&self, rows: &[String]) -> Result<usize> {
        Ok(self.len() - self.applied_set(rows)?.count())
    }

    fn applied_set(&self, rows: &[String]) -> Result<NodeSet> {
        Ok(self.ancestor_set(&self.rows(rows)?, Edges::All))
    }
}

impl Range {
    /// Tells whether an end is `current`, so that the version rows are needed.
    pub fn names_current(&self) -> bool {
        let current = |end: &Option<Identifier>| {
            end.as_ref()
                .is_some_and(|end| end.symbol == Some(Symbol::Current))
        };
        current(&self.start) || current(&self.end)
    }
}

fn plain(symbol: Symbol) -> Identifier {
    Identifier {
        branch: None,
        symbol: Some(symbol),
        offset: None,
    }
}
