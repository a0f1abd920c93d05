//! Sequences of their own.

use std::collections::BTreeSet;

use super::keys::{by_key, key_of};
use super::plan::{Phase, Plan, Why};
use super::{comments, counters};
use crate::dialect::Dialect;
use crate::operations::{CommentOn, Operation};
use crate::schema::{Schema, Sequence};

pub(super) fn compare(current: &Schema, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    if !dialect.capabilities().named_objects {
        return;
    }
    let existing = by_key(dialect, &current.sequences);
    let wanted = by_key(dialect, &target.sequences);
    for sequence in &target.sequences {
        match existing.get(&key_of(dialect, &sequence.name)) {
            None => create(sequence, plan),
            Some(existing) => {
                if !same(existing, sequence, dialect) {
                    alter(existing, sequence, dialect, plan);
                }
                let on = CommentOn::sequence(existing.name.clone());
                comments::compare(
                    on,
                    existing.comment.as_ref(),
                    sequence.comment.as_ref(),
                    plan,
                );
            }
        }
    }
    for sequence in &current.sequences {
        if !wanted.contains_key(&key_of(dialect, &sequence.name)) {
            drop(sequence, plan);
        }
    }
}

/// The names of the sequences that are to be made.
pub(super) fn unready(
    current: &Schema,
    target: &Schema,
    dialect: &dyn Dialect,
) -> BTreeSet<String> {
    let existing = by_key(dialect, &current.sequences);
    let of_serials = counters::of_serials(current, dialect);
    let missing = |it: &&Sequence| {
        let key = key_of(dialect, &it.name);
        !existing.contains_key(&key) && !of_serials.contains(&key)
    };
    let missing = target.sequences.iter().filter(missing);
    missing.map(|it| it.name.name.clone()).collect()
}

fn same(current: &Sequence, target: &Sequence, dialect: &dyn Dialect) -> bool {
    dialect.same_sequence(current, target) && same_owner(current, target, dialect)
}

fn same_owner(a: &Sequence, b: &Sequence, dialect: &dyn Dialect) -> bool {
    match (&a.owned_by, &b.owned_by) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            key_of(dialect, &a.table) == key_of(dialect, &b.table)
                && dialect.fold_name(&a.column) == dialect.fold_name(&b.column)
        }
        _ => false,
    }
}

/// A default may take its values before its column, which owns it, is there.
fn create(sequence: &Sequence, plan: &mut Plan) {
    let free = free(sequence);
    let create = Operation::CreateSequence {
        sequence: free.clone(),
    };
    plan.push(Phase::CreateSequences, Why::New, create);
    if sequence.owned_by.is_some() {
        plan.push(Phase::OwnSequences, Why::New, change(&free, sequence));
    }
}

fn drop(sequence: &Sequence, plan: &mut Plan) {
    let free = free(sequence);
    if sequence.owned_by.is_some() {
        plan.push(Phase::DisownSequences, Why::Gone, change(sequence, &free));
    }
    let drop = Operation::DropSequence {
        name: sequence.name.clone(),
        sequence: Some(free),
    };
    plan.push(Phase::DropSequences, Why::Gone, drop);
}

fn alter(current: &Sequence, target: &Sequence, dialect: &dyn Dialect, plan: &mut Plan) {
    // A comment is a change of its own.
    let target = Sequence {
        name: current.name.clone(),
        comment: current.comment.clone(),
        ..target.clone()
    };
    if same_owner(current, &target, dialect) {
        let change = change(current, &target);
        plan.push(Phase::CreateSequences, Why::Changed, change);
        return;
    }
    let free = free(&target);
    if *current != free {
        let disown = change(current, &free);
        plan.push(Phase::DisownSequences, Why::Changed, disown);
    }
    if target.owned_by.is_some() {
        plan.push(Phase::OwnSequences, Why::Changed, change(&free, &target));
    }
}

fn free(sequence: &Sequence) -> Sequence {
    Sequence {
        owned_by: None,
        ..sequence.clone()
    }
}

fn change(from: &Sequence, to: &Sequence) -> Operation {
    Operation::AlterSequence {
        to: to.clone(),
        from: Some(from.clone()),
    }
}
