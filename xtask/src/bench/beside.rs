//! limbec beside the programs that people would use by hand: `sqlite3`, `psql`, `pg_dump`.
//!
//! Both sides of a row do the same work and take turns in one run. A script holds the statements of
//! limbec's run, with its rows of the version table and of the journal, a transaction a revision. Figures
//! are medians of the rounds; a ratio is limbec's figure by the other's.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use limbec_testkit::{TempProject, postgres, sqlite};

use super::script::{self, Journal};
use super::{Bench, Shape, models, revisions};
use crate::run::Failure;
use crate::{cpu, taken};

const ROUNDS: usize = 5;

/// Short commands run so often in a round: the kernel counts processor time in ticks.
const SHORT: u32 = 20;

/// What a program took, in milliseconds.
#[derive(Clone, Copy)]
struct Took {
    cpu: f64,
    wall: f64,
}

/// Prints all comparisons.
pub(super) fn all(bench: &Bench, server: &postgres::Cluster) -> Result<(), Failure> {
    println!(
        "\n| limbec | beside | CPU | of the other | ratio | wall | of the other | ratio |\n\
         |---|---|--:|--:|--:|--:|--:|--:|"
    );
    let few = on_sqlite(bench, 1_000, ROUNDS)?;
    let many = on_sqlite(bench, 4_000, 3)?;
    on_postgres(bench, server, 1_000)?;
    sync(bench, server)?;
    let grows = |side: usize| many[side].cpu / few[side].cpu;
    println!(
        "\nOn SQLite, 4,000 revisions take {:.1} times the CPU of 1,000 with limbec, {:.1} times with the \
         `sqlite3` shell.",
        grows(0),
        grows(1)
    );
    Ok(())
}

/// From empty and at head on SQLite; gives what limbec and the shell took from empty.
fn on_sqlite(bench: &Bench, count: usize, rounds: usize) -> Result<[Took; 2], Failure> {
    let project = revisions(count, Shape::Chain)?;
    let folder = project.path();
    let database = folder.join("app.db");
    let url = format!("sqlite:{}", database.display());
    let upgrade = || bench.command(folder, &url, &["upgrade", "head"]);

    bench.run(folder, &url, &["upgrade", "head"])?;
    let journal = Journal {
        create: sqlite::sqlite3(&database, script::OF_SQLITE)?,
        rows: sqlite::sqlite3(&database, &script::rows("quote"))?,
    };
    let path = written(bench, &project, &url, &journal)?;
    let shell = || -> Result<Command, Failure> {
        let mut command = Command::new("sqlite3");
        command.args(["-batch", "-bail", "-init", "/dev/null"]);
        command.arg(&database).stdin(File::open(&path)?);
        Ok(command)
    };
    let fresh = || match fs::remove_file(&database) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::from(error)),
        _ => Ok(()),
    };
    let took = by_turns(
        rounds,
        || fresh().and_then(|()| measured(1, || Ok(upgrade()))),
        || fresh().and_then(|()| measured(1, shell)),
    )?;
    let what = format!("`upgrade head` from empty, {count} revisions, SQLite");
    row(&what, "`sqlite3`", took);

    let select = || -> Result<Command, Failure> {
        let mut command = Command::new("sqlite3");
        command
            .args(["-batch", "-init", "/dev/null"])
            .arg(&database);
        command.arg("SELECT version_num FROM alembic_version");
        Ok(command)
    };
    let at_head = by_turns(
        rounds,
        || measured(SHORT, || Ok(upgrade())),
        || measured(SHORT, select),
    )?;
    let what = format!("`upgrade head` at head, {count} revisions, SQLite");
    row(&what, "`sqlite3`, `SELECT` of the version", at_head);
    Ok(took)
}

/// The same on PostgreSQL.
fn on_postgres(bench: &Bench, server: &postgres::Cluster, count: usize) -> Result<(), Failure> {
    let project = revisions(count, Shape::Chain)?;
    let folder = project.path();
    let database = postgres::create_database(&server.url())?;
    bench.run(folder, database.url(), &["upgrade", "head"])?;
    let journal = Journal {
        create: script::OF_POSTGRES.to_string(),
        rows: postgres::psql(database.url(), &script::rows("quote_nullable"))?,
    };
    let path = written(bench, &project, database.url(), &journal)?;
    let psql = postgres::client("psql")?;
    let psql = |url: &str| {
        let mut command = Command::new(&psql);
        command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]);
        command.args(["--dbname", url]);
        command
    };
    let took = by_turns(
        ROUNDS,
        || {
            let fresh = postgres::create_database(&server.url())?;
            let command = || Ok(bench.command(folder, fresh.url(), &["upgrade", "head"]));
            measured(1, command)
        },
        || {
            let fresh = postgres::create_database(&server.url())?;
            measured(1, || {
                let mut command = psql(fresh.url());
                command.arg("--file").arg(&path);
                Ok(command)
            })
        },
    )?;
    let what = format!("`upgrade head` from empty, {count} revisions, PostgreSQL");
    row(&what, "`psql`", took);

    for arguments in [["upgrade", "head"].as_slice(), &["current"]] {
        let at_head = by_turns(
            ROUNDS,
            || {
                measured(SHORT, || {
                    Ok(bench.command(folder, database.url(), arguments))
                })
            },
            || {
                measured(SHORT, || {
                    let mut command = psql(database.url());
                    command.args(["--command", "SELECT version_num FROM alembic_version"]);
                    Ok(command)
                })
            },
        )?;
        let command = arguments.join(" ");
        let what = format!("`{command}` at head, {count} revisions, PostgreSQL");
        row(&what, "`psql`, `SELECT` of the version", at_head);
    }
    Ok(())
}

