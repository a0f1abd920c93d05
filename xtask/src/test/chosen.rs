//! Which tests are chosen, and what they need: the tests are built, and each binary lists its own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::args::TestOptions;
use crate::run::{Failure, cargo, shown};
use crate::tools::Tool;

/// A test by the names of its package, its binary and itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    package: String,
    binary: String,
    name: String,
}

/// Builds all tests, and lists those whose names hold one of the filters.
pub(super) fn chosen(options: &TestOptions) -> Result<Vec<Test>, Failure> {
    let mut build = cargo(&["test", "--workspace", "--all-features", "--no-run"]);
    if options.release {
        build.arg("--release");
    }
    eprintln!("Building the tests: {}", shown(&build));
    build.arg("--message-format=json-render-diagnostics");
    // Cargo's progress and the compiler's diagnostics are on stderr.
    let messages = stdout(build.stderr(Stdio::inherit()))?;
    let mut tests = Vec::new();
    for message in messages.lines() {
        let Some(binary) = Binary::of_message(message) else {
            continue;
        };
        let mut list = Command::new(&binary.program);
        list.args(["--list", "--format", "terse"])
            .args(&options.filters);
        tests.extend(binary.tests(&stdout(&mut list)?));
    }
    Ok(tests)
}

struct Binary {
    package: String,
    name: String,
    program: PathBuf,
}

impl Binary {
    /// The test binary that a message of cargo tells of.
    fn of_message(message: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(message).ok()?;
        if !message["profile"]["test"].as_bool()? {
            return None;
        }
        let manifest = PathBuf::from(message["manifest_path"].as_str()?);
        Some(Self {
            package: manifest.parent()?.file_name()?.to_str()?.to_owned(),
            name: message["target"]["name"].as_str()?.to_owned(),
            program: message["executable"].as_str()?.into(),
        })
    }

    /// The tests that the binary lists, a line each: `module::name: test`.
    fn tests(&self, list: &str) -> Vec<Test> {
        let names = list.lines().filter_map(|it| it.strip_suffix(": test"));
        let test = |name: &str| Test {
            package: self.package.clone(),
            binary: self.name.clone(),
            name: name.to_owned(),
        };
        names.map(test).collect()
    }
}

