//! Constraints: added and dropped, by a rebuild.

use super::super::names::same;
use super::super::reflect::options;
use super::rebuild::Rebuild;
use super::{checks, existing};
use crate::dialect::CompileError;
use crate::operations::{Constraint, ConstraintRef};
use crate::schema::{ObjectName, Schema, Table};
use crate::steps::Step;

pub(super) fn create(
    name: &ObjectName,
    constraint: &Constraint,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let before = existing(name, current)?;
    let mut target = before.clone();
    if let (Constraint::PrimaryKey(wanted), Some(known)) = (constraint, &before.primary_key)
        && !(wanted.columns == known.columns && counts_up(before))
    {
        return Err(CompileError::new(format!(
            "the table `{name}` has a primary key already"
        )));
    }
    constraint.clone().add_to(&mut target);
    let mut rebuild = Rebuild::of(before, &target);
    match constraint {
        Constraint::PrimaryKey(key) => {
            for column in &key.columns {
                let quoted = super::quote(column);
                rebuild
                    .before_copy
                    .push(checks::is_not_null(before, column, &quoted));
            }
            rebuild
                .before_copy
                .push(checks::is_unique(before, &key.columns));
        }
        Constraint::Unique(unique) => {
            rebuild
                .before_copy
                .push(checks::is_unique(before, &unique.columns));
        }
        Constraint::Check(check) => rebuild.before_copy.push(checks::holds(before, check)),
        // Seen by the comparison of `foreign_key_check` before and after.
        Constraint::ForeignKey(_) => {}
    }
    rebuild.steps(current)
}

pub(super) fn drop(
    name: &ObjectName,
    which: &ConstraintRef,
    definition: Option<&Constraint>,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let before = existing(name, current)?;
    let found = find(before, which, definition).ok_or_else(|| missing(before, which))?;
    let mut target = before.clone();
    match &found {
        Constraint::PrimaryKey(_) => {
            target.primary_key = None;
            // Without the key nothing counts up.
            for column in &mut target.columns {
                column.identity = None;
            }
            target.options.remove(options::PRIMARY_KEY);
            target.options.remove(options::PRIMARY_KEY_CONFLICT);
            for column in &mut target.columns {
                column.options.remove(options::NULLABLE_KEY);
            }
        }
        Constraint::Unique(it) => remove_first(&mut target.uniques, it),
        Constraint::Check(it) => remove_first(&mut target.checks, it),
        Constraint::ForeignKey(it) => remove_first(&mut target.foreign_keys, it),
    }
    Rebuild::of(before, &target).steps(current)
}

fn counts_up(table: &Table) -> bool {
    table.columns.iter().any(|column| column.identity.is_some())
}

fn remove_first<T: PartialEq>(list: &mut Vec<T>, item: &T) {
    if let Some(index) = list.iter().position(|it| it == item) {
        list.remove(index);
    }
}

/// The constraint meant: by its name, else by its definition among those without a name, which
/// SQLite lets go unnamed and other databases do not.
fn find(
    table: &Table,
    which: &ConstraintRef,
    definition: Option<&Constraint>,
) -> Option<Constraint> {
    let definition = match which {
        ConstraintRef::Named(name) => {
            let named = Constraint::all_of(table).find(|it| it.name() == Some(name));
            let folded =
                || Constraint::all_of(table).find(|it| it.name().is_some_and(|it| same(it, name)));
            if let Some(found) = named.or_else(folded) {
                return Some(found);
            }
            definition?
        }
        ConstraintRef::Unnamed(definition) => definition,
    };
    let definition = unnamed(definition.clone());
    Constraint::all_of(table).find(|it| it.name().is_none() && *it == definition)
}

fn unnamed(mut constraint: Constraint) -> Constraint {
    match &mut constraint {
        Constraint::PrimaryKey(it) => it.name = None,
        Constraint::Unique(it) => it.name = None,
        Constraint::Check(it) => it.name = None,
        Constraint::ForeignKey(it) => it.name = None,
    }
    constraint
}

fn missing(table: &Table, which: &ConstraintRef) -> CompileError {
    let known: Vec<String> = Constraint::all_of(table)
        .filter_map(|it| it.name().map(|name| format!("`{name}`")))
        .collect();
    let name = match which {
        ConstraintRef::Named(name) => format!("`{name}`"),
        ConstraintRef::Unnamed(_) => "of this definition without a name".to_string(),
    };
    let known = if known.is_empty() {
        "it has none with a name; SQLite lets constraints go unnamed, so give the definition in \
         place of the name"
            .to_string()
    } else {
        format!("those with a name are {}", known.join(", "))
    };
    CompileError::new(format!(
        "the table `{}` has no constraint {name}",
        table.name
    ))
    .hint(known)
}
