//! What stands on a column that is made anew, or on one whose type changes, and stays: it is taken
//! out of the way and put back.
//!
//! A database drops the constraints and indexes of a column along with it. Where the database
//! binds expressions to the types of their columns, it refuses a new type below a computed column,
//! and a check or index would go on with the casts of the old type.

use super::columns::{add_column, drop_column};
use super::indexes;
use super::judge::Judge;
use super::object::Object;
use super::plan::{Phase, Plan, Why};
use crate::operations::{Constraint, Operation};
use crate::schema::{Column, IndexElement, IndexKey, ObjectName, Table};
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
        replace_computed(current, target, &retyped, judge, plan);
    }
    let replaced = altered(&target.name, plan, |operation| match operation {
        Operation::DropColumn { name, .. } => Some(name),
        _ => None,
    });
    if replaced.is_empty() && retyped.is_empty() {
        return;
    }
    let is_one = |name: &str| replaced.iter().find(|it| judge.same_name(it, name));
    let lexicon = judge.dialect.lexicon();
    let over = |expression: &str| {
        let mut names = replaced.iter().chain(&retyped);
        names.find(|name| mentions(expression, name, lexicon))
    };
    let replaces = |it: &Constraint| replaced.iter().find(|column| it.names_column(column));
    for constraint in Constraint::all_of(current) {
        let column = match &constraint {
            Constraint::Check(it) => over(&it.expression),
            Constraint::Exclude(it) => {
                let elements = it.elements.iter().map(|it| &it.element);
                replaces(&constraint)
                    .or_else(|| stands_on(elements, it.predicate.as_deref(), is_one, over))
            }
            key => replaces(key),
        };
        let goes = drops(&target.name, plan).any(|it| *it == constraint);
        if let Some(column) = column.filter(|_| !goes) {
            let wanted = Constraint::all_of(target).find(|it| {
                std::mem::discriminant(it) == std::mem::discriminant(&constraint)
                    && it
                        .name()
                        .zip(constraint.name())
                        .is_some_and(|(a, b)| judge.same_name(a, b))
            });
            let why = in_the_way_of(target, column);
            plan.drop_constraint(why.clone(), &target.name, constraint.clone());
            plan.create_constraint(why, &target.name, wanted.unwrap_or(constraint));
        }
    }
    for index in &current.indexes {
        let included = index.include.iter().find_map(|it| is_one(it));
        let column = included
            .or_else(|| stands_on(&index.elements, index.predicate.as_deref(), is_one, over));
        let goes = plan.of(Phase::DropIndexes).any(|operation| {
            matches!(operation, Operation::DropIndex { table, name, .. }
                if *table == target.name && *name == index.name)
        });
        if let Some(column) = column.filter(|_| !goes) {
            let mut others = target.indexes.iter();
            let wanted = others.find(|it| judge.same_name(&it.name, &index.name));
            let why = in_the_way_of(target, column);
            indexes::drop(target, index, why.clone(), plan);
            indexes::create(target, wanted.unwrap_or(index), why, plan);
        }
    }
}

fn in_the_way_of(table: &Table, column: &str) -> Why {
    Why::InTheWayOf(Object::Column {
        table: table.name.clone(),
        name: column.to_string(),
    })
}

/// The column made anew that an index of these elements and predicate is on, or the changed one that
/// an expression of it is over.
fn stands_on<'e, 'c>(
    elements: impl IntoIterator<Item = &'e IndexElement>,
    predicate: Option<&str>,
    is_one: impl Fn(&str) -> Option<&'c String>,
    over: impl Fn(&str) -> Option<&'c String>,
) -> Option<&'c String> {
    predicate.and_then(&over).or_else(|| {
        let mut elements = elements.into_iter();
        elements.find_map(|element| match &element.key {
            IndexKey::Column(name) => is_one(name),
            IndexKey::Expression(expression) => over(expression),
        })
    })
}

/// Makes the computed columns anew that are computed from columns of a new type.
fn replace_computed(
    current: &Table,
    target: &Table,
    retyped: &[String],
    judge: &Judge<'_>,
    plan: &mut Plan,
) {
    let lexicon = judge.dialect.lexicon();
    let computed_from = |column: &Column| {
        let expression = &column.generated.as_ref()?.expression;
        retyped
            .iter()
            .find(|name| mentions(expression, name, lexicon))
    };
    for column in &current.columns {
        let Some(changed) = computed_from(column) else {
            continue;
        };
        let Some(wanted) = target.column_named(&column.name) else {
            // It must be dropped before the other columns that are dropped.
            let drop = drop_column(target, column);
            if plan.remove(Phase::DropColumns, |it| *it == drop) {
                plan.push_first(Phase::AlterColumns, Why::Gone, drop);
            }
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
        // A change of its own is a reason of its own.
        let why = if plan.remove(Phase::AlterColumns, of_it) {
            Why::Changed
        } else {
            in_the_way_of(target, changed)
        };
        let drop = drop_column(target, column);
        plan.push_first(Phase::AlterColumns, why.clone(), drop);
        plan.push(Phase::AlterColumns, why, add_column(target, wanted));
    }
}

/// The columns of a table that the changes to columns so far name in some way.
fn altered(
    of: &ObjectName,
    plan: &Plan,
    name: impl Fn(&Operation) -> Option<&String>,
) -> Vec<String> {
    let operations = plan
        .of(Phase::AlterColumns)
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
    plan.operations()
        .filter_map(move |operation| match operation {
            Operation::DropConstraint {
                table, definition, ..
            } if table == of => definition.as_ref(),
            _ => None,
        })
}
