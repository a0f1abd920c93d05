//! What a user may write: commands and options, named like Alembic's.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand, ValueEnum};
use limbec::report::misplaced_address;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The heading of the options that every command has.
const GLOBAL: &str = "Options of all commands";

/// Reads what a user wrote; what cannot be read ends the program.
pub(crate) fn parse() -> Args {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let words: Vec<_> = words.iter().map(|it| it.to_string_lossy()).collect();
    // clap would quote the word.
    if let Some(mistake) = misplaced_address(words.iter().map(|it| &**it)) {
        Args::command()
            .error(ErrorKind::UnknownArgument, mistake)
            .exit();
    }
    Args::parse()
}

/// Database migrations for Rust: change a struct, generate a revision, deploy.
#[derive(Debug, Parser)]
#[command(name = "limbec", version, styles = STYLES, max_term_width = 100)]
#[command(after_help = "Examples:
  limbec init
  limbec revision --autogenerate -m \"Add description to collections\"
  limbec upgrade head
  limbec current

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 `check` found differences, or
`current --check-heads` found the database behind.")]
pub(crate) struct Args {
    /// The configuration file [default: limbec.toml, in this folder or one above].
    #[arg(short, long, global = true, help_heading = GLOBAL, value_name = "FILE", env = "LIMBEC_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Runs as if started in this folder.
    #[arg(short = 'C', long, global = true, help_heading = GLOBAL, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,

    /// The database, in place of `[database] url` and of DATABASE_URL.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// Prints results as JSON on stdout.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,

