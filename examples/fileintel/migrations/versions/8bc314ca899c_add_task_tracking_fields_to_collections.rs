//! Add task tracking fields to collections
//!
//! Revision ID: 8bc314ca899c
//! Revises: f6ab12c4a6a0
//! Create Date: 2026-11-22 17:32:37 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("8bc314ca899c").revises(&["f6ab12c4a6a0"]);

pub fn upgrade(op: &mut Operations) {
    op.add_column("collections", Column::new("current_task_id", Varchar));
    op.add_column("collections", Column::new("task_history", Jsonb));
    op.add_column("collections", Column::new("status_updated_at", TimestampTz));
    op.create_index(
        "collections",
        Index::new("ix_collections_current_task_id", &["current_task_id"]),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("collections", "ix_collections_current_task_id");
    // Drops the columns and their values: data is lost.
    op.drop_column("collections", "status_updated_at");
    op.drop_column("collections", "task_history");
    op.drop_column("collections", "current_task_id");
}
