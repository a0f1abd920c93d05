//! The processes of the system, and what they log.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::run::Failure;

/// A line of a service's log: its name, and the line.
type Line = (&'static str, String);

/// Each service by its name, with the program that it is.
const SERVICES: [(&str, &str); 4] = [
    ("api-1", "api"),
    ("api-2", "api"),
    ("worker-1", "worker"),
    ("worker-2", "worker"),
];

/// The services, which end when this is dropped.
pub(super) struct Services {
    running: Vec<(&'static str, Child)>,
    receiver: Receiver<Line>,
    log: Vec<Line>,
}

impl Services {
    /// Starts all of them, one right after the other, by the entrypoint of their image.
    pub(super) fn start(example: &Path, programs: &Path, url: &str) -> Result<Self, Failure> {
        let (sender, receiver) = channel();
        let mut services = Services {
            running: Vec::new(),
            receiver,
            log: Vec::new(),
        };
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(programs.to_path_buf()).chain(env::split_paths(&inherited));
        let path = env::join_paths(folders).map_err(|error| Failure::new(error.to_string()))?;
        for (name, program) in SERVICES {
            if !programs.join(program).is_file() {
                return Err(Failure::new(format!(
                    "there is no program `{program}` in {}: `cargo build --package fileintel` \
                     builds it",
                    programs.display()
                )));
            }
            let mut command = Command::new("sh");
            command
                .arg(example.join("entrypoint.sh"))
                .arg(program)
                .env("PATH", &path)
                .env("DATABASE_URL", url)
                .env("LISTEN", "127.0.0.1:0")
                .env_remove("LIMBEC_POLICY")
                .stdin(Stdio::null())
                .stderr(Stdio::piped());
            let mut child = command.spawn()?;
            if let Some(stderr) = child.stderr.take() {
                let sender = sender.clone();
                thread::spawn(move || read(name, BufReader::new(stderr), &sender));
            }
            services.running.push((name, child));
        }
        Ok(services)
    }

    /// Shows what they log until all are ready.
    pub(super) fn wait_until_ready(&mut self, end: Instant) -> Result<(), Failure> {
        let mut ready = 0;
        while ready < SERVICES.len() {
            let left = end.saturating_duration_since(Instant::now());
            let Ok((name, line)) = self.receiver.recv_timeout(left.min(Duration::from_secs(1)))
            else {
                self.see_that_all_run()?;
                if left.is_zero() {
                    return Err(Failure::new("not all services became ready".into()));
                }
                continue;
            };
            println!("{name:<8} | {line}");
            ready += usize::from(line.ends_with(": ready"));
            self.log.push((name, line));
        }
        Ok(())
    }

    fn see_that_all_run(&mut self) -> Result<(), Failure> {
        for (name, child) in &mut self.running {
            if let Some(status) = child.try_wait()? {
                return Err(Failure::new(format!("{name} ended too early ({status})")));
            }
        }
        Ok(())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.running.iter().map(|(name, _)| *name)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.log.iter().map(|(name, line)| (*name, line.as_str()))
    }

    /// Where the apis listen, in the order of their names.
    pub(super) fn addresses(&self) -> Vec<String> {
        let address = |wanted: &str| {
            let mut lines = self.lines().filter(|(name, _)| *name == wanted);
            lines.find_map(|(_, line)| Some(line.split_once("listens on ")?.1.to_string()))
        };
        self.names().filter_map(address).collect()
    }

    /// Asks all of them to end, as a container is asked, and sees that they do so well.
    pub(super) fn stop(&mut self) -> Result<(), Failure> {
        println!();
        for (_, child) in &self.running {
            let pid = child.id().to_string();
            Command::new("kill").args(["-TERM", &pid]).status()?;
        }
        for (name, mut child) in self.running.drain(..) {
            let status = child.wait()?;
            if !status.success() {
                return Err(Failure::new(format!("{name} did not end well ({status})")));
            }
        }
        for (name, line) in self.receiver.try_iter() {
            println!("{name:<8} | {line}");
        }
        Ok(())
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn read(name: &'static str, lines: BufReader<impl std::io::Read>, sender: &Sender<Line>) {
    for line in lines.lines().map_while(Result::ok) {
        if sender.send((name, line)).is_err() {
            return;
        }
    }
}
