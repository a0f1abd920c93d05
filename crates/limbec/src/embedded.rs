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
    /// By its id, each revision's packed upgrade and downgrade, and the checksum of its file.
    bodies: BTreeMap<String, Body>,
}

#[derive(Debug)]
struct Body {
    upgrade: &'static [u8],
    downgrade: &'static [u8],
    checksum: Option<String>,
}

impl Embedded {
    /// Reads the headers; nothing where the bytes are not those that `embed!` makes.
    pub(crate) fn read(packed: &'static [u8]) -> Option<Self> {
        let revisions = packed::revisions(packed)?;
        let mut headers = Vec::with_capacity(revisions.len());
        let mut bodies = BTreeMap::new();
        for it in revisions {
            let body = Body {
                upgrade: it.upgrade,
                downgrade: it.downgrade,
                checksum: it.checksum,
            };
            bodies.insert(it.header.id.clone(), body);
            headers.push(it.header);
        }
        Some(Embedded {
            graph: Graph::new(headers).ok()?,
            bodies,
        })
    }

    fn body(&self, id: &str) -> Result<&Body, Error> {
        self.bodies.get(id).ok_or_else(|| missing(id))
    }
}

fn missing(id: &str) -> Error {
    let message = format!("the revision `{id}` is not in this program");
    Error::new(ErrorKind::Source, message)
}

impl Revisions for Embedded {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn upgrade(&self, id: &str) -> Result<Vec<Operation>, Error> {
        packed::operations(self.body(id)?.upgrade).ok_or_else(|| missing(id))
    }

    fn downgrade(&self, id: &str) -> Result<Vec<Operation>, Error> {
        packed::operations(self.body(id)?.downgrade).ok_or_else(|| missing(id))
    }

    fn checksum(&self, id: &str) -> Result<Option<String>, Error> {
        Ok(self.body(id)?.checksum.clone())
    }
}
