//! Reads the header of any text, as a `.rs` and as a `.sql` revision:
//! `cargo +nightly fuzz run revision_header`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec_source::revisions::read_header;

fuzz_target!(|text: &str| {
    for path in ["a.rs", "a.sql"] {
        if let Err(mistakes) = read_header(path, text) {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                mistake.line_column(text);
                assert!(text.get(mistake.span.clone()).is_some());
            }
        }
    }
});
