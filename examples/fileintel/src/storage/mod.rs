//! What the service keeps.

pub mod models;
pub mod queries;
