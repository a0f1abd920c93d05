//! A password in an address, unescaped and in every shape: it is never shown, nor is a part of it taken for
//! a host.

use limbec::run::DatabaseUrl;

use crate::MARKER;

const SHAPES: [&str; 14] = [
    "postgresql://me:{}@db/shop",
    "postgresql://me:{}@a:1,b:2/shop?sslmode=disable",
    "postgresql://:{}@db",
    "postgresql:me:{}@db/shop",
    "postgresql:/me:{}@db/shop",
    "postgresql:///me:{}@db/shop",
    "me:{}@db/shop",
    "sqlite://me:{}@db/shop",
    "postgresql://db:5432/shop?password={}&user=me",
    "postgresql://db/shop?Password={}",
    "postgresql://db/shop?p%61ssword={}&password={}",
    "host=db user=me password={} dbname=shop",
    "password='{}' host=db",
    "HOST=db PassWord = {}",
];

/// Puts the text before and behind the middle of a password; the first byte chooses its place.
pub fn run(bytes: &[u8]) {
    let Some((shape, rest)) = bytes.split_first() else {
        return;
    };
    let Some(text) = crate::text(rest) else { return };
    // A known parameter behind a separator is one, not a part of the password.
    if text.contains('=') {
        return;
    }
    let middle = text.char_indices().nth(text.chars().count() / 2);
    let (before, after) = text.split_at(middle.map_or(0, |(at, _)| at));
    let shape = SHAPES[usize::from(*shape) % SHAPES.len()];
    let url = shape.replace("{}", &format!("{before}{MARKER}{after}"));
    let shown = match DatabaseUrl::parse(&url, "".as_ref()) {
        // Shown, an address names its hosts.
        Ok(url) => format!("{url} {url:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!shown.contains(MARKER), "{url}: {shown}");
}
