//! FileIntel's tables as of 2025-08-23.

use chrono::{DateTime, Utc};
use limbec::Table;
use serde_json::Value;

#[derive(Debug, Clone, Table)]
#[table(name = "collections")]
pub struct Collection {
    #[column(primary_key)]
    pub id: String,
    #[column(unique)]
    pub name: String,
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Table)]
#[table(name = "documents")]
pub struct Document {
    #[column(primary_key)]
    pub id: String,
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    pub filename: String,
    #[column(unique)]
    pub content_hash: String,
    pub file_size: i32,
    pub mime_type: String,
    pub document_metadata: Option<Value>,
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Table)]
#[table(name = "document_chunks")]
pub struct DocumentChunk {
    #[column(primary_key)]
    pub id: String,
    #[column(foreign_key = "documents.id")]
    pub document_id: String,
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    #[column(type = "text")]
    pub chunk_text: String,
    #[column(type = "vector")]
    pub embedding: Option<Vec<f32>>,
    #[column(type = "json")]
    pub chunk_metadata: Option<Value>,
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Table)]
#[table(name = "jobs")]
pub struct Job {
    #[column(primary_key)]
    pub id: String,
    #[column(foreign_key = "documents.id")]
    pub document_id: Option<String>,
    #[column(foreign_key = "collections.id")]
    pub collection_id: Option<String>,
    pub job_type: String,
    pub status: String,
    #[column(type = "json")]
    pub data: Option<Value>,
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Table)]
#[table(name = "results")]
pub struct JobResult {
    #[column(primary_key, foreign_key = "jobs.id")]
    pub job_id: String,
    #[column(type = "text")]
    pub data: Option<String>,
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}
