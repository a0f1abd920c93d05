//! The database's judgement of expressions, the version table, and the driver.

use limbec::connection::{Connection, open_sqlite};
use limbec_core::dialect::{
    Expression, FaultKind, Judge as _, OwnTables as _, Place, Row, sqlite::Sqlite,
};
use limbec_core::schema::{ObjectName, Schema};

use crate::support::{Db, now};

fn judged(db: &mut Db, place: &Place, text: &str) -> Vec<Row> {
    let columns = [
        ("a", "INTEGER"),
        ("b", "INTEGER"),
        ("order", "TEXT"),
        ("x", ""),
    ];
    let statements = Sqlite.canonical(&Expression {
        table: "t".into(),
        columns: columns
            .map(|(name, it)| (name.to_string(), it.to_string()))
            .to_vec(),
        place: place.clone(),
        text: text.into(),
    });
    let mut rows = Vec::new();
    for statement in statements {
        rows = db.rows(&statement);
    }
    rows
}

#[test]
fn equal_expressions_have_equal_byte_code() {
    let mut db = Db::new();
    for (a, b) in [
        ("a>0", "(a > 0)"),
        ("a <> b", "\"a\" != [b] -- other"),
        ("t.a IS NOT NULL", "a NOTNULL"),
        (
            "lower(\"order\") IN ('x', 'y')",
            "LOWER(`order`) in ('x','y')",
        ),
        ("a = 1", "a == 1"),
        ("NOT (a > 0)", "not a > 0"),
    ] {
        let of_a = judged(&mut db, &Place::Check, a);
        assert_eq!(of_a, judged(&mut db, &Place::Check, b), "{a} | {b}");
        assert!(!of_a.is_empty());
    }
    for (a, b) in [
        ("a > b", "b > a"),
        ("a > 0", "a > 1"),
        ("x = x'00ff'", "x = x'00fe'"),
        ("a = '1'", "a = 1"),
        ("x > 0.30000000000000004", "x > 0.3"),
        ("\"order\" = 'a'", "\"order\" = 'A'"),
    ] {
        let of_a = judged(&mut db, &Place::Predicate, a);
        assert_ne!(of_a, judged(&mut db, &Place::Predicate, b), "{a} | {b}");
    }
    let default = Place::Default {
        column_type: "TEXT".into(),
    };
    assert_eq!(
        judged(&mut db, &default, "(1+1)"),
        judged(&mut db, &default, "1 + 1")
    );
    assert_ne!(
        judged(&mut db, &default, "'a'"),
        judged(&mut db, &default, "'b'")
    );
    assert_eq!(db.reflect(), Schema::default());
}

#[test]
fn the_version_table() {
    let mut db = Db::new();
    let versions = Sqlite.version_table(ObjectName::new("alembic_version"));
    let missing = now(db.client.run(&[&versions.select()])).unwrap_err();
    assert!(
        missing.error.is(FaultKind::MissingTable, &Sqlite),
        "{missing}"
    );
    for _ in 0..2 {
        db.steps(&versions.ensure(12)).unwrap();
    }
    assert_eq!(
        db.value("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
            .as_deref(),
        Some(
            "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL,\n    \
             CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)"
        )
    );
    db.steps(&[versions.insert("it's"), versions.update("it's", "b")])
        .unwrap();
    assert_eq!(db.value(&versions.select()).as_deref(), Some("b"));
    db.steps(&[versions.update("a", "c")]).unwrap_err();
    db.steps(&[versions.delete("a")]).unwrap_err();
    db.steps(&[versions.delete("b"), versions.insert("x"), versions.purge()])
        .unwrap();
    assert!(db.rows(&versions.select()).is_empty());
}

#[test]
fn values_as_text() {
    let mut db = Db::new();
    let rows = db.rows("SELECT 1.0, -0.1, 1e300, 9e999, 1, NULL, 'it''s', 9007199254740993.0");
    let values: Vec<_> = rows[0]
        .iter()
        .map(|it| it.as_deref().unwrap_or("NULL"))
        .collect();
    assert_eq!(
        values,
        [
            "1.0",
            "-0.1",
            "1e300",
            "9e999",
            "1",
            "NULL",
            "it's",
            "9007199254740992.0"
        ]
    );
}

#[test]
fn files_that_do_not_open() {
    let folder = std::env::temp_dir().join(format!("limbec-sqlite-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let missing = open_sqlite(&folder.join("nowhere/a.db")).unwrap_err();
    assert!(
        missing.message.contains("nowhere` does not exist"),
        "{missing}"
    );
    assert!(missing.hint.is_some());
    let is_folder = open_sqlite(&folder).unwrap_err();
    assert!(is_folder.message.contains("it is a folder"), "{is_folder}");

    let file = folder.join("a.db");
    let mut client = open_sqlite(&file).unwrap();
    now(client.run(&["CREATE TABLE t (a)", "PRAGMA query_only = ON"])).unwrap();
    let refused = now(client.run(&["SELECT 1", "INSERT INTO t VALUES (1)"])).unwrap_err();
    assert_eq!(refused.index, 1);
    assert!(refused.error.message.contains("readonly"), "{refused}");
    assert!(refused.error.hint.is_some());
    let wrong = now(client.run(&["SELECT 'ä', nothing"])).unwrap_err();
    assert_eq!(wrong.error.position, Some(13));
    drop(client);
    std::fs::write(
        &file,
        "no database at all, but long enough to be looked at as one",
    )
    .unwrap();
    let mut client = open_sqlite(&file).unwrap();
    let told = now(client.run(&["SELECT * FROM sqlite_schema"])).unwrap_err();
    assert!(told.error.message.contains("not a database"), "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}
