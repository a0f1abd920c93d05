//! The API: answers `/health` from the first moment, and all else once the database is ready.

use std::process::ExitCode;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use deadpool_postgres::Pool;
use fileintel::service::{self, Error, log};
use fileintel::{MIGRATIONS, storage::queries};
use serde::Deserialize;
use serde_json::{Value, json};

fn main() -> ExitCode {
    service::run("api", serve)
}

async fn serve(url: String) -> Result<(), Error> {
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "0.0.0.0:8000".to_string());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    log(&format!("api: listens on {}", listener.local_addr()?));

    let pool = service::pool(&url)?;
    let server = axum::serve(listener, router(pool.clone()));
    let server = server.with_graceful_shutdown(service::asked_to_end());
    let server = tokio::spawn(server.into_future());
    // Whoever asks for /health meanwhile is told how far it is.
    if service::migrate(&pool).await? {
        log("api: ready");
    }
    server.await??;
    log("api: ends");
    Ok(())
}

fn router(pool: Pool) -> Router {
    Router::new()
        .route("/collections", get(collections).post(create_collection))
        .route(
            "/collections/{id}/documents",
            get(documents).post(add_document),
        )
        .layer(from_fn(once_ready))
        .route("/health", get(health))
        .with_state(pool)
}

/// 200 where requests are answered; else 503, and how far the migration is.
async fn health() -> Response {
    let status = MIGRATIONS.status();
    let code = if status.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "process": service::process(), "migration": status.to_string() });
    (code, Json(body)).into_response()
}

async fn once_ready(request: Request, next: Next) -> Response {
    if service::is_ready() {
        return next.run(request).await;
    }
    health().await
}

type Answer = Result<Json<Value>, Failed>;

async fn collections(State(pool): State<Pool>) -> Answer {
    Ok(Json(Value::Array(queries::collections(&pool).await?)))
}

#[derive(Deserialize)]
struct NewCollection {
    name: String,
    description: Option<String>,
}

async fn create_collection(State(pool): State<Pool>, Json(new): Json<NewCollection>) -> Answer {
    let id = queries::create_collection(&pool, &new.name, new.description.as_deref()).await?;
    Ok(Json(json!({ "id": id })))
}

async fn documents(State(pool): State<Pool>, Path(id): Path<String>) -> Answer {
    Ok(Json(Value::Array(queries::documents(&pool, &id).await?)))
}

#[derive(Deserialize)]
struct NewDocument {
    filename: String,
    text: String,
}

async fn add_document(
    State(pool): State<Pool>,
    Path(id): Path<String>,
    Json(new): Json<NewDocument>,
) -> Answer {
    let id = queries::add_document(&pool, &id, &new.filename, &new.text).await?;
    Ok(Json(json!({ "id": id })))
}

/// What went wrong, for the log; whoever asked learns no more than that it did.
struct Failed;

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        log(&format!("api: {error}"));
        Failed
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
