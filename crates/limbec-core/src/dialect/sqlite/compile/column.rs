//! Columns: added, dropped and changed.

use super::super::Sqlite;
use super::super::canonical::{is_constant, is_null};
use super::super::lexicon::{LEXICON, tokens};
use super::super::names::{quote, quote_plain, same};
use super::super::reflect::options;
use super::draft::Draft;
use super::rebuild::ROW_NUMBERS;
use super::{checks, table};
use crate::dialect::{CompileError, Of, converts_as_utc};
use crate::operations::{AlterColumn, ColumnChange};
use crate::schema::{Column, ColumnType, Index, IndexKey, ObjectName, PrimaryKey, Schema, Table};
use crate::sql::{Token, TokenKind};
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
    let loses_comment = untyped && column.comment.is_some();
    // SQLite adds no column by a name that rows have for their number.
    let is_row_number = is_row_number(&column.name);
    !(computed || varies || loses_comment || is_row_number || column.identity.is_some())
}

fn is_row_number(column: &str) -> bool {
    ROW_NUMBERS.iter().any(|it| same(it, column))
}

/// Whether a new row, and so every row there is, gets a value without being given one.
fn has_value(column: &Column) -> bool {
    let default = column.default.as_deref();
    column.generated.is_some() || default.is_some_and(|it| !is_null(it))
}

/// Adds a column by SQLite's own means.
pub(super) fn add_natively(name: &ObjectName, column: &Column) -> Result<Vec<Step>, CompileError> {
    let mut steps = Vec::new();
    steps.extend(needs_no_rows(name, column)?);
    steps.push(Step::new(add_sql(name, column)?));
    Ok(steps)
}

/// A column without a value for the rows that exist needs an empty table.
fn needs_no_rows(name: &ObjectName, column: &Column) -> Result<Option<Step>, CompileError> {
    if column.nullable || has_value(column) {
        return Ok(None);
    }
    checks::has_no_rows(name, column).map(Some)
}

fn add_sql(name: &ObjectName, column: &Column) -> Result<String, CompileError> {
    Ok(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        quote_plain(name)?,
        table::column_sql(&Table::new(name.clone()), column)?
    ))
}

pub(super) fn add(draft: &mut Draft, at: usize, column: &Column) -> Result<(), CompileError> {
    let name = draft.before.name.clone();
    if let Some(check) = needs_no_rows(&name, column)? {
        draft.check(at, check);
    }
    if adds_natively(column) {
        draft.alter_to_add(at, column, add_sql(&name, column)?);
    } else {
        draft.rebuild(at);
    }
    draft.sources.remove(&column.name);
    draft.target.columns.push(column.clone());
    key_of_identity(&mut draft.target, column);
    Ok(())
}

/// SQLite counts up only what is the primary key: a table without one gets it along, and the
/// operation that makes the key finds it made.
fn key_of_identity(table: &mut Table, column: &Column) {
    if column.identity.is_some() && table.primary_key.is_none() {
        table.primary_key = Some(PrimaryKey::new([column.name.as_str()]));
    }
}

/// Drops a column, by SQLite's own means where it stands alone; what SQLite refuses to drop along
/// goes with it in a rebuild.
pub(super) fn drop(
    draft: &mut Draft,
    at: usize,
    column: &str,
    now: &Schema,
) -> Result<(), CompileError> {
    let column = draft.column(column)?.name.clone();
    let table = draft.target.clone();
    let has = |columns: &[String]| columns.iter().any(|it| same(it, &column));
    for other in &now.tables {
        let refers = |key: &&crate::schema::ForeignKey| {
            same(&key.referred_table.name, &table.name.name) && has(&key.referred_columns)
        };
        if let Some(key) = other.foreign_keys.iter().find(refers)
            && (!same(&other.name.name, &table.name.name) || !has(&key.columns))
        {
            return Err(CompileError::new(format!(
                "the column `{}.{column}` cannot be dropped: a foreign key of `{}` ({}) refers to it",
                table.name,
                other.name,
                key.columns.join(", ")
            ))
            .hint("drop the foreign key first"));
        }
    }
    let mut target = table.clone();
    target.primary_key.take_if(|key| has(&key.columns));
    target.uniques.retain(|it| !has(&it.columns));
    target.foreign_keys.retain(|it| !has(&it.columns));
    target
        .checks
        .retain(|it| !mentions(&it.expression, &column));
    // SQLite drops no column by a name that rows have for their number, nor what counts up.
    if target != table || is_row_number(&column) {
        draft.rebuild(at);
    }
    if target.primary_key.is_none() && table.primary_key.is_some() {
        for it in &mut target.columns {
            it.options.remove(options::NULLABLE_KEY);
        }
    }
    let goes = target.indexes.iter().filter(|it| stands_on(it, &column));
    let goes: Vec<String> = goes.map(|it| it.name.clone()).collect();
    target.columns.retain(|it| it.name != column);
    draft.target = target;
    for index in goes {
        super::index::drop(draft, at, &index);
    }
    let (table, quoted) = (quote(&draft.before.name.name), quote(&column));
    draft.alter(at, format!("ALTER TABLE {table} DROP COLUMN {quoted}"));
    draft.sources.remove(&column);
    draft.retyped.remove(&column);
    draft.dropped.push(Of::new(at, column));
    Ok(())
}

