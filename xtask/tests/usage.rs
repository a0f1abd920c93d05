//! Wrong usage says how it is used, and exits with 2.

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .expect("xtask runs")
}

#[test]
fn a_mistake_exits_with_2_and_shows_the_usage() {
    for arguments in [&[][..], &["tset"], &["test", "--fast"]] {
        let output = xtask(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with("error: "), "{text}");
        assert!(text.contains("Usage: cargo xtask <TASK>"), "{text}");
    }
}

#[test]
fn help_is_a_result() {
    let output = xtask(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Usage: cargo xtask <TASK>"), "{text}");
}
