//! The tables, one struct each.

use chrono::{DateTime, Utc};
use limbec::Table;
use serde_json::Value;

/// A named set of documents.
#[derive(Debug, Clone, Table)]
#[table(name = "collections")]
pub struct Collection {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// Its name.
    #[column(unique)]
    pub name: String,
    /// What it holds, in words.
    pub description: Option<String>,
    /// How far its documents are processed.
    pub processing_status: String,
    /// What else is known of it.
    pub collection_metadata: Option<Value>,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the row was last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// The task that works on it now.
    #[column(index)]
    pub current_task_id: Option<String>,
    /// The tasks that worked on it.
    pub task_history: Option<Value>,
    /// When its status last changed.
    pub status_updated_at: Option<DateTime<Utc>>,
}

/// A file.
#[derive(Debug, Clone, Table)]
#[table(name = "documents")]
pub struct Document {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// Its name in the store.
    pub filename: String,
    /// Its name as it was uploaded.
    pub original_filename: String,
    /// The digest of its bytes.
    #[column(index)]
    pub content_hash: String,
    /// A digest that survives a change of format.
    #[column(length = 36, index)]
    pub content_fingerprint: Option<String>,
    /// Its size in bytes.
    pub file_size: i32,
    /// Its media type.
    pub mime_type: String,
    /// Where its bytes are.
    pub file_path: String,
    /// What else is known of it.
    pub document_metadata: Option<Value>,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the row was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Which document is in which collection.
#[derive(Debug, Clone, Table)]
#[table(name = "collection_documents")]
pub struct CollectionDocument {
    /// The collection.
    #[column(primary_key, foreign_key = "collections.id", on_delete = "cascade")]
    pub collection_id: String,
    /// The document.
    #[column(primary_key, foreign_key = "documents.id", on_delete = "cascade")]
    pub document_id: String,
    /// When it was put there.
    #[column(server_default = "now()")]
    pub added_at: Option<DateTime<Utc>>,
}

/// A piece of a document, with its embedding.
#[derive(Debug, Clone, Table)]
#[table(name = "document_chunks")]
pub struct DocumentChunk {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The document it is of.
    #[column(foreign_key = "documents.id", on_delete = "cascade", index)]
    pub document_id: String,
    /// Its text.
    #[column(type = "text")]
    pub chunk_text: String,
    /// Its place in the space of meanings (pgvector).
    #[column(type = "vector")]
    pub embedding: Option<Vec<f32>>,
    /// What else is known of it.
    #[column(type = "json")]
    pub chunk_metadata: Option<Value>,
    /// Its place in the document.
    pub position: i32,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

/// What was found in a document: headings, tables of contents.
#[derive(Debug, Clone, Table)]
#[table(name = "document_structures")]
pub struct DocumentStructure {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The document it is of.
    #[column(foreign_key = "documents.id", on_delete = "cascade", index)]
    pub document_id: String,
    /// What kind of structure it is.
    #[column(index)]
    pub structure_type: String,
    /// The structure.
    pub data: Value,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A task of the queue.
#[derive(Debug, Clone, Table)]
#[table(name = "celery_task_registry")]
pub struct CeleryTask {
    /// The id that the task queue gave.
    #[column(primary_key)]
    pub task_id: String,
    /// The task's name.
    #[column(index)]
    pub task_name: String,
    /// The worker that took it.
    #[column(index)]
    pub worker_id: String,
    /// The worker's process.
    pub worker_pid: Option<i32>,
    /// How far it is.
    #[column(index)]
    pub status: String,
    /// When it was queued.
    #[column(server_default = "now()")]
    pub queued_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// When the worker last gave a sign of life.
    pub last_heartbeat: Option<DateTime<Utc>>,
    /// Its arguments.
    pub args: Option<Value>,
    /// Its named arguments.
    pub kwargs: Option<Value>,
    /// What it gave.
    pub result: Option<Value>,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the row was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A graph index over a collection.
#[derive(Debug, Clone, Table)]
#[table(name = "graphrag_indices")]
pub struct GraphragIndex {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The collection it was made of.
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    /// Where it is.
    pub index_path: String,
    /// How far it is.
    pub index_status: String,
    /// What else is known of it.
    pub index_metadata: Option<Value>,
    /// How many documents it covers.
    pub documents_count: i32,
    /// How many entities it holds.
    pub entities_count: i32,
    /// How many communities it holds.
    pub communities_count: i32,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the row was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Something that documents speak of.
#[derive(Debug, Clone, Table)]
#[table(name = "graphrag_entities")]
pub struct GraphragEntity {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The collection it was made of.
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    /// Its name.
    #[column(index)]
    pub entity_name: String,
    /// What kind of thing it is.
    pub entity_type: Option<String>,
    /// What is said of it.
    #[column(type = "text")]
    pub description: Option<String>,
    /// How much it matters.
    pub importance_score: Option<i32>,
    /// What else is known of it.
    pub entity_metadata: Option<Value>,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

/// Entities that belong together.
#[derive(Debug, Clone, Table)]
#[table(name = "graphrag_communities")]
pub struct GraphragCommunity {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The collection it was made of.
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    /// Its number in the index.
    pub community_id: i32,
    /// Its level in the hierarchy.
    pub level: i32,
    /// What it is called.
    pub title: Option<String>,
    /// What it is about.
    #[column(type = "text")]
    pub summary: Option<String>,
    /// Its entities.
    pub entities: Option<Value>,
    /// How many there are.
    pub size: i32,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}

/// How two entities stand to each other.
#[derive(Debug, Clone, Table)]
#[table(name = "graphrag_relationships")]
pub struct GraphragRelationship {
    /// Its id.
    #[column(primary_key)]
    pub id: String,
    /// The collection it was made of.
    #[column(foreign_key = "collections.id")]
    pub collection_id: String,
    /// The one.
    #[column(index)]
    pub source_entity: String,
    /// The other.
    #[column(index)]
    pub target_entity: String,
    /// What kind of relation it is.
    pub relationship_type: Option<String>,
    /// What is said of it.
    #[column(type = "text")]
    pub description: Option<String>,
    /// How strong it is.
    pub weight: Option<i32>,
    /// What else is known of it.
    pub relationship_metadata: Option<Value>,
    /// When the row was written.
    #[column(server_default = "now()")]
    pub created_at: Option<DateTime<Utc>>,
}
