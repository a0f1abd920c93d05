//! Every change by a rebuild, on a filled database: nothing else in it changes.

use limbec_core::operations::{AlterColumn, Operation, Operations};
use limbec_core::schema::{
    BigInteger, Boolean, CheckConstraint, Column, ColumnType, EnumType, ForeignKey, Identity,
    Integer, PrimaryKey, Text, TimestampTz, UniqueConstraint, Varchar,
};

use crate::support::Db;

/// A table in the middle of everything that a careless rebuild loses: rows that refer to it by
/// CASCADE and SET NULL, and by others in turn; rows of its own that it refers to; triggers on it
/// and on others that name it; views; partial and expression indexes; a counter ahead of its rows.
const FILLED: &str = "
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id INTEGER REFERENCES owners (id) ON DELETE CASCADE,
    parent_id INTEGER CONSTRAINT own REFERENCES jobs ON DELETE CASCADE,
    code TEXT NOT NULL COLLATE NOCASE CONSTRAINT code_once UNIQUE ON CONFLICT IGNORE,
    mood TEXT CONSTRAINT \"enum mood\" CHECK (mood IN ('sad', 'ok')),
    size INT DEFAULT 7 CONSTRAINT positive CHECK (size > 0),
    note,
    double INT AS (size * 2) STORED
);
CREATE TABLE steps (job_id INT NOT NULL REFERENCES jobs ON DELETE CASCADE, n INT, PRIMARY KEY (job_id, n));
CREATE TABLE logs (id INTEGER PRIMARY KEY, job_id INT, n INT, x INT REFERENCES jobs (id) ON DELETE SET NULL,
    FOREIGN KEY (job_id, n) REFERENCES steps (job_id, n) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE loose (a TEXT, b TEXT);
CREATE TABLE counts (what TEXT, n INT);
CREATE INDEX jobs_open ON jobs(owner_id) where note IS NULL;
CREATE UNIQUE INDEX jobs_lower ON jobs (lower(code) DESC, size COLLATE BINARY);
CREATE INDEX loose_b ON loose (b);
CREATE TRIGGER jobs_insert AFTER INSERT ON jobs BEGIN INSERT INTO counts VALUES ('insert', new.id); END;
CREATE TRIGGER jobs_delete AFTER DELETE ON jobs BEGIN INSERT INTO counts VALUES ('delete', old.id); END;
CREATE TRIGGER loose_insert AFTER INSERT ON loose BEGIN UPDATE jobs SET note = new.a WHERE id = 1; END;
CREATE VIEW busy AS SELECT j.id, o.name FROM jobs AS j JOIN owners AS o ON o.id = j.owner_id;
CREATE VIEW broken AS SELECT missing FROM nowhere;
CREATE TRIGGER busy_insert INSTEAD OF INSERT ON busy BEGIN DELETE FROM jobs; END;
CREATE VIRTUAL TABLE words USING fts5(a, content='loose', content_rowid='rowid');
INSERT INTO loose (rowid, a, b) VALUES (3, 'x', 'y'), (7, 'z', NULL);
INSERT INTO owners VALUES (1, 'ann'), (2, 'bob');
INSERT INTO jobs (id, owner_id, parent_id, code, mood, size, note) VALUES
    (1, 1, NULL, 'a', 'ok', 1, NULL), (5, 1, 1, 'b', 'sad', 2, '3'), (9, 2, 5, 'c', NULL, 3, '4');
DELETE FROM jobs WHERE id = 9;
INSERT INTO steps VALUES (1, 1), (1, 2), (5, 1);
INSERT INTO logs VALUES (1, 1, 1, 5), (2, 1, 2, NULL), (3, 5, 1, 1);
";

pub(crate) fn filled() -> Db {
    Db::with(FILLED)
}

/// Runs a change of a table and looks at everything else, before and after; by the oldest library,
/// and by the one that is linked.
#[track_caller]
fn changes(table: &str, write: impl Fn(&mut Operations)) -> Db {
    changes_in(filled().by_the_oldest(), table, &write);
    changes_in(filled(), table, &write)
}

#[track_caller]
fn changes_in(mut db: Db, table: &str, write: impl Fn(&mut Operations)) -> Db {
    let before = db.everything_but(table);
    let rows = db.rows(&format!("SELECT rowid FROM {table} ORDER BY rowid"));
    db.run(write).unwrap();
    assert_eq!(db.everything_but(table), before);
    assert_eq!(
        db.rows(&format!("SELECT rowid FROM {table} ORDER BY rowid")),
        rows
    );
    is_whole(&mut db);
    db
}

#[track_caller]
pub(crate) fn is_whole(db: &mut Db) {
    assert_eq!(db.value("PRAGMA integrity_check").as_deref(), Some("ok"));
    assert_eq!(db.value("PRAGMA foreign_keys").as_deref(), Some("1"));
    assert_eq!(db.value("PRAGMA legacy_alter_table").as_deref(), Some("0"));
    assert!(db.rows("PRAGMA foreign_key_check").is_empty());
    assert!(db.rows("SELECT name FROM sqlite_temp_schema").is_empty());
    assert!(
        db.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'limbec%'")
            .is_empty()
    );
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "changes are written where they are made"
)]
fn alter(table: &'static str, change: AlterColumn) -> Db {
    changes(table, |op| op.alter_column(table, change.clone()))
}

