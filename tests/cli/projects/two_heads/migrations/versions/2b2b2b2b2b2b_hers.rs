//! Hers
//!
//! Revision ID: 2b2b2b2b2b2b
//! Revises: 1a1a1a1a1a1a
//! Create Date: 2026-01-02 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("2b2b2b2b2b2b").revises(&["1a1a1a1a1a1a"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column("collections", Column::new("description", Text));
}

pub fn downgrade(op: &mut Operations) {
    op.drop_column("collections", "description");
}
