//! Several operations as one: what they change about a table is gathered in a draft of it, and
//! each table is rebuilt once at most.
//!
//! Nothing in a batch reads rows or goes by another name afterwards, so that it makes no difference
//! that a table is done with before operations on other tables which stood between. What must hold
//! across tables is looked at when the batch is done.

use super::super::Sqlite;
use super::super::names::same;
use super::draft::Draft;
use super::guard::Guard;
use super::{
    changes_a_table, checks, column, constraint, dependents, drop_table, enumeration, existing,
    index, lacks, plainly,
};
use crate::dialect::{CompileError, Of};
use crate::operations::{CommentOn, Operation};
use crate::schema::{ObjectName, Schema};
use crate::steps::Step;

/// What is done, in order.
enum Item {
    Steps(Vec<Of<Step>>),
    Draft(Box<Draft>),
}

/// A batch on its way.
pub(super) struct Work {
    dialect: Sqlite,
    /// The schema as the operations so far make it.
    pub(super) now: Schema,
    items: Vec<Item>,
    /// The tables that were dropped.
    dropped: Vec<String>,
}

/// Makes the steps.
pub(super) fn compile(
    dialect: Sqlite,
    operations: &[Operation],
    current: &Schema,
) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    let mut work = Work {
        dialect,
        now: current.clone(),
        items: Vec::new(),
        dropped: Vec::new(),
    };
    for (at, operation) in operations.iter().enumerate() {
        work.take(at, operation)
            .map_err(|error| Of::new(at, error))?;
    }
    work.into_steps(current)
}

impl Work {
    fn take(&mut self, at: usize, operation: &Operation) -> Result<(), CompileError> {
        let dialect = self.dialect;
        match operation {
            Operation::CreateTable { table } => {
                self.steps(at, plainly(operation)?);
                self.now.tables.push(table.clone());
            }
            Operation::DropTable { name, .. } => {
                let steps = drop_table(name, &self.now.tables)?;
                self.steps(at, steps);
                self.close(&name.name);
                let is_it = |it: &ObjectName| same(&it.name, &name.name);
                self.now.tables.retain(|it| !is_it(&it.name));
                let definitions = &mut self.now.definitions;
                definitions.retain(|it| !it.table.as_ref().is_some_and(is_it));
                self.dropped.push(name.name.clone());
            }
            Operation::AlterEnum { to, .. } => enumeration::alter(self, at, to)?,
            Operation::RenameEnum { from, to } => enumeration::rename(self, at, from, to)?,
            Operation::RenameEnumValue {
                enumeration,
                from,
                to,
            } => enumeration::rename_label(self, at, enumeration, (from, to))?,
            Operation::RenameConstraint { table, from, to } => {
                self.change(table, |draft, _| constraint::rename(draft, at, from, to))?;
            }
            Operation::RenameIndex { table, from, to } => {
                self.change(table, |draft, _| index::rename(draft, at, from, to))?;
            }
            Operation::AddColumn { table, column } => {
                self.change(table, |draft, _| column::add(draft, at, column))?;
            }
            Operation::DropColumn { table, name, .. } => {
                self.change(table, |draft, now| column::drop(draft, at, name, now))?;
            }
            Operation::AlterColumn { table, change } => {
                if change.to.is_empty() && change.using.is_none() {
                    return Ok(());
                }
                // What is computed from values that are still to be made needs them made.
                if self
                    .draft_of(table)
                    .is_some_and(|draft| draft.computes(change))
                {
                    self.close(&table.name);
                }
                self.change(table, |draft, _| column::alter(dialect, draft, at, change))?;
            }
            Operation::CreateConstraint { table, constraint } => {
                self.change(table, |draft, _| {
                    constraint::create(dialect, draft, at, constraint)
                })?;
            }
            Operation::DropConstraint {
                table,
                constraint,
                definition,
            } => {
                self.change(table, |draft, _| {
                    constraint::drop(dialect, draft, at, constraint, definition.as_ref())
                })?;
            }
            Operation::CreateIndex { table, index } => {
                self.change(table, |draft, _| index::create(draft, at, index))?;
            }
            Operation::DropIndex { table, name, .. } => {
                self.change(table, |draft, _| {
                    index::drop(draft, at, name);
                    Ok(())
                })?;
            }
            Operation::CreateTableComment { table, comment, .. } => {
                self.change(table, |draft, _| {
                    draft.target.comment = Some(comment.clone());
                    draft.rebuild(at);
                    Ok(())
                })?;
            }
            Operation::DropTableComment { table, .. } => {
                self.change(table, |draft, _| {
                    draft.target.comment = None;
                    draft.rebuild(at);
                    Ok(())
                })?;
            }
            Operation::CreateComment { on, comment, .. } => {
                self.comment(at, on, Some(comment))?;
            }
            Operation::DropComment { on, .. } => self.comment(at, on, None)?,
            other => {
                debug_assert!(!changes_a_table(other), "{other} changes a table");
                self.steps(at, plainly(other)?);
            }
        }
        Ok(())
    }

