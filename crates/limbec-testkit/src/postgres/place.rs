//! Where a server for tests lives: a folder of its own, a free port, a user that it may run as.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::user;
use crate::{Error, process};

/// A temporary folder that nobody else reads, and that the server's user can reach.
pub(super) fn private_folder(prefix: &str) -> Result<TempDir, Error> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(user::open_temp_dir())
        .map_err(Error::context("cannot make a temporary directory"))
}

pub(super) fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    let address = address.map_err(Error::context("no free port on 127.0.0.1"))?;
    Ok(address.port())
}

/// A shell that runs a script for as long as this process holds the other end of its pipe.
pub(super) fn keeper(script: &str, name: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, name])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A terminal's Ctrl-C ends this process, and thereby the server in good order.
        .process_group(0);
    command
}

/// Where this is root, lets an unprivileged user run a command, and gives it a folder with what is
/// in it.
pub(super) fn run_unprivileged(command: &mut Command, folder: &Path) -> Result<(), Error> {
    if !process::is_root(folder).map_err(Error::context("the directory's owner"))? {
        return Ok(());
    }
    let user = user::unprivileged()?;
    let context = || Error::context("cannot give the directory to the server's user");
    for entry in fs::read_dir(folder).map_err(context())? {
        let path = entry.map_err(context())?.path();
        chown(path, Some(user.uid), Some(user.gid)).map_err(context())?;
    }
    chown(folder, Some(user.uid), Some(user.gid)).map_err(context())?;
    command.uid(user.uid).gid(user.gid);
    Ok(())
}
