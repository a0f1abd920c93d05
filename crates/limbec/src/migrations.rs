//! The revisions of a project in a program, and what a service does with them.

use std::fmt;
use std::sync::OnceLock;

use limbec_core::revision::Graph;

use crate::embedded::Embedded;
use crate::run::{Error, ErrorKind, Revisions as _};

/// The revisions of a project, baked into the program: what `limbec::embed!()` gives.
///
/// Made at compile time and without cost until it is asked for something.
///
/// ```
/// # #[cfg(feature = "embed")] {
/// # #![allow(deprecated)]
/// use limbec::run::Revisions as _;
///
/// static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
///
/// let revisions = MIGRATIONS.revisions().unwrap();
/// assert_eq!(revisions.graph().len(), 3);
/// assert_eq!(revisions.upgrade("61ee6f04df66").unwrap().len(), 2);
/// # }
/// ```
pub struct Migrations {
    packed: &'static [u8],
    embedded: OnceLock<Option<Embedded>>,
}

impl Migrations {
    /// What `embed!` expands to; the bytes are its own.
    #[doc(hidden)]
    pub const fn from_packed(packed: &'static [u8]) -> Self {
        Migrations {
            packed,
            embedded: OnceLock::new(),
        }
    }

    /// The revisions, for a [`Migrator`](crate::run::Migrator) of one's own.
    ///
    /// # Errors
    /// When the bytes are not those that `embed!` makes.
    pub fn revisions(&self) -> Result<&Embedded, Error> {
        let embedded = self.embedded.get_or_init(|| Embedded::read(self.packed));
        embedded.as_ref().ok_or_else(|| {
            let message = "the revisions in this program were written by another version of limbec";
            Error::new(ErrorKind::Source, message)
                .with_hint("build the program anew, with one version of limbec's crates")
        })
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.revisions().map(Embedded::graph).ok();
        let ids = graph.into_iter().flat_map(Graph::revisions);
        f.debug_list().entries(ids.map(|it| &it.id)).finish()
    }
}
