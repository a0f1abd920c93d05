//! What is tried with any input: all that reads files, addresses and rows of others, and all that prints
//! what they say. Nothing panics, no password is shown, and no character acts on a terminal.
//!
//! Each module is a target: `run` takes any bytes, and panics if a property does not hold. libFuzzer runs
//! them (`cargo fuzz run models`), and so does the program `random`, which counts its inputs.

pub mod database_url;
pub mod limbec_toml;
pub mod messages;
pub mod models;
pub mod password;
pub mod revision_body;
pub mod revision_header;
pub mod rows;
pub mod sql_split;

/// One target.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Tries one input.
    pub run: fn(&[u8]),
    /// What inputs are made of.
    pub pieces: &'static [&'static str],
    /// How many times as long as the fastest an input takes, roughly: so many fewer are tried.
    pub weight: u64,
}

/// All targets.
pub const TARGETS: [Target; 9] = [
    Target { name: "models", run: models::run, pieces: models::PIECES, weight: 40 },
    Target {
        name: "revision_header",
        run: revision_header::run,
        pieces: revision_header::PIECES,
        weight: 4,
    },
    Target {
        name: "revision_body",
        run: revision_body::run,
        pieces: revision_body::PIECES,
        weight: 10,
    },
    Target { name: "sql_split", run: sql_split::run, pieces: sql_split::PIECES, weight: 4 },
    Target { name: "database_url", run: database_url::run, pieces: database_url::PIECES, weight: 2 },
    Target { name: "limbec_toml", run: limbec_toml::run, pieces: limbec_toml::PIECES, weight: 20 },
    Target { name: "password", run: password::run, pieces: database_url::PIECES, weight: 2 },
    Target { name: "rows", run: rows::run, pieces: rows::PIECES, weight: 20 },
    Target { name: "messages", run: messages::run, pieces: messages::PIECES, weight: 1 },
];

/// A part of every password.
pub(crate) const MARKER: &str = "S3CRET";

/// The input as text, if it is text.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Asserts that a text can be shown: nothing in it acts on a terminal but line breaks and tabs.
#[track_caller]
pub(crate) fn is_shown(text: &str) {
    let acts = |it: char| limbec_core::text::acts(it) && it != '\n' && it != '\t';
    assert!(!text.contains(acts), "{text:?}");
}
