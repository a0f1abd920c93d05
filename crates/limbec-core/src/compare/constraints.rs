//! The constraints of a table that both sides have.

use super::judge::{Judge, Tables};
use super::keys::key_of;
use super::object::Object;
use super::plan::{Phase, Plan, Why};
use super::{comments, indexes, plain_column};
use crate::dialect::{Dialect, Place};
use crate::operations::{CommentOn, Constraint, Operation};
use crate::schema::{ExcludeConstraint, ForeignKey, ObjectName, Table};

pub(super) fn compare(current: &Table, target: &Table, judge: &mut Judge<'_>, plan: &mut Plan) {
    let tables = Tables { current, target };
    let mut existing: Vec<Constraint> = Constraint::all_of(current).collect();
    let mut missing = Vec::new();
    for wanted in Constraint::all_of(target) {
        let named = existing
            .iter()
            .position(|it| same_label(it, &wanted, judge));
        let found = named
            .filter(|at| same(&existing[*at], &wanted, tables, judge))
            .or_else(|| {
                let unnamed = |it: &Constraint| it.name().is_none() || wanted.name().is_none();
                let candidates: Vec<usize> = (0..existing.len())
                    .filter(|at| unnamed(&existing[*at]))
                    .collect();
                candidates
                    .into_iter()
                    .find(|at| same(&existing[*at], &wanted, tables, judge))
            });
        match found {
            Some(at) => {
                let current = existing.remove(at);
                if current.is_not_valid()
                    && !wanted.is_not_valid()
                    && let Some(name) = wanted.name().or(current.name())
                {
                    let validate = Operation::ValidateConstraint {
                        table: target.name.clone(),
                        name: name.to_string(),
                        definition: Some(current.clone()),
                    };
                    plan.push(Phase::ValidateConstraints, Why::Changed, validate);
                }
                if judge.dialect.capabilities().named_objects
                    && let Some(name) = current.name()
                {
                    let on = CommentOn::constraint(target.name.clone(), name);
                    let texts = [current.comment(), wanted.comment()];
                    let [from, to] = texts.map(|it| it.map(String::from));
                    comments::compare(on, from.as_ref(), to.as_ref(), plan);
                }
            }
            None => missing.push(wanted),
        }
    }
    let why = |it: &Constraint, others: &[Constraint], otherwise: Why| {
        let changes = others.iter().any(|other| same_label(it, other, judge));
        if changes { Why::Changed } else { otherwise }
    };
    for constraint in &existing {
        let why = why(constraint, &missing, Why::Gone);
        plan.drop_constraint(why, &target.name, constraint.clone());
    }
    for constraint in missing {
        let why = why(&constraint, &existing, Why::New);
        plan.create_constraint(why, &target.name, constraint);
    }
}

/// Whether two constraints carry one name and are of one kind.
fn same_label(a: &Constraint, b: &Constraint, judge: &Judge<'_>) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && matches!((a.name(), b.name()), (Some(a), Some(b)) if judge.same_name(a, b))
}

/// Whether two constraints say the same, whatever their names.
pub(super) fn same(
    current: &Constraint,
    target: &Constraint,
    tables: Tables<'_>,
    judge: &mut Judge<'_>,
) -> bool {
    match (current, target) {
        (Constraint::PrimaryKey(a), Constraint::PrimaryKey(b)) => {
            judge.same_names(&a.columns, &b.columns)
                && judge.same_names(&a.include, &b.include)
                && a.deferrable == b.deferrable
                && a.without_overlaps == b.without_overlaps
        }
        (Constraint::Unique(a), Constraint::Unique(b)) => {
            judge.same_names(&a.columns, &b.columns)
                && judge.same_names(&a.include, &b.include)
                && a.deferrable == b.deferrable
                && a.nulls_not_distinct == b.nulls_not_distinct
                && a.without_overlaps == b.without_overlaps
        }
        (Constraint::Check(a), Constraint::Check(b)) => {
            a.no_inherit == b.no_inherit
                && a.not_enforced == b.not_enforced
                && can_become(a.not_valid, b.not_valid)
                && judge.same_expression(tables, &Place::Check, &a.expression, &b.expression)
        }
        (Constraint::ForeignKey(a), Constraint::ForeignKey(b)) => same_key(a, b, judge),
        (Constraint::Exclude(a), Constraint::Exclude(b)) => same_exclude(a, b, tables, judge),
        _ => false,
    }
}

fn same_key(a: &ForeignKey, b: &ForeignKey, judge: &Judge<'_>) -> bool {
    judge.same_names(&a.columns, &b.columns)
        && key_of(judge.dialect, &a.referred_table) == key_of(judge.dialect, &b.referred_table)
        && judge.same_names(&a.referred_columns, &b.referred_columns)
        && a.on_delete == b.on_delete
        && a.on_update == b.on_update
        && a.deferrable == b.deferrable
        && a.match_full == b.match_full
        && same_columns(&a.on_delete_columns, &b.on_delete_columns, judge)
        && a.period == b.period
        && a.not_enforced == b.not_enforced
        && can_become(a.not_valid, b.not_valid)
}

