//! What stands on a column that is made anew, or on one whose type changes, and stays: it is taken
//! out of the way and put back.
//!
//! A database drops the constraints and indexes of a column along with it. Where the database
//! binds expressions to the types of their columns, it refuses a new type below a computed column,
//! and a check or index would go on with the casts of the old type.

use super::Plan;
use super::judge::Judge;
use crate::operations::{Constraint, Operation};
use crate::schema::{Column, Index, IndexElement, IndexKey, ObjectName, Table};
use crate::sql::mentions;

pub(super) fn put_aside(current: &Table, target: &Table, judge: &Judge<'_>, plan: &mut Plan) {
    let mut retyped = Vec::new();
    if judge.dialect.capabilities().keys_bind_their_targets {
        retyped = altered(&target.name, plan, |operation| match operation {
            Operation::AlterColumn { change, .. } if change.to.column_type.is_some() => {
                Some(&change.name)
            }
            _ => None,
        });
        replace_computed(current, target, &retyped, plan);
    }
    let replaced = altered(&target.name, plan, |operation| match operation {
        Operation::DropColumn { name, .. } => Some(name),
        _ => None,
    });
    if replaced.is_empty() && retyped.is_empty() {
        return;
    }
    let is_one = |name: &str| replaced.iter().any(|it| judge.same_name(it, name));
    let over = |expression: &str| {
        let names = replaced.iter().chain(&retyped);
        names.into_iter().any(|name| mentions(expression, name))
    };
    let replaces = |it: &Constraint| replaced.iter().any(|column| it.names_column(column));
    for constraint in Constraint::all_of(current) {
        let is_over = match &constraint {
            Constraint::Check(it) => over(&it.expression),
            Constraint::Exclude(it) => {
                let elements = it.elements.iter().map(|it| &it.element);
                replaces(&constraint) || stands(elements, it.predicate.as_deref(), is_one, over)
            }
            key => replaces(key),
        };
        let goes = drops(&target.name, plan).any(|it| *it == constraint);
        if is_over && !goes {
            let wanted = Constraint::all_of(target).find(|it| {
                std::mem::discriminant(it) == std::mem::discriminant(&constraint)
                    && it
                        .name()
                        .zip(constraint.name())
                        .is_some_and(|(a, b)| judge.same_name(a, b))
            });
            plan.drop_constraint(&target.name, constraint.clone());
            plan.create_constraint(&target.name, wanted.unwrap_or(constraint));
        }
    }
    for index in &current.indexes {
        let include = index.include.iter().any(|it| is_one(it));
        let is_over = include || stands(&index.elements, index.predicate.as_deref(), is_one, over);
        let goes = plan.drop_indexes.iter().any(|operation| {
            matches!(operation, Operation::DropIndex { table, name, .. }
                if *table == target.name && *name == index.name)
        });
        if is_over && !goes {
            let mut others = target.indexes.iter();
            let wanted = others.find(|it| judge.same_name(&it.name, &index.name));
            put_index_aside(&target.name, index, wanted.unwrap_or(index), plan);
        }
    }
}

/// Whether an index of these elements and predicate stands on a column that is made anew, or on
/// an expression over one that changes.
fn stands<'e>(
    elements: impl IntoIterator<Item = &'e IndexElement>,
    predicate: Option<&str>,
    is_one: impl Fn(&str) -> bool,
    over: impl Fn(&str) -> bool,
) -> bool {
    predicate.is_some_and(&over)
        || (elements.into_iter()).any(|element| match &element.key {
            IndexKey::Column(name) => is_one(name),
            IndexKey::Expression(expression) => over(expression),
        })
}

fn put_index_aside(table: &ObjectName, current: &Index, target: &Index, plan: &mut Plan) {
    plan.drop_indexes.push(Operation::DropIndex {
        table: table.clone(),
        name: current.name.clone(),
        index: Some(Box::new(current.clone())),
        concurrently: false,
    });
    plan.create_indexes.push(Operation::CreateIndex {
        table: table.clone(),
        index: target.clone(),
    });
}

/// Makes the computed columns anew that are computed from columns of a new type.
fn replace_computed(current: &Table, target: &Table, retyped: &[String], plan: &mut Plan) {
    let computed_from = |column: &Column| {
        let expression = column.generated.as_ref().map(|it| &it.expression);
        expression.is_some_and(|it| retyped.iter().any(|name| mentions(it, name)))
    };
    for column in current.columns.iter().filter(|it| computed_from(it)) {
        let Some(wanted) = target.column_named(&column.name) else {
            // Of the columns that go, it must go first.
            move_drop(&target.name, column, plan);
            continue;
        };
        let of_it = |operation: &Operation| match operation {
            Operation::AlterColumn { table, change } => {
                *table == target.name && change.name == column.name
            }
            Operation::DropColumn { table, name, .. } => {
                *table == target.name && *name == column.name
            }
            Operation::AddColumn { table, column: it } => {
                *table == target.name && it.name == column.name
            }
            _ => false,
        };
        plan.alter_columns.retain(|operation| !of_it(operation));
        plan.alter_columns
            .insert(0, drop_column(&target.name, column));
        plan.alter_columns.push(Operation::AddColumn {
            table: target.name.clone(),
            column: wanted.clone(),
        });
    }
}

fn move_drop(table: &ObjectName, column: &Column, plan: &mut Plan) {
    let drop = drop_column(table, column);
    if let Some(at) = plan.drop_columns.iter().position(|it| *it == drop) {
        plan.drop_columns.remove(at);
        plan.alter_columns.insert(0, drop);
    }
}

fn drop_column(table: &ObjectName, column: &Column) -> Operation {
    Operation::DropColumn {
        table: table.clone(),
        name: column.name.clone(),
        column: Some(Box::new(column.clone())),
    }
}

/// The columns of a table that the changes to columns so far name in some way.
fn altered(
    of: &ObjectName,
    plan: &Plan,
    name: impl Fn(&Operation) -> Option<&String>,
) -> Vec<String> {
    let operations = plan
        .alter_columns
        .iter()
        .filter(|operation| match operation {
            Operation::AlterColumn { table, .. }
            | Operation::DropColumn { table, .. }
            | Operation::AddColumn { table, .. } => table == of,
            _ => false,
        });
    operations.filter_map(name).cloned().collect()
}

/// The constraints of a table that are dropped already.
fn drops<'a>(of: &'a ObjectName, plan: &'a Plan) -> impl Iterator<Item = &'a Constraint> {
    let all = plan.drop_constraints.iter().chain(&plan.drop_foreign_keys);
    all.filter_map(move |operation| match operation {
        Operation::DropConstraint {
            table, definition, ..
        } if table == of => definition.as_ref(),
        _ => None,
    })
}
