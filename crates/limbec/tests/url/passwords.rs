//! Addresses with a password that nobody has escaped, in every shape that people write.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A part of every password.
pub(crate) const MARKER: &str = "S3CRET";

/// Where a password stands.
const SHAPES: [&str; 27] = [
    "postgresql://me:{}@db/shop",
    "postgresql://me:{}@db:5432/shop?sslmode=disable",
    "postgres://:{}@db",
    "postgresql://me:{}@",
    "postgresql://me:{}@a:1,b:2/shop?application_name=api",
    "postgresql+psycopg://me:{}@db/shop",
    "postgresql:me:{}@db/shop",
    "postgresql:/me:{}@db/shop",
    "postgresql:///me:{}@db/shop",
    "postgresql:////me:{}@db/shop",
    "postgres//me:{}@db/shop",
    "me:{}@db/shop",
    "//me:{}@db/shop",
    "mysql://me:{}@db/shop",
    "sqlite://me:{}@db/shop",
    "sqlite:postgresql://me:{}@db/shop",
    "postgresql://db/shop?password={}",
    "postgresql://db:5432/shop?password={}&user=me",
    "postgresql://db/shop?user=me&password={}&password={}",
    "postgresql://me:{}@db/shop?password={}",
    "postgresql://db/shop?Password={}",
    "postgresql://db/shop?PASSWORD={}&user=me",
    "postgresql://db/shop?p%61ssword={}",
    "postgresql://db/shop?pass word={}&pwd={}",
    "host=db user=me password={} dbname=shop",
    "password='{}' host=db",
    "HOST=db PassWord = {}",
];

/// What passwords are made of that addresses give a meaning to.
const PIECES: [&str; 24] = [
    "@", "/", "?", "&", "=", ":", "#", "%", "%4", "%40", " ", "'", "\\", ",", "[", "]", "+", ";",
    "//", "5", "a", "b c", "\u{e9}", "\n",
];

fn password() -> impl Strategy<Value = String> {
    let pieces = || vec(select(&PIECES[..]), 0..5).prop_map(|pieces| pieces.concat());
    (pieces(), pieces()).prop_map(|(before, after)| format!("{before}{MARKER}{after}"))
}

pub(crate) fn with_password() -> impl Strategy<Value = String> {
    (select(&SHAPES[..]), password()).prop_map(|(shape, password)| shape.replace("{}", &password))
}
