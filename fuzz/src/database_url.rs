//! Any text as the URL of a database; what is written of one reads as the same.

use limbec::run::DatabaseUrl;

pub const PIECES: &[&str] = &[
    "postgresql://", "postgres:", "sqlite:", "sqlite:///", "mysql://", "host=", "password=", "user=me ",
    "?password=", "&sslmode=disable", "?options=-c%20search_path%3Da", "&connect_timeout=1", "me", ":", "@",
    "db", "/", "//", "shop", "?", "&", "=", "%40", "%", "%zz", ",", ":5432", "[::1]", "'", "\\", " ", "#", "+",
    "S3", "PASSWORD=", "passwo%72d=", "\n", "\u{1b}", "é", "\0", "target_session_attrs=any", "service=",
    "hostaddr=127.0.0.1", "..", "app.db",
];

/// Reads the URL.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    let read = |url: &str| DatabaseUrl::parse(url, "".as_ref());
    match read(text) {
        Ok(url) => {
            crate::is_shown(&url.to_string());
            assert!(!url.to_string().contains(char::is_control));
            let written = url.with_password().to_string();
            assert!(read(&written).is_ok_and(|again| again == url));
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control)),
    }
}
