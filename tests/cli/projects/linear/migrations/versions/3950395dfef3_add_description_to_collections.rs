//! Add description to collections
//!
//! Asked for by the people who search.
//!
//! Revision ID: 3950395dfef3
//! Revises: 61ee6f04df66
//! Create Date: 2026-01-02 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["61ee6f04df66"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column("collections", Column::new("description", Text));
}

pub fn downgrade(op: &mut Operations) {
    op.drop_column("collections", "description");
}
