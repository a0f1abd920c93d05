//! The queries of the service. Rows come as JSON, which PostgreSQL makes itself.

#![allow(
    clippy::missing_errors_doc,
    reason = "each fails where the database cannot be asked"
)]

use deadpool_postgres::Pool;
use serde_json::Value;
use tokio_postgres::types::ToSql;

use crate::service::Error;

/// The task that reads a new document.
pub const READ_DOCUMENT: &str = "read_document";

/// Lists the collections.
pub async fn collections(pool: &Pool) -> Result<Vec<Value>, Error> {
    let sql = "SELECT json_build_object('id', c.id, 'name', c.name, 'description', c.description, \
               'documents', (SELECT count(*) FROM collection_documents d \
               WHERE d.collection_id = c.id))::text FROM collections c ORDER BY c.name";
    rows(pool, sql, &[]).await
}

/// Makes a collection; gives its id.
pub async fn create_collection(
    pool: &Pool,
    name: &str,
    description: Option<&str>,
) -> Result<String, Error> {
    let sql = "INSERT INTO collections (id, name, description, processing_status) \
               VALUES (gen_random_uuid()::text, $1, $2, 'created') RETURNING id";
    let client = pool.get().await?;
    Ok(client.query_one(sql, &[&name, &description]).await?.get(0))
}

/// Lists the documents of a collection.
pub async fn documents(pool: &Pool, collection: &str) -> Result<Vec<Value>, Error> {
    let sql = "SELECT json_build_object('id', d.id, 'filename', d.original_filename, \
               'size', d.file_size, 'structures', (SELECT coalesce(json_agg(s.data), '[]') \
               FROM document_structures s WHERE s.document_id = d.id))::text \
               FROM documents d JOIN collection_documents c ON c.document_id = d.id \
               WHERE c.collection_id = $1 ORDER BY d.original_filename";
    rows(pool, sql, &[&collection]).await
}

/// Puts a document into a collection and a task into the queue, both or none; gives its id.
pub async fn add_document(
    pool: &Pool,
    collection: &str,
    filename: &str,
    text: &str,
) -> Result<String, Error> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let insert = "INSERT INTO documents (id, filename, original_filename, content_hash, file_size, \
                  mime_type, file_path) SELECT id, id, $1, md5($2), octet_length($2), \
                  'text/plain', '/data/' || id FROM (SELECT gen_random_uuid()::text AS id) new \
                  RETURNING id";
    let id: String = transaction
        .query_one(insert, &[&filename, &text])
        .await?
        .get(0);
    let link = "INSERT INTO collection_documents (collection_id, document_id) VALUES ($1, $2)";
    transaction.execute(link, &[&collection, &id]).await?;
    let task = "INSERT INTO celery_task_registry (task_id, task_name, worker_id, status, args) \
                VALUES (gen_random_uuid()::text, $1, '', 'queued', \
                json_build_object('document', $2::text, 'text', $3::text)::jsonb)";
    transaction
        .execute(task, &[&READ_DOCUMENT, &id, &text])
        .await?;
    transaction.commit().await?;
    Ok(id)
}

/// Takes the next task of the queue and does it, in one transaction; gives the task's id, or none
/// where the queue is empty. A worker that dies with a task in hand leaves it in the queue, and
/// workers at work pass over what another one has.
pub async fn work(pool: &Pool, worker: &str) -> Result<Option<String>, Error> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let take = "SELECT task_id, args->>'document', args->>'text' FROM celery_task_registry \
                WHERE status = 'queued' AND task_name = $1 \
                ORDER BY queued_at, task_id LIMIT 1 FOR UPDATE SKIP LOCKED";
    let Some(task) = transaction.query_opt(take, &[&READ_DOCUMENT]).await? else {
        return Ok(None);
    };
    let (id, document, text): (String, String, String) = (task.get(0), task.get(1), task.get(2));
    let words = i64::try_from(text.split_whitespace().count())?;
    let lines = i64::try_from(text.lines().count())?;
    let found = "INSERT INTO document_structures (id, document_id, structure_type, data) \
                 VALUES (gen_random_uuid()::text, $1, 'statistics', \
                 json_build_object('words', $2::int8, 'lines', $3::int8)::jsonb)";
    transaction
        .execute(found, &[&document, &words, &lines])
        .await?;
    let process = i32::try_from(std::process::id())?;
    let done = "UPDATE celery_task_registry SET status = 'done', worker_id = $2, worker_pid = $3, \
                started_at = now(), completed_at = clock_timestamp() WHERE task_id = $1";
    transaction.execute(done, &[&id, &worker, &process]).await?;
    transaction.commit().await?;
    Ok(Some(id))
}

async fn rows(
    pool: &Pool,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Value>, Error> {
    let client = pool.get().await?;
    let rows = client.query(sql, parameters).await?;
    let values = rows.iter().map(|row| serde_json::from_str(row.get(0)));
    Ok(values.collect::<Result<_, _>>()?)
}
