#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| limbec_fuzz::models::run(bytes));
