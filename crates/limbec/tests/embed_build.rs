//! `cargo build` of a service with `embed!`: new, changed and broken revisions.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use limbec_testkit::TempProject;

const INITIAL: &str = r#"//! Initial schema
//!
//! Revision ID: 61ee6f04df66
//! Revises:

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("61ee6f04df66");

pub fn upgrade(op: &mut Operations) {
    op.execute("SELECT 1");
}

pub fn downgrade(op: &mut Operations) {}
"#;

const NEXT: &str = "-- Next\n--\n-- Revision ID: 27c6a30d7c24\n-- Revises: 61ee6f04df66\n\n\
                    -- upgrade\nSELECT 2;\n\n-- downgrade\n";

/// A service that prints what it was built with.
const MAIN: &str = r#"
static MIGRATIONS: limbec::Migrations = limbec::embed!();

fn main() {
    use limbec::run::Revisions as _;
    let revisions = MIGRATIONS.revisions().unwrap();
    for revision in revisions.graph().revisions() {
        println!("{} {}", revision.id, revision.message);
    }
}
"#;

struct Service(TempProject);

impl Service {
    /// A name a test: packages of one name would share what cargo has built.
    fn new(name: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let service = Service(TempProject::new().unwrap());
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nlimbec = {{ path = \"{}\", default-features = false, \
             features = [\"embed\"] }}\n\n[workspace]\n",
            here.display()
        );
        service.write("Cargo.toml", &manifest);
        // The versions that are on this machine, since the other tests were built with them.
        let lock = std::fs::read_to_string(here.join("../../Cargo.lock")).unwrap();
        service.write("Cargo.lock", &lock);
        service.write("limbec.toml", "[migrations]\ndirectory = \"db\"\n");
        service.write("db/versions/61ee6f04df66_initial_schema.rs", INITIAL);
        service.write("src/main.rs", MAIN);
        service
    }

    fn write(&self, path: &str, text: &str) {
        self.0.write(path, text).unwrap();
    }

    fn run(&self) -> Output {
        // One folder for all tests and runs: limbec is built in it once.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("services");
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["run", "--quiet", "--offline"])
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never");
        // What `cargo test` sets for this package would be the service's.
        for name in ["CARGO_MANIFEST_DIR", "OUT_DIR", "RUSTFLAGS"] {
            cargo.env_remove(name);
        }
        cargo.output().unwrap()
    }
}

fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{}", stderr(output));
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[test]
fn cargo_build_notices_new_changed_and_broken_revisions() {
    let service = Service::new("changes");

    // Without a build script it works, and says what is missing.
    let output = service.run();
    assert_eq!(stdout(&output), "61ee6f04df66 Initial schema\n");
    let advice = r#"fn main() { println!("cargo::rerun-if-changed=db/versions"); }"#;
    assert!(stderr(&output).contains(advice), "{}", stderr(&output));

    // With what it says, there is nothing more to say.
    service.write("build.rs", advice);
    let output = service.run();
    assert_eq!(stdout(&output), "61ee6f04df66 Initial schema\n");
    assert!(!stderr(&output).contains("build.rs"), "{output:?}");

    service.write("db/versions/27c6a30d7c24_next.sql", NEXT);
    let both = "27c6a30d7c24 Next\n61ee6f04df66 Initial schema\n";
    assert_eq!(stdout(&service.run()), both);

    let renamed = NEXT.replace("-- Next", "-- Renamed");
    service.write("db/versions/27c6a30d7c24_next.sql", &renamed);
    assert_eq!(stdout(&service.run()), both.replace("Next", "Renamed"));

    // A folder that is moved is followed.
    service.write(
        "limbec.toml",
        "[migrations]\nversion_locations = [\"other\"]\n",
    );
    service.write("other/61ee6f04df66.rs", INITIAL);
    let output = service.run();
    assert_eq!(stdout(&output), "61ee6f04df66 Initial schema\n");
    assert!(stderr(&output).contains("changed=other"), "{output:?}");
    let section = "[migrations]\ndirectory = \"db\"\n";
    service.write("limbec.toml", &format!("{section}lock_wait = \"long\"\n"));
    let output = service.run();
    assert!(!output.status.success());
    let text = stderr(&output);
    assert!(
        text.contains("limbec.toml: `[migrations] lock_wait` is no time: `long`"),
        "{text}"
    );
    service.write("limbec.toml", section);

    let broken = INITIAL.replace("op.execute(", "op.exekute(");
    service.write("db/versions/61ee6f04df66_initial_schema.rs", &broken);
    let output = service.run();
    assert!(!output.status.success());
    // The compiler indents what goes on behind its `error:`.
    let text: Vec<&str> = stderr(&output).lines().map(str::trim_start).collect();
    let expected = [
        "error: there is no directive `op.exekute`",
        "--> db/versions/61ee6f04df66_initial_schema.rs:11:8",
        "|",
        "11 |     op.exekute(\"SELECT 1\");",
        "|        ^^^^^^^",
        "= help: did you mean `execute`?",
    ];
    assert!(
        text.windows(expected.len()).any(|lines| lines == expected),
        "{}",
        stderr(&output)
    );

    let orphan = INITIAL.replace(
        "\"61ee6f04df66\");",
        "\"61ee6f04df66\").revises(&[\"beef\"]);",
    );
    let orphan = orphan.replace("Revises:", "Revises: beef");
    service.write("db/versions/61ee6f04df66_initial_schema.rs", &orphan);
    let output = service.run();
    assert!(!output.status.success());
    let text = stderr(&output);
    assert!(text.contains("`beef`, which no file has"), "{text}");
}

#[test]
fn a_project_that_is_not_there_is_named() {
    let service = Service::new("missing");
    service.write("src/main.rs", &MAIN.replace("embed!()", "embed!(\"db\")"));
    let output = service.run();
    assert!(!output.status.success());
    let text = stderr(&output);
    assert!(text.contains("there is no file"), "{text}");
    assert!(
        text.contains("relative to the package's Cargo.toml"),
        "{text}"
    );
}
