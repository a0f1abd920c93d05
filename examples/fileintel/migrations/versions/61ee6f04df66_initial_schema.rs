//! Initial schema
//!
//! Revision ID: 61ee6f04df66
//! Revises: 20250823_vector_type
//! Create Date: 2026-11-22 17:32:35 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("61ee6f04df66").revises(&["20250823_vector_type"]);

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("collections")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("name", Varchar).not_null())
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("collections_pkey"))
            .unique(UniqueConstraint::new(&["name"]).name("collections_name_key")),
    );
    op.create_table(
        Table::new("documents")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("filename", Varchar).not_null())
            .column(Column::new("content_hash", Varchar).not_null())
            .column(Column::new("file_size", Integer).not_null())
            .column(Column::new("mime_type", Varchar).not_null())
            .column(Column::new("document_metadata", Jsonb))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["id"]).name("documents_pkey"))
            .unique(UniqueConstraint::new(&["content_hash"]).name("documents_content_hash_key"))
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("documents_collection_id_fkey"),
            ),
    );
    op.create_table(
        Table::new("document_chunks")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("document_id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("chunk_text", Text).not_null())
            .column(Column::new("embedding", Custom::new("vector")))
            .column(Column::new("chunk_metadata", Json))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("document_chunks_pkey"))
            .foreign_key(
                ForeignKey::new(&["document_id"], "documents", &["id"])
                    .name("document_chunks_document_id_fkey"),
            )
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("document_chunks_collection_id_fkey"),
            ),
    );
    op.create_table(
        Table::new("jobs")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("document_id", Varchar))
            .column(Column::new("collection_id", Varchar))
            .column(Column::new("job_type", Varchar).not_null())
            .column(Column::new("status", Varchar).not_null())
            .column(Column::new("data", Json))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
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
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["job_id"]).name("results_pkey"))
            .foreign_key(ForeignKey::new(&["job_id"], "jobs", &["id"]).name("results_job_id_fkey")),
    );
}

pub fn downgrade(op: &mut Operations) {
    // Drops the tables and their rows: data is lost.
    op.drop_table("results");
    op.drop_table("jobs");
    op.drop_table("document_chunks");
    op.drop_table("documents");
    op.drop_table("collections");
}
