//! `cargo xtask cost`: what it costs a hello-world service of tokio to bring its database up to date
//! when it starts, by limbec and by what others use.
//!
//! Each service has the same two revisions, is built by the same profile into a folder of its own
//! from nothing, and is run once on an empty database. Told are the seconds of the build, the bytes
//! of the program, and how many crates are compiled for it. Crates are fetched before the clock runs.
//! Compare rows of one run: machines differ.

mod projects;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use limbec_testkit::TempProject;
use limbec_testkit::postgres::{Cluster, create_database};

use self::projects::{Database, PROJECTS, Project};
use crate::cpu;
use crate::run::{Failure, cargo};
use crate::tools::{self, Tool};

/// Every service's profile: the usual release, without symbols.
const PROFILE: &str = "[profile.release]\nstrip = true\n";

/// Measures all services, or those whose names hold one of the filters.
pub(crate) fn run(filters: &[String]) -> Result<(), Failure> {
    tools::provide(&[Tool::Postgres])?;
    let cluster = Cluster::start()?;
    println!("| service | crates | build, CPU | build, wall | program |");
    println!("|---|--:|--:|--:|--:|");
    let is_wanted = |project: &&Project| {
        filters.is_empty() || filters.iter().any(|it| project.name.contains(it.as_str()))
    };
    let mut failed = Vec::new();
    for project in PROJECTS.iter().filter(is_wanted) {
        match measure(project, &cluster) {
            Ok(cost) => println!(
                "| {} | {} | {:.0} s | {:.0} s | {:.2} MB |",
                project.name, cost.crates, cost.cpu, cost.wall, cost.megabytes
            ),
            // The others are worth knowing all the same.
            Err(failure) => failed.push(format!("{}: {failure}", project.name)),
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(failed.join("\n")))
}

struct Cost {
    crates: usize,
    cpu: f64,
    wall: f64,
    megabytes: f64,
}

fn measure(project: &Project, cluster: &Cluster) -> Result<Cost, Failure> {
    let folder = TempProject::new()?;
    write(project, &folder)?;
    let target = folder.path().join("target");
    finish(&mut within(&folder, &["fetch", "--quiet"]))?;
    let crates = compiled(&folder)?;

    let (cpu, wall) = (cpu::of_children()?, Instant::now());
    let build = ["build", "--quiet", "--release", "--offline"];
    finish(within(&folder, &build).env("CARGO_TARGET_DIR", &target))?;
    let (cpu, wall) = (cpu::of_children()? - cpu, wall.elapsed().as_secs_f64());

    let program = target.join("release/service");
    try_out(&program, project.database, folder.path(), cluster)?;
    #[allow(clippy::cast_precision_loss, reason = "programs are far smaller")]
    let megabytes = fs::metadata(&program)?.len() as f64 / 1e6;
    Ok(Cost {
        crates,
        cpu,
        wall,
        megabytes,
    })
}

fn write(project: &Project, folder: &TempProject) -> Result<(), Failure> {
    let limbec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/limbec");
    let dependencies = project
        .dependencies
        .replace("{limbec}", &limbec.canonicalize()?.display().to_string());
    let manifest = format!(
        "[package]\nname = \"service\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\
         {dependencies}\n{PROFILE}\n[workspace]\n"
    );
    folder.write("Cargo.toml", &manifest)?;
    for (path, text) in project.files {
        folder.write(path, text)?;
    }
    Ok(())
}

/// Cargo in a project's folder, as a user calls it.
fn within(folder: &TempProject, arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.current_dir(folder.path());
    // Those of this task's own package would be taken for the service's.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    command
}

/// How many crates are compiled besides the service: for it, and for its macros and build scripts.
fn compiled(folder: &TempProject) -> Result<usize, Failure> {
    let tree = [
        "tree",
        "--offline",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ];
    let output = within(folder, &tree).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Failure::new("`cargo tree` failed".into()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let crates: std::collections::BTreeSet<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    Ok(crates.len() - 1)
}

/// Runs the program on an empty database: what does not work costs nothing worth knowing.
fn try_out(
    program: &Path,
    database: Database,
    folder: &Path,
    cluster: &Cluster,
) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.current_dir(folder);
    let server = create_database(&cluster.url())?;
    match database {
        Database::None => {}
        Database::Sqlite => drop(command.env("DATABASE_URL", "sqlite:app.db")),
        Database::Postgres => drop(command.env("DATABASE_URL", server.url())),
    }
    finish(&mut command)
}

/// Runs a command to its end without its output, which is shown where it fails.
fn finish(command: &mut Command) -> Result<(), Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Failure::new(format!("`{program}` failed:\n{text}")))
}
