//! The revisions that `embed!` baked in, as the runner asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use limbec_core::checksum;
use limbec_core::packed;
use limbec_core::revision::Graph;
use limbec_core::settings::Given;

use crate::run::{Content, Error, ErrorKind, Revisions};

/// The revisions that are baked into a program: their graph, and their operations, which are read
/// when a revision is run.
#[derive(Debug)]
pub struct Embedded {
    graph: Graph,
    /// What the project's `limbec.toml` says of how they are run.
    pub(crate) settings: Given,
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
        let project = packed::project(packed)?;
        let mut headers = Vec::with_capacity(project.revisions.len());
        let mut bodies = BTreeMap::new();
        for it in project.revisions {
            let body = Body {
                upgrade: it.upgrade,
                downgrade: it.downgrade,
                checksum: it.checksum,
            };
            bodies.insert(it.header.id.clone(), body);
            headers.push(it.header);
        }
        Some(Embedded {
            settings: project.settings,
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

    fn read(&self, id: &str) -> Result<Arc<Content>, Error> {
        let body = self.body(id)?;
        let part = |bytes| packed::body(bytes).ok_or_else(|| missing(id));
        let (upgrade, upgrade_lines) = part(body.upgrade)?;
        let (downgrade, downgrade_lines) = part(body.downgrade)?;
        Ok(Arc::new(Content {
            upgrade,
            downgrade,
            upgrade_lines,
            downgrade_lines,
            kept: None,
            checksum: body.checksum.clone(),
        }))
    }

    fn has_changed(&self, id: &str, then: &str) -> Result<bool, Error> {
        let now = self.body(id)?.checksum.as_deref();
        Ok(now.is_some_and(|now| checksum::differ(then, now)))
    }
}
