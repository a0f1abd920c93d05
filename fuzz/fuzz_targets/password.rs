//! A password in an address, unescaped and in every shape, is never shown, nor is a part of it taken for a
//! host.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec::run::DatabaseUrl;

const MARKER: &str = "S3CRET";

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

fuzz_target!(|input: (u8, &str, &str)| {
    let (shape, before, after) = input;
    // A known parameter behind a separator is one, not a part of the password.
    if before.contains('=') || after.contains('=') {
        return;
    }
    let shape = SHAPES[usize::from(shape) % SHAPES.len()];
    let url = shape.replace("{}", &format!("{before}{MARKER}{after}"));
    let shown = match DatabaseUrl::parse(&url, "".as_ref()) {
        // Shown, an address names its hosts.
        Ok(url) => format!("{url} {url:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!shown.contains(MARKER), "{url}: {shown}");
});
