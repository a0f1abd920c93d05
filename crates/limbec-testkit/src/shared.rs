//! The folder of material that is shared with the repository but lies outside it.

use std::env;
use std::path::{Path, PathBuf};

use crate::Error;

/// Names the shared folder where it is not beside the workspace.
pub const SHARED_VARIABLE: &str = "LIMBEC_SHARED";

/// The folder that `LIMBEC_SHARED` names, or else `../shared` beside the workspace.
///
/// # Errors
///
/// When that folder is not there.
pub fn shared_dir() -> Result<PathBuf, Error> {
    let (folder, origin) = match env::var_os(SHARED_VARIABLE) {
        Some(value) => (PathBuf::from(value), "named by `LIMBEC_SHARED`"),
        None => (default_shared_dir(), "as `LIMBEC_SHARED` is not set"),
    };
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(Error::new(format!(
        "this test reads the shared folder, and `{}` ({origin}) is no folder: \
         set `LIMBEC_SHARED` to where it is",
        folder.display()
    )))
}

/// `shared` beside the workspace's root, whether or not it exists.
pub fn default_shared_dir() -> PathBuf {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = crate_root.ancestors().nth(2).unwrap_or(crate_root);
    workspace.parent().unwrap_or(workspace).join("shared")
}
