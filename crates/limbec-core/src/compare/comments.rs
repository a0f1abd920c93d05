//! Comments on all but tables and columns.

use super::plan::{Phase, Plan, Why};
use crate::operations::{CommentOn, Operation};

/// Sets or removes the comment of an object that stays.
pub(super) fn compare(
    on: CommentOn,
    current: Option<&String>,
    target: Option<&String>,
    plan: &mut Plan,
) {
    if current == target {
        return;
    }
    let from = current.cloned();
    let operation = match target {
        Some(comment) => Operation::CreateComment {
            on,
            comment: comment.clone(),
            from,
        },
        None => Operation::DropComment { on, from },
    };
    plan.push(Phase::Comments, Why::Changed, operation);
}
