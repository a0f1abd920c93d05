//! Allow filtered_content structures
//!
//! Revision ID: 9fdbf882b853
//! Revises: d6e38ad01dab
//! Create Date: 2026-11-22 17:32:38 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("9fdbf882b853").revises(&["d6e38ad01dab"]);

pub fn upgrade(op: &mut Operations) {
    // Nothing: `structure_type` is free text, and the service begins to write the new value.
}

pub fn downgrade(op: &mut Operations) {
    op.execute("DELETE FROM document_structures WHERE structure_type = 'filtered_content'");
}
