//! The user that runs a server when the tests run as root, which `initdb` refuses.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::Error;

/// The ids of an unprivileged user of this system.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The user `postgres`, or else `nobody`.
pub(super) fn unprivileged() -> Result<User, Error> {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(by_name)
        .ok_or_else(|| {
            Error::new(
                "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` \
                 to run it: run the tests as another user",
            )
        })
}

fn by_name(name: &str) -> Option<User> {
    Some(User {
        uid: id("-u", name)?,
        gid: id("-g", name)?,
    })
}

fn id(flag: &str, name: &str) -> Option<u32> {
    let output = Command::new("id")
        .args([flag, name])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A folder for temporary folders that any user can reach and clear up: the system's own
/// where it is so, and `/tmp` where `TMPDIR` is a private folder of root's.
pub(super) fn open_temp_dir() -> PathBuf {
    let configured = env::temp_dir();
    if is_open(&configured) {
        configured
    } else {
        PathBuf::from("/tmp")
    }
}

fn is_open(folder: &Path) -> bool {
    let allows = |folder: &Path, bits: u32| {
        fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & bits == bits)
    };
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    // Others may write here and pass through every folder above.
    allows(&folder, 0o003) && folder.ancestors().all(|above| allows(above, 0o001))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::is_open;
    use crate::TempProject;

    #[test]
    fn a_folder_below_a_private_one_is_not_open() {
        let private = TempProject::new().unwrap();
        let below = private.path().join("tmp");
        fs::create_dir(&below).unwrap();
        fs::set_permissions(&below, fs::Permissions::from_mode(0o1777)).unwrap();
        fs::set_permissions(private.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!is_open(private.path()));
        assert!(!is_open(&below));
        assert!(!is_open(&private.path().join("missing")));
    }
}
