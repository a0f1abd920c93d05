//! A copy of the database beside it.

use crate::dialect::Backup;

use super::names::text;

/// SQLite's own copy, of a database that is a file.
#[derive(Debug)]
pub(super) struct VacuumInto;

impl Backup for VacuumInto {
    fn file(&self) -> &'static str {
        "SELECT file FROM pragma_database_list WHERE name = 'main'"
    }

    fn rows_question(&self, own_tables: &[&str]) -> String {
        let own: Vec<String> = own_tables.iter().map(|it| text(it)).collect();
        // As VALUES, whose number has no limit: one long OR is too deep for SQLite.
        format!(
            "SELECT 'SELECT coalesce(max(column1), 0) FROM (VALUES (0)' || group_concat(', (EXISTS \
             (SELECT 1 FROM main.\"' || replace(name, '\"', '\"\"') || '\"))', '') || ')' \
             FROM main.sqlite_schema WHERE type = 'table' AND name NOT IN ({}) \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'",
            own.join(", ")
        )
    }

    fn copy(&self, to: &str) -> String {
        format!("VACUUM INTO {}", text(to))
    }
}
