//! PostgreSQL, by `tokio-postgres`.

/// Connects.
pub fn connect() {}