    /// Prints no log lines.
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts a project: writes limbec.toml and the folder of revisions.
    #[command(after_help = "Example:\n  limbec init\n  limbec init db/migrations")]
    Init(Init),
    /// Makes a new revision file, empty or generated from the models.
    #[command(after_help = "Examples:
  limbec revision --autogenerate -m \"Add description to collections\"
  limbec revision -m \"Fill in missing names\"
  limbec revision --format sql -m \"Rebuild the search index\"")]
    Revision(Revision),
    /// Runs revisions up to a target.
    #[command(after_help = "Examples:
  limbec upgrade head        all of them
  limbec upgrade +1          the next one
  limbec upgrade 3950        up to the revision whose id begins with 3950
  limbec upgrade head --sql  the SQL for an empty database
  limbec upgrade 3950:head --sql   the SQL for a database at 3950")]
    Upgrade(Migrate),
    /// Reverts revisions down to a target.
    #[command(after_help = "Examples:
  limbec downgrade -1        the last one
  limbec downgrade base      all of them
  limbec downgrade 3950395dfef3:61ee6f04df66 --sql
  limbec downgrade -1 --from-database   a revision whose file is not here")]
    Downgrade(Downgrade),
    /// Sets the version table to revisions without running anything.
    #[command(after_help = "Examples:
  limbec stamp head
  limbec stamp --purge 3950395dfef3   whatever the table holds now")]
    Stamp(Stamp),
    /// Shows the revisions that the database is at.
    #[command(after_help = "Example:\n  limbec current --check-heads   exit code 3 when behind")]
    Current(Current),
    /// Lists the revisions, newest first.
    #[command(after_help = "Examples:
  limbec history
  limbec history -r -3:current
  limbec history --graph")]
    History(History),
    /// Shows the revisions that nothing revises.
    #[command(after_help = "Example:\n  limbec heads --verbose")]
    Heads(Heads),
    /// Shows the revisions at which branches begin.
    #[command(after_help = "Example:\n  limbec branches")]
    Branches(Branches),
    /// Shows one revision.
    #[command(after_help = "Example:\n  limbec show head")]
    Show(Show),
    /// Joins heads with a new revision.
    #[command(after_help = "Examples:
  limbec merge               all heads, after a question on a terminal
  limbec merge heads -m \"Join the two features\"")]
    Merge(Merge),
    /// Compares the models with the database: exit code 3 when they differ.
    #[command(after_help = "Example:\n  limbec check")]
    Check,
    /// Prints models of the tables in the database, or writes them to the project.
    #[command(after_help = "Examples:
  limbec reflect                       print the models of all tables
  limbec reflect users 'order*'        of some tables
  limbec reflect --write               write them to `[models] paths`
  limbec --json reflect                the schema as data")]
    Reflect(Reflect),
    /// Shows what ran on this database: when, where, for how long.
    #[command(after_help = "Examples:
  limbec log
  limbec log 3950 --verbose   the SQL of one revision, and the SQL that reverts it")]
    Log(Log),
    /// Accepts a revision whose file has changed, or settles one that stopped half-way.
    #[command(after_help = "Examples:
  limbec accept 3950 --reason \"the table was renamed by hand on production\"
  limbec accept 3950 --again --reason \"the procedure had not begun\"")]
    Accept(Accept),
    /// Shows who is migrating this database.
    #[command(after_help = "Examples:
  limbec locks
  limbec locks --clear   removes a stale lease")]
    Locks(Locks),
    /// Opens a revision file in $VISUAL or $EDITOR.
    #[command(after_help = "Example:\n  limbec edit head")]
    Edit(Edit),
    /// Creates the version table if it is missing.
    #[command(
        alias = "ensure_version",
        after_help = "Example:\n  limbec ensure-version"
    )]
    EnsureVersion(EnsureVersion),
    /// Prints the completions of a shell.
    #[command(
        after_help = "Example:\n  limbec completions bash > ~/.local/share/bash-completion/completions/limbec"
    )]
    Completions(Completions),
    /// Writes the man pages into a folder.
    #[command(after_help = "Example:\n  limbec man ~/.local/share/man/man1")]
    Man(Man),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// The folder of revisions.
    #[arg(value_name = "DIRECTORY", default_value = "migrations")]
    pub(crate) migrations: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Rs,
    Sql,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Revision {
    /// What the revision does, in a few words.
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Fills the revision with what the models have and the database lacks.
    #[arg(long)]
    pub(crate) autogenerate: bool,
    /// With --autogenerate: everything the models have, as for an empty database; then `stamp` a
    /// database that holds it already.
    #[arg(long, requires = "autogenerate")]
    pub(crate) from_empty: bool,
    /// Not with `revision`: use `upgrade --sql` (kept for its message).
    #[arg(long, hide = true)]
    pub(crate) sql: bool,
    /// The language of the file: operations in Rust, or statements in SQL.
    #[arg(long, value_enum, default_value = "rs")]
    pub(crate) format: Format,
    /// The revision to continue from: an id, `label@head`, `base` for a new root.
    #[arg(long, value_name = "REV", default_value = "head")]
    pub(crate) head: String,
    /// Allows a parent that is not a head, which starts a branch.
    #[arg(long)]
    pub(crate) splice: bool,
    /// A label for the branch that begins here.
    #[arg(long, value_name = "LABEL")]
    pub(crate) branch_label: Vec<String>,
    /// A revision that must be applied first, although it is not a parent.
    #[arg(long, value_name = "REV")]
    pub(crate) depends_on: Vec<String>,
    /// The id, in place of a random one.
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,
    /// What was renamed: `posts.title=name`, `posts=articles`.
    #[arg(long, value_name = "OLD=NEW", requires = "autogenerate")]
    pub(crate) rename: Vec<String>,
    /// What is dropped, not renamed, although a new object looks like it: `posts.title`.
    #[arg(long, value_name = "OLD", requires = "autogenerate")]
    pub(crate) no_rename: Vec<String>,
    /// A table that may lose a policy or its row level security.
    #[arg(long, value_name = "TABLE", requires = "autogenerate")]
    pub(crate) unprotect: Vec<String>,
    /// How a value becomes one of a new type to which no cast leads: `notes.key=md5(key::text)::uuid`.
    #[arg(long, value_name = "COLUMN=SQL", requires = "autogenerate")]
    pub(crate) using: Vec<String>,
    /// The folder for the file, if there are several.
    #[arg(long, value_name = "DIR")]
    pub(crate) version_path: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Migrate {
    /// The target: an id or the beginning of one, head, heads, base, +N, -N, label@head.
    #[arg(allow_negative_numbers = true)]
    pub(crate) revision: String,
    /// Prints the SQL and runs nothing; the target may be a range, `from:to`.
    #[arg(long)]
    pub(crate) sql: bool,
    /// A note at the top of the SQL.
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
    /// Shows the SQL that would run on this database, and runs nothing.
    #[arg(long, conflicts_with = "sql")]
    pub(crate) dry_run: bool,
    /// Does not copy an SQLite file before a revision that may lose data.
    #[arg(long)]
    pub(crate) no_backup: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Downgrade {
    #[command(flatten)]
    pub(crate) migrate: Migrate,
    /// Also reverts revisions that have no file here, with the SQL that the database keeps, after showing it
    /// and asking.
    #[arg(long, conflicts_with = "sql")]
    pub(crate) from_database: bool,
    /// Runs the SQL that the database keeps without asking.
    #[arg(short, long, requires = "from_database")]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Log {
    /// One revision: an id or the beginning of one.
    pub(crate) revision: Option<String>,
    /// Shows the SQL that ran, and the SQL that reverts it.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Shows only the last N rows.
    #[arg(short, long, value_name = "N")]
    pub(crate) number: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Accept {
    /// An id or the beginning of one.
    pub(crate) revision: String,
    /// Why, for the journal.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The step at which the run stopped is done.
    #[arg(long, conflicts_with_all = ["again", "abandon"])]
    pub(crate) done: bool,
    /// The step at which the run stopped is not done, and runs again.
    #[arg(long, conflicts_with = "abandon")]
    pub(crate) again: bool,
    /// Gives up a half-applied revision: the schema stays as it is, and the revision counts as not
    /// applied.
    #[arg(long)]
    pub(crate) abandon: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Locks {
    /// Removes the lease of a process that gives no sign of life; asks first.
    #[arg(long)]
    pub(crate) clear: bool,
    /// Does not ask.
    #[arg(short, long, requires = "clear")]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Stamp {
    /// The revisions: ids, head, heads, base.
    #[arg(required = true, allow_negative_numbers = true)]
    pub(crate) revisions: Vec<String>,
    /// Deletes all rows of the version table first.
    #[arg(long)]
    pub(crate) purge: bool,
    /// Prints the SQL and runs nothing.
    #[arg(long)]
    pub(crate) sql: bool,
    /// A note at the top of the SQL.
    #[arg(long, value_name = "TEXT")]
    pub(crate) tag: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Current {
    /// Shows all that is known of each revision.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Fails with exit code 3 unless all heads are applied.
    #[arg(long)]
    pub(crate) check_heads: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct History {
    /// From an older to a newer revision, both included: `[start]:[end]`.
    #[arg(short, long, value_name = "START:END", allow_hyphen_values = true)]
    pub(crate) rev_range: Option<String>,
    /// Shows all that is known of each revision.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Marks the revisions that the database is at.
    #[arg(short, long)]
    pub(crate) indicate_current: bool,
    /// Draws branches and merges beside the list.
    #[arg(long, conflicts_with = "verbose")]
    pub(crate) graph: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Heads {
    /// Shows all that is known of each revision.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Leaves out heads that another revision depends on.
    #[arg(long)]
    pub(crate) resolve_dependencies: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Branches {
    /// Shows all that is known of each revision.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Show {
    /// An id or the beginning of one, head, heads, base, current.
    #[arg(allow_negative_numbers = true)]
    pub(crate) revision: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Merge {
    /// The heads to join, all by default.
    pub(crate) revisions: Vec<String>,
    /// What the revision does, in a few words.
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// A label for the joined branch.
    #[arg(long, value_name = "LABEL")]
    pub(crate) branch_label: Vec<String>,
    /// The id, in place of a random one.
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,
    /// Allows parents that are not heads.
    #[arg(long)]
    pub(crate) splice: bool,
    /// Does not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Reflect {
    /// The tables, views, functions and their like, all by default; `*` and `?` are wildcards: users,
    /// 'order*', 'billing.*'.
    #[arg(value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// Writes the models to the file that `[models] paths` names, or to `mod.rs` in that folder.
    #[arg(long)]
    pub(crate) write: bool,
    /// The file to write, if `[models] paths` names several.
    #[arg(long, value_name = "FILE", requires = "write")]
    pub(crate) to: Option<PathBuf>,
    /// Overwrites an existing file.
    #[arg(long, requires = "write")]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Edit {
    /// An id or the beginning of one, head, current.
    #[arg(allow_negative_numbers = true)]
    pub(crate) revision: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct EnsureVersion {
    /// Prints the SQL and runs nothing.
    #[arg(long)]
    pub(crate) sql: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Man {
    /// The folder; it is created if it is missing.
    #[arg(value_name = "DIRECTORY")]
    pub(crate) folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        super::Args::command().debug_assert();
    }
}
