//! What others wrote on its way out: scripts are byte by byte what was written, and nothing that people
//! read holds a character that acts on their terminal.

use std::path::Path;

use limbec_core::text::acts;
use limbec_generate::Config;
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::{Connection, params};

use crate::command::{Database, Outcome, Sandbox, shell};
use crate::embedded::MIGRATIONS;

/// What SQL keeps in its literals, and what a terminal would act on.
const LITERAL: &str = "a\u{1b}[31mb\u{1f}c\u{1}d\u{7f}e\u{8}f\tg\r\u{9b}h\u{202e}i";

/// A project whose revision stores the literal.
fn storing(database: Database) -> Sandbox {
    let it = Sandbox::new(database);
    it.write(
        "limbec.toml",
        &format!("[database]\nurl = \"{}\"\n", it.url()),
    );
    it.write(
        "migrations/versions/a1.sql",
        &format!(
            "-- Notes\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\n\
             CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('{LITERAL}');\n\n\
             -- downgrade\nDROP TABLE notes;\n"
        ),
    );
    it
}

/// What the database keeps of it, in hexadecimal digits.
fn stored(it: &Sandbox) -> String {
    let query = if it.is_sqlite() {
        "SELECT lower(hex(body)) FROM notes;"
    } else {
        "SELECT encode(convert_to(body, 'UTF8'), 'hex') FROM notes;"
    };
    it.sql(query).trim_end().to_string()
}

fn literal_in_hex() -> String {
    LITERAL.bytes().map(|it| format!("{it:02x}")).collect()
}

fn a_script_stores_what_an_upgrade_stores(by_run: Database, by_script: Database) {
    let by_run = storing(by_run);
    by_run.run("limbec upgrade head").succeeds();
    assert_eq!(stored(&by_run), literal_in_hex());

    let by_script = storing(by_script);
    let script = by_script.run("limbec upgrade head --sql").succeeds().stdout;
    by_script.sql(&script);
    assert_eq!(stored(&by_script), literal_in_hex());
}

#[test]
fn a_script_stores_what_an_upgrade_stores_on_sqlite() {
    a_script_stores_what_an_upgrade_stores(Database::Sqlite, Database::Sqlite);
}

#[test]
fn a_script_stores_what_an_upgrade_stores_on_postgresql() {
    a_script_stores_what_an_upgrade_stores(Database::postgres(), Database::postgres());
}

#[test]
fn a_pipe_between_shells_changes_nothing() {
    let it = storing(Database::Sqlite);
    it.run("limbec upgrade head --sql | sqlite3 -batch -bail app.db")
        .succeeds();
    assert_eq!(stored(&it), literal_in_hex());
}

#[test]
fn json_keeps_what_a_listing_escapes() {
    let it = storing(Database::Sqlite);
    it.run("limbec upgrade head").succeeds();
    let json = it.run("limbec log --json").succeeds().stdout;
    assert_harmless(&json);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sql = value[0]["sql"].as_str().unwrap();
    assert!(sql.contains(LITERAL), "{sql:?}");

    let listed = it.run("limbec log -v").succeeds().stdout;
    assert_harmless(&listed);
    assert!(
        listed.contains(r"a\u{1b}[31mb\u{1f}c\u{1}d\u{7f}e\u{8}f"),
        "{listed}"
    );
}

/// A terminal shows a script with its control characters escaped, in colours of limbec's own only.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_given_no_control_character_of_a_revision() {
    let it = storing(Database::Sqlite);
    it.run("limbec upgrade head").succeeds();
    for line in ["upgrade head --sql", "log -v", "downgrade base --dry-run"] {
        // `script` gives the command a terminal.
        let typed = format!("script -qec 'TERM=xterm limbec {line}' /dev/null");
        let shown = it.run(&typed).succeeds().stdout.replace("\r\n", "\n");
        let plain: String = uncoloured(&shown);
        assert_harmless(&plain);
        let holds_the_literal = !line.starts_with("downgrade");
        assert_eq!(shown.contains(r"\u{1b}[31mb"), holds_the_literal, "{shown}");
    }
    let shown = it
        .run("script -qec 'TERM=xterm limbec history' /dev/null")
        .succeeds()
        .stdout;
    assert!(shown.contains("\u{1b}[33ma1\u{1b}[0m"), "{shown:?}");
}

