//! `cargo xtask ci`: what must pass before a change lands, cheapest first. A stage that fails does not
//! stop the others. A stage that cannot run fails; the summary names what one could not check.

mod deny;
mod features;
mod msrv;
mod package;
mod rusqlite;
mod workspace;

use std::time::{Duration, Instant};

use limbec_testkit::postgres::{TEST_URL_VARIABLE, major_version};

use crate::args::{CiOptions, TestOptions};
use crate::corpus;
use crate::run::{Failure, cargo, run as run_command};
use crate::test;

/// The versions of PostgreSQL that a change must pass on.
const MAJORS: [u32; 2] = [15, 18];

/// What a stage could not check although it passed, for the summary; none: it checked all.
type Unchecked = Option<String>;

/// A part of CI that can be run alone, by its name.
struct Stage {
    name: &'static str,
    work: fn(&CiOptions) -> Result<Unchecked, Failure>,
}

const STAGES: [Stage; 13] = [
    stage("fmt", |_| formatting().map(all)),
    stage("clippy", |_| lints().map(all)),
    stage("msrv", |_| msrv::check()),
    stage("deny", |_| deny::check()),
    stage("docs", |_| documentation().map(all)),
    stage("features", |_| features::lints().map(all)),
    stage("fuzz", |_| fuzz_targets().map(all)),
    stage("package", |_| package::build().map(all)),
    stage("tests", |_| tests().map(all)),
    stage("corpus", |options| corpus::run(&options.corpus).map(all)),
    stage("servers", |_| tests_on_other_servers().map(all)),
    stage("drivers", |_| features::tests_of_drivers().map(all)),
    stage("rusqlite", |_| rusqlite::tests_with_the_lowest().map(all)),
];

const fn stage(name: &'static str, work: fn(&CiOptions) -> Result<Unchecked, Failure>) -> Stage {
    Stage { name, work }
}

/// Of a stage that checks all that it is for, or fails.
fn all((): ()) -> Unchecked {
    None
}

/// The names of the stages, in the order in which they run.
pub(crate) fn names() -> Vec<&'static str> {
    STAGES.iter().map(|it| it.name).collect()
}

/// Runs all stages, or those that were named, and sums up how each ended.
pub(crate) fn run(options: &CiOptions) -> Result<(), Failure> {
    let is_wanted = |stage: &&Stage| {
        options.stages.is_empty() || options.stages.iter().any(|it| it == stage.name)
    };
    let mut summary = Vec::new();
    let mut failures = Vec::new();
    for stage in STAGES.iter().filter(is_wanted) {
        eprintln!("\n==> {}", stage.name);
        let started = Instant::now();
        let result = (stage.work)(options);
        let line = ended(stage.name, result.as_ref(), started.elapsed());
        eprintln!("==> {line}");
        summary.push(line);
        failures.extend(result.err().map(|it| it.context(stage.name)));
    }
    eprintln!("\n{}", summary.join("\n"));
    Failure::of_all(failures)
}

fn ended(name: &str, result: Result<&Unchecked, &Failure>, time: Duration) -> String {
    let (outcome, unchecked) = match result {
        Ok(None) => ("passed", String::new()),
        Ok(Some(unchecked)) => ("passed", format!("; NOT CHECKED: {unchecked}")),
        Err(_) => ("FAILED", String::new()),
    };
    format!(
        "{name:<9} {outcome} after {:.0} s{unchecked}",
        time.as_secs_f64()
    )
}

fn formatting() -> Result<(), Failure> {
    run_command(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lints() -> Result<(), Failure> {
    const ALL: [&str; 4] = ["clippy", "--workspace", "--all-targets", "--all-features"];
    run_command(cargo(&ALL).args(["--", "-D", "warnings"]))
}

fn documentation() -> Result<(), Failure> {
    // The command's binary and the library share the name `limbec`, and so a folder of pages:
    // in one run they would race for it.
    const ALL: [&str; 4] = ["doc", "--workspace", "--no-deps", "--all-features"];
    for targets in ["--bins", "--lib"] {
        run_command(cargo(&ALL).arg(targets).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    }
    Ok(())
}

/// The fuzz targets have a workspace and a `Cargo.lock` of their own.
fn fuzz_targets() -> Result<(), Failure> {
    const ALL: [&str; 4] = ["check", "--locked", "--manifest-path", "fuzz/Cargo.toml"];
    // What both workspaces depend on is built once.
    run_command(cargo(&ALL).args(["--target-dir", "target"]))
}

fn tests() -> Result<(), Failure> {
    test::run(&TestOptions {
        ci: true,
        ..TestOptions::default()
    })
}

fn tests_on_other_servers() -> Result<(), Failure> {
    let own = system_major();
    test::run(&TestOptions {
        ci: true,
        majors: MAJORS.into_iter().filter(|it| Some(*it) != own).collect(),
        ..TestOptions::default()
    })
}

/// The version of the system's own server, which has run all tests.
fn system_major() -> Option<u32> {
    if std::env::var_os(TEST_URL_VARIABLE).is_some_and(|url| !url.is_empty()) {
        return None;
    }
    major_version().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::{Unchecked, ended, names};
    use crate::run::Failure;

    #[test]
    fn stages_have_names_of_their_own() {
        let names = names();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn the_summary_says_what_was_not_checked() {
        let line = |result: Result<Unchecked, Failure>| {
            ended("msrv", result.as_ref(), Duration::from_millis(61_400))
        };
        assert_eq!(line(Ok(None)), "msrv      passed after 61 s");
        assert_eq!(
            line(Ok(Some("a build".to_owned()))),
            "msrv      passed after 61 s; NOT CHECKED: a build"
        );
        let failure = Failure::new("no".to_owned());
        assert_eq!(line(Err(failure)), "msrv      FAILED after 61 s");
    }
}
