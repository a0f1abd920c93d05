//! Create document_structures
//!
//! Revision ID: 51a04a6415f8
//! Revises: 8bc314ca899c
//! Create Date: 2026-11-22 17:32:38 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("51a04a6415f8").revises(&["8bc314ca899c"]);

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("document_structures")
            .column(Column::new("id", Varchar).not_null())
            .column(Column::new("document_id", Varchar).not_null())
            .column(Column::new("structure_type", Varchar).not_null())
            .column(Column::new("data", Jsonb).not_null())
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .primary_key(PrimaryKey::new(&["id"]).name("document_structures_pkey"))
            .foreign_key(
                ForeignKey::new(&["document_id"], "documents", &["id"])
                    .name("document_structures_document_id_fkey")
                    .on_delete(Cascade),
            ),
    );
    op.create_index(
        "document_structures",
        Index::new("ix_document_structures_document_id", &["document_id"]),
    );
    op.create_index(
        "document_structures",
        Index::new("ix_document_structures_structure_type", &["structure_type"]),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index(
        "document_structures",
        "ix_document_structures_structure_type",
    );
    op.drop_index("document_structures", "ix_document_structures_document_id");
    // Drops the table and its rows: data is lost.
    op.drop_table("document_structures");
}
