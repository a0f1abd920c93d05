//! What names a column that goes, and is left behind.
//!
//! SQLite looks at views and triggers when it drops a column itself, not in a rebuild, and not at
//! what a trigger of another table sets. So each trigger that names the table or the column is
//! compiled, as its table's statement would have it; what it names in vain is SQLite's to say.

use super::column::mentions;
use super::draft::Draft;
use super::triggers;
use super::{quote, same};
use crate::dialect::Of;
use crate::schema::{Definition, Schema, Table};
use crate::steps::Step;

/// The questions of a draft's dropped columns, when all is done.
pub(super) fn of(draft: &Draft, now: &Schema) -> Vec<Of<Step>> {
    let Some(first) = draft.dropped.first() else {
        return Vec::new();
    };
    let mut steps = Vec::new();
    for table in &now.tables {
        let own = same(&table.name.name, &draft.target.name.name);
        let names_it = |trigger: &Definition| {
            let sql = &trigger.sql;
            let mut columns = draft.dropped.iter();
            columns.any(|it| mentions(sql, &it.item))
                && (own || mentions(sql, &draft.target.name.name))
        };
        if triggers(table, now).any(names_it) {
            steps.extend(compiled(table).map(|sql| Of::new(first.operation, Step::new(sql))));
        }
    }
    if draft.rebuilt_for.is_some() {
        // SQLite looks at every view when it drops a column of any table.
        for sql in [
            "CREATE TABLE limbec_probe (a, b)",
            "ALTER TABLE limbec_probe DROP COLUMN b",
            "DROP TABLE limbec_probe",
        ] {
            steps.push(Of::new(first.operation, Step::new(sql)));
        }
    }
    steps
}

/// Statements that are compiled, with all triggers of a table, and not run.
fn compiled(table: &Table) -> impl Iterator<Item = String> {
    let name = quote(&table.name.name);
    let set: Vec<String> = table
        .columns
        .iter()
        .filter(|it| it.generated.is_none())
        .map(|it| format!("{0} = {0}", quote(&it.name)))
        .collect();
    [
        format!("EXPLAIN INSERT INTO {name} DEFAULT VALUES"),
        format!("EXPLAIN UPDATE {name} SET {}", set.join(", ")),
        format!("EXPLAIN DELETE FROM {name}"),
    ]
    .into_iter()
}
