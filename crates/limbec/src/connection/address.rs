//! The parts of a database's address: `scheme://user:password@host:port,host:port/path?key=value`, or
//! libpq's `host=… user=… password=…`.
//!
//! Percent-encoding and quotes are undone here and nowhere else. A password is only shown if the caller asks
//! for it. An address that can be read in two ways is refused: a part of its password could be taken for
//! a host, which the network would be asked for, or for a name, which would be shown.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use limbec_core::text::one_line;

mod keywords;

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The scheme, in the driver's own spelling.
    pub(crate) scheme: &'static str,
    /// What stands between `//` and the path; `None` if the database is a file.
    pub(crate) server: Option<Server>,
    /// The file, or the name of the server's database; empty if the URL names none.
    pub(crate) path: PathBuf,
    /// The parameters, in the URL's order.
    pub(crate) query: Vec<(String, String)>,
}

/// The servers of a database, and who asks them.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Server {
    pub(crate) user: Option<String>,
    /// Bytes, because a server takes any.
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) hosts: Vec<Host>,
}

/// A host by its name, its IP address or the folder of its socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: Option<u16>,
}

/// Why an address cannot be read. No part of it is in the text: any may belong to a password.
pub(crate) type Unreadable = &'static str;

/// What stands for an address of which no part is shown.
pub(crate) const HIDDEN: &str = "<database URL>";

/// An address as it was given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form<'t> {
    /// What follows the scheme and its colon.
    Url(&'t str),
    /// libpq's keywords and values.
    Keywords(&'t str),
}

impl<'t> Form<'t> {
    /// Takes a text for keywords and values if it begins with a word and `=`.
    pub(crate) fn keywords(text: &'t str) -> Option<Self> {
        let (key, _) = text.split_once('=')?;
        let key = key.trim();
        let is_word = |it: u8| it.is_ascii_alphabetic() || it == b'_';
        (!key.is_empty() && key.bytes().all(is_word)).then_some(Form::Keywords(text))
    }
}

impl Address {
    /// Makes the address of a file.
    pub(crate) fn of_file(scheme: &'static str, path: PathBuf) -> Self {
        Address {
            scheme,
            server: None,
            path,
            query: Vec::new(),
        }
    }

    /// Reads the address of a server; the parameters must be among the known ones.
    ///
    /// A password in a URL may hold `/`, `?` and `@` as they are, if it can be told where it ends.
    pub(crate) fn of_server(
        scheme: &'static str,
        form: Form<'_>,
        known: &[&str],
    ) -> Result<Self, Unreadable> {
        let address = match form {
            Form::Url(rest) => Address::of_url(scheme, rest, known)?,
            Form::Keywords(text) => Address {
                scheme,
                server: Some(Server::default()),
                path: PathBuf::new(),
                query: keywords::read(text)?,
            },
        };
        // The rest of a password behind a `&` or a space looks like a parameter.
        if address
            .query
            .iter()
            .all(|(key, _)| known.contains(&key.as_str()))
        {
            Ok(address)
        } else {
            Err("it has a parameter of a name that limbec does not know")
        }
    }

    fn of_url(scheme: &'static str, rest: &str, known: &[&str]) -> Result<Self, Unreadable> {
        let rest = rest.strip_prefix("//").ok_or("it has no `://`")?;
        let mut server = Server::default();
        let mut place = rest;
        if let Some(at) = end_of_credentials(rest, known)? {
            place = &rest[at + 1..];
            let (user, password) = match rest[..at].split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (&rest[..at], None),
            };
            server.user = Some(decoded(user)?).filter(|user| !user.is_empty());
            server.password = password.map(bytes);
        }
        let (place, query) = place.split_once('?').unwrap_or((place, ""));
        let (hosts, path) = place.split_once('/').unwrap_or((place, ""));
        if path.contains('@') {
            return Err(AMBIGUOUS);
        }
        server.hosts = read_hosts(hosts)?;
        let parameters = query.split('&').filter(|it| !it.is_empty());
        let parameters = parameters.map(|it| {
            let (key, value) = it.split_once('=').unwrap_or((it, ""));
            Ok((decoded(key)?, decoded(value)?))
        });
        Ok(Address {
            scheme,
            server: Some(server),
            path: decoded(path)?.into(),
            query: parameters.collect::<Result<_, Unreadable>>()?,
        })
    }

    /// The name of the server's database, if the URL names one.
    pub(crate) fn database(&self) -> Option<&str> {
        self.path.to_str().filter(|name| !name.is_empty())
    }

    /// Takes a parameter out: all its values, in their order.
    pub(crate) fn take(&mut self, key: &str) -> Vec<String> {
        let taken = self.query.extract_if(.., |(name, _)| name == key);
        taken.map(|(_, value)| value).collect()
    }

    /// Returns the URL with its password, as another program takes it.
    pub(crate) fn with_password(&self) -> impl fmt::Display {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write(&mut text, true);
        text
    }

    /// Whether a parameter may be the rest of a password: an `@` in it may be the one that was to end the
    /// credentials.
    fn may_be_misread(&self) -> bool {
        self.query.iter().any(|(_, value)| value.contains('@'))
    }

    fn write(&self, out: &mut impl fmt::Write, with_password: bool) -> fmt::Result {
        if !with_password && self.may_be_misread() {
            return out.write_str(HIDDEN);
        }
        write!(out, "{}:", self.scheme)?;
        let Some(server) = &self.server else {
            let path = self.path.display().to_string();
            // What begins with `//` would be read as what precedes a path.
            let slashes = if path.starts_with("//") { "///" } else { "" };
            let path = if with_password {
                path
            } else {
                one_line(&path).into_owned()
            };
            return write!(out, "{slashes}{path}");
        };
        out.write_str("//")?;
        server.write(out, with_password)?;
        if let Some(name) = self.database() {
            write!(out, "/{}", encoded(name, "/:"))?;
        }
        for (index, (key, value)) in self.query.iter().enumerate() {
            out.write_char(if index == 0 { '?' } else { '&' })?;
            let value = if is_secret(key) && !with_password {
                "***".to_string()
            } else {
                encoded(value, "/:,")
            };
            write!(out, "{}={value}", encoded(key, ""))?;
        }
        Ok(())
    }
}

