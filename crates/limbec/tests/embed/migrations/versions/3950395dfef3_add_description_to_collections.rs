//! Add description to collections
//!
//! Revision ID: 3950395dfef3
//! Revises: 61ee6f04df66
//! Create Date: 2026-11-22 13:20:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["61ee6f04df66"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column("collections", Column::new("description", Text));
}

pub fn downgrade(op: &mut Operations) {
    // Drops the column and its values: data is lost.
    op.drop_column("collections", "description");
}
