//! The container files, as far as a machine without containers can tell.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use limbec_testkit::{TempProject, compose};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn read(path: &str) -> String {
    let path = example().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_compose_file_is_valid() {
    let text = read("docker-compose.yml");
    // What makes it the system that the documentation promises.
    for part in [
        "image: pgvector/pgvector:",
        "condition: service_healthy",
        "pg_isready",
        "replicas: 2",
        "dockerfile: examples/fileintel/Dockerfile",
    ] {
        assert!(text.contains(part), "`{part}` is missing");
    }
    let mut command = compose::command().unwrap();
    command.args(["-f", "docker-compose.yml", "config"]);
    let output = command.current_dir(example()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let resolved = String::from_utf8_lossy(&output.stdout);
    for service in ["postgres:", "api:", "worker:"] {
        assert!(resolved.contains(service), "{resolved}");
    }
    let resolved = profile();
    for part in ["limbec:", "target: limbec", "- tools", "/project"] {
        assert!(resolved.contains(part), "`{part}` in {resolved}");
    }
}

/// The compose file with its tools, as the compose command reads it.
fn profile() -> String {
    let mut command = compose::command().unwrap();
    command.args(["-f", "docker-compose.yml", "--profile", "tools", "config"]);
    let output = command.current_dir(example()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// `--scale api=5` needs five ports; the check of the server asks by TCP, where the server that fills an
/// empty volume does not listen.
#[test]
fn services_can_be_scaled_and_the_server_is_asked_by_tcp() {
    let text = read("docker-compose.yml");
    let ports = text.lines().find_map(|it| it.trim().strip_prefix("- \"80"));
    let (first, last) = ports.unwrap().split_once('-').unwrap();
    let last = last.strip_prefix("80").unwrap();
    let number = |it: &str| it.split(':').next().unwrap().parse::<u32>().unwrap();
    assert!(number(last) - number(first) >= 4, "{ports:?}");
    assert!(text.contains("pg_isready -h 127.0.0.1 "));
}

/// Every command of the guide has its form for containers.
#[test]
fn the_readme_has_the_commands_of_the_guide() {
    let text = read("README.md");
    for command in [
        "revision --autogenerate -m",
        "revision -m",
        "check",
        "upgrade head",
        "upgrade head --sql",
        "downgrade -1",
        "current",
        "history",
        "heads",
        "show",
        "log",
        "merge heads",
        "stamp",
    ] {
        let line = format!("docker compose run --rm limbec {command}");
        assert!(text.contains(&line), "{line}");
    }
}

/// The layer of the dependencies is built of the manifests alone, and cargo accepts them.
#[test]
fn the_manifests_alone_are_a_workspace() {
    let dockerfile = read("Dockerfile").replace("\\\n", " ");
    let script = dockerfile.lines().find_map(|it| {
        it.strip_prefix("RUN ")?
            .starts_with("find . -type f")
            .then(|| &it[4..])
    });
    let script = script.expect("the line that empties the sources");
    let folder = TempProject::new().unwrap();
    let root = example().join("../..").canonicalize().unwrap();
    let copy = format!(
        "cd '{}' && tar cf - --exclude=./target --exclude=./fuzz --exclude=./.git .",
        root.display()
    );
    let unpack = format!("{copy} | tar xf - -C '{}'", folder.path().display());
    assert!(shell(&root, &unpack).status.success());
    let emptied = shell(folder.path(), script);
    assert!(emptied.status.success(), "{emptied:?}");
    let left = folder.files("").unwrap();
    assert!(
        left.iter()
            .any(|it| it == "examples/fileintel/src/bin/api.rs")
    );
    assert!(!left.iter().any(|it| it.contains("migrations/versions")));
    let metadata = "cargo metadata --locked --offline --no-deps --format-version 1";
    let read = shell(folder.path(), metadata);
    assert!(read.status.success(), "{read:?}");
}

fn shell(folder: &Path, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder);
    command.output().unwrap()
}

#[test]
fn what_the_command_writes_belongs_to_the_folders_owner() {
    let folder = TempProject::new().unwrap();
    // Stands in for the image's program.
    folder.write("su-exec", "#!/bin/sh\necho \"$@\"\n").unwrap();
    let script = example().join("as-owner.sh");
    let line = format!(
        "chmod +x su-exec; PATH=.:$PATH sh {} limbec check",
        script.display()
    );
    let owner = shell(folder.path(), "stat -c %u:%g .").stdout;
    let owner = String::from_utf8(owner).unwrap();
    let said = shell(folder.path(), &line).stdout;
    let expected = format!("{} limbec check\n", owner.trim());
    assert_eq!(String::from_utf8(said).unwrap(), expected);
}

#[test]
fn the_image_holds_what_it_names() {
    let dockerfile = read("Dockerfile");
    for program in ["api", "worker"] {
        let path = format!("/source/target/release/{program}");
        assert!(dockerfile.contains(&path), "{path}");
        assert!(example().join(format!("src/bin/{program}.rs")).is_file());
    }
    let root = example().join("../..");
    for line in dockerfile
        .lines()
        .filter(|it| it.starts_with("COPY --chmod"))
    {
        let from = line.split(' ').nth(2).unwrap();
        assert!(root.join(from).is_file(), "{from}");
    }
    assert!(dockerfile.contains("\nUSER 10001\n"), "it runs as root");
}
