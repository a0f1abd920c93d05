//! The limits that a revision sets.

use crate::dialect::postgres::names::literal;
use crate::dialect::{CompileError, TimeLimit};
use crate::operations::Timeout;

/// Sets a limit to the end of the transaction, in the words of the revision.
pub(super) fn set(timeout: Timeout, time: &str) -> Result<String, CompileError> {
    TimeLimit::read(timeout, time)?;
    let name = match timeout {
        Timeout::Lock => "lock_timeout",
        Timeout::Statement => "statement_timeout",
    };
    Ok(format!("SET LOCAL {name} = {}", literal(time)))
}
