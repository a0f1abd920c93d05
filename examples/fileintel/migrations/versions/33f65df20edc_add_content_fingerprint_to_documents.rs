//! Add content_fingerprint to documents
//!
//! Revision ID: 33f65df20edc
//! Revises: 9fdbf882b853
//! Create Date: 2026-11-22 17:32:39 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("33f65df20edc").revises(&["9fdbf882b853"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column(
        "documents",
        Column::new("content_fingerprint", Varchar::length(36)),
    );
    op.create_index(
        "documents",
        Index::new("ix_documents_content_fingerprint", &["content_fingerprint"]),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("documents", "ix_documents_content_fingerprint");
    // Drops the column and its values: data is lost.
    op.drop_column("documents", "content_fingerprint");
}