/// Whether two lists hold the same columns in whatever order.
fn same_columns(a: &[String], b: &[String], judge: &Judge<'_>) -> bool {
    a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| judge.same_name(a, b)))
}

/// What is not valid is validated as it stands; the other way leads by a new constraint.
fn can_become(not_valid: bool, wanted: bool) -> bool {
    not_valid || !wanted
}

fn same_exclude(
    a: &ExcludeConstraint,
    b: &ExcludeConstraint,
    tables: Tables<'_>,
    judge: &mut Judge<'_>,
) -> bool {
    let method = indexes::method(b.method.as_deref());
    a.deferrable == b.deferrable
        && indexes::method(a.method.as_deref()) == method
        && judge.same_names(&a.include, &b.include)
        && a.elements.len() == b.elements.len()
        && (a.elements.iter().zip(&b.elements)).all(|(a, b)| {
            a.operator == b.operator
                && indexes::same_element(&a.element, &b.element, &method, tables, judge)
        })
        && judge.same_optional_expression(
            tables,
            &Place::Predicate,
            a.predicate.as_deref(),
            b.predicate.as_deref(),
        )
}

/// Takes foreign keys that stay out of the way of changes below them, and puts them back: a
/// primary key or unique that is dropped and made again, a column whose type changes on one side.
pub(super) fn free_referred_keys(
    common: &[(&Table, &Table)],
    dialect: &dyn Dialect,
    plan: &mut Plan,
) {
    if !dialect.capabilities().keys_bind_their_targets {
        return;
    }
    for (current, target) in common {
        for key in &current.foreign_keys {
            let dropped = plan.of(Phase::DropForeignKeys).any(|operation| {
                matches!(operation, Operation::DropConstraint { table, definition: Some(Constraint::ForeignKey(it)), .. }
                    if *table == target.name && it == key)
            });
            let changes = touches_key(plan, &key.referred_table, &key.referred_columns, dialect)
                .or_else(|| retyped(&target.name, &key.columns, dialect, plan));
            if let Some(object) = changes.filter(|_| !dropped) {
                let why = Why::InTheWayOf(object);
                plan.drop_foreign_key(why.clone(), &target.name, key);
                plan.create_foreign_key(why, &target.name, key);
            }
        }
    }
}

/// The primary key or unique over just these columns, or the index of one, that is dropped, or the
/// one of its columns whose type changes.
pub(super) fn touches_key(
    plan: &Plan,
    name: &ObjectName,
    columns: &[String],
    dialect: &dyn Dialect,
) -> Option<Object> {
    let key = key_of(dialect, name);
    let of_these = |table: &ObjectName, others: &[String]| {
        key_of(dialect, table) == key
            && others.len() == columns.len()
            && columns.iter().all(|column| others.contains(column))
    };
    let dropped = |operation: &Operation| match operation {
        Operation::DropConstraint {
            table,
            definition: Some(definition),
            ..
        } => {
            let columns = match definition {
                Constraint::PrimaryKey(it) => &it.columns,
                Constraint::Unique(it) => &it.columns,
                _ => return None,
            };
            of_these(table, columns).then(|| Object::Constraint {
                table: table.clone(),
                name: definition.name().map(String::from),
            })
        }
        Operation::DropIndex {
            table,
            name,
            index: Some(index),
            ..
        } => {
            let keys: Option<Vec<String>> = index.elements.iter().map(plain_column).collect();
            let is_key = index.unique && keys.is_some_and(|keys| of_these(table, &keys));
            is_key.then(|| Object::Index {
                table: table.clone(),
                name: name.clone(),
            })
        }
        _ => None,
    };
    plan.operations()
        .find_map(dropped)
        .or_else(|| retyped(name, columns, dialect, plan))
}

/// The one of these columns whose type changes.
fn retyped(
    name: &ObjectName,
    columns: &[String],
    dialect: &dyn Dialect,
    plan: &Plan,
) -> Option<Object> {
    let key = key_of(dialect, name);
    plan.of(Phase::AlterColumns)
        .find_map(|operation| match operation {
            Operation::AlterColumn { table, change }
                if key_of(dialect, table) == key
                    && columns.contains(&change.name)
                    && change.to.column_type.as_ref().is_some_and(|to| {
                        let from = change.from.column_type.as_ref();
                        !from.is_some_and(|from| dialect.keys_stay(from, to))
                    }) =>
            {
                Some(Object::Column {
                    table: table.clone(),
                    name: change.name.clone(),
                })
            }
            _ => None,
        })
}
