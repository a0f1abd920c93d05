//! One file a command.

mod accept;
mod branches;
mod check;
mod completions;
mod current;
mod edit;
mod ensure_version;
mod heads;
mod history;
mod init;
mod locks;
mod log;
mod man;
mod merge;
mod migrate;
mod reflect;
mod revision;
mod script;
mod show;
mod stamp;

pub(crate) use migrate::observe;

use std::mem::ManuallyDrop;

use limbec::run::{Interrupt, Revisions as _};
use limbec_core::revision::Direction;
use limbec_generate::Project;

use crate::args::{Args, Command};
use crate::config::{self, Config};
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

/// What every command but `init` works on.
pub(crate) struct Context<'a> {
    pub(crate) config: Config,
    pub(crate) project: Project,
    pub(crate) printer: &'a Printer,
}

impl Context<'_> {
    /// Asks a question on the terminal. Returns the answer in lower case.
    pub(crate) fn ask(&self, question: &str) -> Result<String> {
        Ok(self.ask_as_typed(question)?.to_ascii_lowercase())
    }

    /// Asks a question on the terminal. Returns the answer as it was typed.
    pub(crate) fn ask_as_typed(&self, question: &str) -> Result<String> {
        self.printer.question(question);
        let mut answer = String::new();
        let read = self.config.ask(|| std::io::stdin().read_line(&mut answer));
        read.map_err(|error| CommandError::new(format!("cannot read the answer: {error}")))?;
        Ok(answer.trim().to_string())
    }
}

/// Runs the command that the arguments name.
pub(crate) fn run(args: Args, interrupt: &Interrupt, printer: &Printer) -> Result<Status> {
    match &args.command {
        Command::Init(options) => return init::run(options, &args, printer),
        Command::Completions(options) => return Ok(completions::run(options, printer)),
        Command::Man(options) => return man::run(options, &args, printer),
        _ => {}
    }
    let config = config::load(&args)?.interrupted_by(interrupt);
    // A project may begin with its models: it needs no folder of revisions for them.
    if let Command::Reflect(options) = &args.command {
        return reflect::run(options, &config, printer);
    }
    let project = Project::load(&config)?;
    // The process ends with the command: its memory goes back as a whole.
    let context = ManuallyDrop::new(Context {
        config,
        project,
        printer,
    });
    match args.command {
        Command::Revision(options) => revision::run(&options, &context),
        Command::Upgrade(options) => migrate::run(&options, Direction::Up, &context),
        Command::Downgrade(options) if options.from_database => {
            migrate::from_database(&options, &context)
        }
        Command::Downgrade(options) => migrate::run(&options.migrate, Direction::Down, &context),
        Command::Stamp(options) => stamp::run(&options, &context),
        Command::Current(options) => current::run(&options, &context),
        Command::History(options) => history::run(&options, &context),
        Command::Heads(options) => heads::run(&options, &context),
        Command::Branches(options) => branches::run(&options, &context),
        Command::Show(options) => show::run(&options, &context),
        Command::Merge(options) => merge::run(&options, &context),
        Command::Check => check::run(&context),
        Command::Log(options) => log::run(&options, &context),
        Command::Accept(options) => accept::run(&options, &context),
        Command::Locks(options) => locks::run(&options, &context),
        Command::Edit(options) => edit::run(&options, &context),
        Command::EnsureVersion(options) => ensure_version::run(&options, &context),
        Command::Init(_) | Command::Completions(_) | Command::Man(_) | Command::Reflect(_) => {
            Ok(Status::Done)
        }
    }
}

/// Resolves an identifier that may name what is current.
pub(crate) fn resolve(identifier: &str, context: &Context<'_>) -> Result<Vec<usize>> {
    let graph = context.project.graph();
    let needs_rows = identifier.contains("current") || identifier.starts_with(['+', '-']);
    let rows = if needs_rows {
        current::rows(context)?
    } else {
        Vec::new()
    };
    Ok(graph.resolve(identifier, &rows)?)
}
