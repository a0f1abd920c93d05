//! Real schemas: what is read from them, created anew, is read as the same.

use std::path::PathBuf;

use limbec_core::dialect::{Dialect, Row, sqlite::Sqlite};

use crate::support::Db;

fn files() -> Vec<PathBuf> {
    let folder = limbec_testkit::shared_dir().unwrap().join("corpus/sqlite");
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no schema", folder.display());
    files
}

#[test]
fn recreated_schemas_are_equal() {
    for file in files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let mut db = Db::with(&std::fs::read_to_string(&file).unwrap());
        let mut schema = db.reflect();
        for table in &mut schema.tables {
            let unread = table.options.contains_key("sqlite.unread");
            assert!(!unread, "{name}: `{}` is not understood", table.name);
            // The stored SQL of an index is for the rebuild of its table only.
            table
                .options
                .retain(|key, _| !key.starts_with("sqlite.index."));
        }
        let mut again = Db::new();
        again.create(&schema);
        assert_eq!(again.reflect(), schema, "{name}");
    }
}

#[test]
fn rebuilds_leave_everything_as_it_was() {
    for file in files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let mut db = Db::with(&std::fs::read_to_string(&file).unwrap());
        let schema = db.reflect();
        for table in &schema.tables {
            let before = db.everything_but(&table.name.name);
            let rebuilt = db
                .run(|op| op.create_table_comment(&table.name, "for a while"))
                .and_then(|()| db.run(|op| op.drop_table_comment(&table.name)));
            rebuilt.unwrap_or_else(|error| panic!("{name}: `{}`: {error}", table.name));
            assert_eq!(
                db.everything_but(&table.name.name),
                before,
                "{name}: `{}`",
                table.name
            );
        }
        assert_eq!(db.reflect(), schema, "{name}");
    }
}

#[test]
fn broken_sql_is_no_panic() {
    for file in files() {
        let mut db = Db::with(&std::fs::read_to_string(&file).unwrap());
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
                Sqlite.read_catalogue(vec![halves, Vec::new()]).unwrap();
            }
        }
    }
    assert!(Sqlite.read_catalogue(Vec::new()).is_err());
    assert!(
        Sqlite
            .read_catalogue(vec![vec![Row::new()], Vec::new()])
            .is_err()
    );
}