impl fmt::Display for Address {
    /// Writes the URL without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl Server {
    fn write(&self, out: &mut impl fmt::Write, with_password: bool) -> fmt::Result {
        out.write_str(&encoded(self.user.as_deref().unwrap_or_default(), ""))?;
        match &self.password {
            Some(password) if with_password => {
                out.write_char(':')?;
                for byte in password {
                    if byte.is_ascii_alphanumeric() {
                        out.write_char(char::from(*byte))?;
                    } else {
                        write!(out, "%{byte:02X}")?;
                    }
                }
            }
            Some(_) => out.write_str(":***")?,
            None => {}
        }
        if self.user.is_some() || self.password.is_some() {
            out.write_char('@')?;
        }
        for (index, Host { name, port }) in self.hosts.iter().enumerate() {
            if index > 0 {
                out.write_char(',')?;
            }
            if name.contains(':') {
                write!(out, "[{}]", encoded(name, ":"))?;
            } else {
                out.write_str(&encoded(name, ""))?;
            }
            if let Some(port) = port {
                write!(out, ":{port}")?;
            }
        }
        Ok(())
    }
}

const AMBIGUOUS: &str = "an `@` in it may end the password or belong to what follows";

/// Where the `@` is that ends the credentials, if there are any.
///
/// It is the last one before the path or the parameters. If there is none, what looks like a path
/// belongs to an unescaped password; but only if there is a password, and what precedes that path cannot
/// be a host with its port. An `@` in the value of a known parameter ends nothing.
fn end_of_credentials(rest: &str, known: &[&str]) -> Result<Option<usize>, Unreadable> {
    let before_path = rest.find(['/', '?']).unwrap_or(rest.len());
    if let Some(at) = rest[..before_path].rfind('@') {
        return Ok(Some(at));
    }
    let Some(first) = rest.find('@') else {
        return Ok(None);
    };
    let hosts = &rest[..before_path];
    let is_readable = !hosts.ends_with(':') && read_hosts(hosts).is_ok();
    let is_value = rest[..first].split_once('?').is_some_and(|(_, query)| {
        let last = query.rsplit('&').next().unwrap_or_default();
        let key = last.split_once('=').map(|(key, _)| key);
        key.is_some_and(|key| known.contains(&key))
    });
    if is_readable && is_value {
        return Ok(None);
    }
    if is_readable || !hosts.contains(':') {
        return Err(AMBIGUOUS);
    }
    let end = rest[first..].find(['/', '?']).map(|it| first + it);
    Ok(rest[..end.unwrap_or(rest.len())].rfind('@'))
}

fn read_hosts(text: &str) -> Result<Vec<Host>, Unreadable> {
    let hosts: Vec<Host> = text.split(',').map(read_host).collect::<Result<_, _>>()?;
    // Nothing, or a lone `:`, names neither a host nor a port.
    let is_named = !matches!(hosts.as_slice(), [Host { name, port: None }] if name.is_empty());
    Ok(if is_named { hosts } else { Vec::new() })
}

fn read_host(text: &str) -> Result<Host, Unreadable> {
    let brackets = "a host in brackets is not `[ADDRESS]` or `[ADDRESS]:PORT`";
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']').ok_or(brackets)? {
            (name, "") => (name, ""),
            (name, port) => (name, port.strip_prefix(':').ok_or(brackets)?),
        },
        None => text.split_once(':').unwrap_or((text, "")),
    };
    Host::new(decoded(name)?, &decoded(port)?)
}

impl Host {
    /// Makes a host of its name, its IP address or its socket's folder; an empty port is the driver's
    /// usual one. What no host can be called is refused before anybody looks it up.
    pub(crate) fn new(name: String, port: &str) -> Result<Self, Unreadable> {
        let of_name = |it: char| it.is_alphanumeric() || "-._".contains(it);
        let of_address = |it: char| it.is_ascii_alphanumeric() || ":.%".contains(it);
        let is_host = name.starts_with('/')
            || name.chars().all(of_name)
            || (name.contains(':') && name.chars().all(of_address));
        if !is_host {
            return Err("a host in it has a character that the names of hosts do not have");
        }
        let port = read_port(port)?;
        Ok(Host { name, port })
    }
}

/// Reads a port; an empty one is the driver's usual one.
pub(crate) fn read_port(text: &str) -> Result<Option<u16>, Unreadable> {
    if text.is_empty() {
        return Ok(None);
    }
    let port = text.parse().map(Some);
    port.map_err(|_| "a port is not a number from 0 to 65535")
}

/// Undoes percent-encoding. A `%` that begins none stands for itself.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let digits = after
            .get(..2)
            .filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend(rest.bytes());
    bytes
}

fn decoded(text: &str) -> Result<String, Unreadable> {
    String::from_utf8(bytes(text)).map_err(|_| "a percent-encoded part of it is not UTF-8")
}

/// Percent-encodes all but letters, digits, `-._~` and what else may stand where the text goes.
fn encoded(text: &str, also: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || "-._~".contains(letter) || also.contains(letter) {
            encoded.push(letter);
        } else {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// Whether a parameter's value is nobody's business: `password`, `sslpassword` and their like.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["pass", "secret", "token"]
        .iter()
        .any(|it| key.contains(it))
}
