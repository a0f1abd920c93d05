//! What the service keeps.

pub mod models;
