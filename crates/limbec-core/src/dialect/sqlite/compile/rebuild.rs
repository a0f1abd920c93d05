//! Rebuilds a table: a new one is filled and takes the place of the old.
//!
//! The order is SQLite's own (the new table is renamed, never the old one), in the transaction
//! that [`super::super::transaction`] frames with the foreign keys off. Kept: rows with their
//! number where it is not a column, the counter of AUTOINCREMENT, indexes and triggers by their
//! stored SQL, and views, which a rename by the legacy rules leaves alone. Checked at the end, so
//! that what differs rolls everything back: the number of rows here and in all tables that refer
//! to this one, every other object of the database, and rows that refer to nothing.

use std::collections::BTreeMap;

use super::super::names::{quote, same, text};
use super::super::reflect::options;
use super::foreign_keys::Neighbours;
use super::{checks, create_index, table, triggers};
use crate::dialect::CompileError;
use crate::schema::{ColumnType, Schema, Table};
use crate::steps::Step;

/// The names of a row's number.
pub(super) const ROW_NUMBERS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// A table's way from what it is to what it becomes; the columns keep their names.
pub(super) struct Rebuild<'a> {
    before: &'a Table,
    target: &'a Table,
    /// What must hold before anything is copied.
    pub(super) before_copy: Vec<Step>,
    /// What must hold of the copy.
    pub(super) after_copy: Vec<Step>,
    /// How a column's value comes about, where it does not stay.
    pub(super) using: BTreeMap<String, String>,
}

impl<'a> Rebuild<'a> {
    pub(super) fn of(before: &'a Table, target: &'a Table) -> Self {
        Rebuild {
            before,
            target,
            before_copy: Vec::new(),
            after_copy: Vec::new(),
            using: BTreeMap::new(),
        }
    }

    /// Makes the steps.
    pub(super) fn steps(self, current: &Schema) -> Result<Vec<Step>, CompileError> {
        if self.before.options.contains_key(options::UNREAD) {
            return Err(CompileError::new(format!(
                "the table `{}` would have to be rebuilt, but its stored SQL is not understood, so \
                 that something of it could be lost",
                self.before.name
            ))
            .hint("change it by hand, in SQL: `op.execute_on(\"sqlite\", \"…\")`"));
        }
        let (old, new) = (&self.before.name.name, table::new_name(&self.before.name));
        let (old_sql, new_sql) = (quote(old), quote(&new));
        let neighbours = Neighbours::of(self.before, self.target, current);
        let mut steps = vec![checks::foreign_keys_are_off()];
        steps.extend(self.before_copy.iter().cloned());
        steps.push(self.remember_objects());
        steps.extend(neighbours.remember());
        steps.push(Step::new(table::create(self.target, &new)?));
        steps.push(Step::new(self.copy(&old_sql, &new_sql)));
        steps.push(Step::check(
            format!("SELECT (SELECT count(*) FROM {old_sql}) - (SELECT count(*) FROM {new_sql})"),
            "0",
            format!("rebuilding `{old}` would lose rows"),
        ));
        steps.extend(self.after_copy.iter().cloned());
        steps.extend(self.counter(old, &new));
        steps.push(Step::new(format!("DROP TABLE {old_sql}")));
        steps.push(Step::new("PRAGMA legacy_alter_table = ON"));
        steps.push(Step::new(format!(
            "ALTER TABLE {new_sql} RENAME TO {old_sql}"
        )));
        steps.push(Step::new("PRAGMA legacy_alter_table = OFF"));
        steps.extend(self.indexes()?);
        steps.extend(triggers(self.target).map(Step::new));
        steps.extend(neighbours.compare(self.before));
        steps.extend(self.compare_objects());
        Ok(steps)
    }

