//! Files that are none: each is one error, and nothing is waited for.

use super::project;
use crate::command::{Database, Sandbox};

fn empty() -> Sandbox {
    let it = project(Database::Sqlite);
    it.write(
        "limbec.toml",
        "[database]\nurl = \"sqlite:app.db\"\n[models]\npaths = [\"models\"]\n",
    );
    it.write(
        "models/items.rs",
        "#[derive(Table)]\n#[table(name = \"items\")]\npub struct Item {\n    \
         #[column(primary_key)]\n    pub id: i64,\n}\n",
    );
    it.run("mkdir -p migrations/versions").succeeds();
    it
}

/// What stands where a file is wanted, and what is said of it.
const STRANGE: [(&str, &str); 4] = [
    ("mkfifo {}", "it is not a file"),
    ("ln -s x.rs {}", "symbolic links"),
    ("ln -s nowhere {}", "No such file"),
    ("mkdir {}", "it is a folder"),
];

#[cfg(unix)]
#[test]
fn what_is_no_file_is_one_error() {
    for (make, why) in STRANGE {
        for (folder, line, what) in [
            ("models", "limbec check", "cannot read the models"),
            (
                "migrations/versions",
                "limbec history",
                "migrations/versions",
            ),
        ] {
            let it = empty();
            let path = format!("{folder}/x.rs");
            it.run(&make.replace("{}", &path)).succeeds();
            let outcome = it.run(&format!("timeout 30 {line}"));
            outcome.fails_saying(&[what, "x.rs", why]);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_of_models_in_itself_is_one_error() {
    let it = empty();
    it.run("ln -s .. models/again").succeeds();
    it.run("timeout 30 limbec check")
        .fails_saying(&["models/again", "leads to a folder that it is in"]);
}

/// The copy before a revision of several steps is of before its first one.
#[test]
fn a_copy_is_of_before_the_first_step() {
    let it = project(Database::Sqlite);
    let table = "    op.create_table(Table::new(\"a\").column(Column::new(\"n\", Integer)));\n    \
                 op.execute(\"INSERT INTO a VALUES (1)\");";
    super::revision(&it, "f1", "", table, "");
    it.run("limbec upgrade head").succeeds();
    let parts = "    op.execute(\"INSERT INTO a VALUES (2)\");\n    op.execute_autocommit(\"VACUUM\");\n    \
                 op.drop_table(\"a\");";
    super::revision(&it, "f2", "f1", parts, "");
    it.run("limbec upgrade head")
        .succeeds()
        .logs(&["app.db.before-f2.bak"]);
    let copy = it.run("sqlite3 app.db.before-f2.bak 'SELECT n FROM a'");
    copy.succeeds().prints("1\n");

    // If the first one is outside of a transaction, too.
    it.sql("CREATE TABLE b (n integer); INSERT INTO b VALUES (3);");
    let parts = "    op.execute_autocommit(\"VACUUM\");\n    op.drop_table(\"b\");";
    super::revision(&it, "f3", "f2", parts, "");
    it.run("limbec upgrade head")
        .succeeds()
        .logs(&["app.db.before-f3.bak"]);
    let copy = it.run("sqlite3 app.db.before-f3.bak 'SELECT n FROM b'");
    copy.succeeds().prints("3\n");
    assert_eq!(it.version_rows(), ["f3"]);
}

/// SQL that the journal kept may lose data as operations may.
#[test]
fn a_copy_is_made_before_kept_sql_that_may_lose_data() {
    let it = project(Database::Sqlite);
    let table = "    op.create_table(Table::new(\"a\").column(Column::new(\"n\", Integer)));";
    super::revision(&it, "f1", "", "", "");
    super::revision(&it, "f2", "f1", table, "    op.drop_table(\"a\");");
    it.run("limbec upgrade head").succeeds();
    it.sql("INSERT INTO a VALUES (1);");
    it.run("rm migrations/versions/f2.rs").succeeds();
    it.run("limbec downgrade --from-database f1 --yes")
        .succeeds()
        .logs(&["app.db.before-f2.bak"]);
    let copy = it.run("sqlite3 app.db.before-f2.bak 'SELECT n FROM a'");
    copy.succeeds().prints("1\n");
    assert_eq!(it.version_rows(), ["f1"]);
}

/// A comment of spaces alone, which no model holds otherwise than as it is.
#[test]
fn a_comment_of_spaces_is_written_so_that_it_reads_back() {
    let it = project(Database::postgres());
    it.sql(
        "CREATE TABLE a (id integer PRIMARY KEY, n integer); COMMENT ON TABLE a IS '   ';
         COMMENT ON COLUMN a.n IS '  ';",
    );
    it.run("mkdir -p migrations/versions").succeeds();
    it.write(
        "limbec.toml",
        &format!(
            "[database]\nurl = \"{}\"\nexclude = [\"vector\"]\n[models]\npaths = [\"models.rs\"]\n",
            it.url()
        ),
    );
    it.run("limbec reflect --write").succeeds();
    it.run("limbec check").succeeds();
}
