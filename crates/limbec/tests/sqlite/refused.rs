//! What must not be done is refused, with everything as before.

use limbec_core::dialect::{Compiler as _, Session as _, sqlite::Sqlite};
use limbec_core::operations::{AlterColumn, Operations};
use limbec_core::schema::{
    Array, BigInteger, CheckConstraint, Column, ColumnType, Domain, EnumType, ForeignKey, Identity,
    Index, IndexElement, Integer, ObjectName, PrimaryKey, Schema, SmallInteger, Table, Text,
    UniqueConstraint, Varchar,
};

use crate::support::Db;

const FILLED: &str = "
CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT, size INT, again TEXT);
CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO parents VALUES (1, 'abc', 70000, 'x'), (2, NULL, 2, 'x');
INSERT INTO children VALUES (1, 1), (2, 2);
";

/// The change is refused with these words, and nothing is left of it.
#[track_caller]
fn refused(words: &str, write: impl Fn(&mut Operations)) {
    refused_by(Db::with(FILLED).by_the_oldest(), words, &write);
    refused_by(Db::with(FILLED), words, &write);
}

#[track_caller]
fn refused_by(mut db: Db, words: &str, write: impl Fn(&mut Operations)) {
    let before = db.everything_but("");
    let told = db
        .run(|op| {
            op.create_table(Table::new("first").column(Column::new("a", Text)));
            op.create_table_comment("children", "first");
            write(op);
        })
        .unwrap_err();
    assert!(told.contains(words), "{told}");
    assert_eq!(db.everything_but(""), before);
    assert!(db.rows("SELECT name FROM sqlite_temp_schema").is_empty());
    assert_eq!(db.value("PRAGMA foreign_keys").as_deref(), Some("1"));
}

#[test]
fn values_that_do_not_fit() {
    let alter = |words: &str, change: AlterColumn| {
        refused(words, |op| op.alter_column("parents", change.clone()));
    };
    let misfit = "holds values that do not fit its new type";
    alter(misfit, AlterColumn::new("name").column_type(Integer));
    alter(misfit, AlterColumn::new("name").column_type(BigInteger));
    alter(misfit, AlterColumn::new("size").column_type(SmallInteger));
    alter(
        misfit,
        AlterColumn::new("name").column_type(Varchar::length(2)),
    );
    alter(
        misfit,
        AlterColumn::new("name")
            .column_type(BigInteger)
            .using("name || 'x'"),
    );
    alter("no label of the enumeration `mood` (ok)", {
        AlterColumn::new("name").column_type(EnumType::new("mood", &["ok"]))
    });
    alter(
        "`parents.name` cannot refuse NULL",
        AlterColumn::new("name").not_null(),
    );
}

#[test]
fn rows_that_break_a_constraint() {
    refused("rows of `parents` have the same again", |op| {
        op.create_unique_constraint("parents", UniqueConstraint::new(&["again"]));
    });
    refused("rows of `parents` break the check `size < 10`", |op| {
        op.create_check_constraint("parents", CheckConstraint::new("size < 10"));
    });
    refused("`parents` would refer to rows that do not exist", |op| {
        op.create_foreign_key("parents", ForeignKey::new(&["size"], "children", &["id"]));
    });
    refused(
        "`parents` has rows, and the new column `n` refuses NULL",
        |op| {
            op.add_column("parents", Column::new("n", Text).not_null());
        },
    );
    refused("has a primary key already", |op| {
        op.create_primary_key("parents", PrimaryKey::new(&["again"]));
    });
}

#[test]
fn rows_that_a_constraint_would_swallow() {
    for action in ["REPLACE", "IGNORE"] {
        let mut db = Db::with(&format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE ON CONFLICT {action});
             INSERT INTO t VALUES (1, 'a'), (2, 'b')"
        ));
        let before = db.everything_but("");
        let same = AlterColumn::new("code").column_type(Text).using("'same'");
        let told = db.run(|op| op.alter_column("t", same)).unwrap_err();
        assert!(told.contains("rebuilding `t` would lose rows"), "{told}");
        assert_eq!(db.everything_but(""), before);
    }
}

/// With the foreign keys off for a rebuild, `ON DELETE` does not run with what is replaced.
#[test]
fn rows_that_are_replaced_beside_a_rebuild() {
    let words = "put the SQL into a revision of its own";
    for sql in [
        "REPLACE INTO parents (id, name) VALUES (1, 'new')",
        "INSERT OR REPLACE INTO main.Parents (id, name) VALUES (1, 'new')",
        "WITH n (id) AS (SELECT 2) INSERT OR REPLACE INTO \"parents\" (id) SELECT id FROM n",
        "UPDATE OR REPLACE parents SET id = 1 WHERE id = 2",
    ] {
        refused(words, |op| op.execute(sql));
    }
    let mut db = Db::with(FILLED);
    db.sql(
        "CREATE TABLE kept (id INTEGER PRIMARY KEY ON CONFLICT REPLACE);
            CREATE TABLE of_kept (id INT REFERENCES kept ON DELETE CASCADE)",
    );
    let told = db.run(|op| {
        op.create_table_comment("children", "rebuilt");
        op.execute("INSERT INTO kept VALUES (1)");
    });
    assert!(told.unwrap_err().contains(words));
    // Nothing refers to these, and with the keys off nothing would run anyway.
    db.run(|op| {
        op.create_table_comment("children", "rebuilt");
        op.execute("REPLACE INTO children VALUES (1, 2)");
    })
    .unwrap();
    db.sql("PRAGMA foreign_keys = OFF");
    db.run(|op| {
        op.drop_table_comment("children");
        op.execute("REPLACE INTO parents (id, name) VALUES (1, 'new')");
    })
    .unwrap();
}

