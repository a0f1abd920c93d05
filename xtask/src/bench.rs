//! Times the command itself, on real databases: `cargo xtask bench`.
//!
//! CPU time is that of the command's processes alone (user and system, from the kernel's account
//! of this process's children, so Linux only), divided by the number of runs; the server's is not
//! in it. Wall time is the best of the runs; memory is the highest that Linux tells of the process,
//! in a run of its own. Compare rows of one run of this task: machines differ,
//! and are noisy. At the end, limbec is held against other programs.

mod beside;
mod script;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use limbec_testkit::{TempProject, postgres};

use crate::run::{Failure, cargo, run};
use crate::tools::{self, Tool};
use crate::{cpu, taken};

pub(crate) fn run_all() -> Result<(), Failure> {
    tools::provide(&[Tool::Postgres, Tool::PostgresClient, Tool::Sqlite])?;
    run(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "limbec-cli",
    ]))?;
    let binary = PathBuf::from("target/release/limbec").canonicalize()?;
    let server = postgres::Cluster::start()?;

    println!("\n| what | database | runs | CPU of the command | wall, best | peak memory |");
    println!("|---|---|--:|--:|--:|--:|");
    let bench = Bench { binary };
    bench.time(
        "limbec --version (floor)",
        "–",
        50,
        Path::new("."),
        "",
        &["--version"],
    )?;
    for (count, shape) in [
        (10, Shape::Chain),
        (1_000, Shape::Chain),
        (10_000, Shape::Chain),
        (10_000, Shape::Bushy),
    ] {
        let project = revisions(count, shape)?;
        let revisions = format!("{count} revisions{}", shape.words());
        let sqlite = format!("sqlite:{}", project.path().join("app.db").display());
        let database = postgres::create_database(&server.url())?;
        for (name, url) in [("SQLite", sqlite.as_str()), ("PostgreSQL", database.url())] {
            // Not by `stamp`, as far as that takes no minutes: what is looked at for each revision that
            // was applied is to be measured too.
            let way = if count <= 1_000 { "upgrade" } else { "stamp" };
            bench.run(project.path(), url, &[way, "head"])?;
            let runs = if count > 1_000 { 10 } else { 50 };
            for command in [["current"].as_slice(), &["upgrade", "head"]] {
                let what = format!("`{}` at head, {revisions}", command.join(" "));
                bench.time(&what, name, runs, project.path(), url, command)?;
            }
        }
        for command in ["history", "heads"] {
            let what = format!("`{command}`, {revisions}");
            bench.time(&what, "–", 10, project.path(), &sqlite, &[command])?;
        }
    }

    let project = revisions(1_000, Shape::Chain)?;
    let database = postgres::create_database(&server.url())?;
    let sqlite = format!("sqlite:{}", project.path().join("app.db").display());
    for (name, url) in [("SQLite", sqlite.as_str()), ("PostgreSQL", database.url())] {
        let what = "`upgrade head` from empty, 1000 revisions";
        bench.time(what, name, 1, project.path(), url, &["upgrade", "head"])?;
    }

    let project = models(1_000)?;
    let database = postgres::create_database(&server.url())?;
    let sqlite = format!("sqlite:{}", project.path().join("app.db").display());
    for (name, url) in [("SQLite", sqlite.as_str()), ("PostgreSQL", database.url())] {
        let _ = fs::remove_dir_all(project.path().join("migrations/versions"));
        fs::create_dir_all(project.path().join("migrations/versions"))?;
        let generate = ["revision", "--autogenerate", "-m", "all", "-q"];
        let what = "`revision --autogenerate`, 1000 tables from empty, with its proof";
        bench.time(what, name, 1, project.path(), url, &generate)?;
        let what = "`upgrade head` of it";
        bench.time(what, name, 1, project.path(), url, &["upgrade", "head"])?;
        let what = "`check`, 1000 tables in sync";
        bench.time(what, name, 5, project.path(), url, &["check"])?;
        let what = "`revision --autogenerate`, 1000 tables in sync";
        bench.time(what, name, 5, project.path(), url, &generate)?;
    }
    beside::all(&bench, &server)
}

struct Bench {
    binary: PathBuf,
}

impl Bench {
    fn time(
        &self,
        what: &str,
        database: &str,
        runs: u32,
        folder: &Path,
        url: &str,
        arguments: &[&str],
    ) -> Result<(), Failure> {
        row(what, database, runs, || {
            self.command(folder, url, arguments)
        })
    }

