//! The version table's SQL, by Alembic's names.

use crate::dialect::VersionTable;
use crate::schema::ObjectName;
use crate::steps::Step;

use super::names::{quote, text};

/// Makes the SQL for a table of a name.
pub(super) fn new(name: ObjectName) -> Box<dyn VersionTable> {
    Box::new(Versions { name })
}

struct Versions {
    name: ObjectName,
}

/// The width that Alembic gives the column.
const WIDTH: usize = 32;

/// What it means if a statement changes no row.
fn unchanged(row: &str) -> String {
    format!("no row `{row}` of the version table was changed")
}

impl Versions {
    fn table(&self) -> String {
        match &self.name.schema {
            // An attached database, where the caller names one.
            Some(schema) => format!("{}.{}", quote(schema), quote(&self.name.name)),
            None => quote(&self.name.name),
        }
    }
}

impl VersionTable for Versions {
    fn select(&self) -> String {
        format!(
            "SELECT version_num FROM {} ORDER BY version_num",
            self.table()
        )
    }

    fn ensure(&self, longest_id: usize) -> Vec<Step> {
        // SQLite does not enforce the width, so an older table need not be widened.
        vec![Step::new(format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    version_num VARCHAR({}) NOT NULL,\n    \
             CONSTRAINT {} PRIMARY KEY (version_num)\n)",
            self.table(),
            longest_id.max(WIDTH),
            quote(&format!("{}_pkc", self.name.name)),
        ))]
    }

    fn insert(&self, id: &str) -> Step {
        Step::new(format!(
            "INSERT INTO {} (version_num) VALUES ({})",
            self.table(),
            text(id)
        ))
    }

    fn update(&self, from: &str, to: &str) -> Step {
        let sql = format!(
            "UPDATE {} SET version_num = {} WHERE version_num = {} RETURNING version_num",
            self.table(),
            text(to),
            text(from)
        );
        Step::check(sql, to, unchanged(from))
    }

    fn delete(&self, id: &str) -> Step {
        let sql = format!(
            "DELETE FROM {} WHERE version_num = {} RETURNING version_num",
            self.table(),
            text(id)
        );
        Step::check(sql, id, unchanged(id))
    }

    fn purge(&self) -> Step {
        Step::new(format!("DELETE FROM {}", self.table()))
    }

    fn data_version(&self) -> Option<String> {
        // Each attached file has a version of its own.
        let schema = self.name.schema.as_deref().unwrap_or("main");
        Some(format!("PRAGMA {}.data_version", quote(schema)))
    }
}
