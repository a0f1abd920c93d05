//! Comments on all but tables and columns.

use crate::dialect::postgres::names::{in_namespace_of, literal_or_null, object, quote};
use crate::operations::CommentOn;
use crate::steps::Step;

/// Sets or removes a comment.
pub(super) fn set(on: &CommentOn, text: Option<&str>) -> Step {
    let what = match on {
        CommentOn::Schema(name) => format!("SCHEMA {}", quote(name)),
        CommentOn::Domain(name) => format!("DOMAIN {}", object(name)),
        CommentOn::Enum(name) => format!("TYPE {}", object(name)),
        CommentOn::Sequence(name) => format!("SEQUENCE {}", object(name)),
        CommentOn::Index { table, name } => format!("INDEX {}", in_namespace_of(table, name)),
        CommentOn::Constraint { table, name } => {
            format!("CONSTRAINT {} ON {}", quote(name), object(table))
        }
    };
    Step::new(format!("COMMENT ON {what} IS {}", literal_or_null(text)))
}
