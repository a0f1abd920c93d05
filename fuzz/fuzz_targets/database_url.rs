//! A database URL never panics, and what is written of one reads as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec::run::DatabaseUrl;

fuzz_target!(|text: &str| {
    let read = |url: &str| DatabaseUrl::parse(url, "".as_ref());
    match read(text) {
        Ok(url) => {
            assert!(!url.to_string().contains(char::is_control));
            let written = url.with_password().to_string();
            assert!(read(&written).is_ok_and(|again| again == url));
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control)),
    }
});