#[test]
fn types() {
    let mut db = alter("jobs", AlterColumn::new("note").column_type(Integer));
    assert_eq!(
        db.value("SELECT group_concat(typeof(note)) FROM jobs")
            .as_deref(),
        Some("null,integer")
    );
    let mut db = alter("jobs", AlterColumn::new("size").column_type(Text));
    assert_eq!(
        db.value("SELECT typeof(size) FROM jobs WHERE id = 1")
            .as_deref(),
        Some("text")
    );
    let table = db.table("jobs");
    assert_eq!(
        table.column_named("size").unwrap().column_type,
        ColumnType::Text
    );
    let mut db = alter(
        "jobs",
        AlterColumn::new("note")
            .column_type(BigInteger)
            .using("coalesce(note, 10) * 2"),
    );
    assert_eq!(
        db.value("SELECT group_concat(note) FROM jobs").as_deref(),
        Some("20,6")
    );
}

#[test]
fn null_defaults_collations_comments_and_computed_values() {
    let db = &mut alter("jobs", AlterColumn::new("owner_id").not_null());
    assert!(!db.table("jobs").column_named("owner_id").unwrap().nullable);
    alter("jobs", AlterColumn::new("code").nullable());
    let db = &mut alter("jobs", AlterColumn::new("size").server_default("1 + 1"));
    assert_eq!(
        db.table("jobs")
            .column_named("size")
            .unwrap()
            .default
            .as_deref(),
        Some("1 + 1")
    );
    alter("jobs", AlterColumn::new("size").drop_default());
    alter("jobs", AlterColumn::new("code").drop_collation());
    alter(
        "loose",
        AlterColumn::new("a").collation("RTRIM").comment("it's"),
    );
    let db = &mut alter("jobs", AlterColumn::new("double").drop_generated());
    assert_eq!(
        db.value("SELECT group_concat(double) FROM jobs").as_deref(),
        Some("2,4")
    );
    let db = &mut alter(
        "jobs",
        AlterColumn::new("note").generated_virtual("code || size"),
    );
    assert_eq!(
        db.value("SELECT group_concat(note) FROM jobs").as_deref(),
        Some("a1,b2")
    );
    changes("jobs", |op| op.create_table_comment("jobs", "*/"));
}

