//! `limbec completions`: the completions of a shell.

use clap::CommandFactory;

use crate::args::{Args, Completions};
use crate::error::Status;
use crate::printer::Printer;

pub(super) fn run(options: &Completions, printer: &Printer) -> Status {
    let mut command = Args::command();
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "limbec", &mut script);
    printer.data(String::from_utf8_lossy(&script).trim_end());
    Status::Done
}
