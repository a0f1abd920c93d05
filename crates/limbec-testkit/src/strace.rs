//! The program that lets a system call of another one fail.

use crate::{Error, process};

const MISSING: &str = "`strace` is not in PATH: install Debian's package `strace` or its like";

/// Looks for `strace`.
///
/// # Errors
///
/// When it is missing; the error says what to install.
pub fn find() -> Result<(), Error> {
    process::find_in_path("strace")
        .map(drop)
        .ok_or_else(|| Error::new(MISSING))
}
