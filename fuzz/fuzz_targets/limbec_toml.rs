//! Any text as a `limbec.toml`: never a panic, never a control character in what is shown, and never a
//! value of the file, which may be a password.

#![no_main]

use libfuzzer_sys::fuzz_target;
use limbec_generate::Config;

const MARKER: &str = "S3CRET";

fuzz_target!(|text: &str| {
    let read = |text: &str| Config::of("limbec.toml".into(), text, None, &|_| None);
    if let Err(error) = read(text) {
        assert!(!error.to_string().contains(|it: char| it.is_control() && it != '\n' && it != '\t'));
    }
    // A mistake anywhere, with a URL that has a password before it, on the same line too.
    let quoted = text.replace(MARKER, "");
    for file in [
        format!("[database]\nurl = \"postgresql://me:{MARKER}@db/shop\"\n{quoted}"),
        format!("database = {{ url = \"postgresql://me:{MARKER}@db/shop\", {quoted} }}"),
    ] {
        match read(&file) {
            Ok(config) => assert!(!format!("{config:?}").contains(MARKER)),
            Err(error) => assert!(!format!("{error} {error:?}").contains(MARKER), "{error}"),
        }
    }
});
