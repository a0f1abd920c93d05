//! What the sources may not say, and where: invariants 1, 2 and 11 of ARCHITECTURE.md.

use std::path::{Path, PathBuf};

/// The crates that are published.
const CRATES: [&str; 6] = [
    "limbec-core",
    "limbec-source",
    "limbec-macros",
    "limbec",
    "limbec-generate",
    "limbec-cli",
];

/// A file of Rust, without its comments and its tests.
struct Source {
    /// Its path in the repository.
    path: String,
    lines: Vec<String>,
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("a crate lies in `crates/`")
        .to_path_buf()
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder is readable") {
        let path = entry.expect("an entry is readable").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "tests" {
                collect(&path, sources);
            }
        } else if path.extension() == Some("rs".as_ref()) && !name.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).expect("a file of Rust is UTF-8");
            let path = path.strip_prefix(root()).expect("a file of the repository");
            sources.push(Source {
                path: path.to_string_lossy().replace('\\', "/"),
                lines: without_tests(&text).map(str::to_string).collect(),
            });
        }
    }
}

/// The lines of a file without its comments and its tests, which stand at its end. An item for tests of
/// one line, such as `mod tests;`, may stand anywhere.
fn without_tests(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().filter(|it| !it.trim_start().starts_with("//"));
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let mut conditions = ["#[cfg(test)]", "#[cfg(all(test,"].iter();
            if !conditions.any(|it| line.starts_with(it)) {
                return (line != "mod tests {").then_some(line);
            }
            if !lines.next()?.ends_with(';') {
                return None;
            }
        }
    })
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for name in CRATES {
        collect(&root().join("crates").join(name).join("src"), &mut sources);
    }
    sources
}

/// The lines that a rule finds outside of the files it allows, as `path: line`; each allowed file must
/// have one, so that the list stays true.
fn found(allowed: &[&str], is_found: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut unused = allowed.to_vec();
    for source in sources() {
        for line in source.lines.iter().filter(|it| is_found(it)) {
            let is_here = |it: &&str| source.path.starts_with(*it);
            if allowed.iter().any(&is_here) {
                unused.retain(|it| !is_here(it));
            } else {
                found.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(unused.is_empty(), "nothing is found in these: {unused:?}");
    found
}

/// The beginnings of the strings in a line.
fn strings(line: &str) -> impl Iterator<Item = &str> {
    // Behind a backslash, it is a quote in the text of a message.
    let quotes = line
        .match_indices('"')
        .filter(|(at, _)| !line[..*at].ends_with('\\'));
    quotes.map(|(at, _)| &line[at + 1..])
}

/// Whether a string begins as a statement does: a verb and what it is about.
fn begins_a_statement(text: &str) -> bool {
    const VERBS: [&str; 16] = [
        "SELECT",
        "INSERT INTO",
        "UPDATE",
        "DELETE FROM",
        "CREATE",
        "ALTER",
        "DROP",
        "TRUNCATE",
        "PRAGMA",
        "SET",
        "LOCK TABLE",
        "SAVEPOINT",
        "BEGIN",
        "COMMENT ON",
        "GRANT",
        "REVOKE",
    ];
    // The actions of foreign keys.
    let is_action = text.starts_with("SET NULL\"") || text.starts_with("SET DEFAULT\"");
    !is_action
        && VERBS
            .iter()
            .any(|verb| text.starts_with(&format!("{verb} ")))
}

#[test]
fn nothing_outside_the_dialects_writes_sql() {
    let found = found(&["crates/limbec-core/src/dialect/"], |line| {
        strings(line).any(begins_a_statement)
    });
    assert!(found.is_empty(), "these write SQL:\n{}", found.join("\n"));
}

#[test]
fn nothing_outside_the_dialects_asks_which_dialect_it_has() {
    const NAMES: [&str; 5] = [
        "sqlite\"",
        "postgresql\"",
        "postgres\"",
        "mysql\"",
        "mariadb\"",
    ];
    let is_a_name = |text: &str| NAMES.iter().any(|name| text.starts_with(name));
    let allowed = [
        "crates/limbec-core/src/dialect/",
        // Which drivers are in the build, and how their URLs begin.
        "crates/limbec/src/connection/",
        // What a model may say `on = "…"` of.
        "crates/limbec-source/src/models/constraint.rs",
    ];
    let found = found(&allowed, |line| {
        !line.contains("feature = ") && strings(line).any(is_a_name)
    });
    assert!(found.is_empty(), "these ask:\n{}", found.join("\n"));
}

#[test]
fn only_the_command_prints() {
    const PRINTS: [&str; 7] = [
        "print!(",
        "println!(",
        "eprint!(",
        "eprintln!(",
        "dbg!(",
        "stdout()",
        "stderr()",
    ];
    let allowed = [
        "crates/limbec-cli/src/printer.rs",
        // `Migrations::command` is the command inside a service.
        "crates/limbec/src/command/mod.rs",
        // A message shows a build script that does.
        "crates/limbec-source/src/embed/tracking.rs",
    ];
    let found = found(&allowed, |line| PRINTS.iter().any(|it| line.contains(it)));
    assert!(found.is_empty(), "these print:\n{}", found.join("\n"));
}

#[test]
fn only_a_few_read_the_environment() {
    let allowed = [
        // The words of the command.
        "crates/limbec-cli/src/args.rs",
        "crates/limbec-cli/src/config.rs",
        "crates/limbec-cli/src/commands/edit.rs",
        "crates/limbec-generate/src/testing.rs",
        "crates/limbec-macros/src/lib.rs",
        "crates/limbec/src/command/mod.rs",
        "crates/limbec/src/start.rs",
    ];
    let found = found(&allowed, |line| {
        line.contains("env::var") || line.contains("env::args")
    });
    assert!(found.is_empty(), "these read it:\n{}", found.join("\n"));
}

#[test]
fn tests_are_no_sources() {
    let text = "#[cfg(any(test, y))]\nmod a;\n#[cfg(all(test, x))]\nmod a_tests;\n// no code\nfn b() {}\n\
                #[cfg(test)]\nmod tests {\n    fn c() {}\n}\n";
    assert_eq!(
        without_tests(text).collect::<Vec<_>>(),
        ["#[cfg(any(test, y))]", "mod a;", "fn b() {}"]
    );
}

#[test]
fn a_string_of_sql_is_recognised() {
    for (line, is_sql) in [
        (r#"let sql = format!("SELECT {x}");"#, true),
        (r#"run(r"DROP TABLE t")"#, true),
        (r#"token.is_word("DROP")"#, false),
        (r#"(Action::SetNull, "SET NULL"),"#, false),
        (r#"hint("CREATED ")"#, false),
        (r#""say op.execute(\"DROP TABLE t\")""#, false),
    ] {
        assert_eq!(strings(line).any(begins_a_statement), is_sql, "{line}");
    }
}

#[test]
fn sql_is_read_by_the_rules_of_its_database() {
    let of_no_database = [
        // The rules themselves.
        "crates/limbec-core/src/sql/lexicon.rs",
        // Names in an attribute of a model or an argument of a directive, which are for every database.
        "crates/limbec-core/src/schema/inheritance.rs",
        "crates/limbec-source/src/models/lexicon.rs",
        // Journals keep the sums, so the rules by which they are made never change.
        "crates/limbec-source/src/revisions/checksum.rs",
    ];
    let found = found(&of_no_database, |line| line.contains("NEUTRAL"));
    assert!(
        found.is_empty(),
        "whose SQL do these read?\n{}",
        found.join("\n")
    );
}
