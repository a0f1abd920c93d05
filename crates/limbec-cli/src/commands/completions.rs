//! `limbec completions`: the completions of a shell.

use clap::CommandFactory;

use crate::args::{Args, Completions};
use crate::error::Status;

pub(super) fn run(options: &Completions) -> Status {
    let mut command = Args::command();
    clap_complete::generate(
        options.shell,
        &mut command,
        "limbec",
        &mut std::io::stdout(),
    );
    Status::Done
}