/// `check` in sync beside `pg_dump`, both on one core and the server on the other.
fn sync(bench: &Bench, server: &postgres::Cluster) -> Result<(), Failure> {
    let project = models(1_000)?;
    let folder = project.path();
    let database = postgres::create_database(&server.url())?;
    fs::create_dir_all(folder.join("migrations/versions"))?;
    let generate = ["revision", "--autogenerate", "-m", "all", "-q"];
    bench.run(folder, database.url(), &generate)?;
    bench.run(folder, database.url(), &["upgrade", "head"])?;

    // The server's processes of later connections stay where it is.
    let pid = server.pid().to_string();
    let mut moving = Command::new("taskset");
    moving.args(["--all-tasks", "--cpu-list", "--pid", "1", &pid]);
    taken::take(&mut moving)?;
    let pg_dump = postgres::client("pg_dump")?;
    let check = || {
        let mut command = on_first_core(&bench.binary);
        command.arg("check").current_dir(folder);
        command.env("DATABASE_URL", database.url());
        command
    };
    let dump = || {
        let mut command = on_first_core(&pg_dump);
        command.args(["--schema-only", "--dbname", database.url()]);
        command
    };
    let took = by_turns(
        2 * ROUNDS,
        || measured(1, || Ok(check())),
        || measured(1, || Ok(dump())),
    )?;
    let what = "`check`, 1000 tables of 10 columns in sync, PostgreSQL, a core each";
    row(what, "`pg_dump --schema-only`", took);
    let (ours, theirs) = (taken::take(&mut check())?, taken::take(&mut dump())?);
    println!(
        "\nPeak memory of the last row: {:.1} MB and {:.1} MB.",
        ours.memory, theirs.memory
    );
    Ok(())
}

fn on_first_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(program);
    command
}

/// Writes the script of a project's revisions from empty, and gives its path.
fn written(
    bench: &Bench,
    project: &TempProject,
    url: &str,
    journal: &Journal,
) -> Result<std::path::PathBuf, Failure> {
    let offline = ["upgrade", "head", "--sql"];
    let output = bench.command(project.path(), url, &offline).output()?;
    let text = script::with_journal(&String::from_utf8_lossy(&output.stdout), journal)?;
    Ok(project.write("script.sql", &text)?)
}

/// Runs two sides by turns, and gives the medians of each.
fn by_turns(
    rounds: usize,
    mut one: impl FnMut() -> Result<Took, Failure>,
    mut other: impl FnMut() -> Result<Took, Failure>,
) -> Result<[Took; 2], Failure> {
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        took[0].push(one()?);
        took[1].push(other()?);
    }
    Ok(took.map(|all| Took {
        cpu: median(all.iter().map(|it| it.cpu)),
        wall: median(all.iter().map(|it| it.wall)),
    }))
}

/// Runs a command so many times, and gives what one run took.
fn measured(times: u32, command: impl Fn() -> Result<Command, Failure>) -> Result<Took, Failure> {
    let before = cpu::of_children()?;
    let mut wall = 0.0;
    for _ in 0..times {
        let mut command = command()?;
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status()?;
        wall += start.elapsed().as_secs_f64();
        if !status.success() {
            return Err(Failure::new(format!("{command:?} failed ({status})")));
        }
    }
    let each = 1_000.0 / f64::from(times);
    Ok(Took {
        cpu: (cpu::of_children()? - before) * each,
        wall: wall * each,
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let (below, above) = (values.get(middle.saturating_sub(1)), values.get(middle));
    match (below, above) {
        (Some(below), Some(above)) if values.len().is_multiple_of(2) => {
            f64::midpoint(*below, *above)
        }
        (_, above) => above.copied().unwrap_or(f64::NAN),
    }
}

fn row(what: &str, beside: &str, [ours, theirs]: [Took; 2]) {
    let ratio = |ours: f64, theirs: f64| format!("{:.2}", ours / theirs);
    println!(
        "| {what} | {beside} | {:.1} ms | {:.1} ms | {} | {:.1} ms | {:.1} ms | {} |",
        ours.cpu,
        theirs.cpu,
        ratio(ours.cpu, theirs.cpu),
        ours.wall,
        theirs.wall,
        ratio(ours.wall, theirs.wall),
    );
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let of = |values: &[f64]| median(values.iter().copied());
        assert!((of(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((of(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(of(&[]).is_nan());
    }
}
