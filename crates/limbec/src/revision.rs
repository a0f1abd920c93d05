//! The head of a revision file.

/// Names a revision and its place among the others; every revision file has one.
///
/// ```
/// use limbec::Revision;
///
/// pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["61ee6f04df66"]);
///
/// assert_eq!(REVISION.id, "3950395dfef3");
/// assert_eq!(REVISION.revises, ["61ee6f04df66"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revision {
    /// The id.
    pub id: &'static str,
    /// The ids of the parents: none for a base, several for a merge.
    pub revises: &'static [&'static str],
    /// Ids or branch labels of the revisions that must be applied first.
    pub depends_on: &'static [&'static str],
    /// The labels of the branch that begins here.
    pub branch_labels: &'static [&'static str],
}

impl Revision {
    /// Names a revision by its id; without [`Revision::revises`] it is a base.
    pub const fn new(id: &'static str) -> Self {
        Revision {
            id,
            revises: &[],
            depends_on: &[],
            branch_labels: &[],
        }
    }

    /// Sets the ids of the parents.
    pub const fn revises(mut self, ids: &'static [&'static str]) -> Self {
        self.revises = ids;
        self
    }

    /// Sets the ids or branch labels of the revisions that must be applied first.
    pub const fn depends_on(mut self, ids: &'static [&'static str]) -> Self {
        self.depends_on = ids;
        self
    }

    /// Sets the labels of the branch that begins here.
    pub const fn branch_labels(mut self, labels: &'static [&'static str]) -> Self {
        self.branch_labels = labels;
        self
    }
}
