//! Every trap of a rebuild, by name, on one filled database (`traps.sql`).
//!
//! Every change is made to a table of each kind, by the oldest library and by the one that is
//! linked, under every setting of a connection that bears on it. Afterwards the table is as the
//! operations say, everything else is as it was to the last row, and no trap was stepped into. What
//! the recipe of the text books steps into is a test too, so that each trap is known to be one.

use limbec::connection::{Connection, open_sqlite};
use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::sqlite::{LEXICON, Sqlite};
use limbec_core::dialect::{Compiler as _, Fault, Row, Session as _};
use limbec_core::operations::{AlterColumn, Operation, Operations, apply};
use limbec_core::schema::{
    CheckConstraint, Column, ForeignKey, Index, Integer, Schema, Text, UniqueConstraint,
};
use limbec_core::steps::Step;
use limbec_testkit::sqlite::scratch_file;

use crate::support::{Db, now};

/// What a careless rebuild changes without a word: a question, and what it answers as long as
/// nothing was lost.
struct Trap {
    name: &'static str,
    question: &'static str,
    answer: &'static str,
}

const fn trap(name: &'static str, question: &'static str, answer: &'static str) -> Trap {
    Trap {
        name,
        question,
        answer,
    }
}

/// The tables that are changed.
const CHANGED: [&str; 3] = ["jobs", "notes", "tags"];

const TRAPS: [Trap; 16] = [
    trap(
        "DROP TABLE deletes the rows of children by ON DELETE CASCADE",
        "SELECT group_concat(job_id || '.' || n) FROM (SELECT * FROM steps ORDER BY 1, 2)",
        "1.1,1.2,5.1",
    ),
    trap(
        "and those of grandchildren",
        "SELECT group_concat(id || '.' || job_id) FROM logs",
        "1.1,2.1,3.5",
    ),
    trap(
        "it takes what children refer to by ON DELETE SET NULL",
        "SELECT group_concat(job_id) FROM marks",
        "5,1",
    ),
    trap(
        "or by ON DELETE SET DEFAULT",
        "SELECT group_concat(tag) FROM marks",
        "red,blue",
    ),
    trap(
        "rows refer to rows of their own table",
        "SELECT before_id FROM jobs WHERE id = 5",
        "1",
    ),
    trap(
        "a rename of the old table goes into the REFERENCES of others",
        "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%REFERENCES jobs%' OR sql LIKE '%REFERENCES \"JOBS\"%'",
        "4",
    ),
    trap(
        "AUTOINCREMENT forgets the numbers of deleted rows",
        "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'",
        "9",
    ),
    trap(
        "rows get other numbers",
        "SELECT group_concat(rowid) FROM notes",
        "3,7",
    ),
    trap(
        "full text search finds its rows by their numbers",
        "SELECT n.code FROM words AS w JOIN notes AS n ON n.rowid = w.rowid WHERE words MATCH 'beta'",
        "m",
    ),
    trap(
        "triggers fire while rows are copied",
        "SELECT group_concat(what || n) FROM counts",
        "insert1,insert5,insert9,delete9",
    ),
    trap(
        "a table loses its triggers",
        "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'jobs'",
        "3",
    ),
    trap(
        "a trigger of another table names the table",
        "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('notes', 'owners', 'busy')",
        "3",
    ),
    trap(
        "a view of a view names the tables",
        "SELECT n FROM busier",
        "8",
    ),
    trap(
        "a table loses its partial indexes",
        "SELECT group_concat(name) FROM pragma_index_list('jobs') WHERE partial",
        "jobs_open",
    ),
    trap(
        "a table loses its indexes on expressions",
        "SELECT group_concat(coalesce(name, '()') || \"desc\") FROM pragma_index_xinfo('jobs_lower') WHERE key",
        "()1,size0",
    ),
    trap(
        "ANALYZE is forgotten",
        "SELECT count(*) FROM sqlite_stat1 WHERE tbl IN ('jobs', 'notes', 'tags')",
        "7",
    ),
];

/// Settings of the connection that change what statements do.
const SETTINGS: [&str; 5] = [
    "PRAGMA foreign_keys = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA legacy_alter_table = ON",
];

