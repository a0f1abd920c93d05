//! The header of any text, as a `.rs` and as a `.sql` revision.

use limbec_source::revisions::read_header;

pub const PIECES: &[&str] = &[
    "//! A message\n", "//!\n", "//! Revision ID: a1\n", "//! Revises: b2\n", "//! Revises:\n",
    "//! Create Date: 2025-01-01 00:00:00\n", "-- A message\n", "--\n", "-- Revision ID: a1\n",
    "-- Revises: b2, c3\n", "-- upgrade\n", "-- downgrade\n", "use limbec::prelude::*;\n",
    "pub const REVISION: Revision = Revision::new(\"a1\")", ".revises(&[\"b2\"])", ".depends_on(&[\"c\"])",
    ".branch_labels(&[\"l\"])", ";\n", "pub fn upgrade(op: &mut Operations) {}\n", "\"", "'", "(", ")", "&[",
    "]", "/*", "*/", "\\u{1b}", "\u{1b}", "é", "\0", "r\"", "#", "SELECT 1;\n", "'", "$$",
];

/// Reads the header; each mistake stands in the text.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    for path in ["a.rs", "a.sql"] {
        if let Err(mistakes) = read_header(path, text) {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                mistake.line_column(text);
                assert!(text.get(mistake.span.clone()).is_some());
            }
        }
    }
}
