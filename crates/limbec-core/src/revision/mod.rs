//! What a revision file says about itself, and which texts are ids.

mod header;
mod ids;

/// How messages word what they are about.
mod wording {
    pub(super) fn file_name(path: &str) -> &str {
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

pub use header::Header;
pub use ids::{IdError, RESERVED, check_id, check_label};