#[test]
fn counters_go_on() {
    let mut db = alter("jobs", AlterColumn::new("note").comment("c"));
    db.sql("INSERT INTO jobs (code) VALUES ('new')");
    assert_eq!(db.value("SELECT max(id) FROM jobs").as_deref(), Some("10"));
    // The rows' numbers as a counter, and no longer.
    let mut db = changes("owners", |_| {});
    db.run(|op| {
        op.alter_column(
            "owners",
            AlterColumn::new("id").identity(Identity::by_default()),
        );
    })
    .unwrap();
    assert!(db.table("owners").columns[0].identity.is_some());
    assert_eq!(
        db.value("SELECT seq FROM sqlite_sequence WHERE name = 'owners'")
            .as_deref(),
        Some("2")
    );
    db.run(|op| op.alter_column("owners", AlterColumn::new("id").drop_identity()))
        .unwrap();
    assert_eq!(db.value("SELECT count(*) FROM jobs").as_deref(), Some("2"));
    is_whole(&mut db);
}

#[test]
fn triggers_work_as_before() {
    let mut db = alter("jobs", AlterColumn::new("note").comment("c"));
    db.sql("INSERT INTO loose VALUES ('told', NULL); DELETE FROM owners WHERE id = 1");
    let counted = "SELECT group_concat(what || n) FROM (SELECT * FROM counts ORDER BY what, n)";
    assert_eq!(
        db.value(counted).as_deref(),
        Some("delete1,delete5,delete9,insert1,insert5,insert9")
    );
    assert_eq!(db.value("SELECT count(*) FROM steps").as_deref(), Some("0"));
    assert_eq!(db.value("SELECT count(*) FROM logs").as_deref(), Some("0"));
}

#[test]
fn columns_are_added() {
    let add = |table: &'static str, column: Column| {
        changes(table, |op| op.add_column(table, column.clone()))
    };
    let db = &mut add("jobs", Column::new("extra", Text).comment("c"));
    assert_eq!(
        db.value("SELECT count(extra) FROM jobs").as_deref(),
        Some("0")
    );
    add(
        "jobs",
        Column::new("flag", Boolean)
            .not_null()
            .server_default("false"),
    );
    let db = &mut add(
        "jobs",
        Column::new("at", TimestampTz)
            .not_null()
            .server_default("now()"),
    );
    assert_eq!(db.value("SELECT count(at) FROM jobs").as_deref(), Some("2"));
    add(
        "jobs",
        Column::new("half", Integer).generated_virtual("size / 2"),
    );
    let db = &mut add(
        "jobs",
        Column::new("half", Integer)
            .not_null()
            .generated_stored("size / 2"),
    );
    assert_eq!(db.value("SELECT sum(half) FROM jobs").as_deref(), Some("1"));
    add(
        "loose",
        Column::new("untyped", ColumnType::Custom(String::new())).comment("c"),
    );
    let mood = EnumType::new("mood", &["sad", "ok"]);
    add("loose", Column::new("mood", mood).server_default("'ok'"));
}

#[test]
fn columns_are_dropped_with_what_stands_on_them() {
    // A broken view stands in the way of SQLite's own changes, and is named.
    let told = filled().run(|op| op.drop_column("loose", "b")).unwrap_err();
    assert!(told.contains("view broken"), "{told}");
    for (table, column) in [
        ("jobs", "double"),
        ("jobs", "parent_id"),
        ("jobs", "code"),
        ("loose", "b"),
    ] {
        for mut db in [filled(), filled().by_the_oldest()] {
            db.sql("DROP VIEW broken");
            let before: Vec<_> = db.everything_but(table);
            db.run(|op| op.drop_column(table, column)).unwrap();
            assert!(db.table(table).column_named(column).is_none());
            let gone = |row: &Vec<Option<String>>| {
                let kind = row[0].as_deref() == Some("index");
                let named = row.get(1).and_then(Option::as_deref);
                kind && named.is_some_and(|it| {
                    it == "jobs_lower" || it == "loose_b" || it.starts_with("sqlite_autoindex_jobs")
                })
            };
            let rest = |rows: Vec<Vec<Option<String>>>| {
                rows.into_iter()
                    .filter(|row| !gone(row))
                    .collect::<Vec<_>>()
            };
            assert_eq!(rest(db.everything_but(table)), rest(before), "{column}");
            is_whole(&mut db);
        }
    }
}

