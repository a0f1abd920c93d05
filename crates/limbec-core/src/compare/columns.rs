//! The columns of a table that both sides have.

use std::borrow::Cow;

use super::judge::{Judge, Tables};
use super::keys::key_of;
use super::object::Object;
use super::plan::{Phase, Plan, Why};
use super::types::{is_relabelled, kept_labels, loses_labels};
use crate::dialect::{Dialect, Place};
use crate::operations::{AlterColumn, ColumnChange, Operation};
use crate::schema::{Column, ColumnType, Table};
use crate::sql::{Lexicon, TokenKind, tokens};

pub(super) fn compare(current: &Table, target: &Table, judge: &mut Judge<'_>, plan: &mut Plan) {
    let find = |columns: &'_ [Column], name: &str, judge: &Judge<'_>| {
        columns
            .iter()
            .find(|it| judge.same_name(&it.name, name))
            .cloned()
    };
    let tables = Tables { current, target };
    let mut added = Vec::new();
    for wanted in &target.columns {
        match find(&current.columns, &wanted.name, judge) {
            Some(existing) => alter(&existing, wanted, tables, judge, plan),
            None => added.push(wanted.clone()),
        }
    }
    for column in added {
        // A computed column may be computed from a new one, or from one of a new type.
        let phase = match column.generated {
            Some(_) => Phase::AddComputed,
            None => Phase::AddColumns,
        };
        let table = target.name.clone();
        plan.push(phase, Why::New, Operation::AddColumn { table, column });
    }
    let dropped: Vec<&Column> = current
        .columns
        .iter()
        .filter(|it| find(&target.columns, &it.name, judge).is_none())
        .collect();
    let some_stay = dropped.len() < current.columns.len();
    for column in dropped {
        // What its values and default are of must not be changed before.
        let phase = if column.generated.is_some() {
            Phase::DropComputed
        } else if some_stay && is_relabelled(column, judge.dialect, plan) {
            Phase::DropLabelled
        } else {
            Phase::DropColumns
        };
        plan.push(phase, Why::Gone, drop_column(target, column));
    }
}

fn alter(
    current: &Column,
    target: &Column,
    tables: Tables<'_>,
    judge: &mut Judge<'_>,
    plan: &mut Plan,
) {
    let dialect = judge.dialect;
    let table = tables.target;
    let mut to = ColumnChange::default();
    let mut from = ColumnChange::default();
    macro_rules! change {
        ($attribute:ident) => {
            to.$attribute = Some(target.$attribute.clone());
            from.$attribute = Some(current.$attribute.clone());
        };
    }

    let same_identity = dialect.same_identity(current, target);
    let counted = current.identity.is_some() && target.identity.is_some() && same_identity;
    let stated = dialect.capabilities().identity_is_a_type
        && current.identity.is_some() != target.identity.is_some();
    let type_changes = stated || !counted && !same_type(current, target, table, judge);
    if type_changes {
        change!(column_type);
    }
    if !dialect.same_nullability(current, target) {
        change!(nullable);
    }
    let type_for = |judge: &Judge<'_>, expression: Option<&str>| {
        let sql = judge.type_sql(&target.column_type, expression.unwrap_or_default());
        sql.unwrap_or_default()
    };
    let default_of = |column: &Column| {
        let default = column.default.as_deref().map(|it| dialect.default_sql(it));
        default
            .map(Cow::into_owned)
            .filter(|it| !is_null(it, dialect.lexicon()))
    };
    let (default, wanted_default) = (default_of(current), default_of(target));
    let place = Place::Default {
        column_type: type_for(judge, wanted_default.as_deref()),
    };
    if !judge.same_optional_expression(
        tables,
        &place,
        default.as_deref(),
        wanted_default.as_deref(),
    ) || (type_changes && target.default.is_some() && !both_integers(current, target))
    {
        // A default is stated along with a new type: the old one may not cast by itself.
        change!(default);
    }
    let expression = target.generated.as_ref().map(|it| it.expression.as_str());
    let place = Place::Generated {
        column_type: type_for(judge, expression),
    };
    let same_kind = current.generated.as_ref().map(|it| it.stored)
        == target.generated.as_ref().map(|it| it.stored);
    if !same_kind
        || !judge.same_optional_expression(
            tables,
            &place,
            current.generated.as_ref().map(|it| it.expression.as_str()),
            target.generated.as_ref().map(|it| it.expression.as_str()),
        )
    {
        // No database turns one computed column into another: its values are computed anew.
        if target.generated.is_some() {
            replace(current, target, table, plan);
            return;
        }
        change!(generated);
    }
    if !same_identity {
        change!(identity);
    }
    if current.collation != target.collation {
        change!(collation);
    }
    if current.comment != target.comment {
        change!(comment);
    }
    if from.default.as_ref().is_some_and(Option::is_some) && loses_labels(current, dialect, plan) {
        if stays_a_label(target, current, dialect, plan) {
            // The new default is a label already: writers never find the column without one.
            let early = AlterColumn {
                name: current.name.clone(),
                to: ColumnChange {
                    default: to.default.take(),
                    ..ColumnChange::default()
                },
                from: ColumnChange {
                    default: from.default.take(),
                    ..ColumnChange::default()
                },
                using: None,
            };
            let alter = Operation::AlterColumn {
                table: table.name.clone(),
                change: early,
            };
            plan.push(Phase::DropLabelled, Why::Changed, alter);
        } else {
            drop_default(current, table, plan);
            from.default = Some(None);
            if to.default == from.default {
                (to.default, from.default) = (None, None);
            }
        }
    }
    if !to.is_empty() {
        let name = current.name.clone();
        let types = (from.column_type.as_ref()).zip(to.column_type.as_ref());
        let using =
            types.and_then(|(from, to)| dialect.conversion(&dialect.quote(&name), from, to));
        let change = AlterColumn {
            name,
            to,
            from,
            using,
        };
        let table = table.name.clone();
        let alter = Operation::AlterColumn { table, change };
        plan.push(Phase::AlterColumns, Why::Changed, alter);
    }
}

