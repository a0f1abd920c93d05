//! Whole schemas: what is read from them, created anew, is read as the same.

use limbec_core::dialect::{Catalogue as _, Row, sqlite::Sqlite};
use limbec_testkit::corpus::{Corpus, SchemaFile};

use crate::support::Db;

#[test]
fn own_schemas_are_read_created_and_rebuilt() {
    Corpus::own().check("sqlite", is_read_created_and_rebuilt);
}

#[test]
#[ignore = "`cargo xtask corpus FOLDER` runs it"]
fn real_schemas_are_read_created_and_rebuilt() {
    Corpus::of_environment().check("sqlite", is_read_created_and_rebuilt);
}

#[test]
fn rows_of_no_catalogue_are_errors() {
    assert!(Sqlite.read_catalogue(&[vec![Row::new()]]).is_err());
    assert!(
        Sqlite
            .read_catalogue(&[Vec::new(), vec![Row::new()]])
            .is_err()
    );
}

fn is_read_created_and_rebuilt(file: &SchemaFile) {
    is_equal_when_created_again(&file.sql);
    is_as_it_was_after_rebuilds(&file.sql);
    causes_no_panic_when_broken(&file.sql);
}

fn is_equal_when_created_again(sql: &str) {
    let mut schema = Db::with(sql).reflect();
    for table in &mut schema.tables {
        assert!(!table.unread, "`{}` is not understood", table.name);
        // The stored SQL of an index is for the rebuild of its table only.
        for index in &mut table.indexes {
            index.stored = None;
        }
    }
    let mut again = Db::new();
    again.create(&schema);
    assert_eq!(again.reflect(), schema);
}

fn is_as_it_was_after_rebuilds(sql: &str) {
    let mut db = Db::with(sql);
    let schema = db.reflect();
    for table in &schema.tables {
        let before = db.everything_but(&table.name.name);
        let rebuilt = db
            .run(|op| op.create_table_comment(&table.name, "for a while"))
            .and_then(|()| db.run(|op| op.drop_table_comment(&table.name)));
        rebuilt.unwrap_or_else(|error| panic!("`{}`: {error}", table.name));
        let after = db.everything_but(&table.name.name);
        assert_eq!(after, before, "`{}`", table.name);
    }
    assert_eq!(db.reflect(), schema);
}

fn causes_no_panic_when_broken(sql: &str) {
    let mut db = Db::with(sql);
    let stored = db.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql <> ''");
    for row in stored {
        let sql = row[3].clone().unwrap();
        // Every seventh place is enough to cut through all there is.
        for at in (0..sql.len())
            .step_by(7)
            .filter(|at| sql.is_char_boundary(*at))
        {
            let cut = |text: &str| -> Row {
                let mut row = row.clone();
                row[3] = Some(text.to_string());
                row
            };
            let halves = vec![cut(&sql[..at]), cut(&sql[at..])];
            Sqlite.read_catalogue(&[halves]).unwrap();
        }
    }
}