#[test]
fn constraints_come_and_go() {
    let create = |op: &mut Operations| {
        op.create_unique_constraint(
            "jobs",
            UniqueConstraint::new(&["owner_id", "size"]).name("u"),
        );
    };
    let mut db = changes("jobs", |_| {});
    db.run(create).unwrap();
    db.run(|op| op.drop_constraint("jobs", "u")).unwrap();
    is_whole(&mut db);
    changes("jobs", |op| {
        op.create_check_constraint("jobs", CheckConstraint::new("size < 100").name("small"));
        op.drop_constraint("jobs", "positive");
        op.drop_constraint("jobs", "own");
        op.drop_constraint(
            "jobs",
            ForeignKey::new(&["owner_id"], "owners", &["id"])
                .on_delete(limbec_core::schema::ReferentialAction::Cascade),
        );
    });
    changes("loose", |op| {
        op.create_primary_key("loose", PrimaryKey::new(&["a"]).name("loose_pkey"));
        op.drop_constraint("loose", "loose_pkey");
    });
    changes("loose", |op| {
        op.alter_column(
            "loose",
            AlterColumn::new("b").column_type(Integer).using("1"),
        );
        op.create_foreign_key(
            "loose",
            ForeignKey::new(&["b"], "owners", &["id"]).name("f"),
        );
    });
}

#[test]
fn labels_of_an_enumeration() {
    let db = &mut changes("jobs", |op| {
        op.alter_enum(EnumType::new("mood", &["sad", "ok", "it's"]));
    });
    db.sql("UPDATE jobs SET mood = 'it''s'");
    let told = db
        .run(|op| op.alter_enum(EnumType::new("mood", &["sad"])))
        .unwrap_err();
    assert!(
        told.contains("`jobs.mood` holds values that are no label"),
        "{told}"
    );
}

#[test]
fn tables_and_columns_are_renamed() {
    let mut db = filled();
    db.sql("DROP VIEW broken");
    db.run(|op| {
        op.rename_table("jobs", "tasks");
        op.rename_column("tasks", "code", "Kode");
        op.rename_table("tasks", "Tasks");
        op.alter_column(
            "Tasks",
            AlterColumn::new("note").column_type(Varchar::length(3)),
        );
        op.rename_table("Tasks", "jobs");
        op.rename_column("jobs", "Kode", "code");
    })
    .unwrap();
    is_whole(&mut db);
    assert_eq!(db.value("SELECT count(*) FROM busy").as_deref(), Some("2"));
    assert_eq!(db.value("SELECT count(*) FROM steps").as_deref(), Some("3"));
    db.sql("INSERT INTO jobs (code) VALUES ('new'); INSERT INTO loose VALUES ('q', 'q')");
}

#[test]
fn settings_of_the_connection_come_back() {
    for (setting, other) in [("foreign_keys", "0"), ("legacy_alter_table", "1")] {
        let mut db = filled();
        db.sql(&format!("PRAGMA {setting} = {other}"));
        db.run(|op| op.create_table_comment("jobs", "c")).unwrap();
        assert_eq!(
            db.value(&format!("PRAGMA {setting}")).as_deref(),
            Some(other)
        );
        let fails = Operation::Execute {
            sql: "INSERT INTO nowhere VALUES (1)".into(),
            dialect: None,
            autocommit: false,
        };
        let comment = Operation::DropTableComment {
            table: "jobs".into(),
            from: None,
        };
        db.revision(&[comment, fails]).unwrap_err();
        assert_eq!(
            db.value(&format!("PRAGMA {setting}")).as_deref(),
            Some(other)
        );
        assert!(db.table("jobs").comment.is_some());
    }
}
