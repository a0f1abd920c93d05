//! From what a user typed, and the version rows, to revisions.

use std::ops::Bound;

use super::closure::{Edges, NodeSet};
use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::identifier::{Identifier, Symbol};
use super::load::files_named;
use super::suggest;
use super::walk::Walked;

/// What stands before `@`, resolved.
pub(super) struct Branch {
    pub(super) name: String,
    /// The revision that carries the label, or is named instead of one.
    pub(super) revision: usize,
    /// All that shares its versioned lineage.
    pub(super) lineage: NodeSet,
}

impl Graph {
    /// Resolves an identifier to revisions; to none for `base`.
    ///
    /// `rows` are the version rows, for `current` and `+N`. A bare `-N` counts from the heads.
    ///
    /// ```
    /// # use limbec_core::revision::{Graph, Header};
    /// # let header = |id: &str, revises: &[&str]| Header {
    /// #     id: id.to_owned(),
    /// #     revises: revises.iter().map(|&id| id.to_owned()).collect(),
    /// #     path: format!("{id}.rs"),
    /// #     ..Header::default()
    /// # };
    /// let graph = Graph::new(vec![header("ae10", &[]), header("b27c", &["ae10"])]).unwrap();
    /// let ids = |text: &str| -> Vec<&str> {
    ///     graph.resolve(text, &[]).unwrap().into_iter().map(|index| graph.id(index)).collect()
    /// };
    /// assert_eq!(ids("ae"), ["ae10"]);
    /// assert_eq!(ids("ae10+1"), ["b27c"]);
    /// assert!(ids("base").is_empty());
    /// assert_eq!(
    ///     graph.resolve("ae11", &[]).unwrap_err().to_string(),
    ///     "Can't locate revision identified by 'ae11'",
    /// );
    /// ```
    ///
    /// # Errors
    /// The identifier is malformed, unknown, ambiguous, or leads out of the graph.
    pub fn resolve(&self, identifier: &str, rows: &[String]) -> Result<Vec<usize>> {
        let parsed = Identifier::parse(identifier)?;
        let current = self.rows(rows)?;
        self.resolve_parsed(&parsed, &current)
    }

    /// Resolves an identifier to one revision; to `None` for `base`.
    ///
    /// # Errors
    /// As [`Graph::resolve`], and where the identifier names several revisions.
    pub fn resolve_one(&self, identifier: &str, rows: &[String]) -> Result<Option<usize>> {
        let found = self.resolve(identifier, rows)?;
        self.single(&found, identifier)
    }

