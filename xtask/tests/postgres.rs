//! `cargo xtask postgres`, and so every throw-away server: none outlives the process that
//! started it, however that process ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use limbec_testkit::postgres::psql;

#[test]
fn a_killed_owner_leaves_no_server() {
    let server = Server::start();
    server.end_by("KILL");
}

#[test]
fn an_interrupted_owner_leaves_no_server() {
    let server = Server::start();
    server.end_by("INT");
}

struct Server {
    owner: Child,
    address: String,
    data: PathBuf,
    pid: String,
}

impl Server {
    fn start() -> Self {
        let mut owner = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("postgres")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("xtask starts");
        let mut url = String::new();
        BufReader::new(owner.stdout.take().expect("piped"))
            .read_line(&mut url)
            .expect("its first line is the URL");
        let url = url.trim_end();

        let address = url
            .split(['@', '/'])
            .nth(3)
            .expect("an address in the URL")
            .to_owned();
        let data = PathBuf::from(
            psql(url, "SHOW data_directory;")
                .expect("the server answers")
                .trim_end(),
        );
        let pid_file = fs::read_to_string(data.join("postmaster.pid")).expect("its pid file");
        let pid = pid_file.lines().next().expect("its pid").to_owned();
        Self {
            owner,
            address,
            data,
            pid,
        }
    }

    /// Sends the owner a signal; everything of the server's must go.
    fn end_by(mut self, signal: &str) {
        let directory = self.data.parent().expect("a directory above").to_owned();
        assert!(is_running(&self.pid) && directory.is_dir());

        let sent = Command::new("kill")
            .args(["-s", signal, &self.owner.id().to_string()])
            .status()
            .expect("`kill` runs");
        assert!(sent.success());
        self.owner.wait().expect("the owner ends");

        // Its keeper works on after the owner's end; the bound only keeps a failure from hanging.
        let started = Instant::now();
        while directory.exists() || is_running(&self.pid) {
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "process {} or {} remains",
                self.pid,
                directory.display()
            );
            sleep(Duration::from_millis(50));
        }
        assert!(TcpStream::connect(&self.address).is_err());
    }
}

fn is_running(pid: &str) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(pid).exists();
    }
    Command::new("ps")
        .args(["-p", pid])
        .output()
        .is_ok_and(|output| output.status.success())
}