#[test]
fn what_others_refer_to() {
    refused(
        "rows of `children` refer to `parents` by (parent_id)",
        |op| op.drop_table("parents"),
    );
    refused(
        "a foreign key of `children` (parent_id) refers to it",
        |op| {
            op.drop_column("parents", "id");
        },
    );
    let mut db = Db::with(FILLED);
    db.run(|op| {
        op.drop_constraint(
            "children",
            ForeignKey::new(&["parent_id"], "parents", &["id"])
                .on_delete(limbec_core::schema::ReferentialAction::Cascade),
        );
        op.drop_table("parents");
    })
    .unwrap();
    assert_eq!(
        db.value("SELECT count(*) FROM children").as_deref(),
        Some("2")
    );
}

#[test]
fn a_rebuild_inside_a_transaction_of_the_caller() {
    let mut db = Db::with(FILLED);
    db.sql("BEGIN");
    let frame = Sqlite.frame(&{
        let mut op = Operations::new();
        op.create_table_comment("parents", "c");
        op.into_vec()
    });
    let told = db.steps(&frame.begin).unwrap_err();
    assert!(told.contains("inside a transaction already"), "{told}");
    db.steps(&frame.restore).unwrap();
    db.sql("COMMIT");
    assert_eq!(db.value("PRAGMA foreign_keys").as_deref(), Some("1"));
    // Steps that are run without the frame stop before the table is dropped.
    let schema = db.reflect();
    let mut op = Operations::new();
    op.create_table_comment("parents", "c");
    let steps = Sqlite.compile(&op.into_vec()[0], &schema).unwrap();
    db.sql("BEGIN");
    assert!(
        db.steps(&steps)
            .unwrap_err()
            .contains("foreign keys are on")
    );
    db.sql("ROLLBACK");
    assert_eq!(
        db.value("SELECT count(*) FROM children").as_deref(),
        Some("2")
    );
}

#[test]
fn what_sqlite_lacks() {
    let told = |write: &dyn Fn(&mut Operations)| {
        let mut op = Operations::new();
        write(&mut op);
        let error = Sqlite
            .compile(&op.into_vec()[0], &Schema::default())
            .unwrap_err();
        format!("{error}; {}", error.hint.clone().unwrap_or_default())
    };
    let table = |column: Column| Table::new("t").column(column);
    let array = told(&|op| op.create_table(table(Column::new("tags", Array::of(Text)))));
    assert!(
        array.contains("`t.tags`") && array.contains("Array(TEXT)"),
        "{array}"
    );
    assert!(array.contains("type = \"json\""), "{array}");
    let schema = told(&|op| op.create_table(Table::new(ObjectName::qualified("billing", "t"))));
    assert!(schema.contains("SQLite has no schemas"), "{schema}");
    let extension = told(&|op| op.create_extension("vector"));
    assert!(
        extension.contains("op.execute_on(\"postgresql\""),
        "{extension}"
    );
    assert!(told(&|op| op.create_domain(Domain::new("d", Text))).contains("domains"));
    let identity = told(&|op| {
        op.create_table(table(
            Column::new("n", BigInteger).identity(Identity::always()),
        ));
    });
    assert!(identity.contains("alone is the primary key"), "{identity}");
    let started = told(&|op| {
        let column = Column::new("n", BigInteger).identity(Identity::always().start(5));
        op.create_table(table(column).primary_key(PrimaryKey::new(&["n"])));
    });
    assert!(started.contains("no start"), "{started}");
    let unique = told(&|op| {
        op.create_table(
            table(Column::new("n", Text)).unique(UniqueConstraint::new(&["n"]).deferrable()),
        );
    });
    assert!(unique.contains("DEFERRABLE"), "{unique}");
    let no_rows: &[&str] = &[];
    for (word, index) in [
        ("access method `gin`", Index::new("i", &["n"]).using("gin")),
        ("INCLUDE (a)", Index::new("i", &["n"]).include(&["a"])),
        (
            "NULLS NOT DISTINCT",
            Index::new("i", &["n"]).unique().nulls_not_distinct(),
        ),
        (
            "operator class `ops`",
            Index::new("i", no_rows).element(IndexElement::column("n").operator_class("ops")),
        ),
        (
            "NULLS FIRST",
            Index::new("i", no_rows).element(IndexElement::column("n").nulls_last()),
        ),
    ] {
        let index = told(&|op| op.create_index("t", index.clone()));
        assert!(index.contains(word), "{index}");
    }
    for statement in ["COMMIT", "  -- now\nrollback", "SELECT 1; BEGIN IMMEDIATE"] {
        assert!(
            told(&|op| op.execute(statement)).contains("transaction"),
            "{statement}"
        );
    }
}

#[test]
fn a_table_that_is_not_understood() {
    // Only the spelling tells that this is not the rows' number.
    let mut db = Db::with(
        "CREATE TABLE odd (id INTEGER PRIMARY KEY DESC, a INT DEFAULT 1); CREATE TABLE even (a TEXT)",
    );
    let schema = db.reflect();
    assert_eq!(schema.tables.len(), 2);
    assert_eq!(
        schema.tables[1].columns[1].column_type,
        ColumnType::Custom("INT".into())
    );
    let told = db
        .run(|op| op.create_table_comment("odd", "c"))
        .unwrap_err();
    assert!(told.contains("`odd` would have to be rebuilt"), "{told}");
    db.run(|op| op.add_column("odd", Column::new("b", Text)))
        .unwrap();
    db.run(|op| op.create_table_comment("even", "c")).unwrap();
}
