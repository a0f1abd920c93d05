//! Columns: added, dropped and changed.

use super::super::canonical::{is_constant, is_null};
use super::super::names::{quote, quote_plain, same};
use super::super::reflect::{options, tokens};
use super::rebuild::{ROW_NUMBERS, Rebuild};
use super::{checks, existing, table};
use crate::dialect::CompileError;
use crate::operations::AlterColumn;
use crate::schema::{Column, ColumnType, Index, IndexKey, ObjectName, PrimaryKey, Schema, Table};
use crate::steps::Step;

/// Whether SQLite's `ADD COLUMN` takes a column whatever rows there are, or takes it on an empty
/// table and nothing else could be done on a filled one.
pub(super) fn adds_natively(column: &Column) -> bool {
    let computed = column.generated.as_ref().is_some_and(|it| it.stored);
    let default = column
        .default
        .as_deref()
        .map(super::super::canonical::default_sql);
    let varies = default.is_some_and(|it| !is_constant(&it));
    // A comment at the very end of the statement would not be kept.
    let untyped = column.column_type == ColumnType::Custom(String::new());
    // SQLite adds no column by a name that rows have for their number.
    let made = computed || varies || column.identity.is_some();
    let unkept = untyped && column.comment.is_some();
    !(made || unkept || is_row_number(&column.name))
}

fn is_row_number(column: &str) -> bool {
    ROW_NUMBERS.iter().any(|it| same(it, column))
}

/// Whether a new row, and so every row there is, gets a value without being given one.
fn has_value(column: &Column) -> bool {
    let default = column.default.as_deref();
    column.generated.is_some() || default.is_some_and(|it| !is_null(it))
}

pub(super) fn add(
    name: &ObjectName,
    column: &Column,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let mut steps = Vec::new();
    if !column.nullable && !has_value(column) {
        steps.push(checks::has_no_rows(name, column)?);
    }
    if adds_natively(column) {
        steps.push(Step::new(format!(
            "ALTER TABLE {} ADD COLUMN {}",
            quote_plain(name)?,
            table::column_sql(&Table::new(name.clone()), column)?
        )));
        return Ok(steps);
    }
    let before = existing(name, current)?;
    let mut target = before.clone();
    target.columns.push(column.clone());
    key_of_identity(&mut target, column);
    steps.extend(Rebuild::of(before, &target).steps(current)?);
    Ok(steps)
}

/// SQLite counts up only what is the primary key: a table without one gets it along, and the
/// operation that makes the key finds it made.
fn key_of_identity(table: &mut Table, column: &Column) {
    if column.identity.is_some() && table.primary_key.is_none() {
        table.primary_key = Some(PrimaryKey::new([column.name.as_str()]));
    }
}

/// Drops a column by SQLite's own means, which looks at views and triggers; what it refuses to drop
/// along goes before.
pub(super) fn drop(
    name: &ObjectName,
    column: &str,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let before = existing(name, current)?;
    let column = &column_of(before, column)?.name;
    let has = |columns: &[String]| columns.iter().any(|it| same(it, column));
    for other in &current.tables {
        let refers = |key: &&crate::schema::ForeignKey| {
            same(&key.referred_table.name, &before.name.name) && has(&key.referred_columns)
        };
        if let Some(key) = other.foreign_keys.iter().find(refers)
            && (!same(&other.name.name, &before.name.name) || !has(&key.columns))
        {
            return Err(CompileError::new(format!(
                "the column `{name}.{column}` cannot be dropped: a foreign key of `{}` ({}) refers to it",
                other.name,
                key.columns.join(", ")
            ))
            .hint("drop the foreign key first"));
        }
    }
    let mut target = before.clone();
    target.primary_key.take_if(|key| has(&key.columns));
    target.uniques.retain(|it| !has(&it.columns));
    target.foreign_keys.retain(|it| !has(&it.columns));
    target.checks.retain(|it| !mentions(&it.expression, column));
    let constrained = target != *before;
    target.indexes.retain(|it| !stands_on(it, column));
    let mut steps = Vec::new();
    if is_row_number(column) {
        // SQLite drops no column by a name that rows have for their number.
        target.columns.retain(|it| it.name != *column);
        return Rebuild::of(before, &target).steps(current);
    }
    if constrained {
        for it in &mut target.columns {
            if it.name == *column {
                it.identity = None;
            }
        }
        if target.primary_key.is_none() {
            for it in &mut target.columns {
                it.options.remove(options::NULLABLE_KEY);
            }
        }
        steps.extend(Rebuild::of(before, &target).steps(current)?);
    } else {
        let goes = before.indexes.iter().filter(|it| stands_on(it, column));
        steps.extend(goes.map(|it| Step::new(format!("DROP INDEX {}", quote(&it.name)))));
    }
    steps.push(Step::new(format!(
        "ALTER TABLE {} DROP COLUMN {}",
        quote(&before.name.name),
        quote(column)
    )));
    Ok(steps)
}

/// Whether an expression names a column.
fn mentions(expression: &str, column: &str) -> bool {
    tokens(expression).any(|token| token.name().is_some_and(|name| same(&name, column)))
}

fn stands_on(index: &Index, column: &str) -> bool {
    let keyed = index.elements.iter().any(|element| match &element.key {
        IndexKey::Column(name) => same(name, column),
        IndexKey::Expression(expression) => mentions(expression, column),
    });
    keyed
        || index
            .predicate
            .as_ref()
            .is_some_and(|it| mentions(it, column))
}

fn column_of<'a>(table: &'a Table, name: &str) -> Result<&'a Column, CompileError> {
    table
        .column_named(name)
        .or_else(|| table.columns.iter().find(|it| same(&it.name, name)))
        .ok_or_else(|| {
            CompileError::new(format!("the table `{}` has no column `{name}`", table.name))
        })
}

pub(super) fn alter(
    name: &ObjectName,
    change: &AlterColumn,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    if change.to.is_empty() && change.using.is_none() {
        return Ok(Vec::new());
    }
    let before = existing(name, current)?;
    let old = column_of(before, &change.name)?;
    let mut target = before.clone();
    let mut column = old.clone();
    change.to.apply_to(&mut column);
    if change.to.nullable == Some(false) {
        column.options.remove(options::NULLABLE_KEY);
    }
    for it in &mut target.columns {
        if it.name == old.name {
            *it = column.clone();
        }
    }
    if change.to.identity.is_some() {
        key_of_identity(&mut target, &column);
    }
    let source = change.using.clone().unwrap_or_else(|| quote(&old.name));
    let mut rebuild = Rebuild::of(before, &target);
    if column.generated.is_none() {
        if !column.nullable && (old.nullable || change.using.is_some()) {
            rebuild
                .before_copy
                .push(checks::is_not_null(before, &old.name, &source));
        }
        if change.to.column_type.is_some() || change.using.is_some() {
            if let ColumnType::Enum(enumeration) = &column.column_type {
                let check = checks::is_a_label(before, &old.name, &source, enumeration);
                rebuild.before_copy.push(check);
            }
            let fits = checks::fits(before, &column);
            rebuild.after_copy.extend(fits);
        }
    }
    if let Some(using) = &change.using {
        rebuild.using.insert(old.name.clone(), using.clone());
    }
    rebuild.steps(current)
}
