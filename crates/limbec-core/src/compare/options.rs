//! What only one dialect knows of the tables, columns and indexes that both sides have.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Judge;
use super::object::Object;
use super::plan::{Phase, Plan, Why};
use super::unknown::Unknown;
use crate::operations::{AlterOptions, Operation};
use crate::schema::Table;

type Options = BTreeMap<String, String>;

/// Compares the options of a table, its columns and its indexes.
pub(super) fn compare(current: &Table, target: &Table, judge: &mut Judge<'_>, plan: &mut Plan) {
    let name = &target.name;
    let mut change = AlterOptions::table(name.clone());
    differences((&current.options, &target.options), judge, &mut change);
    let mut why = Why::Changed;
    if judge.dialect.capabilities().options_change
        && let Some((constraint, again)) = remade_constraints(target, plan)
    {
        let in_the_way = Why::InTheWayOf(constraint);
        if change.to.is_empty() {
            why = in_the_way.clone();
        }
        change.to.extend(again.to.clone());
        change.from.extend(again.from.clone());
        // Changes nothing on the way there; on the way back, it runs last.
        let mark = Operation::AlterOptions { change: again };
        plan.push(Phase::MarkOptions, in_the_way, mark);
    }
    push(change, why, judge, plan);
    for wanted in &target.columns {
        let mut columns = current.columns.iter();
        if let Some(column) = columns.find(|it| judge.same_name(&it.name, &wanted.name)) {
            let mut change = AlterOptions::column(name.clone(), column.name.clone());
            differences((&column.options, &wanted.options), judge, &mut change);
            push(change, Why::Changed, judge, plan);
        }
    }
    for wanted in &target.indexes {
        let mut indexes = current.indexes.iter();
        let made = plan.of(Phase::CreateIndexes).any(|operation| {
            matches!(operation, Operation::CreateIndex { table, index }
                if table == name && index.name == wanted.name)
        });
        if let Some(index) = indexes.find(|it| judge.same_name(&it.name, &wanted.name))
            && !made
        {
            let mut change = AlterOptions::index(name.clone(), index.name.clone());
            differences((&index.options, &wanted.options), judge, &mut change);
            push(change, Why::Changed, judge, plan);
        }
    }
}

/// Puts the options that differ into the change.
fn differences(
    (current, target): (&Options, &Options),
    judge: &Judge<'_>,
    change: &mut AlterOptions,
) {
    let dialect = judge.dialect;
    let prefix = format!("{}.", dialect.name());
    let keys: BTreeSet<&String> = current
        .keys()
        .chain(target.keys())
        .filter(|key| key.starts_with(&prefix))
        .collect();
    for key in keys {
        let (from, to) = (current.get(key), target.get(key));
        let same = match (from, to) {
            (Some(from), Some(to)) => dialect.same_option(key, from, to),
            (from, to) => from == to,
        };
        if !same {
            change.to.insert(key.clone(), to.cloned());
            change.from.insert(key.clone(), from.cloned());
        }
    }
}

/// The options that name a constraint which is dropped and created again, and one such constraint:
/// the options are dropped with it.
fn remade_constraints(target: &Table, plan: &Plan) -> Option<(Object, AlterOptions)> {
    let mut change = AlterOptions::table(target.name.clone());
    let mut constraint = None;
    let dropped = |value: &String| {
        plan.of(Phase::DropConstraints).any(|operation| {
            matches!(operation, Operation::DropConstraint { table, definition: Some(it), .. }
                if *table == target.name && it.name() == Some(value.as_str()))
        })
    };
    for (key, value) in target.options.iter().filter(|(_, value)| dropped(value)) {
        change.to.insert(key.clone(), Some(value.clone()));
        change.from.insert(key.clone(), Some(value.clone()));
        constraint = Some(Object::Constraint {
            table: target.name.clone(),
            name: Some(value.clone()),
        });
    }
    constraint.map(|it| (it, change))
}

fn push(change: AlterOptions, why: Why, judge: &mut Judge<'_>, plan: &mut Plan) {
    if change.to.is_empty() {
        return;
    }
    if judge.dialect.capabilities().options_change {
        plan.push(Phase::AlterOptions, why, Operation::AlterOptions { change });
        return;
    }
    // One that a database has by itself is no difference to models that do not speak of it.
    for (key, target) in change.to.iter().filter(|(_, value)| value.is_some()) {
        judge.unknown.push(Unknown::Option {
            of: change.of.clone(),
            key: key.clone(),
            current: change.from.get(key).cloned().flatten(),
            target: target.clone(),
        });
    }
}
