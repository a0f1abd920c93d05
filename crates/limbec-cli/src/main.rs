//! The `limbec` command.
//!
//! One file a command in `commands/`; `args` is what a user may write, `config` is `limbec.toml`
//! and the environment, `project` the revision files, `models` the target schema, `printer` all
//! that is printed, `error` what goes wrong and its exit code.

mod args;
mod autogenerate;
mod commands;
mod config;
mod connect;
mod definitions;
mod diagnostics;
mod error;
mod expressible;
mod file_name;
mod models;
mod patterns;
mod printer;
mod project;
mod renames;
mod report;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let printer = printer::Printer::new(args.quiet, args.json);
    match commands::run(args, &printer) {
        Ok(status) => status.into(),
        Err(error) => {
            error.print(&printer);
            ExitCode::from(error::FAILED)
        }
    }
}
