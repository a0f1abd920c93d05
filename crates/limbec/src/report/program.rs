//! How the command is called in this process.

use std::sync::OnceLock;

/// A service's own words for it: `api migrate`.
static CALLED: OnceLock<String> = OnceLock::new();

/// Takes note of how a service has the command; the first time counts.
#[cfg(feature = "command")]
pub(crate) fn is_called(program: &str) {
    CALLED.get_or_init(|| program.to_string());
}

/// How hints name the command: as the service has it, else `limbec`.
pub(crate) fn program() -> &'static str {
    CALLED.get().map_or("limbec", String::as_str)
}
