//! Initial schema
//!
//! Revision ID: 61ee6f04df66
//! Revises:
//! Create Date: 2026-01-01 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("61ee6f04df66");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("collections")
            .column(Column::new("id", BigInteger).not_null())
            .column(Column::new("name", Text).not_null())
            .primary_key(PrimaryKey::new(&["id"]).name("collections_pkey")),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("collections");
}
