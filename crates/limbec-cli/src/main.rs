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
mod printer;
mod report;

use std::process::ExitCode;

use limbec::Signals;
use limbec::run::Interrupt;

fn main() -> ExitCode {
    let args = args::parse();
    let printer = printer::Printer::new(args.quiet, args.json);
    let interrupt = Interrupt::new();
    // A system that lets nobody listen ends the process by itself.
    let of_signals = printer.clone();
    let say = move |text: &str| of_signals.warning("signals", text);
    let signals = Signals::listen(&interrupt, say).ok();
    match commands::run(args, &interrupt, &printer) {
        Ok(status) => status.into(),
        Err(error) => {
            error::print(&error, &printer);
            let signal = signals.and_then(|it| it.exit_code());
            ExitCode::from(signal.unwrap_or(error::FAILED))
        }
    }
}
