//! `cargo xtask demo`, which checks itself.

use std::path::Path;
use std::process::Command;

#[test]
fn two_apis_and_two_workers_start_at_once_and_serve() {
    let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
    // `cargo test --workspace` has built the services beside it.
    let programs = xtask.parent().unwrap();
    let output = Command::new(xtask)
        .args(["demo", "--check", "--programs"])
        .arg(programs)
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    for name in ["api-1", "api-2", "worker-1", "worker-2"] {
        assert!(stdout.contains(&format!("{name} ran ")), "{stdout}");
    }
    assert!(
        stdout.ends_with("All four have ended in good order.\n"),
        "{stdout}"
    );
}
