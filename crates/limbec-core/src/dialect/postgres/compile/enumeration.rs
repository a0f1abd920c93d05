//! Enumerations.

use super::super::lexicon::{LEXICON, tokens};
use super::{Steps, comment, constraint, index};
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{cut, in_namespace_of, literal, object, quote};
use crate::dialect::postgres::types::sql;
use crate::operations::{CommentOn, Constraint, Operation};
use crate::schema::{Column, ColumnType, EnumType, Index, IndexKey, ObjectName, Schema, Table};
use crate::sql::TokenKind;
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

/// Whether one of the operations adds a label to an enumeration that another operation spells out:
/// the server lets nobody use a label before the transaction that added it has committed. Where the
/// labels before are not known, each counts as added.
///
/// What merely looks like the label counts too. A commit too many does no harm.
pub(in crate::dialect::postgres) fn adds_label_used_by(
    operations: &[Operation],
    user: &Operation,
) -> bool {
    let added = operations.iter().flat_map(|it| match it {
        Operation::AlterEnum { to, from } => {
            let known = from.as_ref().map_or(&[][..], |it| &it.labels);
            let is_new = |label: &&String| !known.contains(label);
            to.labels.iter().filter(is_new).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    let mut added = added.peekable();
    if added.peek().is_none() {
        return false;
    }
    // Defaults, rules, keys, raw SQL: it shows every text of an operation, wherever that stands.
    let shown = format!("{user:?}");
    added.any(|label| spells_out(&shown, label))
}

/// Whether a text that Rust has escaped holds a label in SQL, alone or among the values of an array.
fn spells_out(shown: &str, label: &str) -> bool {
    let escaped = format!("{:?}", label.replace('\'', "''"));
    // Without the quotes that Rust puts round it.
    let escaped = &escaped[1..escaped.len() - 1];
    shown.match_indices(escaped).any(|(at, _)| {
        let before = shown[..at].trim_end();
        before.ends_with(['\'', '{', ',']) || before.ends_with("\\\"")
    })
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

/// Drops the checks and indexes of a table whose text names the type or compares a column of it, and its foreign keys over
/// columns of it, and makes them again.
fn put_aside(table: &Table, name: &ObjectName, before: &mut Vec<Step>, after: &mut Vec<Step>) {
    let of_type = |column: &String| {
        let column = table.column_named(column);
        column.is_some_and(|it| is_of(&it.column_type, name))
    };
    // The database writes the cast of a string that is compared with a column of the type; whoever
    // wrote the text may have left it out.
    let names_it = |text: &str| {
        let mut has_string = false;
        let mut names_column = false;
        let names_type = tokens(text).any(|token| {
            has_string |= token.kind == TokenKind::Text;
            let word = token.name(&LEXICON);
            names_column |= word.as_ref().is_some_and(of_type);
            word.as_ref() == Some(&name.name)
        });
        names_type || has_string && names_column
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Operations;

    fn one(build: impl FnOnce(&mut Operations)) -> Operation {
        let mut op = Operations::new();
        build(&mut op);
        op.into_vec().remove(0)
    }

    #[test]
    fn a_label_is_found_wherever_it_is_spelled_out() {
        let labels = ["old", "it's \"new\"", "ä\\b"];
        let from = EnumType::new("mood", ["old"]);
        let added = [Operation::AlterEnum {
            to: EnumType::new("mood", labels),
            from: Some(from),
        }];
        let uses = |sql: &str| adds_label_used_by(&added, &one(|op| op.execute(sql)));
        assert!(uses("UPDATE t SET a = 'it''s \"new\"'"));
        assert!(uses("UPDATE t SET a = '{old, it''s \"new\"}'"));
        assert!(uses("UPDATE t SET a = '{\"ä\\b\"}'"));
        assert!(!uses("UPDATE t SET a = 'old'"));
        assert!(!uses("UPDATE ä\\b SET a = 1"));
        let drop = one(|op| op.drop_table("it's"));
        assert!(!adds_label_used_by(&added, &drop));
        assert!(!adds_label_used_by(
            &[drop],
            &one(|op| op.execute("SELECT 'old'"))
        ));
    }

    #[test]
    fn any_label_may_be_new_where_the_old_ones_are_not_known() {
        let added = [Operation::AlterEnum {
            to: EnumType::new("mood", ["old", "new"]),
            from: None,
        }];
        let mood = EnumType::new("mood", ["old", "new"]);
        let column = Column::new("a", mood).server_default("'old'");
        let user = one(|op| op.add_column("t", column));
        assert!(adds_label_used_by(&added, &user));
    }
}
