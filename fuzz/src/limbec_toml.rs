//! Any text as a `limbec.toml`: no value of the file is shown, since it may be a password.

use limbec_generate::Config;

use crate::MARKER;

pub const PIECES: &[&str] = &[
    "[database]\n", "url = ", "\"postgresql://me:p@db/shop\"\n", "[models]\n", "paths = [\"a.rs\"]\n",
    "sql = [", "]\n", "[migrations]\n", "directory = \"m\"\n", "lock_wait = \"5s\"\n", "lock_timeout = 5\n",
    "[models.types]\n", "String = \"text\"\n", "exclude = [\"a*\"]\n", "\"", "'", "=", "[", "]", "{", "}", ",",
    "\n", "#", "\\", "\\u001b", "\u{1b}", "é", "\0", "true", "1e9", "2025-01-01", "\"\"\"", ".", " ",
    "connect_wait = \"1s\"", "when_ahead = \"serve\"\n", "version_table", "[[x]]\n", "database.url = ",
];

/// Reads the file; and puts a URL with a password before it, on the same line too.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    let read = |text: &str| Config::of("limbec.toml".into(), text, None, &|_| None);
    if let Err(error) = read(text) {
        crate::is_shown(&error.to_string());
    }
    let quoted = text.replace(MARKER, "");
    for file in [
        format!("[database]\nurl = \"postgresql://me:{MARKER}@db/shop\"\n{quoted}"),
        format!("database = {{ url = \"postgresql://me:{MARKER}@db/shop\", {quoted} }}"),
    ] {
        match read(&file) {
            Ok(config) => assert!(!format!("{config:?}").contains(MARKER)),
            Err(error) => assert!(!format!("{error} {error:?}").contains(MARKER), "{error}"),
        }
    }
}