    /// Everything else in the database, as its SQL is stored.
    fn remember_objects(&self) -> Step {
        let goes = self.before.indexes.iter().filter(|index| {
            let mut stays = self.target.indexes.iter();
            !stays.any(|it| it.name == index.name)
        });
        let goes: Vec<String> = goes.map(|index| text(&index.name)).collect();
        Step::new(format!(
            "CREATE TEMP TABLE limbec_objects AS SELECT type, name, tbl_name, sql \
             FROM main.sqlite_schema WHERE sql IS NOT NULL AND NOT (type = 'table' AND name = {}) \
             AND NOT (type = 'index' AND name IN ({}))",
            text(&self.before.name.name),
            goes.join(", ")
        ))
    }

    fn compare_objects(&self) -> [Step; 2] {
        [
            Step::check(
                "SELECT count(*) FROM (SELECT * FROM temp.limbec_objects EXCEPT \
                 SELECT type, name, tbl_name, sql FROM main.sqlite_schema)",
                "0",
                format!(
                    "rebuilding `{}` would lose or change other tables, indexes, triggers or views",
                    self.before.name
                ),
            ),
            Step::new("DROP TABLE temp.limbec_objects"),
        ]
    }

    fn copy(&self, old: &str, new: &str) -> String {
        let mut into = Vec::new();
        let mut from = Vec::new();
        if let Some(number) = self.row_number() {
            into.push(number.to_string());
            from.push(number.to_string());
        }
        for column in &self.target.columns {
            let known = self.before.column_named(&column.name).is_some();
            // A column that is new takes its default, a computed one its value.
            if known && column.generated.is_none() {
                let name = quote(&column.name);
                from.push(
                    self.using
                        .get(&column.name)
                        .cloned()
                        .unwrap_or_else(|| name.clone()),
                );
                into.push(name);
            }
        }
        format!(
            "INSERT INTO {new} ({}) SELECT {} FROM {old}",
            into.join(", "),
            from.join(", ")
        )
    }

    /// The name of the rows' number, where it is to be kept and is no column.
    fn row_number(&self) -> Option<&'static str> {
        let numbered = |table: &Table| !table.options.contains_key(options::WITHOUT_ROWID);
        if !numbered(self.before) || !numbered(self.target) || has_number_column(self.target) {
            return None;
        }
        ROW_NUMBERS.into_iter().find(|name| {
            let tables = [self.before, self.target];
            let mut columns = tables.iter().flat_map(|table| &table.columns);
            !columns.any(|column| same(&column.name, name))
        })
    }

    /// Carries the counter of AUTOINCREMENT over, which is beyond the largest number where rows
    /// were deleted.
    fn counter(&self, old: &str, new: &str) -> Vec<Step> {
        let counts = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
        if !counts(self.before) || !counts(self.target) {
            return Vec::new();
        }
        let (old, new) = (text(old), text(new));
        vec![
            // The copy made one of its own.
            Step::new(format!("DELETE FROM sqlite_sequence WHERE name = {new}")),
            Step::new(format!(
                "INSERT INTO sqlite_sequence (name, seq) \
                 SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
            )),
        ]
    }

    /// The indexes, by their stored SQL where that is not what limbec would write.
    fn indexes(&self) -> Result<Vec<Step>, CompileError> {
        let sql = |index: &crate::schema::Index| {
            let stored = format!("{}{}", options::INDEX, index.name);
            let unchanged = self.before.indexes.contains(index);
            match self.target.options.get(&stored).filter(|_| unchanged) {
                Some(stored) => Ok(stored.clone()),
                None => create_index(&self.target.name, index),
            }
        };
        let indexes = self.target.indexes.iter();
        indexes.map(|index| sql(index).map(Step::new)).collect()
    }
}

/// Whether the rows' number is a column: the one that alone is the primary key, declared INTEGER.
fn has_number_column(table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| {
        let [name] = &key.columns[..] else {
            return false;
        };
        let column = table.columns.iter().find(|it| same(&it.name, name));
        column.is_some_and(|it| it.identity.is_some() || it.column_type == ColumnType::Integer)
    })
}