    /// Finds the revisions of the version rows, each once.
    ///
    /// # Errors
    /// A row is no known revision.
    pub fn rows(&self, rows: &[String]) -> Result<Vec<usize>> {
        let mut seen = NodeSet::new(self.len());
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let index = self
                .index_of(row)
                .ok_or_else(|| self.not_found(row, true))?;
            if seen.insert(index) {
                found.push(index);
            }
        }
        Ok(found)
    }

    pub(super) fn resolve_parsed(
        &self,
        parsed: &Identifier,
        current: &[usize],
    ) -> Result<Vec<usize>> {
        match (&parsed.symbol, parsed.offset) {
            (Some(_), None) => self.absolute(parsed, current),
            (None, Some(offset)) if offset < 0 => {
                let heads = Identifier {
                    symbol: Some(Symbol::Heads),
                    offset: None,
                    ..parsed.clone()
                };
                let mut found = Vec::new();
                for head in self.absolute(&heads, current)? {
                    match self.walk(Some(head), offset, None, &parsed.to_string())? {
                        Walked::To(at) => found.extend(at.filter(|at| !found.contains(at))),
                        Walked::TooFar(_) => return Err(relative_range(parsed, None)),
                    }
                }
                Ok(found)
            }
            _ => self.upgrade_targets(parsed, current),
        }
    }

    /// Resolves the target of an upgrade; relative ones count up from the current revisions.
    pub(super) fn upgrade_targets(
        &self,
        parsed: &Identifier,
        current: &[usize],
    ) -> Result<Vec<usize>> {
        let Some(offset) = parsed.offset else {
            return self.absolute(parsed, current);
        };
        let branch = self.branch_of(parsed)?;
        let text = parsed.to_string();
        let start = match &parsed.symbol {
            Some(symbol) => {
                // Down from `label@id` the id must be on the branch; up, the way is.
                let of = branch
                    .as_ref()
                    .filter(|_| offset < 0 || *symbol != Symbol::Base);
                self.single(&self.symbol(symbol, of, current)?, &text)?
            }
            None if offset <= 0 => {
                return Err(relative_range(
                    parsed,
                    Some("an upgrade counts up, as in `+1`"),
                ));
            }
            None => {
                let starts = self.upgrade_starts(branch.as_ref(), current);
                match starts.as_slice() {
                    [] => None,
                    &[start] => Some(start),
                    _ => {
                        return Err(RevisionError::AmbiguousUpgrade {
                            identifier: text,
                            candidates: self.ids_of(&starts),
                        });
                    }
                }
            }
        };
        let within = branch.as_ref().map(|branch| &branch.lineage);
        match self.walk(start, offset, within, &text)? {
            Walked::To(at) => Ok(at.into_iter().collect()),
            Walked::TooFar(_) if parsed.symbol.is_none() => Err(relative_range(parsed, None)),
            Walked::TooFar(_) => Err(RevisionError::WalkedTooFar { identifier: text }),
        }
    }

    /// Where `+N` may start: the current revisions, or the newest applied ones on the branch.
    fn upgrade_starts(&self, branch: Option<&Branch>, current: &[usize]) -> Vec<usize> {
        let Some(branch) = branch else {
            return current.to_vec();
        };
        let on_branch: Vec<usize> = current
            .iter()
            .copied()
            .filter(|&row| branch.lineage.contains(row))
            .collect();
        if !on_branch.is_empty() {
            return on_branch;
        }
        let applied = self
            .ancestor_set(current, Edges::All)
            .intersection(&branch.lineage);
        self.maximal(&applied, Edges::All)
    }

    /// Resolves an identifier without its offset.
    pub(super) fn absolute(&self, parsed: &Identifier, current: &[usize]) -> Result<Vec<usize>> {
        let branch = self.branch_of(parsed)?;
        match &parsed.symbol {
            Some(symbol) => self.symbol(symbol, branch.as_ref(), current),
            None => Err(RevisionError::Malformed {
                identifier: parsed.to_string(),
            }),
        }
    }

    pub(super) fn branch_of(&self, parsed: &Identifier) -> Result<Option<Branch>> {
        parsed
            .branch
            .as_deref()
            .map(|name| self.branch(name))
            .transpose()
    }

    fn branch(&self, name: &str) -> Result<Branch> {
        let revision = match self.name(name, None) {
            Ok(revision) => revision,
            Err(RevisionError::NotFound { nearest, .. }) => {
                return Err(RevisionError::NoSuchBranch {
                    branch: name.to_owned(),
                    nearest,
                });
            }
            Err(error) => return Err(error),
        };
        let lineage = self.lineage(revision, Edges::Versioned);
        Ok(Branch {
            name: name.to_owned(),
            revision,
            lineage,
        })
    }

    /// Resolves a symbol within a branch, or in the whole graph.
    pub(super) fn symbol(
        &self,
        symbol: &Symbol,
        branch: Option<&Branch>,
        current: &[usize],
    ) -> Result<Vec<usize>> {
        let on_branch = |nodes: Vec<usize>| -> Vec<usize> {
            let counts = |&node: &usize| branch.is_none_or(|branch| branch.lineage.contains(node));
            nodes.into_iter().filter(counts).collect()
        };
        match symbol {
            Symbol::Head => {
                let heads = on_branch(self.heads());
                let argument =
                    branch.map_or("head".to_owned(), |branch| format!("{}@head", branch.name));
                self.single(&heads, &argument)?;
                Ok(heads)
            }
            Symbol::Heads if branch.is_none() => Ok(self.real_heads()),
            Symbol::Heads => Ok(on_branch(self.heads())),
            Symbol::Base => Ok(Vec::new()),
            Symbol::Current => Ok(on_branch(current.to_vec())),
            Symbol::Name(name) => Ok(vec![self.name(name, branch)?]),
        }
    }

    /// Finds the revision with this id, label or beginning of an id.
    fn name(&self, name: &str, branch: Option<&Branch>) -> Result<usize> {
        let counts = |node: usize| branch.is_none_or(|branch| branch.lineage.contains(node));
        if let Some(index) = self.index_of(name).or_else(|| self.labelled(name)) {
            return match branch {
                Some(branch) if !counts(index) => Err(not_on_branch(self.id(index), branch)),
                _ => Ok(index),
            };
        }
        let mut beginning = self
            .by_id
            .range::<str, _>((Bound::Included(name), Bound::Unbounded))
            .take_while(|(id, _)| id.starts_with(name))
            .map(|(_, &index)| index)
            .peekable();
        let Some(&first) = beginning.peek() else {
            return Err(self.not_found(name, false));
        };
        let candidates: Vec<usize> = beginning.filter(|&index| counts(index)).collect();
        match (candidates.as_slice(), branch) {
            (&[index], _) => Ok(index),
            ([], Some(branch)) => Err(not_on_branch(self.id(first), branch)),
            _ => Err(RevisionError::AmbiguousPrefix {
                identifier: name.to_owned(),
                candidates: self.ids_of(&candidates),
            }),
        }
    }

    pub(super) fn single(&self, found: &[usize], argument: &str) -> Result<Option<usize>> {
        match found {
            [] => Ok(None),
            &[index] => Ok(Some(index)),
            several => Err(RevisionError::MultipleHeads {
                argument: argument.to_owned(),
                heads: self.ids_of(several),
            }),
        }
    }

    fn not_found(&self, identifier: &str, in_database: bool) -> RevisionError {
        let ids = self.by_id.keys().map(String::as_str);
        let labels = self
            .by_label
            .keys()
            .map(String::as_str)
            .filter(|_| !in_database);
        let mut nearest = suggest::nearest(identifier, ids.chain(labels));
        if in_database && nearest.is_empty() {
            // Random ids are seldom alike: what was deleted most often stood above a head.
            let heads = self.heads();
            nearest = self.ids_of(&heads[..heads.len().min(suggest::LISTED)]);
        }
        RevisionError::NotFound {
            identifier: identifier.to_owned(),
            in_database,
            nearest,
            named: files_named(self.revisions(), identifier),
        }
    }
}

pub(super) fn relative_range(parsed: &Identifier, reason: Option<&'static str>) -> RevisionError {
    RevisionError::RelativeRange {
        relative: format!("{:+}", parsed.offset.unwrap_or_default()),
        identifier: parsed.to_string(),
        reason,
    }
}

fn not_on_branch(revision: &str, branch: &Branch) -> RevisionError {
    RevisionError::NotOnBranch {
        revision: revision.to_owned(),
        branch: branch.name.clone(),
    }
}
