//! Reads the body of any text, as a `.rs` and as a `.sql` revision; what is read of a `.rs` is
//! written and read again: `cargo +nightly fuzz run revision_body`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec_core::revision::Header;
use limbec_source::revisions::read_body;
use limbec_source::write::{NewRevision, Remarks, write_revision};

fuzz_target!(|text: &str| {
    for path in ["a.rs", "a.sql"] {
        match read_body(path, text) {
            Ok(body) => {
                let header = Header {
                    id: "a1".into(),
                    ..Header::default()
                };
                let (upgrade, downgrade) = (&body.upgrade, &body.downgrade);
                let written = write_revision(&NewRevision {
                    header: &header,
                    upgrade,
                    downgrade,
                    notes: &[],
                    remarks: &Remarks::default(),
                });
                let again = read_body("a.rs", &written).expect("what is written is read");
                assert_eq!((&again.upgrade, &again.downgrade), (upgrade, downgrade));
            }
            Err(mistakes) => {
                assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    mistake.line_column(text);
                    assert!(text.get(mistake.span.clone()).is_some());
                }
            }
        }
    }
});
