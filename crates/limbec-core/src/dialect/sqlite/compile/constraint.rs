//! Constraints: added and dropped.

use super::super::Sqlite;
use super::super::names::{quote, same};
use super::super::reflect::options;
use super::draft::Draft;
use super::{checks, elsewhere, table};
use crate::dialect::CompileError;
use crate::operations::{Constraint, ConstraintRef, rename_constraint};
use crate::schema::{ColumnType, ForeignKey, ReferentialAction, Table};

pub(super) fn create(
    dialect: Sqlite,
    draft: &mut Draft,
    at: usize,
    constraint: &Constraint,
) -> Result<(), CompileError> {
    elsewhere::refuse(&draft.target.name, constraint)?;
    if let (Constraint::PrimaryKey(wanted), Some(known)) = (constraint, &draft.target.primary_key)
        && !(wanted.columns == known.columns && counts_up(&draft.target))
    {
        return Err(CompileError::new(format!(
            "the table `{}` has a primary key already",
            draft.target.name
        )));
    }
    match constraint {
        Constraint::PrimaryKey(key) => {
            for column in &key.columns {
                if draft.is_made(column) {
                    continue;
                }
                let check = checks::is_not_null(draft, column);
                draft.check(at, check);
            }
            ask_unique(draft, at, &key.columns);
            draft.rebuild(at);
        }
        Constraint::Unique(unique) => {
            ask_unique(draft, at, &unique.columns);
            draft.rebuild(at);
        }
        Constraint::Check(check) => {
            if draft.can_ask(&check.expression) {
                let holds = checks::holds(draft, check);
                draft.check(at, holds);
            }
            if dialect.alters_constraints {
                let table = quote(&draft.before.name.name);
                let sql = format!("ALTER TABLE {table} ADD {}", table::check_sql(check));
                draft.alter(at, sql);
            } else {
                draft.rebuild(at);
            }
        }
        // No table of SQLite has one: the draft is refused when it is written.
        Constraint::Exclude(_) => draft.rebuild(at),
        // Rows that refer to nothing are looked for when all is done; a column that is new holds
        // nothing but NULL.
        Constraint::ForeignKey(key) => {
            if !comes_with_its_column(draft, key)? {
                draft.rebuild(at);
            }
        }
    }
    constraint.clone().add_to(&mut draft.target);
    Ok(())
}

/// Asks the rows, where their values are there to be asked; else the copy stops.
fn ask_unique(draft: &mut Draft, at: usize, columns: &[String]) {
    if !columns.iter().any(|it| draft.is_made(it)) {
        let check = checks::is_unique(draft, columns);
        draft.check(at, check);
    }
}

/// Adds a foreign key to the statement that adds its column.
fn comes_with_its_column(draft: &mut Draft, key: &ForeignKey) -> Result<bool, CompileError> {
    let [column] = &key.columns[..] else {
        return Ok(false);
    };
    let column = draft.column(column)?.clone();
    let references = table::references_sql(key)?;
    Ok(column.default.is_none()
        && column.generated.is_none()
        && draft.alter_along(&column.name, &references))
}

pub(super) fn drop(
    dialect: Sqlite,
    draft: &mut Draft,
    at: usize,
    which: &ConstraintRef,
    definition: Option<&Constraint>,
) -> Result<(), CompileError> {
    let found =
        find(&draft.target, which, definition).ok_or_else(|| missing(&draft.target, which))?;
    let alone = found.name().is_some_and(|name| draft.is_only_name(name));
    let drops = match &found {
        Constraint::Check(_) => true,
        // SQLite 3.53 leaves the last word of SET DEFAULT behind.
        Constraint::ForeignKey(key) => {
            ![key.on_delete, key.on_update].contains(&ReferentialAction::SetDefault)
        }
        _ => false,
    };
    match found
        .name()
        .filter(|_| dialect.alters_constraints && drops && alone)
    {
        Some(name) => {
            let table = quote(&draft.before.name.name);
            let sql = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quote(name));
            draft.alter(at, sql);
        }
        None => draft.rebuild(at),
    }
    let target = &mut draft.target;
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
        Constraint::Exclude(it) => remove_first(&mut target.excludes, it),
    }
    Ok(())
}

/// Gives a constraint another name, by a rebuild: SQLite has no statement for it.
pub(super) fn rename(
    draft: &mut Draft,
    at: usize,
    from: &str,
    to: &str,
) -> Result<(), CompileError> {
    let which = ConstraintRef::Named(from.to_string());
    let found = find(&draft.target, &which, None).ok_or_else(|| missing(&draft.target, &which))?;
    let renamed = rename_constraint(&mut draft.target, found.name().unwrap_or(from), to);
    renamed.map_err(|error| CompileError::new(error.to_string()))?;
    draft.rebuild(at);
    Ok(())
}

/// The names of all constraints of a table, those of its enumerations and NOT NULLs included.
pub(super) fn names(of: &Table) -> Vec<String> {
    let mut names: Vec<String> = Constraint::all_of(of)
        .filter_map(|it| it.name().map(str::to_string))
        .collect();
    for column in &of.columns {
        names.extend(column.options.get(options::NOT_NULL_NAME).cloned());
        if let ColumnType::Enum(enumeration) = &column.column_type {
            names.push(table::enum_name(enumeration));
        }
    }
    names
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
    let mut definition = definition.clone();
    definition.set_name(None);
    Constraint::all_of(table).find(|it| it.name().is_none() && *it == definition)
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
