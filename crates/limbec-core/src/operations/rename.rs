//! Renames, carried out on a schema in memory: all that names the object follows, as it does in a
//! database.

use super::apply::{ApplyError, missing, table};
use super::{Constraint, uses};
use std::collections::BTreeSet;

use crate::schema::{ColumnType, IndexKey, ObjectName, Schema, Table};
use crate::sql::{self, Lexicon, TypesStand};

pub(super) fn rename_table(
    schema: &mut Schema,
    from: &ObjectName,
    now: &ObjectName,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let own = table(schema, from)?;
    own.name = now.clone();
    if from.name != now.name {
        expressions(own, |it| {
            *it = sql::rename_table(it, &from.name, &now.name, lexicon);
        });
    }
    uses::rename_table(schema, from, now, lexicon);
    let columns = schema.tables.iter_mut().flat_map(|it| &mut it.columns);
    columns.for_each(|it| rename_custom(&mut it.column_type, from, now, lexicon));
    for key in schema.tables.iter_mut().flat_map(|it| &mut it.foreign_keys) {
        if key.referred_table == *from {
            key.referred_table = now.clone();
        }
    }
    for parent in (schema.tables.iter_mut()).flat_map(|it| it.inherits.parents_mut()) {
        if *parent == *from {
            *parent = now.clone();
        }
    }
    for sequence in &mut schema.sequences {
        if let Some(owner) = sequence.owned_by.as_mut().filter(|it| it.table == *from) {
            owner.table = now.clone();
            sequence.name.schema.clone_from(&now.schema);
        }
    }
    Ok(())
}

/// The type of a table's rows by its new name.
fn rename_custom(
    column_type: &mut ColumnType,
    from: &ObjectName,
    now: &ObjectName,
    lexicon: &Lexicon,
) {
    match column_type {
        ColumnType::Custom(text) => {
            *text = sql::rename_type(text, from, now, TypesStand::Anywhere, lexicon);
        }
        ColumnType::Array(element) => rename_custom(element, from, now, lexicon),
        _ => {}
    }
}

pub(super) fn rename_domain(
    schema: &mut Schema,
    from: &ObjectName,
    now: &ObjectName,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let known = schema.domains.iter_mut().find(|it| it.name == *from);
    known.ok_or_else(|| missing("domain", from))?.name = now.clone();
    rename_type(schema, from, now, lexicon);
    Ok(())
}

/// An enumeration or a domain has another name: columns, expressions and definitions follow.
fn rename_type(schema: &mut Schema, from: &ObjectName, now: &ObjectName, lexicon: &Lexicon) {
    let rename = |it: &mut String| {
        *it = sql::rename_type(it, from, now, TypesStand::InCasts, lexicon);
    };
    let follow = |column_type: &mut ColumnType| {
        column_type.each_name(&mut |name| {
            if *name == *from {
                *name = now.clone();
            }
        });
    };
    for table in &mut schema.tables {
        for column in &mut table.columns {
            follow(&mut column.column_type);
        }
        expressions(table, rename);
    }
    for domain in &mut schema.domains {
        follow(&mut domain.base);
        domain.default.iter_mut().for_each(rename);
        domain
            .checks
            .iter_mut()
            .for_each(|it| rename(&mut it.expression));
    }
    uses::rename_type(schema, from, now, lexicon);
}

pub(super) fn rename_sequence(
    schema: &mut Schema,
    from: &ObjectName,
    now: &ObjectName,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let known = schema.sequences.iter_mut().find(|it| it.name == *from);
    known.ok_or_else(|| missing("sequence", from))?.name = now.clone();
    for table in &mut schema.tables {
        expressions(table, |it| {
            *it = sql::rename_sequence(it, from, now, lexicon);
        });
    }
    for definition in &mut schema.definitions {
        definition.sql = sql::rename_sequence(&definition.sql, from, now, lexicon);
    }
    Ok(())
}

