//! Keep the original file name; the same file may be in several collections
//!
//! Revision ID: e5bc0ea29dfd
//! Revises: 61ee6f04df66
//! Create Date: 2026-11-22 17:32:35 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("e5bc0ea29dfd").revises(&["61ee6f04df66"]);

pub fn upgrade(op: &mut Operations) {
    op.drop_constraint("documents", "documents_content_hash_key");
    op.add_column(
        "documents",
        Column::new("original_filename", Varchar).not_null(),
    );
}

pub fn downgrade(op: &mut Operations) {
    // Drops the column and its values: data is lost.
    op.drop_column("documents", "original_filename");
    op.create_unique_constraint(
        "documents",
        UniqueConstraint::new(&["content_hash"]).name("documents_content_hash_key"),
    );
}
