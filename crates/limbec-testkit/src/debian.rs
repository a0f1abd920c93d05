//! Installing a Debian package, where that is possible.

use std::process::{Command, Stdio};

use crate::{Error, process};

/// Installs `package` by `apt-get`.
///
/// # Errors
///
/// When this is no Debian, we aren't root, or `apt-get` fails; the error begins with `missing`.
pub(crate) fn install(package: &str, missing: &str) -> Result<(), Error> {
    if !can_install().map_err(Error::context("cannot make a temporary folder"))? {
        return Err(Error::new(missing));
    }
    apt_get(&["update", "-q"], missing)?;
    apt_get(
        &["install", "-q", "-y", "--no-install-recommends", package],
        missing,
    )
}

fn can_install() -> std::io::Result<bool> {
    let probe = tempfile::tempdir()?;
    Ok(process::is_root(probe.path())? && process::find_in_path("apt-get").is_some())
}

fn apt_get(arguments: &[&str], missing: &str) -> Result<(), Error> {
    let failed = |why: String| {
        let command = arguments.join(" ");
        Error::new(format!("{missing} (`apt-get {command}` {why})"))
    };
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| failed(format!("could not be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(format!("failed: {status}")))
    }
}
