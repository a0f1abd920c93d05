//! Add description to collections
//!
//! Revision ID: f6ab12c4a6a0
//! Revises: afbddbe6357a
//! Create Date: 2026-11-22 17:32:37 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("f6ab12c4a6a0").revises(&["afbddbe6357a"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column("collections", Column::new("description", Varchar));
}

pub fn downgrade(op: &mut Operations) {
    // Drops the column and its values: data is lost.
    op.drop_column("collections", "description");
}
