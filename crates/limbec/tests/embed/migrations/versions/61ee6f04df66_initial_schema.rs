//! Initial schema
//!
//! Revision ID: 61ee6f04df66
//! Revises:
//! Create Date: 2026-11-22 13:16:14 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("61ee6f04df66");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("collections")
            .column(Column::new("id", BigInteger).not_null())
            .column(Column::new("name", Varchar::length(80)).not_null())
            .primary_key(PrimaryKey::new(&["id"]).name("collections_pkey")),
    );
    op.create_index("collections", Index::new("ix_collections_name", &["name"]));
}

pub fn downgrade(op: &mut Operations) {
    // Drops the table and its rows: data is lost.
    op.drop_table("collections");
}