    fn comment(
        &mut self,
        at: usize,
        on: &CommentOn,
        comment: Option<&String>,
    ) -> Result<(), CompileError> {
        let CommentOn::Index { table, name } = on else {
            return Err(lacks(
                "comments but on tables, columns and indexes",
                &on.to_string(),
            ));
        };
        self.change(table, |draft, _| index::comment(draft, at, name, comment))
    }

    /// Whether the library changes constraints by itself.
    pub(super) fn alters_constraints(&self) -> bool {
        self.dialect.alters_constraints
    }

    fn steps(&mut self, at: usize, steps: Vec<Step>) {
        let steps = steps.into_iter().map(|step| Of::new(at, step));
        self.items.push(Item::Steps(steps.collect()));
    }

    /// Changes the draft of a table.
    pub(super) fn change(
        &mut self,
        name: &ObjectName,
        change: impl FnOnce(&mut Draft, &Schema) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        let table = existing(name, &self.now)?.clone();
        if self.draft_of(name).is_none() {
            self.items
                .push(Item::Draft(Box::new(Draft::of(table.clone()))));
        }
        let mut now = std::mem::take(&mut self.now);
        let changed = match self.draft_of(name) {
            Some(draft) => change(draft, &now).map(|()| draft.target.clone()),
            None => Ok(table.clone()),
        };
        let place = now.tables.iter_mut().find(|it| it.name == table.name);
        let result = changed.map(|changed| {
            if let Some(place) = place {
                *place = changed;
            }
        });
        self.now = now;
        result
    }

    fn drafts(&mut self) -> impl Iterator<Item = &mut Draft> {
        self.items.iter_mut().filter_map(|item| match item {
            Item::Draft(draft) => Some(&mut **draft),
            Item::Steps(_) => None,
        })
    }

    /// The draft of a table to which more can be added.
    fn draft_of(&mut self, name: &ObjectName) -> Option<&mut Draft> {
        self.drafts()
            .find(|it| it.open && same(&it.target.name.name, &name.name))
    }

    fn close(&mut self, name: &str) {
        for draft in self.drafts().filter(|it| same(&it.target.name.name, name)) {
            draft.open = false;
        }
    }

    fn into_steps(self, current: &Schema) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        let drafts = self.items.iter().filter_map(|item| match item {
            Item::Draft(draft) => Some(&**draft),
            Item::Steps(_) => None,
        });
        let drafts: Vec<&Draft> = drafts.collect();
        let guard = Guard::of(&drafts, &self.dropped, current, &self.now);
        let mut steps = Vec::new();
        let mut dependents = Vec::new();
        if let Some(guard) = &guard {
            steps.push(Of::new(guard.operation, checks::foreign_keys_are_off()));
            steps.extend(guard.remember());
        }
        for item in self.items {
            match item {
                Item::Steps(made) => steps.extend(made),
                Item::Draft(draft) => {
                    dependents.extend(dependents::of(&draft, &self.now));
                    steps.extend(draft.into_steps(&self.now)?);
                }
            }
        }
        steps.extend(dependents);
        if let Some(guard) = guard {
            steps.extend(guard.compare());
        }
        Ok(steps)
    }
}
