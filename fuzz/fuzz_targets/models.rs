//! Reads any text as a model file, given twice so that names collide:
//! `cargo +nightly fuzz run models`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec_source::models::{ModelOptions, SourceFile, read};

fuzz_target!(|text: &str| {
    let file = SourceFile { path: "models.rs", text };
    let (_, diagnostics) = read(&[file, file], &ModelOptions::default());
    for diagnostic in &diagnostics {
        diagnostic.line_column(text);
        assert!(text.get(diagnostic.span.clone()).is_some());
    }
});