/// Whether the default that a column shall have is a label that its enumeration has and keeps.
fn stays_a_label(target: &Column, current: &Column, dialect: &dyn Dialect, plan: &Plan) -> bool {
    let Some(default) = target.default.as_deref() else {
        return false;
    };
    let texts = tokens(default, dialect.lexicon()).filter(|it| it.kind == TokenKind::Text);
    let mut texts = texts.map(|it| it.text.trim_matches('\'').replace("''", "'"));
    let kept = kept_labels(current, dialect, plan);
    texts.next().is_some_and(|label| kept.contains(&label)) && texts.next().is_none()
}

/// Drops the default of a column whose enumeration changes: it may be a label that goes.
fn drop_default(current: &Column, table: &Table, plan: &mut Plan) {
    let default = |it| ColumnChange {
        default: Some(it),
        ..ColumnChange::default()
    };
    let change = AlterColumn {
        name: current.name.clone(),
        to: default(None),
        from: default(current.default.clone()),
        using: None,
    };
    let why = match current.column_type.enumeration() {
        Some(it) => Why::InTheWayOf(Object::Enum {
            name: it.name.clone(),
        }),
        None => Why::Changed,
    };
    let table = table.name.clone();
    let alter = Operation::AlterColumn { table, change };
    plan.push(Phase::DropLabelled, why, alter);
}

/// Drops a column and adds it anew, in the places of their phases' order that allow it.
fn replace(current: &Column, target: &Column, table: &Table, plan: &mut Plan) {
    let operations = [drop_column(table, current), add_column(table, target)];
    for operation in operations {
        plan.push(Phase::AlterColumns, Why::Changed, operation);
    }
}

pub(super) fn drop_column(table: &Table, column: &Column) -> Operation {
    Operation::DropColumn {
        table: table.name.clone(),
        name: column.name.clone(),
        column: Some(Box::new(column.clone())),
    }
}

pub(super) fn add_column(table: &Table, column: &Column) -> Operation {
    Operation::AddColumn {
        table: table.name.clone(),
        column: column.clone(),
    }
}

/// Whether a default is NULL, with or without a cast: the same as none.
fn is_null(default: &str, lexicon: &Lexicon) -> bool {
    let mut tokens = tokens(default, lexicon).filter(|token| token.kind != TokenKind::Comment);
    tokens.next().is_some_and(|token| token.is_word("NULL"))
        && tokens.next().is_none_or(|token| token.is_symbol("::"))
}

fn same_type(current: &Column, target: &Column, table: &Table, judge: &Judge<'_>) -> bool {
    match (&current.column_type, &target.column_type) {
        // The labels are the enumeration's own affair.
        (ColumnType::Enum(current), ColumnType::Enum(target)) => {
            let dialect = judge.dialect;
            if dialect.capabilities().namespaces {
                key_of(dialect, &current.name) == key_of(dialect, &target.name)
            } else {
                judge.same_name(&current.name.name, &target.name.name)
            }
        }
        (current, target) => {
            let target = judge.dialect.kept_type(table, target);
            judge.dialect.same_type(current, &target)
        }
    }
}

fn both_integers(current: &Column, target: &Column) -> bool {
    let integer = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
        )
    };
    integer(&current.column_type) && integer(&target.column_type)
}
