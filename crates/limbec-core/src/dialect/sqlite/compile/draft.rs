//! A table on its way from what it is to what it becomes.
//!
//! Operations change the draft; what comes of it is statements of SQLite's own, where every change
//! is one that it can do, else one rebuild.

use std::collections::BTreeMap;

use super::super::canonical::{default_sql, enclosed};
use super::super::names::{quote, same};
use super::column::{column_of, mentions};
use super::rebuild;
use crate::dialect::{CompileError, Of};
use crate::operations::AlterColumn;
use crate::schema::{Column, Schema, Table};
use crate::steps::Step;

/// A table that changes.
pub(super) struct Draft {
    /// The table as it is.
    pub(super) before: Table,
    /// The table as it becomes.
    pub(super) target: Table,
    /// Whether more can be changed in one go with the rest.
    pub(super) open: bool,
    /// The checks and the statements of SQLite's own, as long as they do.
    native: Vec<Of<Step>>,
    /// The first operation for which they do not.
    pub(super) rebuilt_for: Option<usize>,
    /// What must hold before anything is copied.
    pub(super) before_copy: Vec<Of<Step>>,
    /// How a column's values come about; one that is not here takes its default.
    pub(super) sources: BTreeMap<String, String>,
    /// The columns whose values may not fit, with the operations to blame.
    pub(super) retyped: BTreeMap<String, usize>,
    /// The columns that go, with the operations that drop them.
    pub(super) dropped: Vec<Of<String>>,
    /// Where in the statements a column is added, to add to.
    added: BTreeMap<String, usize>,
}

impl Draft {
    /// Begins with a table as it is.
    pub(super) fn of(before: Table) -> Self {
        let sources = before.columns.iter();
        let sources = sources.map(|column| (column.name.clone(), quote(&column.name)));
        Draft {
            sources: sources.collect(),
            target: before.clone(),
            before,
            open: true,
            native: Vec::new(),
            rebuilt_for: None,
            before_copy: Vec::new(),
            retyped: BTreeMap::new(),
            dropped: Vec::new(),
            added: BTreeMap::new(),
        }
    }

    /// Asks the rows before anything changes.
    pub(super) fn check(&mut self, at: usize, check: Step) {
        self.native.push(Of::new(at, check.clone()));
        self.before_copy.push(Of::new(at, check));
    }

    /// Runs a statement before anything else, whichever way the table goes.
    pub(super) fn check_by(&mut self, at: usize, sql: String) {
        self.check(at, Step::new(sql));
    }

    /// Adds a statement of SQLite's own.
    pub(super) fn alter(&mut self, at: usize, sql: String) {
        self.native.push(Of::new(at, Step::new(sql)));
    }

    /// Adds a column by a statement of SQLite's own.
    pub(super) fn alter_to_add(&mut self, at: usize, column: &Column, sql: String) {
        self.added.insert(column.name.clone(), self.native.len());
        self.alter(at, sql);
    }

    /// Adds to the statement that adds a column; `false` where there is none.
    pub(super) fn alter_along(&mut self, column: &str, sql: &str) -> bool {
        let place = self.added.get(column);
        let Some(of) = place.and_then(|at| self.native.get_mut(*at)) else {
            return false;
        };
        of.item.sql.push(' ');
        of.item.sql.push_str(sql);
        true
    }

    /// Says that SQLite's own statements do not do for an operation.
    pub(super) fn rebuild(&mut self, at: usize) {
        self.rebuilt_for.get_or_insert(at);
    }

    /// The column of a name, in the spelling it was declared with.
    pub(super) fn column(&self, name: &str) -> Result<&Column, CompileError> {
        column_of(&self.target, name)
    }

    /// What rows are asked about: the table, or what its rows become by the changes so far.
    pub(super) fn rows(&self) -> String {
        let table = quote(&self.before.name.name);
        let same_rows = self.target.columns.iter().all(|column| {
            let source = self.sources.get(&column.name);
            source.is_some_and(|it| *it == quote(&column.name))
        });
        if same_rows {
            return table;
        }
        let values = self.target.columns.iter().filter_map(|column| {
            let source = match self.sources.get(&column.name) {
                Some(source) => source.clone(),
                None if column.generated.is_some() => return None,
                None => column
                    .default
                    .as_ref()
                    .map_or("NULL".to_string(), |it| enclosed(&default_sql(it))),
            };
            let name = quote(&column.name);
            Some(if source == name {
                source
            } else {
                format!("{source} AS {name}")
            })
        });
        let values: Vec<String> = values.collect();
        format!("(SELECT {} FROM {table})", values.join(", "))
    }

    /// Whether an expression can be asked of the rows before they are copied.
    pub(super) fn can_ask(&self, expression: &str) -> bool {
        self.target.columns.iter().all(|column| {
            !(self.is_made(&column.name) || self.retyped.contains_key(&column.name))
                || !mentions(expression, &column.name)
        })
    }

    /// Whether a column is computed for the first time when rows are copied.
    pub(super) fn is_made(&self, column: &str) -> bool {
        let column = self.target.columns.iter().find(|it| same(&it.name, column));
        column.is_some_and(|it| it.generated.is_some() && !self.sources.contains_key(&it.name))
    }

    /// Whether a change computes its values from some that the draft is still to make.
    pub(super) fn computes(&self, change: &AlterColumn) -> bool {
        let made = |column: &&Column| {
            let source = self.sources.get(&column.name);
            source.is_none_or(|it| *it != quote(&column.name))
                || self.retyped.contains_key(&column.name)
        };
        let mut columns = self.target.columns.iter().filter(made);
        let using = change.using.as_deref();
        using.is_some_and(|using| {
            columns.any(|it| mentions(using, &it.name))
                || self.dropped.iter().any(|it| mentions(using, &it.item))
        })
    }

    /// The names that SQLite could take for that of a constraint.
    pub(super) fn is_only_name(&self, name: &str) -> bool {
        let names = super::constraint::names(&self.target);
        names.iter().filter(|it| same(it, name)).count() == 1
    }

    /// The steps, by SQLite's own statements or by a rebuild; `schema` is what stands beside the
    /// table.
    pub(super) fn into_steps(self, schema: &Schema) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        match self.rebuilt_for {
            Some(at) => rebuild::steps(&self, at, schema).map_err(|error| Of::new(at, error)),
            None => Ok(self.native),
        }
    }
}

/// The value that a column takes where none is given, as an expression.
pub(super) fn default_value(column: &Column) -> String {
    let default = column.default.as_ref();
    default.map_or("NULL".to_string(), |it| enclosed(&default_sql(it)))
}
