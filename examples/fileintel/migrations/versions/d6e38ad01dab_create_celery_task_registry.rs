//! Create celery_task_registry
//!
//! Revision ID: d6e38ad01dab
//! Revises: 51a04a6415f8
//! Create Date: 2026-11-22 17:32:38 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("d6e38ad01dab").revises(&["51a04a6415f8"]);

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("celery_task_registry")
            .column(Column::new("task_id", Varchar).not_null())
            .column(Column::new("task_name", Varchar).not_null())
            .column(Column::new("worker_id", Varchar).not_null())
            .column(Column::new("worker_pid", Integer))
            .column(Column::new("status", Varchar).not_null())
            .column(
                Column::new("queued_at", TimestampTz)
                    .not_null()
                    .server_default("now()"),
            )
            .column(Column::new("started_at", TimestampTz))
            .column(Column::new("completed_at", TimestampTz))
            .column(Column::new("last_heartbeat", TimestampTz))
            .column(Column::new("args", Jsonb))
            .column(Column::new("kwargs", Jsonb))
            .column(Column::new("result", Jsonb))
            .column(Column::new("created_at", TimestampTz).server_default("now()"))
            .column(Column::new("updated_at", TimestampTz))
            .primary_key(PrimaryKey::new(&["task_id"]).name("celery_task_registry_pkey")),
    );
    op.create_index(
        "celery_task_registry",
        Index::new("ix_celery_task_registry_task_name", &["task_name"]),
    );
    op.create_index(
        "celery_task_registry",
        Index::new("ix_celery_task_registry_worker_id", &["worker_id"]),
    );
    op.create_index(
        "celery_task_registry",
        Index::new("ix_celery_task_registry_status", &["status"]),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("celery_task_registry", "ix_celery_task_registry_status");
    op.drop_index("celery_task_registry", "ix_celery_task_registry_worker_id");
    op.drop_index("celery_task_registry", "ix_celery_task_registry_task_name");
    // Drops the table and its rows: data is lost.
    op.drop_table("celery_task_registry");
}
