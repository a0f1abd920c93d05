//! The lock of the migrations: there is none beside the transaction.

/// `BEGIN IMMEDIATE` lets one writer in and the others wait.
pub(super) fn lock() -> Option<(String, String)> {
    None
}
