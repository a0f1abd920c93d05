//! `cargo xtask rebuild`: time and peak memory of rebuilding an SQLite table of a million rows, by
//! the release build of the command and by SQLite's own recipe in the `sqlite3` shell, side by side.
//!
//! Both begin with a copy of the same file and end with the same table, its indexes and its journal
//! on disk; the command also counts rows, compares foreign keys and writes its journal. The shell
//! brings the system's library of SQLite, the command its own. Times are medians of the rounds.
//! Memory is the highest that Linux tells of the process, and how much of it comes with the rows:
//! the rest is what the program takes for the same change of an empty table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limbec_testkit::{TempProject, sqlite};

use crate::run::{Failure, cargo, run as run_command};
use crate::taken::{self, Taken};
use crate::tools::{self, Tool};

const ROUNDS: usize = 5;
const TABLES: &str = "
CREATE TABLE items (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, size INTEGER NOT NULL DEFAULT 7, note TEXT
);
CREATE TABLE parts (id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE);
CREATE INDEX ix_items_code ON items (code);
CREATE INDEX ix_items_size ON items (size);
";

/// A million rows, and a hundred thousand that refer to them.
const ROWS: &str = "
WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000)
    INSERT INTO items SELECT n, 'code ' || n, n % 97, 'a note of some length, such as people write ' || n FROM n;
INSERT INTO parts SELECT id, id FROM items WHERE id % 10 = 0;
";

/// The steps of <https://sqlite.org/lang_altertable.html#otheralter>, by hand.
const RECIPE: &str = "
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE new_items (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, size INTEGER NOT NULL DEFAULT 8, note TEXT
);
INSERT INTO new_items SELECT id, code, size, note FROM items;
DROP TABLE items;
ALTER TABLE new_items RENAME TO items;
CREATE INDEX ix_items_code ON items (code);
CREATE INDEX ix_items_size ON items (size);
PRAGMA foreign_key_check;
COMMIT;
";

/// The same change as a revision.
const REVISION: &str = "//! Another default
//!
//! Revision ID: a1
//! Revises:

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new(\"a1\");

pub fn upgrade(op: &mut Operations) {
    op.alter_column(\"items\", AlterColumn::new(\"size\").server_default(\"8\"));
}

pub fn downgrade(op: &mut Operations) {
    op.alter_column(\"items\", AlterColumn::new(\"size\").server_default(\"7\"));
}
";

/// A project with the revision, the recipe, and files of tables without rows and with.
struct Bench {
    limbec: PathBuf,
    project: TempProject,
    recipe: PathBuf,
    empty: PathBuf,
    filled: PathBuf,
}

pub(crate) fn run() -> Result<(), Failure> {
    tools::provide(&[Tool::Sqlite])?;
    run_command(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "limbec-cli",
    ]))?;
    let bench = Bench::new()?;
    let mut by_recipe = Vec::new();
    let mut by_limbec = Vec::new();
    for _ in 0..ROUNDS {
        by_recipe.push(bench.recipe(&bench.filled)?);
        by_limbec.push(bench.limbec(&bench.filled)?);
    }
    let shell = sqlite::sqlite3(&bench.filled, "SELECT sqlite_version();")?;
    println!(
        "\n| 1,000,000 rows, median of {ROUNDS} rounds | time | fastest, slowest | peak memory | of it with the rows |"
    );
    println!("|---|--:|--:|--:|--:|");
    let what = format!("the recipe, sqlite3 {}", shell.trim());
    let recipe = print(&what, &by_recipe, &bench.recipe(&bench.empty)?);
    let limbec = print(
        "`limbec upgrade head`",
        &by_limbec,
        &bench.limbec(&bench.empty)?,
    );
    println!("\n{:.2} times the recipe's time", limbec / recipe);
    Ok(())
}

impl Bench {
    fn new() -> Result<Self, Failure> {
        let project = TempProject::new()?;
        project.write("limbec.toml", "[database]\nurl = \"sqlite:app.db\"\n")?;
        project.write("migrations/versions/a1.rs", REVISION)?;
        let (empty, filled) = (
            project.path().join("empty.db"),
            project.path().join("filled.db"),
        );
        sqlite::sqlite3(&empty, TABLES)?;
        sqlite::sqlite3(&filled, &format!("{TABLES}{ROWS}"))?;
        Ok(Bench {
            limbec: PathBuf::from("target/release/limbec").canonicalize()?,
            recipe: project.write("recipe.sql", RECIPE)?,
            project,
            empty,
            filled,
        })
    }

    fn recipe(&self, of: &Path) -> Result<Taken, Failure> {
        let mut shell = Command::new("sqlite3");
        shell.args(["-batch", "-bail", "-init", "/dev/null"]);
        shell.arg(fresh(of)?).stdin(fs::File::open(&self.recipe)?);
        taken::take(&mut shell)
    }

    fn limbec(&self, of: &Path) -> Result<Taken, Failure> {
        fresh(of)?;
        let mut upgrade = Command::new(&self.limbec);
        upgrade.args(["upgrade", "head", "-q"]);
        upgrade
            .current_dir(self.project.path())
            .stdin(Stdio::null());
        taken::take(&mut upgrade)
    }
}

/// A new copy of a file, in the kernel's cache as the last one was.
fn fresh(of: &Path) -> Result<PathBuf, Failure> {
    let file = of.with_file_name("app.db");
    fs::copy(of, &file)?;
    fs::File::open(&file)?.sync_all()?;
    Ok(file)
}

/// Prints a row, and gives its median time in seconds.
fn print(what: &str, taken: &[Taken], of_empty: &Taken) -> f64 {
    let sorted = |of: fn(&Taken) -> f64| {
        let mut values: Vec<f64> = taken.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let times = sorted(|it| it.time.as_secs_f64());
    let memory = sorted(|it| it.memory)[taken.len() / 2];
    let median = times[taken.len() / 2];
    println!(
        "| {what} | {median:.2} s | {:.2} s, {:.2} s | {memory:.1} MB | {:.1} MB |",
        times[0],
        times[taken.len() - 1],
        memory - of_empty.memory
    );
    median
}
