//! The version table, as Alembic makes it.

use super::names::{cut, dollar_quoted, literal, object, quote};
use super::rights;
use crate::dialect::VersionTable;
use crate::schema::ObjectName;
use crate::steps::Step;

/// Alembic's width of an id.
const WIDTH: usize = 32;

/// A version table of a name.
pub(super) struct Table {
    /// The name in SQL.
    table: String,
    /// The primary key's name in SQL.
    key: String,
    name: ObjectName,
}

impl Table {
    pub(super) fn new(name: &ObjectName) -> Self {
        let key = format!("{}_pkc", name.name);
        Table {
            table: object(name),
            key: quote(cut(&key)),
            name: name.clone(),
        }
    }
}

/// Where the search path leads to; `$user` stands in it unless somebody has set another one.
pub(super) fn home(version_table: &ObjectName, journal: &ObjectName) -> String {
    let namespace = |name: &ObjectName| {
        format!(
            "(SELECT n.nspname FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.oid = to_regclass({}))",
            literal(&object(name))
        )
    };
    format!(
        "SELECT current_schema(), {}, {}, current_schema() = current_user \
         AND current_setting('search_path') ~ '(^|,) *\"?[$]user\"? *(,|$)'",
        namespace(version_table),
        namespace(journal)
    )
}

impl VersionTable for Table {
    fn select(&self) -> String {
        format!("SELECT version_num FROM {}", self.table)
    }

    fn ensure(&self, longest_id: usize) -> Vec<Step> {
        let Table { table, key, .. } = self;
        let width = longest_id.max(WIDTH);
        let create = format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    version_num VARCHAR({width}) NOT NULL,\n    \
             CONSTRAINT {key} PRIMARY KEY (version_num)\n)"
        );
        if longest_id <= WIDTH {
            return vec![Step::new(create)];
        }
        // ALTER TABLE would lock the table even where it changes nothing. A varchar's typmod is
        // its width and 4.
        let body = format!(
            "BEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_attribute\n               \
             WHERE attrelid = to_regclass({name}) AND attname = 'version_num'\n                 \
             AND atttypid = 'varchar'::regtype AND atttypmod BETWEEN 4 AND {narrower})\n    \
             THEN ALTER TABLE {table} ALTER COLUMN version_num TYPE VARCHAR({width});\n    \
             END IF;\nEND",
            name = literal(table),
            narrower = width + 3,
        );
        vec![
            Step::new(create),
            Step::new(format!("DO {}", dollar_quoted(&body))),
        ]
    }

    fn protect(&self) -> Option<Step> {
        Some(Step::new(rights::protect(&self.name)))
    }

    fn insert(&self, id: &str) -> Step {
        Step::new(format!(
            "INSERT INTO {} (version_num) VALUES ({})",
            self.table,
            literal(id)
        ))
    }

    fn update(&self, from: &str, to: &str) -> Step {
        Step::new(format!(
            "UPDATE {} SET version_num = {} WHERE version_num = {}",
            self.table,
            literal(to),
            literal(from)
        ))
    }

    fn delete(&self, id: &str) -> Step {
        Step::new(format!(
            "DELETE FROM {} WHERE version_num = {}",
            self.table,
            literal(id)
        ))
    }

    fn purge(&self) -> Step {
        Step::new(format!("DELETE FROM {}", self.table))
    }
}
