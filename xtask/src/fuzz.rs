//! `cargo xtask fuzz`: every fuzz target with random inputs, counted, without libFuzzer.

use crate::args::FuzzOptions;
use crate::run::{Failure, cargo, run as run_command};

pub(crate) fn run(options: &FuzzOptions) -> Result<(), Failure> {
    let mut command = cargo(&["run", "--release", "--locked", "--quiet"]);
    command
        .args([
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--bin",
            "random",
            "--",
        ])
        .arg(options.inputs.to_string())
        .arg(options.seed.to_string())
        .args(&options.targets);
    run_command(&mut command)
}
