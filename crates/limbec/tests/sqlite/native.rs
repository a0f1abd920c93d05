//! What SQLite does by its own ALTER TABLE, by the version of its library, and how many rebuilds a
//! revision takes.

use limbec_core::dialect::sqlite::Sqlite;
use limbec_core::operations::{AlterColumn, Operations};
use limbec_core::schema::{
    CheckConstraint, Column, EnumType, ForeignKey, Index, Integer, Table, Text, UniqueConstraint,
};

use crate::support::Db;

const TABLES: &str = "
CREATE TABLE parents (id INTEGER PRIMARY KEY);
CREATE TABLE t (
    id INTEGER PRIMARY KEY,
    a TEXT,
    b TEXT NOT NULL CONSTRAINT small CHECK (length(b) < 10),
    mood TEXT CONSTRAINT \"enum mood\" CHECK (mood IN ('sad', 'ok')),
    p INT CONSTRAINT own REFERENCES parents (id)
);
CREATE INDEX t_a ON t (a);
INSERT INTO t VALUES (1, 'a', 'b', 'ok', NULL);
";

/// The tables that a revision rebuilds by a library of a version, in order; all that it leads to is
/// the same by the oldest library.
#[track_caller]
fn rebuilt(version: u32, write: impl Fn(&mut Operations)) -> Vec<String> {
    let mut op = Operations::new();
    write(&mut op);
    let operations = op.into_vec();
    let mut schemas = Vec::new();
    let mut rebuilt = Vec::new();
    for dialect in [Sqlite::of_library(version), &Sqlite] {
        let mut db = Db::with(TABLES);
        db.dialect = dialect;
        rebuilt.push(db.rebuilds(&operations));
        assert_eq!(db.value("PRAGMA integrity_check").as_deref(), Some("ok"));
        assert_eq!(db.value("SELECT count(*) FROM t").as_deref(), Some("1"));
        schemas.push(db.reflect());
    }
    // A check's place in the table is all that may differ.
    for table in schemas.iter_mut().flat_map(|it| &mut it.tables) {
        table.checks.sort_by_key(|it| it.name.clone());
    }
    assert_eq!(schemas[0], schemas[1]);
    rebuilt.remove(0)
}

const NEWEST: u32 = 3_053_000;
const OLDEST: u32 = 3_035_000;

fn mood() -> EnumType {
    EnumType::new("mood", &["sad", "ok", "it's"])
}

#[test]
fn constraints_by_a_new_library() {
    // Statements that an older one does not know cannot be run on it.
    let linked = rusqlite::version_number().try_into().unwrap();
    let by_linked: &[&str] = if linked < NEWEST { &["t"] } else { &[] };
    let native: [&dyn Fn(&mut Operations); 8] = [
        &|op| op.alter_column("t", AlterColumn::new("a").not_null()),
        &|op| op.alter_column("t", AlterColumn::new("b").nullable()),
        &|op| op.create_check_constraint("t", CheckConstraint::new("a <> ''").name("full")),
        &|op| op.create_check_constraint("t", CheckConstraint::new("a <> ''")),
        &|op| op.drop_constraint("t", "small"),
        &|op| op.drop_constraint("t", "own"),
        &|op| op.alter_enum(mood()),
        &|op| {
            op.drop_constraint("t", "small");
            op.drop_column("t", "b");
            op.drop_index("t", "t_a");
            op.create_index("t", Index::new("t_p", &["p"]));
        },
    ];
    for write in native {
        assert_eq!(rebuilt(linked, write), by_linked);
        assert_eq!(rebuilt(OLDEST, write), ["t"]);
    }
}

#[test]
fn what_every_library_does_itself() {
    let native: [&dyn Fn(&mut Operations); 6] = [
        &|op| {
            op.add_column(
                "t",
                Column::new("n", Integer).not_null().server_default("1"),
            );
        },
        &|op| op.drop_column("t", "a"),
        &|op| op.rename_column("t", "a", "z"),
        &|op| op.create_index("t", Index::new("t_b", &["b"])),
        &|op| {
            op.add_column("t", Column::new("q", Integer));
            op.create_foreign_key(
                "t",
                ForeignKey::new(&["q"], "parents", &["id"]).name("q_key"),
            );
            op.create_index("t", Index::new("t_q", &["q"]));
        },
        &|op| {
            op.create_table(Table::new("new").column(Column::new("id", Integer)));
            op.create_index("new", Index::new("new_id", &["id"]));
            op.drop_table("new");
        },
    ];
    for write in native {
        assert_eq!(rebuilt(OLDEST, write), [""; 0]);
    }
}

#[test]
fn several_changes_are_one_rebuild() {
    let write = |op: &mut Operations| {
        op.drop_index("t", "t_a");
        op.drop_constraint("t", "small");
        op.add_column("parents", Column::new("name", Text));
        op.add_column(
            "t",
            Column::new("n", Integer).not_null().server_default("1"),
        );
        op.alter_column("t", AlterColumn::new("a").not_null().server_default("'x'"));
        op.drop_column("t", "b");
        op.alter_enum(mood());
        op.create_unique_constraint("parents", UniqueConstraint::new(&["name"]).name("once"));
        op.create_unique_constraint("t", UniqueConstraint::new(&["n", "a"]).name("u"));
        op.create_check_constraint("t", CheckConstraint::new("n > 0").name("positive"));
        op.create_foreign_key("t", ForeignKey::new(&["a"], "parents", &["name"]).name("f"));
        op.drop_constraint("t", "f");
        op.create_index("t", Index::new("t_n", &["n"]));
        op.create_table_comment("t", "all at once");
    };
    for library in [OLDEST, NEWEST] {
        assert_eq!(rebuilt(library, write), ["t", "parents"]);
    }
}

#[test]
fn a_column_in_place_of_another() {
    let mut db = Db::with(TABLES);
    db.run(|op| {
        op.drop_column("t", "a");
        op.add_column("t", Column::new("a", Text).server_default("'new'"));
        op.create_table_comment("t", "rebuilt");
    })
    .unwrap();
    assert_eq!(db.value("SELECT a FROM t").as_deref(), Some("new"));
}

#[test]
fn what_is_computed_from_values_still_to_be_made() {
    let using = |column: &str, expression: &str| {
        AlterColumn::new(column).column_type(Text).using(expression)
    };
    let mut db = Db::with(TABLES);
    db.run(|op| {
        op.add_column("t", Column::new("c", Text).server_default("'c'"));
        op.alter_column("t", using("a", "a || c"));
        op.alter_column("t", using("b", "a || b"));
        op.alter_column("t", using("b", "b || b"));
        op.drop_column("t", "c");
    })
    .unwrap();
    assert_eq!(
        db.value("SELECT a || ' ' || b FROM t").as_deref(),
        Some("ac acbacb")
    );
}