/// A change with its name.
type Change = (&'static str, fn(&mut Operations, &str));

const CHANGES: [Change; 13] = [
    ("a type", |op, table| {
        op.alter_column(table, AlterColumn::new("size").column_type(Text));
    }),
    ("a default", |op, table| {
        op.alter_column(table, AlterColumn::new("size").server_default("8"));
    }),
    ("NULL refused", |op, table| {
        op.alter_column(table, AlterColumn::new("size").not_null());
    }),
    ("NULL allowed", |op, table| {
        op.alter_column(table, AlterColumn::new("kind").nullable());
    }),
    ("a collation", |op, table| {
        op.alter_column(table, AlterColumn::new("note").collation("RTRIM"));
    }),
    ("comments", |op, table| {
        op.alter_column(table, AlterColumn::new("note").comment("a note"));
        op.create_table_comment(table, "a table");
    }),
    ("values computed anew", |op, table| {
        op.alter_column(
            table,
            AlterColumn::new("kind")
                .column_type(Text)
                .using("kind || code"),
        );
    }),
    ("a column with a value that varies", |op, table| {
        op.add_column(
            table,
            Column::new("at", Text)
                .not_null()
                .server_default("hex(randomblob(4))"),
        );
    }),
    ("a stored column", |op, table| {
        op.add_column(
            table,
            Column::new("half", Integer).generated_stored("size / 2"),
        );
    }),
    ("a unique constraint", |op, table| {
        op.create_unique_constraint(
            table,
            UniqueConstraint::new(&["size", "code"]).name("size_once"),
        );
    }),
    ("a check", |op, table| {
        op.create_check_constraint(table, CheckConstraint::new("size < 100").name("small"));
    }),
    ("a foreign key", |op, table| {
        op.create_foreign_key(
            table,
            ForeignKey::new(&["size"], "owners", &["id"]).name("size_owner"),
        );
    }),
    ("all at once", |op, table| {
        op.add_column(
            table,
            Column::new("n", Integer).not_null().server_default("1"),
        );
        op.alter_column(table, AlterColumn::new("size").column_type(Text).not_null());
        op.create_unique_constraint(table, UniqueConstraint::new(&["n", "code"]).name("n_once"));
        op.create_index(table, Index::new("of_n", &["n"]));
        op.create_table_comment(table, "all at once");
    }),
];

fn operations(change: &Change, table: &str) -> Vec<Operation> {
    let mut op = Operations::new();
    change.1(&mut op, table);
    op.into_vec()
}

fn filled() -> Db {
    let mut db = Db::with(include_str!("traps.sql"));
    assert_eq!(sprung(&mut db), [""; 0]);
    db
}

/// The traps that were stepped into.
fn sprung(db: &mut Db) -> Vec<&'static str> {
    let mut found = Vec::new();
    for trap in &TRAPS {
        let answer = now(db.client.run(&[trap.question]));
        let value = answer.ok().and_then(|it| it[0].rows.first()?[0].clone());
        if value.as_deref() != Some(trap.answer) {
            found.push(trap.name);
        }
    }
    found
}

/// What must be the same before and after: all but the changed table, the rows of that too, and
/// the settings of the connection.
fn kept(db: &mut Db, table: &str) -> Vec<Row> {
    let mut kept = db.everything_but(table);
    kept.retain(|it| {
        it.get(2) != Some(&Some(table.to_string())) || it[0].as_deref() != Some("index")
    });
    for question in [
        "SELECT type, name, sql FROM temp.sqlite_schema",
        "SELECT * FROM pragma_integrity_check",
        "SELECT * FROM pragma_foreign_keys, pragma_legacy_alter_table, pragma_recursive_triggers",
    ] {
        kept.extend(db.rows(question));
    }
    if !table.is_empty() {
        kept.extend(db.rows(&format!(
            "SELECT count(*), min(code), max(code) FROM {table}"
        )));
    }
    kept
}

/// The schema with the constraints of each table in one order, since only their places depend on
/// how a table was changed.
fn in_order(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.checks.sort_by(|a, b| a.expression.cmp(&b.expression));
        table.uniques.sort_by(|a, b| a.columns.cmp(&b.columns));
        table.foreign_keys.sort_by(|a, b| a.columns.cmp(&b.columns));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    schema
}