pub(super) fn rename_column(
    schema: &mut Schema,
    name: &ObjectName,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let rename = |columns: &mut Vec<String>| {
        for column in columns.iter_mut().filter(|column| *column == from) {
            *column = to.to_string();
        }
    };
    let table = table(schema, name)?;
    let column = table.columns.iter_mut().find(|column| column.name == from);
    column.ok_or_else(|| missing("column", from))?.name = to.to_string();
    if let Some(key) = &mut table.primary_key {
        rename(&mut key.columns);
        rename(&mut key.include);
    }
    for unique in &mut table.uniques {
        rename(&mut unique.columns);
        rename(&mut unique.include);
    }
    for key in &mut table.foreign_keys {
        rename(&mut key.columns);
        rename(&mut key.on_delete_columns);
    }
    for exclude in &mut table.excludes {
        rename(&mut exclude.include);
    }
    for index in &mut table.indexes {
        rename(&mut index.include);
    }
    for key in index_keys(table) {
        if let IndexKey::Column(column) = key
            && column == from
        {
            *column = to.to_string();
        }
    }
    expressions(table, |it| *it = sql::rename_column(it, from, to, lexicon));
    let own = table.name.clone();
    uses::rename_column(schema, &own, from, to, lexicon);
    for key in schema.tables.iter_mut().flat_map(|it| &mut it.foreign_keys) {
        if key.referred_table == own {
            rename(&mut key.referred_columns);
        }
    }
    for owner in schema.sequences.iter_mut().flat_map(|it| &mut it.owned_by) {
        if owner.table == own && owner.column == from {
            owner.column = to.to_string();
        }
    }
    Ok(())
}

/// Gives a constraint another name.
pub(crate) fn rename_constraint(table: &mut Table, from: &str, to: &str) -> Result<(), ApplyError> {
    let old = Constraint::all_of(table).find(|it| it.name() == Some(from));
    let mut constraint = old.ok_or_else(|| missing("constraint", from))?;
    let named = |name: &Option<String>| name.as_deref() == Some(from);
    constraint.set_name(Some(to));
    for (option, value) in &mut table.options {
        let names_it = option.ends_with(".cluster_on") || option.ends_with(".replica_identity");
        if names_it && value == from {
            *value = to.to_string();
        }
    }
    match constraint {
        Constraint::PrimaryKey(new) => table.primary_key = Some(new),
        Constraint::Unique(new) => replace(&mut table.uniques, |it| named(&it.name), new),
        Constraint::Check(new) => replace(&mut table.checks, |it| named(&it.name), new),
        Constraint::ForeignKey(new) => {
            replace(&mut table.foreign_keys, |it| named(&it.name), new);
        }
        Constraint::Exclude(new) => replace(&mut table.excludes, |it| named(&it.name), new),
    }
    Ok(())
}

fn replace<T>(list: &mut [T], is_old: impl Fn(&T) -> bool, new: T) {
    if let Some(old) = list.iter_mut().find(|it| is_old(it)) {
        *old = new;
    }
}

pub(super) fn rename_index(table: &mut Table, from: &str, to: &str) -> Result<(), ApplyError> {
    let index = table.indexes.iter_mut().find(|it| it.name == from);
    index.ok_or_else(|| missing("index", from))?.name = to.to_string();
    Ok(())
}

pub(super) fn rename_enum(
    schema: &mut Schema,
    from: &ObjectName,
    now: &ObjectName,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let known = schema.enums.iter_mut().find(|it| it.name == *from);
    known.ok_or_else(|| missing("enumeration", from))?.name = now.clone();
    rename_type(schema, from, now, lexicon);
    Ok(())
}

