//! The `limbec` command.
//!
//! One file a command in `commands/`; `args` is what a user may write, `config` finds `limbec.toml`,
//! `printer` is all that is printed, `error` how a command ends. What a command knows of a project is
//! the library `limbec-generate`.

mod args;
mod commands;
mod config;
mod connect;
mod diagnostics;
mod error;
mod file_name;
mod printer;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::parse();
    let printer = printer::Printer::new(args.quiet, args.json);
    match commands::run(args, &printer) {
        Ok(status) => status.into(),
        Err(error) => {
            error::print(&error, &printer);
            ExitCode::from(error::FAILED)
        }
    }
}