/// The tables that are not as wanted.
fn differing(is: &Schema, wanted: &Schema) -> String {
    let pairs = is.tables.iter().zip(&wanted.tables);
    let differing = pairs.filter(|(is, wanted)| is != wanted);
    differing
        .map(|(is, wanted)| format!("is {is:?}\nand not {wanted:?}\n"))
        .collect()
}

/// Makes a change and takes it back; says what went wrong.
fn there_and_back(mut db: Db, setting: &str, change: &Change, table: &str) -> Result<(), String> {
    db.sql(setting);
    let before = db.reflect();
    let mut target = before.clone();
    let up = operations(change, table);
    for operation in &up {
        apply(&mut target, operation, &LEXICON).map_err(|error| error.to_string())?;
    }
    let down = compare(&target, &before, db.dialect, &Verdicts::default()).into_operations();
    let expected = kept(&mut db, table);
    for (way, operations, schema) in [("up", &up, &target), ("down", &down, &before)] {
        let at = |error: String| format!("{way}: {error}");
        db.revision(operations).map_err(at)?;
        let (is, wanted) = (in_order(db.reflect()), in_order(schema.clone()));
        if is != wanted {
            return Err(at(format!("is not as wanted: {}", differing(&is, &wanted))));
        }
        let is = kept(&mut db, table);
        if is != expected {
            return Err(at(format!("was {expected:?}\nis {is:?}")));
        }
        let sprung = sprung(&mut db);
        if !sprung.is_empty() {
            return Err(at(sprung.join("; ")));
        }
    }
    Ok(())
}

