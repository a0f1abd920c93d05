//! The container files, as far as a machine without containers can tell.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use limbec_testkit::compose;

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