/// Whether an expression names a column: a string of the same letters does not, nor a function.
pub(super) fn mentions(expression: &str, column: &str) -> bool {
    let tokens: Vec<Token<'_>> = tokens(expression).collect();
    tokens.iter().enumerate().any(|(index, token)| {
        let calls = tokens.get(index + 1).is_some_and(|it| it.is_symbol("("));
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        is_name && !calls && token.name(&LEXICON).is_some_and(|name| same(&name, column))
    })
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

pub(super) fn column_of<'a>(table: &'a Table, name: &str) -> Result<&'a Column, CompileError> {
    table
        .column_named(name)
        .or_else(|| table.columns.iter().find(|it| same(&it.name, name)))
        .ok_or_else(|| {
            CompileError::new(format!("the table `{}` has no column `{name}`", table.name))
        })
}

/// Whether nothing but NULL comes to be allowed or refused.
pub(super) fn only_null(change: &AlterColumn) -> bool {
    let rest = ColumnChange {
        nullable: None,
        ..change.to.clone()
    };
    change.to.nullable.is_some() && rest.is_empty() && change.using.is_none()
}

pub(super) fn alter(
    dialect: Sqlite,
    draft: &mut Draft,
    at: usize,
    change: &AlterColumn,
) -> Result<(), CompileError> {
    let old = draft.column(&change.name)?.clone();
    let mut column = old.clone();
    change.to.apply_to(&mut column);
    if change.to.nullable == Some(false) {
        column.options.remove(options::NULLABLE_KEY);
    }
    let name = quote(&old.name);
    // SQLite keeps times as they are written, and knows no zones.
    let using = (change.using.as_ref()).filter(|it| !converts_as_utc(it));
    if column.generated.is_none() {
        if change.to.column_type.is_some() || using.is_some() {
            draft.retyped.insert(old.name.clone(), at);
        }
        if let Some(using) = using {
            draft.sources.insert(old.name.clone(), using.clone());
        }
        if !column.nullable && (old.nullable || using.is_some()) {
            let check = checks::is_not_null(draft, &old.name);
            draft.check(at, check);
        }
        if let ColumnType::Enum(enumeration) = &column.column_type
            && draft.retyped.contains_key(&old.name)
        {
            let check = checks::is_a_label(draft, &old.name, enumeration);
            draft.check(at, check);
        }
    }
    if dialect.alters_constraints && only_null(change) {
        let table = quote(&draft.before.name.name);
        let word = if column.nullable { "DROP" } else { "SET" };
        // What the primary key refuses is refused by the key, whatever the column says.
        if !(column.nullable && draft.target.in_primary_key(&old.name)) {
            draft.alter(
                at,
                format!("ALTER TABLE {table} ALTER COLUMN {name} {word} NOT NULL"),
            );
        }
    } else {
        draft.rebuild(at);
    }
    let places = draft.target.columns.iter_mut();
    for place in places.filter(|it| it.name == old.name) {
        *place = column.clone();
    }
    if change.to.identity.is_some() {
        key_of_identity(&mut draft.target, &column);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn names_are_told_from_strings_and_functions() {
        for expression in ["Done > 0", "a AND [done]", "t.\"done\" IN (1)"] {
            assert!(mentions(expression, "done"), "{expression}");
        }
        for expression in ["status <> 'done'", "done(a)", "undone -- done"] {
            assert!(!mentions(expression, "done"), "{expression}");
        }
    }
}
