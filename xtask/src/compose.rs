//! `cargo xtask compose`: the example's containers for real, if a Docker engine answers; else its files are
//! read by the compose command, and what was not run is said.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use limbec_testkit::compose;

use crate::run::Failure;
use crate::tools::{self, Tool};

/// How long the services may take to become healthy.
const HEALTHY: Duration = Duration::from_secs(300);

/// How many services of a kind the scaled system has.
const SCALED: usize = 5;

pub(crate) fn run() -> Result<(), Failure> {
    tools::provide(&[Tool::Compose])?;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fileintel");
    let system = System {
        name: format!("limbec-xtask-{}", std::process::id()),
        example,
    };
    system.read(&["--profile", "tools", "config"])?;
    let engine = Command::new("docker")
        .arg("info")
        .stdin(Stdio::null())
        .output();
    match engine {
        Ok(output) if output.status.success() => {}
        _ => {
            eprintln!(
                "NOT RUN: no Docker engine answers here (`docker info`); the files were read by the compose \
                 command and no container was started"
            );
            return Ok(());
        }
    }
    system.lives()
}

/// The containers of one run, removed with their volumes when this is dropped.
struct System {
    name: String,
    example: PathBuf,
}

impl System {
    /// From empty to a new revision and back.
    fn lives(&self) -> Result<(), Failure> {
        self.says("up from empty: one of four migrates");
        self.read(&["--profile", "tools", "build"])?;
        self.read(&["up", "-d"])?;
        self.until_ready(2)?;
        self.says("any command runs as it is");
        self.read(&["run", "--rm", "api", "sh", "-c", "true"])?;
        self.read(&["run", "--rm", "api", "api", "migrate", "check"])?;
        self.says("the command, with the project mounted");
        for line in ["current", "history", "heads", "check"] {
            self.read(&["run", "--rm", "limbec", line])?;
        }
        self.says("five of each");
        let (apis, workers) = (format!("api={SCALED}"), format!("worker={SCALED}"));
        self.read(&["up", "-d", "--scale", &apis, "--scale", &workers])?;
        self.until_ready(SCALED)?;
        self.says("back, with the services stopped, and up again");
        self.read(&["stop", "api", "worker"])?;
        self.read(&["run", "--rm", "limbec", "downgrade", "-1"])?;
        self.read(&["run", "--rm", "limbec", "stamp", "--purge", "head"])?;
        self.read(&["run", "--rm", "limbec", "current"])?;
        self.says("all of it holds");
        Ok(())
    }

    /// Waits until so many apis answer that they are ready.
    fn until_ready(&self, apis: usize) -> Result<(), Failure> {
        let begun = Instant::now();
        for index in 1..=apis {
            let index = format!("--index={index}");
            let health = "http://127.0.0.1:8000/health";
            let ask = ["exec", "-T", &index, "api", "wget", "-q", "-O", "-", health];
            while !self.read(&ask).is_ok_and(|it| it.contains("\"ready\"")) {
                if begun.elapsed() > HEALTHY {
                    let log = self.read(&["logs", "--tail=50"]).unwrap_or_default();
                    return Err(Failure::new(format!("no api is ready; the log:\n{log}")));
                }
                sleep(Duration::from_millis(500));
            }
        }
        Ok(())
    }

    #[allow(clippy::unused_self, reason = "a step of this system")]
    fn says(&self, step: &str) {
        eprintln!("compose: {step}");
    }

    /// Runs the compose command; returns what it prints.
    fn read(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = compose::command()?;
        command
            .args(["-p", &self.name, "-f", "docker-compose.yml"])
            .args(arguments)
            .current_dir(&self.example)
            .stdin(Stdio::null());
        let output = command.output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        Err(Failure::new(format!(
            "`compose {}` failed: {}",
            arguments.join(" "),
            text(&output.stderr).trim_end()
        )))
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // Without an engine there is nothing to remove.
        let _ = self.read(&["--profile", "tools", "down", "-v", "--remove-orphans"]);
    }
}
