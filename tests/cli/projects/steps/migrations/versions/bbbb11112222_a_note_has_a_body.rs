//! A note has a body
//!
//! Revision ID: bbbb11112222
//! Revises: aaaa11112222
//! Create Date: 2026-01-02 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("bbbb11112222").revises(&["aaaa11112222"]);

pub fn upgrade(op: &mut Operations) {
    op.alter_column("notes", AlterColumn::new("body").not_null());
}

pub fn downgrade(op: &mut Operations) {
    op.alter_column("notes", AlterColumn::new("body").nullable());
}
