//! Splits any text into statements and tokens; nothing but white space, `;` and comments may go
//! missing: `cargo +nightly fuzz run sql_split`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec_core::sql::{split, tokens};

fuzz_target!(|text: &str| {
    let mut end = 0;
    for token in tokens(text) {
        assert!(text[end..token.start].trim().is_empty());
        assert_eq!(&text[token.start..token.end()], token.text);
        end = token.end();
    }
    assert!(text[end..].trim().is_empty());

    let mut rest = text;
    for statement in split(text) {
        assert!(!statement.is_empty());
        let at = rest
            .find(statement)
            .expect("statements come in their order");
        rest = &rest[at + statement.len()..];
    }
});