pub(super) fn rename_enum_value(
    schema: &mut Schema,
    name: &ObjectName,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let known = schema.enums.iter_mut().find(|it| it.name == *name);
    let known = known.ok_or_else(|| missing("enumeration", name))?;
    if !known.labels.iter().any(|it| it == from) {
        return Err(missing("label", from));
    }
    relabel(&mut known.labels, from, to);
    for table in &mut schema.tables {
        relabel_table(table, name, from, to, lexicon);
    }
    for domain in &mut schema.domains {
        let alone = is_of(&domain.base, name);
        let rename = |it: &mut String| {
            *it = sql::rename_label(it, &name.name, alone, from, to, lexicon);
        };
        domain.default.iter_mut().for_each(rename);
        domain
            .checks
            .iter_mut()
            .for_each(|it| rename(&mut it.expression));
    }
    uses::rename_label(schema, name, from, to, lexicon);
    Ok(())
}

/// Renames a label in all that a table says of it.
pub(crate) fn relabel_table(
    table: &mut Table,
    name: &ObjectName,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) {
    let rename = |it: &mut String, alone| {
        *it = sql::rename_label(it, &name.name, alone, from, to, lexicon);
    };
    for column in &mut table.columns {
        let whole = is_of(&column.column_type, name);
        if let Some(it) = column
            .column_type
            .enumeration_mut()
            .filter(|it| it.name == *name)
        {
            relabel(&mut it.labels, from, to);
        }
        if let Some(default) = column.default.as_mut().filter(|_| whole) {
            rename(default, true);
        }
    }
    let columns: Vec<(String, bool)> = (table.columns.iter())
        .filter(|it| takes_text(&it.column_type))
        .map(|it| (it.name.clone(), is_of(&it.column_type, name)))
        .collect();
    expressions(table, |it| {
        let alone = compares_only(it, &columns, lexicon);
        rename(it, alone);
    });
}

/// Whether of the columns whose values may be written as a string, an expression names those of an
/// enumeration only: then its strings are labels.
fn compares_only(expression: &str, columns: &[(String, bool)], lexicon: &Lexicon) -> bool {
    let named: BTreeSet<String> = sql::tokens(expression, lexicon)
        .filter_map(|it| it.name(lexicon))
        .collect();
    let mut named = columns
        .iter()
        .filter(|(column, _)| named.contains(column))
        .peekable();
    named.peek().is_some() && named.all(|(_, is_of_it)| *is_of_it)
}

fn is_of(column_type: &ColumnType, name: &ObjectName) -> bool {
    matches!(column_type, ColumnType::Enum(it) if it.name == *name)
}

/// Whether a value of the type may be the text of a label.
fn takes_text(column_type: &ColumnType) -> bool {
    !matches!(
        column_type,
        ColumnType::Boolean
            | ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Numeric { .. }
    )
}

fn relabel(labels: &mut [String], from: &str, to: &str) {
    if let Some(label) = labels.iter_mut().find(|it| *it == from) {
        *label = to.to_string();
    }
}

/// Every SQL expression of a table.
fn expressions(table: &mut Table, mut visit: impl FnMut(&mut String)) {
    for column in &mut table.columns {
        column.default.iter_mut().for_each(&mut visit);
        let generated = column.generated.iter_mut();
        generated.for_each(|it| visit(&mut it.expression));
    }
    for check in &mut table.checks {
        visit(&mut check.expression);
    }
    let of_indexes = table.indexes.iter_mut().map(|it| &mut it.predicate);
    let of_excludes = table.excludes.iter_mut().map(|it| &mut it.predicate);
    (of_indexes.chain(of_excludes).flatten()).for_each(&mut visit);
    for key in index_keys(table) {
        if let IndexKey::Expression(expression) = key {
            visit(expression);
        }
    }
}

/// What the indexes and exclusion constraints of a table are over.
fn index_keys(table: &mut Table) -> impl Iterator<Item = &mut IndexKey> {
    let of_indexes = (table.indexes.iter_mut()).flat_map(|it| &mut it.elements);
    let excludes = (table.excludes.iter_mut()).flat_map(|it| &mut it.elements);
    let of_excludes = excludes.map(|it| &mut it.element);
    of_indexes.chain(of_excludes).map(|it| &mut it.key)
}
