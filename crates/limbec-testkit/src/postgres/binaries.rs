//! Where the server's programs are: Debian keeps `initdb` and `postgres` out of `PATH`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::{Error, process};

/// Names the folder of the server's programs.
pub const BIN_VARIABLE: &str = "LIMBEC_POSTGRES_BIN";
const DEBIAN_ROOT: &str = "/usr/lib/postgresql";
const MISSING: &str = "PostgreSQL's server programs (`initdb`, `postgres`) were found neither in \
    PATH, nor by `pg_config --bindir`, nor under `/usr/lib/postgresql`: install Debian's package \
    `postgresql` or its like, name their folder in `LIMBEC_POSTGRES_BIN`, or name a running \
    server in `LIMBEC_TEST_POSTGRES_URL`";

/// The folder that holds `initdb` and `postgres`.
///
/// # Errors
///
/// When there is none, or `LIMBEC_POSTGRES_BIN` names a folder without them.
pub(super) fn find() -> Result<PathBuf, Error> {
    if let Some(folder) = env::var_os(BIN_VARIABLE).map(PathBuf::from) {
        return server_folder(&folder).ok_or_else(|| {
            Error::new(format!(
                "`{BIN_VARIABLE}` is `{}`, and `initdb` and `postgres` are not there",
                folder.display()
            ))
        });
    }
    in_path()
        .or_else(by_pg_config)
        .or_else(|| newest_under(Path::new(DEBIAN_ROOT)))
        .ok_or_else(|| Error::new(MISSING))
}

/// Looks for a server's programs.
///
/// # Errors
///
/// When they are missing; the error says what to install.
pub fn find_server() -> Result<(), Error> {
    find().map(drop)
}

/// The major version of the server's programs that are found.
///
/// # Errors
///
/// When there are none, or they do not say.
pub fn major_version() -> Result<u32, Error> {
    let mut server = Command::new(find()?.join("postgres"));
    let said = process::run_with_input(server.arg("--version"), "")?;
    // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
    let version = said.split_whitespace().find_map(|word| {
        let major = word.split(['.', 'b', 'r']).next()?;
        major.parse().ok()
    });
    version.ok_or_else(|| Error::new(format!("`postgres --version` says `{}`", said.trim_end())))
}

fn in_path() -> Option<PathBuf> {
    let initdb = process::find_in_path("initdb")?;
    // The folder behind the link holds `psql` and the rest, too.
    let real = initdb.canonicalize().ok()?;
    server_folder(real.parent()?).or_else(|| server_folder(initdb.parent()?))
}

fn by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    server_folder(Path::new(folder.trim_end()))
}

fn newest_under(root: &Path) -> Option<PathBuf> {
    fs::read_dir(root)
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            // By number: as text, 9 would be newer than 15.
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, server_folder(&entry.path().join("bin"))?))
        })
        .max()
        .map(|(_, folder)| folder)
}

fn server_folder(folder: &Path) -> Option<PathBuf> {
    let complete = folder.join("initdb").is_file() && folder.join("postgres").is_file();
    complete.then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{newest_under, server_folder};
    use crate::TempProject;

    #[test]
    fn the_newest_complete_version_is_taken() {
        let root = TempProject::new().unwrap();
        for program in [
            "9/bin/initdb",
            "9/bin/postgres",
            "15/bin/initdb",
            "15/bin/postgres",
            "16/bin/psql",
        ] {
            root.write(program, "").unwrap();
        }
        assert_eq!(
            newest_under(root.path()),
            Some(root.path().join("15").join("bin"))
        );
    }

    #[test]
    fn a_folder_without_the_server_is_none() {
        let root = TempProject::new().unwrap();
        root.write("initdb", "").unwrap();
        assert_eq!(server_folder(root.path()), None);
        assert_eq!(newest_under(Path::new("/nowhere/at/all")), None);
    }
}
