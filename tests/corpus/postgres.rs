//! PostgreSQL's schemas, held against each other by `pg_dump --schema-only`; where the server is
//! newer than that, by what its catalogue says.

use limbec_core::dialect::postgres::LEXICON;
use limbec_core::sql::{TokenKind, split, tokens};
use limbec_testkit::corpus::{Corpus, SchemaFile};
use limbec_testkit::postgres::{
    TestDatabase, described, is_dumpable, pg_dump, server_major, test_database,
};

use super::{adopt, exceptions};
use crate::command::{Database, Sandbox};

#[test]
fn own_schemas_are_adopted() {
    Corpus::own().check("pg", adopted);
}

#[test]
#[ignore = "`cargo xtask corpus FOLDER` runs it"]
fn real_schemas_are_adopted() {
    Corpus::of_environment().check("pg", adopted);
}

fn adopted(SchemaFile { name, sql }: &SchemaFile) {
    let sandbox = Sandbox::new(Database::Postgres(test_database()));
    sandbox.sql(sql);
    if let Err(why) = adopt(&sandbox) {
        exceptions::hold_stop("pg", name, &why);
        return;
    }
    let copy = test_database();
    let nothing = facts(&copy);
    let on_copy = |line: &str| sandbox.run(&format!("limbec --url '{}' {line}", copy.url()));
    on_copy("upgrade head").succeeds();
    let agree = "No new upgrade operations detected.\n";
    on_copy("check").succeeds().prints(agree);
    let is_dumpable = is_dumpable(&copy).unwrap();
    if is_dumpable {
        let differences = exceptions::differences(&dumped(&sandbox.url()), &dumped(copy.url()));
        exceptions::hold("pg", name, server_major(&copy).unwrap(), differences);
    } else if !exceptions::are_known("pg", name) {
        let Database::Postgres(original) = &sandbox.database else {
            unreachable!("the schemas are PostgreSQL's")
        };
        let differences = exceptions::differences(&facts(original), &facts(&copy));
        assert_eq!(differences, Vec::<String>::new());
    }
    on_copy("downgrade base").succeeds();
    assert_eq!(facts(&copy), nothing);
    if is_dumpable {
        assert_eq!(dumped(copy.url()), Vec::<String>::new());
    }
}

/// What the catalogue says of a database, but for limbec's own tables and the version table of
/// whoever made the schema.
fn facts(database: &TestDatabase) -> Vec<String> {
    let mut facts = described(database).unwrap();
    facts.retain(|it| {
        !["limbec_log", "alembic_version"]
            .iter()
            .any(|own| it.contains(own))
    });
    facts
}

/// The statements of a dump in an order of their own, each on one line.
fn dumped(url: &str) -> Vec<String> {
    // What limbec keeps of its own, and the version table of whoever made the schema.
    let options = [
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=alembic_version",
        "--exclude-table=limbec_log",
        "--exclude-table=limbec_log_id_seq",
    ];
    let dump = pg_dump(url, &options);
    let dump = dump.unwrap();
    // `psql`'s own lines.
    let lines = dump.lines().filter(|it| !it.starts_with('\\'));
    let dump: String = lines.map(|it| format!("{it}\n")).collect();
    let mut statements: Vec<String> = split(&dump, &LEXICON)
        .into_iter()
        .map(one_line)
        .filter(|it| !it.starts_with("SET ") && !it.starts_with("SELECT pg_catalog.set_config"))
        .collect();
    statements.sort();
    statements
}

/// A statement without comments and line breaks; strings stay as they are but for theirs.
fn one_line(statement: &str) -> String {
    let mut line = String::new();
    let mut end = 0;
    for token in tokens(statement, &LEXICON).filter(|it| it.kind != TokenKind::Comment) {
        if !line.is_empty() && statement[end..token.start].contains(char::is_whitespace) {
            line.push(' ');
        }
        line.push_str(&token.text.replace('\n', "⏎"));
        end = token.end();
    }
    line
}