fn stdout(command: &mut Command) -> Result<String, Failure> {
    let line = shown(command);
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let output = output.and_then(std::process::Child::wait_with_output);
    let output =
        output.map_err(|error| Failure::new(format!("`{line}` could not be started: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{line}` failed ({})", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What the tests need. With a server at hand, its client is enough.
pub(super) fn needs(tests: &[Test], has_server: bool) -> BTreeSet<Tool> {
    let mut needs = BTreeSet::new();
    for test in tests {
        needs.extend(test.needs());
    }
    if needs.contains(&Tool::Postgres) {
        needs.insert(Tool::PostgresClient);
        let starts_its_own = tests.iter().any(Test::starts_a_server);
        if has_server && !starts_its_own {
            needs.remove(&Tool::Postgres);
        }
    }
    needs
}

/// The modules of the command's tests that run without a server, and without the `sqlite3` shell.
/// Those of a new module are given both until it is listed.
const WITHOUT_SERVER: [&str; 5] = [
    "cli",
    "embedded",
    "matrix",
    "structure",
    "corpus::exceptions",
];
const WITHOUT_SHELL: [&str; 6] = [
    "embedded",
    "matrix",
    "properties",
    "scenarios",
    "structure",
    "corpus::exceptions",
];

impl Test {
    fn needs(&self) -> Vec<Tool> {
        match (self.package.as_str(), self.binary.as_str()) {
            ("limbec", "postgres") if self.name.contains("pooler") => {
                vec![Tool::Postgres, Tool::PgBouncer]
            }
            ("limbec", "postgres") | ("limbec-testkit", "cluster" | "database") => {
                vec![Tool::Postgres]
            }
            ("limbec-testkit", _) if self.name.starts_with("sqlite::") => vec![Tool::Sqlite],
            ("limbec-cli", "it") => self.needs_of_command(),
            ("xtask", "demo" | "postgres") => vec![Tool::Postgres],
            ("fileintel", "containers") => vec![Tool::Compose],
            _ => Vec::new(),
        }
    }

    fn needs_of_command(&self) -> Vec<Tool> {
        let is_in = |modules: &[&str]| {
            let mut rests = modules.iter().filter_map(|it| self.name.strip_prefix(it));
            rests.any(|rest| rest.starts_with("::"))
        };
        let mut needs = Vec::new();
        if !is_in(&WITHOUT_SERVER) && !self.name.contains("sqlite") {
            needs.push(Tool::Postgres);
        }
        if !is_in(&WITHOUT_SHELL) && !self.name.contains("postgres") {
            needs.push(Tool::Sqlite);
        }
        if self.name.starts_with("runner::")
            && ["pgbouncer", "pooled", "pooler", "lease"]
                .iter()
                .any(|it| self.name.contains(it))
        {
            needs.push(Tool::PgBouncer);
        }
        if self.name.starts_with("runner::faults::disk::") {
            needs.push(Tool::Strace);
        }
        needs
    }

    /// Whether it starts a server itself, with settings of its own.
    fn starts_a_server(&self) -> bool {
        let is_of_tls = self.binary == "postgres" && self.name.starts_with("tls::");
        let package = self.package.as_str();
        is_of_tls
            || self.name.starts_with("runner::faults::servers::")
            || matches!(
                (package, self.binary.as_str()),
                ("limbec-testkit", "cluster") | ("xtask", "postgres")
            )
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Binary, Test, needs};
    use crate::tools::Tool::{self, Compose, PgBouncer, Postgres, PostgresClient, Sqlite};

    fn test(line: &str) -> Test {
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        Test {
            package: word(),
            binary: word(),
            name: word(),
        }
    }

    fn needs_of(lines: &[&str], has_server: bool) -> Vec<Tool> {
        let tests: Vec<Test> = lines.iter().map(|it| test(it)).collect();
        needs(&tests, has_server).into_iter().collect()
    }

    #[test]
    fn tests_need_what_they_run() {
        for (line, expected) in [
            ("limbec-core limbec_core schema::naming", &[][..]),
            (
                "limbec postgres enums::renamed",
                &[Postgres, PostgresClient],
            ),
            (
                "limbec postgres connection::a_pooler_is_noticed",
                &[Postgres, PostgresClient, PgBouncer],
            ),
            ("limbec-cli it structure::budget", &[]),
            ("limbec-cli it cli::page::check", &[Sqlite]),
            ("limbec-cli it guide::sqlite::step_01", &[Sqlite]),
            (
                "limbec-cli it guide::postgresql::step_01",
                &[Postgres, PostgresClient],
            ),
            (
                "limbec-cli it scenarios::enums",
                &[Postgres, PostgresClient],
            ),
            (
                "limbec-cli it runner::at_once::behind_pgbouncer",
                &[Postgres, PostgresClient, PgBouncer, Sqlite],
            ),
            (
                "limbec-cli it new_module::both",
                &[Postgres, PostgresClient, Sqlite],
            ),
            ("fileintel containers the_compose_file_is_valid", &[Compose]),
        ] {
            assert_eq!(needs_of(&[line], false), expected, "{line}");
        }
    }

    #[test]
    fn a_server_at_hand_is_enough_but_for_tests_of_servers() {
        let enums = "limbec postgres enums::renamed";
        assert_eq!(needs_of(&[enums], true), [PostgresClient]);
        let tls = "limbec postgres tls::verified";
        assert_eq!(needs_of(&[enums, tls], true), [Postgres, PostgresClient]);
    }

    #[test]
    fn binaries_and_their_tests_are_read() {
        let message = r#"{"reason":"compiler-artifact","manifest_path":"/x/limbec/Cargo.toml",
            "target":{"name":"postgres"},"profile":{"test":true},"executable":"/x/postgres-1"}"#;
        let binary = Binary::of_message(message).unwrap();
        assert_eq!(binary.program, PathBuf::from("/x/postgres-1"));
        let expected = vec![test("limbec postgres a::b"), test("limbec postgres c")];
        assert_eq!(
            binary.tests("a::b: test\nc: test\nd: benchmark\n"),
            expected
        );
        for other in [
            &message.replace("true", "false"),
            &message.replace("\"/x/postgres-1\"", "null"),
            r#"{"reason":"build-finished","success":true}"#,
            "no JSON",
        ] {
            assert!(Binary::of_message(other).is_none(), "{other}");
        }
    }

    /// The files of tests that run a tool, by what they say in the source.
    fn files_that_say(text: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        let mut folders = ["crates", "examples", "tests"]
            .map(|it| root.join(it))
            .to_vec();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs")
                    && std::fs::read_to_string(&path).unwrap().contains(text)
                {
                    let path = path.strip_prefix(&root).unwrap();
                    found.push(path.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// Where a test begins to run a tool, `needs` must learn of it.
    #[test]
    fn no_other_test_runs_a_rare_tool() {
        assert_eq!(
            files_that_say("Pooler::start("),
            [
                "crates/limbec/tests/postgres/connection.rs",
                "tests/runner/at_once.rs",
                "tests/runner/faults/network.rs",
                "tests/runner/faults/proof.rs",
                "tests/runner/faults/servers.rs",
                "tests/runner/signals.rs",
                "tests/runner/waiting.rs"
            ]
        );
        assert_eq!(
            files_that_say("compose::command("),
            ["examples/fileintel/tests/containers.rs"]
        );
        assert_eq!(
            files_that_say("strace::find("),
            ["tests/runner/faults/disk.rs"]
        );
        assert_eq!(
            files_that_say("Cluster::start("),
            [
                "crates/limbec-testkit/tests/cluster.rs",
                "crates/limbec/tests/postgres/tls.rs",
                "tests/runner/faults/servers.rs"
            ]
        );
    }
}
