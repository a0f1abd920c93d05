//! Drop job infrastructure tables
//!
//! Revision ID: afbddbe6357a
//! Revises: e5bc0ea29dfd
//! Create Date: 2026-11-22 17:32:36 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("afbddbe6357a").revises(&["e5bc0ea29dfd"]);

pub fn upgrade(op: &mut Operations) {
    // Drops the tables and their rows: data is lost.
    op.drop_table("results");
    op.drop_table("jobs");
}

pub fn downgrade(op: &mut Operations) {
    op.create_table(
        Table::new("jobs")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("document_id", Varchar))
            .column(Column::new("collection_id", Varchar))
            .column(Column::new("job_type", Varchar).not_null())
            .column(Column::new("status", Varchar).not_null())
            .column(Column::new("data", Json))
            .column(Column::new("created_at", TimestampTz).server_default("CURRENT_TIMESTAMP"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["id"]).name("jobs_pkey"))
            .foreign_key(
                ForeignKey::new(&["document_id"], "documents", &["id"])
                    .name("jobs_document_id_fkey"),
            )
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("jobs_collection_id_fkey"),
            ),
    );
    op.create_table(
        Table::new("results")
            .column(Column::new("job_id", Varchar).not_null())
            .column(Column::new("data", Text))
            .column(Column::new("created_at", TimestampTz).server_default("CURRENT_TIMESTAMP"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["job_id"]).name("results_pkey"))
            .foreign_key(ForeignKey::new(&["job_id"], "jobs", &["id"]).name("results_job_id_fkey")),
    );
}