    fn run(&self, folder: &Path, url: &str, arguments: &[&str]) -> Result<(), Failure> {
        taken::take(&mut self.command(folder, url, arguments)).map(|_| ())
    }

    fn command(&self, folder: &Path, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(folder);
        command.env("DATABASE_URL", url).stderr(Stdio::null());
        command
    }
}

/// Runs a command so many times, and prints what it takes.
fn row(
    what: &str,
    database: &str,
    runs: u32,
    command: impl Fn() -> Command,
) -> Result<(), Failure> {
    let before = cpu::of_children()?;
    let mut best = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        let status = command().stdout(Stdio::null()).status()?;
        best = best.min(start.elapsed());
        if !status.success() {
            return Err(Failure::new(format!("{:?} failed ({status})", command())));
        }
    }
    let cpu = (cpu::of_children()? - before) / f64::from(runs) * 1_000.0;
    let wall = best.as_secs_f64() * 1_000.0;
    // Once more, as looking at its memory slows a command down.
    let memory = match runs {
        1 => "–".to_string(),
        _ => format!("{:.0} MB", taken::take(&mut command())?.memory),
    };
    println!("| {what} | {database} | {runs} | {cpu:.1} ms | {wall:.1} ms | {memory} |");
    Ok(())
}

/// How revisions follow each other.
#[derive(Clone, Copy)]
enum Shape {
    /// One after the other.
    Chain,
    /// Eight branches part, and are merged, again and again.
    Bushy,
}

impl Shape {
    fn words(self) -> &'static str {
        match self {
            Shape::Chain => "",
            Shape::Bushy => " in branches and merges",
        }
    }

    /// The parents of a revision: of ten, the first parts into eight, which the last merges.
    fn parents(self, number: usize) -> Vec<usize> {
        let first = number - number % 10;
        match (self, number % 10) {
            (Shape::Bushy, place @ 1..=8) => vec![number - place],
            (Shape::Bushy, 9) => (first + 1..first + 9).collect(),
            _ => number.checked_sub(1).into_iter().collect(),
        }
    }
}

/// A project of revisions, each of a table with five columns and an index.
fn revisions(count: usize, shape: Shape) -> Result<TempProject, Failure> {
    let project = TempProject::new()?;
    project.write("limbec.toml", "")?;
    for number in 0..count {
        let parents = shape
            .parents(number)
            .into_iter()
            .map(|it| format!("\"r{it:011}\""));
        let revises = match parents.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => none,
            parents => format!(".revises(&[{parents}])"),
        };
        let columns: String = (0..4)
            .map(|column| format!("\n            .column(Column::new(\"c{column}\", Text))"))
            .collect();
        let text = format!(
            "//! Revision {number}\n//!\n//! Revision ID: r{number:011}\n\nuse limbec::prelude::*;\n\n\
             pub const REVISION: Revision = Revision::new(\"r{number:011}\"){revises};\n\n\
             pub fn upgrade(op: &mut Operations) {{\n    op.create_table(\n        \
             Table::new(\"t{number}\")\n            .column(Column::new(\"id\", BigInteger).not_null()){columns}\n            \
             .primary_key(PrimaryKey::new(&[\"id\"]).name(\"t{number}_pkey\")),\n    );\n    \
             op.create_index(\"t{number}\", Index::new(\"ix_t{number}_c0\", &[\"c0\"]));\n}}\n\n\
             pub fn downgrade(op: &mut Operations) {{\n    op.drop_table(\"t{number}\");\n}}\n"
        );
        project.write(format!("migrations/versions/r{number:011}.rs"), &text)?;
    }
    Ok(project)
}

/// A project with models of tables with ten columns, two indexes and a foreign key.
fn models(count: usize) -> Result<TempProject, Failure> {
    let project = TempProject::new()?;
    project.write("limbec.toml", "[models]\npaths = [\"models.rs\"]\n")?;
    let mut text = String::from("use limbec::Table;\n");
    for number in 0..count {
        let _ = write!(
            text,
            "\n#[derive(Table)]\n#[table(name = \"t{number}\")]\nstruct T{number} {{\n    \
             #[column(primary_key)]\n    id: i64,\n    #[column(index)]\n    name: String,\n"
        );
        let parent = number.saturating_sub(1);
        let _ = writeln!(
            text,
            "    #[column(foreign_key = \"t{parent}.id\", index)]\n    parent_id: Option<i64>,"
        );
        for column in 0..7 {
            let _ = writeln!(text, "    c{column}: Option<String>,");
        }
        text.push_str("}\n");
    }
    project.write("models.rs", &text)?;
    Ok(project)
}
