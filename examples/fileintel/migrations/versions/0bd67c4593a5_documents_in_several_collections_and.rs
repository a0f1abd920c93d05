//! Documents in several collections, and graph indexes
//!
//! Revision ID: 0bd67c4593a5
//! Revises: 33f65df20edc
//! Create Date: 2026-11-22 17:32:39 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("0bd67c4593a5").revises(&["33f65df20edc"]);

pub fn upgrade(op: &mut Operations) {
    op.drop_constraint("documents", "documents_collection_id_fkey");
    op.drop_constraint("document_chunks", "document_chunks_document_id_fkey");
    op.drop_constraint("document_chunks", "document_chunks_collection_id_fkey");
    op.create_table(
        Table::new("collection_documents")
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("document_id", Varchar).not_null())
            .column(Column::new("added_at", TimestampTz).server_default("now()"))
            .primary_key(
                PrimaryKey::new(&["collection_id", "document_id"])
                    .name("collection_documents_pkey"),
            )
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("collection_documents_collection_id_fkey")
                    .on_delete(Cascade),
            )
            .foreign_key(
                ForeignKey::new(&["document_id"], "documents", &["id"])
                    .name("collection_documents_document_id_fkey")
                    .on_delete(Cascade),
            ),
    );
    op.create_table(
        Table::new("graphrag_indices")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("index_path", Varchar).not_null())
            .column(Column::new("index_status", Varchar).not_null())
            .column(Column::new("index_metadata", Jsonb))
            .column(Column::new("documents_count", Integer).not_null())
            .column(Column::new("entities_count", Integer).not_null())
            .column(Column::new("communities_count", Integer).not_null())
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["id"]).name("graphrag_indices_pkey"))
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("graphrag_indices_collection_id_fkey"),
            ),
    );
    op.create_table(
        Table::new("graphrag_entities")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("entity_name", Varchar).not_null())
            .column(Column::new("entity_type", Varchar))
            .column(Column::new("description", Text))
            .column(Column::new("importance_score", Integer))
            .column(Column::new("entity_metadata", Jsonb))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("graphrag_entities_pkey"))
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("graphrag_entities_collection_id_fkey"),
            ),
    );
    op.create_index(
        "graphrag_entities",
        Index::new("ix_graphrag_entities_entity_name", &["entity_name"]),
    );
    op.create_table(
        Table::new("graphrag_communities")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("community_id", Integer).not_null())
            .column(Column::new("level", Integer).not_null())
            .column(Column::new("title", Varchar))
            .column(Column::new("summary", Text))
            .column(Column::new("entities", Jsonb))
            .column(Column::new("size", Integer).not_null())
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("graphrag_communities_pkey"))
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("graphrag_communities_collection_id_fkey"),
            ),
    );
    op.create_table(
        Table::new("graphrag_relationships")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("collection_id", Varchar).not_null())
            .column(Column::new("source_entity", Varchar).not_null())
            .column(Column::new("target_entity", Varchar).not_null())
            .column(Column::new("relationship_type", Varchar))
            .column(Column::new("description", Text))
            .column(Column::new("weight", Integer))
            .column(Column::new("relationship_metadata", Jsonb))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("graphrag_relationships_pkey"))
            .foreign_key(
                ForeignKey::new(&["collection_id"], "collections", &["id"])
                    .name("graphrag_relationships_collection_id_fkey"),
            ),
    );
    op.create_index(
        "graphrag_relationships",
        Index::new(
            "ix_graphrag_relationships_source_entity",
            &["source_entity"],
        ),
    );
    op.create_index(
        "graphrag_relationships",
        Index::new(
            "ix_graphrag_relationships_target_entity",
            &["target_entity"],
        ),
    );
    op.add_column(
        "collections",
        Column::new("processing_status", Varchar).not_null(),
    );
    op.add_column("collections", Column::new("collection_metadata", Jsonb));
    op.add_column("collections", Column::new("updated_at", TimestampTz));
    op.add_column("documents", Column::new("file_path", Varchar).not_null());
    op.add_column(
        "document_chunks",
        Column::new("position", Integer).not_null(),
    );
    // Drops the columns and their values: data is lost.
    op.drop_column("documents", "collection_id");
    op.drop_column("document_chunks", "collection_id");
    op.create_index(
        "documents",
        Index::new("ix_documents_content_hash", &["content_hash"]),
    );
    op.create_index(
        "document_chunks",
        Index::new("ix_document_chunks_document_id", &["document_id"]),
    );
    op.create_foreign_key(
        "document_chunks",
        ForeignKey::new(&["document_id"], "documents", &["id"])
            .name("document_chunks_document_id_fkey")
            .on_delete(Cascade),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_constraint("document_chunks", "document_chunks_document_id_fkey");
    op.drop_index("document_chunks", "ix_document_chunks_document_id");
    op.drop_index("documents", "ix_documents_content_hash");
    op.add_column(
        "document_chunks",
        Column::new("collection_id", Varchar).not_null(),
    );
    op.add_column(
        "documents",
        Column::new("collection_id", Varchar).not_null(),
    );
    // Drops the columns and their values: data is lost.
    op.drop_column("document_chunks", "position");
    op.drop_column("documents", "file_path");
    op.drop_column("collections", "updated_at");
    op.drop_column("collections", "collection_metadata");
    op.drop_column("collections", "processing_status");
    op.drop_index(
        "graphrag_relationships",
        "ix_graphrag_relationships_target_entity",
    );
    op.drop_index(
        "graphrag_relationships",
        "ix_graphrag_relationships_source_entity",
    );
    // Drops the tables and their rows: data is lost.
    op.drop_table("graphrag_relationships");
    op.drop_table("graphrag_communities");
    op.drop_index("graphrag_entities", "ix_graphrag_entities_entity_name");
    // Drops the tables and their rows: data is lost.
    op.drop_table("graphrag_entities");
    op.drop_table("graphrag_indices");
    op.drop_table("collection_documents");
    op.create_foreign_key(
        "document_chunks",
        ForeignKey::new(&["collection_id"], "collections", &["id"])
            .name("document_chunks_collection_id_fkey"),
    );
    op.create_foreign_key(
        "document_chunks",
        ForeignKey::new(&["document_id"], "documents", &["id"])
            .name("document_chunks_document_id_fkey"),
    );
    op.create_foreign_key(
        "documents",
        ForeignKey::new(&["collection_id"], "collections", &["id"])
            .name("documents_collection_id_fkey"),
    );
}
