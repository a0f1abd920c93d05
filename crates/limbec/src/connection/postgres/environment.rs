//! What libpq takes from its environment if an address does not say it, and from the file of passwords.
//!
//! Nothing here reads the environment: whoever may read it passes it in.

use std::path::{Path, PathBuf};

use super::config::{Host, host, spread, unreadable};
use crate::connection::DatabaseError;
use crate::connection::address::{Address, Unreadable, read_port};

/// The variables that are parameters, and the parameter that each is.
const PARAMETERS: [(&str, &str); 9] = [
    ("PGHOSTADDR", "hostaddr"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
];

/// The folder of the server's socket of which the file of passwords says `localhost`.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Adds to an address what it lacks and the environment says.
pub(super) fn complete(
    address: &mut Address,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(), DatabaseError> {
    let given = |name: &str| environment(name).filter(|value| !value.is_empty());
    places(address, &given).map_err(unreadable)?;
    for (variable, key) in PARAMETERS {
        if address.query.iter().all(|(name, _)| name != key)
            && let Some(value) = given(variable)
        {
            address.query.push((key.to_string(), value));
        }
    }
    let from_file = || {
        let text = std::fs::read_to_string(password_file(&given)?).ok()?;
        password_of(&text, address)
    };
    let lacks_one = address
        .server
        .as_ref()
        .is_some_and(|it| it.password.is_none());
    if lacks_one && let Some(password) = given("PGPASSWORD").or_else(from_file) {
        let server = address.server.get_or_insert_default();
        server.password = Some(password.into_bytes());
    }
    Ok(())
}

/// Adds the parts of the address that are no parameters, but for the password.
fn places(address: &mut Address, given: &dyn Fn(&str) -> Option<String>) -> Result<(), Unreadable> {
    let names_one = address.query.iter().any(|(key, _)| key == "hostaddr");
    let server = address.server.get_or_insert_default();
    if server.hosts.is_empty()
        && !names_one
        && let Some(hosts) = given("PGHOST")
    {
        let hosts = hosts.split(',').map(host);
        server.hosts = hosts.collect::<Result<_, _>>()?;
    }
    let lack_ports = server.hosts.iter().any(|it| it.port.is_none());
    if lack_ports && let Some(ports) = given("PGPORT") {
        let ports = ports.split(',').map(read_port);
        let ports: Vec<_> = ports.collect::<Result<_, _>>()?;
        let own: Vec<_> = server.hosts.iter().map(|it| it.port).collect();
        spread(&ports, &mut server.hosts)?;
        spread(&own, &mut server.hosts)?;
    }
    if server.user.is_none() {
        server.user = given("PGUSER");
    }
    if address.database().is_none()
        && let Some(name) = given("PGDATABASE")
    {
        address.path = name.into();
    }
    Ok(())
}

/// The file of passwords; none if others may read it, as libpq has it.
fn password_file(given: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let file = match given("PGPASSFILE") {
        Some(file) => PathBuf::from(file),
        None if cfg!(windows) => Path::new(&given("APPDATA")?).join("postgresql/pgpass.conf"),
        None => Path::new(&given("HOME")?).join(".pgpass"),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let about = std::fs::metadata(&file).ok()?;
        if !about.is_file() || about.mode() & 0o077 != 0 {
            return None;
        }
    }
    Some(file)
}

/// The password of the first line that is about the address: `host:port:database:user:password`.
fn password_of(text: &str, address: &Address) -> Option<String> {
    let server = address.server.as_ref()?;
    let user = server.user.as_deref().unwrap_or_default();
    let database = address.database().unwrap_or(user);
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let [name, port, of, by, password] = <[String; 5]>::try_from(fields(line)).ok()?;
            let is_it = |pattern: &str, value: &str| pattern == "*" || pattern == value;
            let is_host = |host: &Host| {
                let named = match host.name.as_str() {
                    folder if SOCKETS.contains(&folder) => "localhost",
                    name => name,
                };
                is_it(&name, named)
                    && is_it(&port, &host.port.unwrap_or(super::config::PORT).to_string())
            };
            let is_about =
                server.hosts.iter().any(is_host) && is_it(&of, database) && is_it(&by, user);
            (is_about && !password.is_empty()).then_some(password)
        })
}

/// The fields of a line: a backslash takes the next character as it is. What follows the fourth colon is
/// the password, up to another one.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ':' if fields.len() == 4 => break,
            ':' => fields.push(std::mem::take(&mut field)),
            '\\' => field.extend(letters.next()),
            letter => field.push(letter),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use crate::connection::address::Form;

    use super::super::config::read;
    use super::*;

    fn completed(rest: &str, variables: &[(&str, &str)]) -> Result<String, DatabaseError> {
        let mut address = read(Form::Url(rest), Path::new(""))?;
        let environment = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_string())
        };
        complete(&mut address, &environment)?;
        Ok(address.with_password().to_string())
    }

    #[test]
    fn the_environment_says_what_the_address_does_not() {
        let all = [
            ("PGHOST", "db1,db2"),
            ("PGPORT", "6543"),
            ("PGUSER", "me"),
            ("PGPASSWORD", "s3cret"),
            ("PGDATABASE", "shop"),
            ("PGSSLMODE", "require"),
            ("PGAPPNAME", ""),
        ];
        for (rest, expected) in [
            (
                "///",
                "postgresql://me:s3cret@db1:6543,db2:6543/shop?sslmode=require",
            ),
            (
                "//db",
                "postgresql://me:s3cret@db:6543/shop?sslmode=require",
            ),
            (
                "//you:own@db:1/other?sslmode=disable",
                "postgresql://you:own@db:1/other?sslmode=disable",
            ),
            (
                "//db:1,b/other",
                "postgresql://me:s3cret@db:1,b:6543/other?sslmode=require",
            ),
        ] {
            assert_eq!(completed(rest, &all).unwrap(), expected, "{rest}");
        }
        assert!(completed("///shop", &[("PGHOST", "d b")]).is_err());
        assert!(completed("//db/shop", &[("PGPORT", "x")]).is_err());
    }

    #[test]
    fn a_password_is_of_the_first_line_that_is_about_the_address() {
        let file = "# comment\nother:5432:shop:me:no\n*:*:*:you:y\\:o\\\\u\ndb:5432:shop:me:first:rest\n\
                    db:*:*:*:second\nlocalhost:5432:shop:me:socket\n";
        for (rest, expected) in [
            ("//me@db/shop", Some("first")),
            ("//me@db:6543/shop", Some("second")),
            ("//you@anywhere/shop", Some("y:o\\u")),
            ("//me@nowhere/shop", None),
            ("//me@/shop?host=/var/run/postgresql", Some("socket")),
        ] {
            let address = read(Form::Url(rest), Path::new("")).unwrap();
            assert_eq!(password_of(file, &address).as_deref(), expected, "{rest}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_no_file_of_passwords() {
        use std::os::unix::fs::PermissionsExt as _;

        let name = format!("limbec-pgpass-{}", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, "*:*:*:*:s3cret\n").unwrap();
        let asked = |mode: u32| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&file, mode).unwrap();
            completed("//me@db/shop", &[("PGPASSFILE", file.to_str().unwrap())]).unwrap()
        };
        let found = (asked(0o600), asked(0o640));
        std::fs::remove_file(&file).unwrap();
        assert_eq!(found.0, "postgresql://me:s3cret@db/shop");
        assert_eq!(found.1, "postgresql://me@db/shop");
    }
}
