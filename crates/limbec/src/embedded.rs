//! The revisions that `embed!` baked in, as the runner asks for them.

use std::collections::BTreeMap;

use limbec_core::operations::Operation;
use limbec_core::packed;
use limbec_core::revision::Graph;

use crate::run::{Error, ErrorKind, Revisions};

/// The revisions that are baked into a program: their graph, and their operations, which are read
/// when a revision is run.
#[derive(Debug)]
pub struct Embedded {
    graph: Graph,
    /// The packed operations of each revision's upgrade and downgrade, by its id.
    bodies: BTreeMap<String, [&'static [u8]; 2]>,
}

impl Embedded {
    /// Reads the headers; nothing where the bytes are not those that `embed!` makes.
    pub(crate) fn read(packed: &'static [u8]) -> Option<Self> {
        let revisions = packed::revisions(packed)?;
        let bodies = revisions
            .iter()
            .map(|it| (it.header.id.clone(), [it.upgrade, it.downgrade]))
            .collect();
        let headers = revisions.into_iter().map(|it| it.header).collect();
        Some(Embedded {
            graph: Graph::new(headers).ok()?,
            bodies,
        })
    }

    fn body(&self, id: &str, direction: usize) -> Result<Vec<Operation>, Error> {
        let body = self.bodies.get(id).map(|body| body[direction]);
        body.and_then(packed::operations).ok_or_else(|| {
            let message = format!("the revision `{id}` is not in this program");
            Error::new(ErrorKind::Source, message)
        })
    }
}

impl Revisions for Embedded {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn upgrade(&self, id: &str) -> Result<Vec<Operation>, Error> {
        self.body(id, 0)
    }

    fn downgrade(&self, id: &str) -> Result<Vec<Operation>, Error> {
        self.body(id, 1)
    }
}