#[test]
fn no_change_steps_into_a_trap() {
    let mut failures = Vec::new();
    for setting in SETTINGS {
        for table in CHANGED {
            for change in &CHANGES {
                for (library, db) in [("new", filled()), ("old", filled().by_the_oldest())] {
                    if let Err(error) = there_and_back(db, setting, change, table) {
                        let what = change.0;
                        failures.push(format!("{setting}, {what} of {table} ({library}): {error}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// A view of what does not exist makes SQLite refuse every rename and every column that goes.
#[test]
fn a_broken_view_is_in_no_rebuilds_way() {
    for table in CHANGED {
        for change in &CHANGES {
            for mut db in [filled(), filled().by_the_oldest()] {
                db.sql("CREATE VIEW broken AS SELECT missing FROM nowhere");
                let before = kept(&mut db, table);
                let done = db.revision(&operations(change, table));
                done.unwrap_or_else(|error| panic!("{} of {table}: {error}", change.0));
                assert_eq!(kept(&mut db, table), before, "{} of {table}", change.0);
            }
        }
        let told = filled().run(|op| {
            op.execute("CREATE VIEW broken AS SELECT missing FROM nowhere");
            op.drop_column(table, "kind");
        });
        let told = told.unwrap_err();
        assert!(told.starts_with("error in view broken"), "{told}");
        let fault = Fault {
            message: &told,
            ..Fault::default()
        };
        assert!(Sqlite.advice(&fault).is_some());
    }
}

/// The traps that a recipe without care for any of this steps into.
fn by_recipe(before: &str, table: &str, swap: &str) -> Vec<&'static str> {
    let mut db = filled();
    // Rows that refer to nothing would stop some of the recipes.
    db.sql("DROP TABLE strays");
    let copy = format!("CREATE TABLE copy AS SELECT * FROM {table}");
    for sql in [before, &copy, swap, "COMMIT"] {
        // A statement that fails ends no transaction, and a careless script goes on.
        let _ = db.client.execute_batch(sql);
    }
    sprung(&mut db)
}

#[test]
fn every_trap_is_one() {
    let swap = |table: &str| format!("DROP TABLE {table}; ALTER TABLE copy RENAME TO {table}");
    let legacy = |table: &str| {
        format!(
            "DROP TABLE {table}; PRAGMA legacy_alter_table = ON; ALTER TABLE copy RENAME TO {table}"
        )
    };
    let old_away =
        "ALTER TABLE jobs RENAME TO old; ALTER TABLE copy RENAME TO jobs; DROP TABLE old";
    let keys_off = "PRAGMA foreign_keys = OFF";
    let recipes = [
        ("", "jobs", legacy("jobs")),
        ("BEGIN; PRAGMA foreign_keys = OFF", "jobs", legacy("jobs")),
        (
            "BEGIN; PRAGMA defer_foreign_keys = ON",
            "jobs",
            swap("jobs"),
        ),
        (keys_off, "jobs", legacy("jobs")),
        (keys_off, "jobs", old_away.to_string()),
        (keys_off, "notes", legacy("notes")),
        ("", "tags", legacy("tags")),
    ];
    let stepped_into: Vec<Vec<&str>> = recipes
        .iter()
        .map(|(before, table, swap)| by_recipe(before, table, swap))
        .collect();
    for trap in &TRAPS {
        let by = stepped_into.iter().filter(|it| it.contains(&trap.name));
        assert!(by.count() > 0, "no recipe steps into: {}", trap.name);
    }
}

/// What the rebuild looks at last, should all else have failed.
#[test]
fn rows_of_children_that_go_are_noticed() {
    let mut db = filled();
    db.sql("DELETE FROM strays");
    let before = kept(&mut db, "jobs");
    let comment = operations(
        &("", |op, table| op.create_table_comment(table, "c")),
        "jobs",
    );
    let steps = db.dialect.compile(&comment[0], &db.reflect()).unwrap();
    let is_look_at_keys = |it: &&Step| it.sql == "PRAGMA foreign_keys";
    assert_eq!(steps.iter().filter(is_look_at_keys).count(), 1);
    let rest: Vec<Step> = steps
        .into_iter()
        .filter(|it| !is_look_at_keys(&it))
        .collect();
    // Without it, and with the keys on, the children go with the old table.
    db.sql("BEGIN");
    let told = db.steps(&rest).unwrap_err();
    assert!(
        told.contains("would change the number of rows in tables that refer to it"),
        "{told}"
    );
    assert!(told.contains("steps: 3 before, 0 now"), "{told}");
    db.sql("ROLLBACK");
    assert_eq!(kept(&mut db, "jobs"), before);
}

#[test]
fn what_a_connection_has_for_itself_is_not_dropped() {
    for (own, name) in [
        (
            "CREATE TEMP TRIGGER t AFTER INSERT ON main.notes BEGIN SELECT 1; END",
            "t",
        ),
        ("CREATE TEMP TABLE notes (a)", "notes"),
        ("CREATE TEMP VIEW Notes AS SELECT 1 AS code", "Notes"),
    ] {
        for mut db in [filled(), filled().by_the_oldest()] {
            db.sql(own);
            let before = kept(&mut db, "main.notes");
            let told = db
                .run(|op| op.create_table_comment("notes", "c"))
                .unwrap_err();
            assert!(told.contains("temporary") && told.contains(name), "{told}");
            assert_eq!(kept(&mut db, "main.notes"), before);
        }
    }
}

/// `VACUUM` gives rows other numbers, `VACUUM INTO` does not.
#[test]
fn a_copy_steps_into_no_trap() {
    let folder = scratch_file().unwrap();
    let mut db = filled();
    db.sql("DROP VIEW temp.own_jobs; DROP TRIGGER temp.own_trigger");
    let everything = db.everything_but("");
    db.sql(&format!("VACUUM INTO '{}'", folder.path().display()));
    let mut copy = Db::new();
    copy.client = open_sqlite(&folder.path()).unwrap();
    assert_eq!(sprung(&mut copy), [""; 0]);
    assert_eq!(copy.everything_but(""), everything);
}

/// Definitions and the database's own numbers are rolled back with the rows.
#[test]
fn a_revision_that_fails_at_its_end_leaves_nothing() {
    for table in CHANGED {
        for change in &CHANGES {
            let mut db = filled();
            let before = (db.reflect(), kept(&mut db, ""));
            let mut revision = operations(change, table);
            revision.push(Operation::Execute {
                sql: "PRAGMA user_version = 8; DELETE FROM counts; SELECT * FROM not_there".into(),
                dialect: None,
                autocommit: false,
            });
            let told = db.revision(&revision).unwrap_err();
            assert!(told.contains("not_there"), "{}: {told}", change.0);
            assert_eq!((db.reflect(), kept(&mut db, "")), before, "{}", change.0);
            assert_eq!(db.value("PRAGMA user_version").as_deref(), Some("7"));
        }
    }
}