/// Takes out the colours that limbec gives, and no other sequence.
fn uncoloured(text: &str) -> String {
    [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[2m",
        "\u{1b}[31m",
        "\u{1b}[32m",
        "\u{1b}[33m",
        "\u{1b}[36m",
    ]
    .iter()
    .fold(text.to_string(), |text, colour| text.replace(colour, ""))
}

#[track_caller]
fn assert_harmless(text: &str) {
    let found = text
        .chars()
        .find(|it| acts(*it) && *it != '\n' && *it != '\t');
    assert_eq!(found, None, "in {text:?}");
}

#[track_caller]
fn assert_outcome_is_harmless(outcome: &Outcome) {
    assert_harmless(&outcome.stdout);
    assert_harmless(&outcome.stderr);
    // Neither does it pretend to be a line of limbec's own.
    assert!(
        !outcome.stderr.contains("\nINFO  [limbec.forged]"),
        "{}",
        outcome.stderr
    );
}

/// What a server says of a user's rows.
#[test]
fn a_row_in_the_words_of_a_server_is_escaped() {
    for database in [Database::Sqlite, Database::postgres()] {
        let it = storing(database);
        it.run("limbec upgrade head").succeeds();
        it.sql("INSERT INTO notes SELECT body FROM notes;");
        let refuse = if it.is_sqlite() {
            format!(
                "CREATE TRIGGER no BEFORE DELETE ON notes BEGIN \
                 SELECT raise(ABORT, 'kept: {LITERAL}'); END;\nDELETE FROM notes;"
            )
        } else {
            "CREATE UNIQUE INDEX one ON notes (body);".to_string()
        };
        it.write(
            "migrations/versions/b2.sql",
            &format!(
                "-- Only one\n--\n-- Revision ID: b2\n-- Revises: a1\n\n-- upgrade\n{refuse}\n\n\
                 -- downgrade\nSELECT 1;\n"
            ),
        );
        let outcome = it
            .run("limbec upgrade head")
            .fails_saying(&[r"a\u{1b}[31mb"]);
        assert_outcome_is_harmless(&outcome);
    }
}

/// Text as somebody may put it into a row, a name or a message.
fn foreign() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        2 => "[ -~]{0,6}",
        3 => "[\u{0}-\u{1f}\u{7f}-\u{9f}]",
        1 => Just("\u{1b}]0;title\u{7}".to_string()),
        1 => Just("\u{1b}[2J\u{9b}31m".to_string()),
        1 => Just("\nINFO  [limbec.forged] all is well\n".to_string()),
        1 => "[\u{2028}-\u{202e}\u{2066}-\u{2069}]",
        1 => any::<char>().prop_map(String::from),
    ];
    vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Puts a text wherever a row of limbec's own tables has room for one.
fn plant(database: &Path, text: &str, version: &str) {
    let client = Connection::open(database).unwrap();
    client
        .execute_batch(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, \
             CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
             CREATE TABLE limbec_log (id INTEGER PRIMARY KEY, revision, message, revises, depends_on, \
             direction, step, steps, state, started_at, finished_at, host, pid, limbec, checksum, adds, \
             sql, revert_sql, note);",
        )
        .unwrap();
    let version_row = client.execute("INSERT INTO alembic_version VALUES (?1)", [version]);
    version_row.unwrap();
    let row = client.execute(
        "INSERT INTO limbec_log VALUES (1, ?1, ?2, ?2, ?2, ?2, 1, 2, ?2, ?2, ?2, ?2, ?2, ?2, ?2, ?2, ?2, \
         ?2, ?2)",
        params![version, text],
    );
    row.unwrap();
}

