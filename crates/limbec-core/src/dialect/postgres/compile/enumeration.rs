//! Enumerations.

use super::{Steps, comment, constraint, index};
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{cut, in_namespace_of, literal, object, quote};
use crate::dialect::postgres::types::sql;
use crate::operations::{CommentOn, Constraint};
use crate::schema::{Column, ColumnType, EnumType, Index, IndexKey, ObjectName, Schema, Table};
use crate::sql::tokens;
use crate::steps::Step;

/// What an enumeration is called while its successor takes its name.
const OLD: &str = "__old";

pub(super) fn create(enumeration: &EnumType) -> Vec<Step> {
    let labels: Vec<_> = enumeration
        .labels
        .iter()
        .map(|label| literal(label))
        .collect();
    let mut steps = vec![Step::new(format!(
        "CREATE TYPE {} AS ENUM ({})",
        object(&enumeration.name),
        labels.join(", ")
    ))];
    if let Some(text) = &enumeration.comment {
        let on = CommentOn::Enum(enumeration.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

/// Whether the labels before keep their order among the new ones.
pub(super) fn only_adds(from: &[String], to: &[String]) -> bool {
    let mut rest = to.iter();
    from.iter().all(|label| rest.any(|it| it == label))
}

/// Changes the labels: adds them where that is all, else makes a new type of the name.
pub(super) fn alter(to: &EnumType, from: Option<&EnumType>, current: &Schema) -> Steps {
    let known = current.enums.iter().find(|it| it.name == to.name);
    let Some(from) = known.or(from) else {
        return Err(CompileError::new(format!(
            "the labels that the enumeration `{}` has are not known",
            to.name
        ))
        .hint("the database has no such type: create it with `create_enum`"));
    };
    Ok(if only_adds(&from.labels, &to.labels) {
        add_labels(from, to)
    } else {
        let to = EnumType {
            comment: to.comment.clone().or_else(|| from.comment.clone()),
            ..to.clone()
        };
        replace(&to, current)
    })
}

fn add_labels(from: &EnumType, to: &EnumType) -> Vec<Step> {
    let mut steps = Vec::new();
    for (place, label) in to.labels.iter().enumerate() {
        if from.labels.contains(label) {
            continue;
        }
        let is_last = to.labels[place..]
            .iter()
            .all(|later| !from.labels.contains(later));
        // The labels before it exist by now.
        let position = match place.checked_sub(1) {
            _ if is_last => String::new(),
            Some(before) => format!(" AFTER {}", literal(&to.labels[before])),
            None => match from.labels.first() {
                Some(first) => format!(" BEFORE {}", literal(first)),
                None => String::new(),
            },
        };
        steps.push(Step::new(format!(
            "ALTER TYPE {} ADD VALUE {}{position}",
            object(&to.name),
            literal(label)
        )));
    }
    steps
}

/// A new type takes the name, the columns are converted by their labels, the old type goes. A row
/// with a label that is gone stops it. What compares such a column is bound to the old type: it
/// is dropped before and made again after.
fn replace(to: &EnumType, current: &Schema) -> Vec<Step> {
    let name = object(&to.name);
    let old = old_name(&to.name.name);
    let mut before = Vec::new();
    let mut convert = Vec::new();
    let mut after = Vec::new();
    for table in &current.tables {
        let columns: Vec<_> = table
            .columns
            .iter()
            .filter(|column| is_of(&column.column_type, &to.name))
            .collect();
        if !columns.is_empty() {
            put_aside(table, &to.name, &mut before, &mut after);
            convert.push(conversion(table, &columns));
        }
    }
    before.push(Step::new(format!(
        "ALTER TYPE {name} RENAME TO {}",
        quote(&old)
    )));
    before.extend(create(to));
    before.extend(convert);
    before.push(Step::new(format!(
        "DROP TYPE {}",
        in_namespace_of(&to.name, &old)
    )));
    before.extend(after);
    before
}

/// The name of a type while its successor takes its name.
pub(super) fn old_name(name: &str) -> String {
    let mut kept = cut(name);
    while kept.len() + OLD.len() > 63 {
        let end = kept.char_indices().next_back().map_or(0, |(at, _)| at);
        kept = &kept[..end];
    }
    format!("{kept}{OLD}")
}

fn is_of(column_type: &ColumnType, name: &ObjectName) -> bool {
    match column_type {
        ColumnType::Enum(it) => it.name == *name,
        ColumnType::Array(element) => is_of(element, name),
        _ => false,
    }
}

/// One statement for all columns of a table, so that it is rewritten once.
fn conversion(table: &Table, columns: &[&Column]) -> Step {
    let mut clauses = Vec::new();
    for column in columns {
        let name = quote(&column.name);
        let array = matches!(column.column_type, ColumnType::Array(_));
        let text = if array { "text[]" } else { "text" };
        if column.default.is_some() {
            clauses.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        let target = sql(&column.column_type);
        clauses.push(format!(
            "ALTER COLUMN {name} TYPE {target} USING {name}::{text}::{target}"
        ));
        if let Some(default) = &column.default {
            clauses.push(format!("ALTER COLUMN {name} SET DEFAULT {default}"));
        }
    }
    Step::new(format!(
        "ALTER TABLE {} {}",
        object(&table.name),
        clauses.join(", ")
    ))
}

/// Drops the checks and indexes of a table whose text names the type, and its foreign keys over
/// columns of it, and makes them again.
fn put_aside(table: &Table, name: &ObjectName, before: &mut Vec<Step>, after: &mut Vec<Step>) {
    let names_it = |text: &str| tokens(text).any(|token| token.name().as_ref() == Some(&name.name));
    let of_index = |index: &Index| {
        let expressions = index.elements.iter().filter_map(|it| match &it.key {
            IndexKey::Expression(text) => Some(text),
            IndexKey::Column(_) => None,
        });
        expressions.chain(&index.predicate).any(|it| names_it(it))
    };
    let owner = object(&table.name);
    for check in table.checks.iter().filter(|it| names_it(&it.expression)) {
        if let Some(name) = &check.name {
            before.push(Step::new(format!(
                "ALTER TABLE {owner} DROP CONSTRAINT {}",
                quote(name)
            )));
            let check = constraint::definition(&Constraint::Check(check.clone()));
            after.push(Step::new(format!("ALTER TABLE {owner} ADD {check}")));
        }
    }
    let of_type = |column: &String| {
        let column = table.column_named(column);
        column.is_some_and(|it| is_of(&it.column_type, name))
    };
    // Both sides of a key change their type, and not at once.
    for key in &table.foreign_keys {
        if let Some(name) = &key.name
            && key.columns.iter().any(of_type)
        {
            before.push(Step::new(format!(
                "ALTER TABLE {owner} DROP CONSTRAINT {}",
                quote(name)
            )));
            let key = constraint::definition(&Constraint::ForeignKey(key.clone()));
            after.push(Step::new(format!("ALTER TABLE {owner} ADD {key}")));
        }
    }
    for it in table.indexes.iter().filter(|it| of_index(it)) {
        before.push(Step::new(format!(
            "DROP INDEX {}",
            in_namespace_of(&table.name, &it.name)
        )));
        after.extend(index::create(&table.name, it));
    }
}
