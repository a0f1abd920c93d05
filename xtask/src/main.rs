//! The project's own tasks: `cargo xtask test`, `cargo xtask ci`, `cargo xtask bench`,
//! `cargo xtask corpus` and the rest of `cargo xtask --help`.
//!
//! One file a task; each returns the exit status that this process ends with.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod args;
mod bench;
mod ci;
mod compose;
mod contention;
mod corpus;
mod cost;
mod cpu;
mod demo;
mod fuzz;
mod postgres;
mod rebuild;
mod run;
mod servers;
mod stress;
mod taken;
mod test;
mod tools;

use std::process::ExitCode;

use args::Task;

fn main() -> ExitCode {
    let result = match args::parse(std::env::args().skip(1)) {
        Ok(Task::Help) => {
            print!("{}", args::USAGE);
            Ok(())
        }
        Ok(Task::Test(options)) => test::run(&options),
        Ok(Task::Bench) => bench::run_all(),
        Ok(Task::Ci(options)) => ci::run(&options),
        Ok(Task::Corpus(folder)) => corpus::run(&folder),
        Ok(Task::Demo(options)) => demo::run(&options),
        Ok(Task::Postgres) => postgres::run(),
        Ok(Task::Stress(filter)) => stress::run(filter.as_deref()),
        Ok(Task::Fuzz(options)) => fuzz::run(&options),
        Ok(Task::Compose) => compose::run(),
        Ok(Task::Contention) => contention::run(),
        Ok(Task::Cost(filters)) => cost::run(&filters),
        Ok(Task::Rebuild) => rebuild::run(),
        Err(mistake) => {
            eprint!("error: {mistake}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.status())
        }
    }
}