const LINES: [&str; 9] = [
    "log -v",
    "log",
    "current -v",
    "current --check-heads",
    "history -i",
    "upgrade head",
    "downgrade -1",
    "downgrade --from-database base --yes",
    "check",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_service_escapes_what_the_database_holds(text in foreign(), version in foreign()) {
        let folder = limbec_testkit::TempProject::new().unwrap();
        let file = folder.path().join("app.db");
        plant(&file, &text, &version);
        let url = format!("sqlite:{}", file.display());
        for line in LINES {
            let words = line.split(' ').map(str::to_string);
            let (mut out, mut err) = (Vec::new(), Vec::new());
            MIGRATIONS.run_command("api migrate", words, &url, &mut out, &mut err);
            let text = String::from_utf8([out, err].concat()).unwrap();
            let acting = text.chars().find(|it| acts(*it) && *it != '\n' && *it != '\t');
            prop_assert_eq!(acting, None, "{}: {:?}", line, text);
            prop_assert!(!text.contains("\nINFO  [limbec.forged]"), "{}: {}", line, text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rows, the names of tables and columns, and the message of a revision.
    #[test]
    fn the_command_escapes_what_others_wrote(text in foreign(), name in foreign()) {
        let it = Sandbox::new(Database::Sqlite);
        it.write("limbec.toml", "[database]\nurl = \"sqlite:app.db\"\n\n[models]\npaths = [\"models.rs\"]\n");
        it.write("models.rs", "");
        let message: String = text.chars().filter(|it| !"\r\n".contains(*it)).collect();
        it.write(
            "migrations/versions/a1.sql",
            &format!(
                "-- M{message}\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\nSELECT 1;\n\n\
                 -- downgrade\nSELECT 2;\n"
            ),
        );
        let shown = |line: &str| {
            let output = shell(it.path(), line).output().unwrap();
            assert_outcome_is_harmless(&Outcome::new(line, output));
        };
        for line in ["history", "history -v", "upgrade head", "log -v", "current -v", "downgrade base"] {
            shown(&format!("limbec {line}"));
        }
        std::fs::remove_file(it.path().join("app.db")).unwrap();
        plant(&it.path().join("app.db"), &text, &name);
        let quoted = name.replace('\0', "").replace('"', "\"\"");
        let client = Connection::open(it.path().join("app.db")).unwrap();
        let _ = client.execute_batch(&format!(
            "CREATE TABLE \"t{quoted}\" (\"c{quoted}\" ODD, a INTEGER); \
             CREATE INDEX \"i{quoted}\" ON \"t{quoted}\" (a)"
        ));
        drop(client);
        for line in LINES.iter().chain(&["reflect > /dev/null", "locks"]) {
            shown(&format!("limbec {line}"));
        }
        let _ = std::fs::remove_file(it.path().join("app.db"));
        let client = Connection::open(it.path().join("app.db")).unwrap();
        let _ = client.execute_batch(&format!("CREATE TABLE \"t{quoted}\" (\"c{quoted}\" ODD, a INTEGER)"));
        drop(client);
        for line in ["check", "reflect > /dev/null", "revision --autogenerate -m new", "upgrade head --dry-run"] {
            shown(&format!("limbec {line}"));
        }
    }
}

/// What may be wrong with a `limbec.toml`.
fn wrong_lines() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("include = [\"[\"]".to_string()),
        Just("backup = \"S3CRET\"".to_string()),
        Just("url = S3CRET".to_string()),
        Just("\"postgresql://me:S3CRET@db\" = 1".to_string()),
        Just("[migrations]\nlock_retries = \"S3CRET\"".to_string()),
        "[ -~\n]{0,12}",
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 1..4).prop_map(|pieces| pieces.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mistake_in_limbec_toml_quotes_a_password(wrong in wrong_lines(), shape in 0..4) {
        let url = "postgresql://me:S3CRET@db/shop";
        let text = match shape {
            0 => format!("[database]\nurl = \"{url}\"\n{wrong}"),
            1 => format!("database = {{ url = \"{url}\", {wrong} }}"),
            2 => format!("[database]\nurl = \"{url}\n{wrong}"),
            _ => format!("[database]\nurl = [\"{url}\"]{wrong}"),
        };
        let shown = match Config::of("limbec.toml".into(), &text, None, &|_| None) {
            Ok(config) => format!("{config:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!shown.contains("S3CRET"), "{}\n{}", text, shown);
        let acting = shown.chars().find(|it| acts(*it) && *it != '\n' && *it != '\t');
        prop_assert_eq!(acting, None, "{}", shown);
    }
}
