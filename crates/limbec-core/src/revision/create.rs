//! Where a new revision goes.

use super::error::{Result, RevisionError};
use super::graph::Graph;

impl Graph {
    /// Finds the parents of a new revision; none where it starts a new base.
    ///
    /// `heads` are what a user named: `head`, `base`, ids, labels; several for a merge. Without
    /// `splice` each must be a head.
    ///
    /// # Errors
    /// One of them is unknown or ambiguous, named twice, or no head.
    pub fn new_revision_parents(&self, heads: &[String], splice: bool) -> Result<Vec<usize>> {
        let mut parents = Vec::new();
        for head in heads {
            // What `head` would be ambiguous between: one that another depends on is no row of the
            // version table, and a head all the same.
            let found = if head == "heads" {
                Ok(self.heads())
            } else {
                self.resolve(head, &[])
            };
            let found = found.map_err(|error| match error {
                RevisionError::MultipleHeads { argument, heads } if argument == "head" => {
                    RevisionError::MultipleRevisionHeads { heads }
                }
                error => error,
            })?;
            for node in found {
                if parents.contains(&node) {
                    return Err(RevisionError::DuplicateHead {
                        revision: self.id(node).to_owned(),
                    });
                }
                parents.push(node);
            }
        }
        let taken = parents.iter().find(|&&node| !self.is_head(node));
        match taken {
            Some(&node) if !splice => Err(RevisionError::NotHead {
                revision: self.id(node).to_owned(),
                children: self.ids_of(self.children(node)),
            }),
            _ => Ok(parents),
        }
    }
}
