//! What moves from one namespace to another: tables and enumerations, as somebody says; enumerations,
//! domains and sequences that are the same on both sides but for the namespace.

use std::collections::BTreeSet;

use super::Carried;
use crate::compare::keys::{Key, key_of};
use crate::compare::plan::Plan;
use crate::compare::unknown::Conflict;
use crate::dialect::Dialect;
use crate::operations::{Moved, Operation};
use crate::schema::{ObjectName, Renamed, Schema};

/// Carries the moves out.
pub(super) fn carry_out(
    carried: &mut Carried<'_>,
    target: &Schema,
    dialect: &dyn Dialect,
    plan: &mut Plan,
) {
    if !dialect.capabilities().namespaces {
        return;
    }
    as_said(carried, target, dialect, plan);
    for kind in [Moved::Enum, Moved::Domain, Moved::Sequence] {
        for (from, to) in of_themselves(&carried.current, target, kind, dialect) {
            carried.follow(Operation::Move { kind, from, to }, dialect, plan);
        }
    }
}

fn as_said(carried: &mut Carried<'_>, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    for rename in target.renames.iter().filter(|it| it.moves()) {
        let (kind, to) = match &rename.object {
            Renamed::Table { name } => (Moved::Table, name),
            Renamed::Enum { name } => (Moved::Enum, name),
            _ => continue,
        };
        let there = names(&carried.current, kind);
        let known = |name: &ObjectName| {
            let mut all = there.iter();
            all.find(|it| key_of(dialect, it) == key_of(dialect, name))
                .cloned()
        };
        let Some(from) = known(&rename.from) else {
            continue;
        };
        if known(to).is_none() {
            let to = to.clone();
            carried.follow(Operation::Move { kind, from, to }, dialect, plan);
            continue;
        }
        let is_wanted =
            keys(&names(target, kind), dialect).contains(&key_of(dialect, &rename.from));
        if rename.once || !is_wanted {
            carried.conflicts.push(Conflict::Renamed(rename.clone()));
        }
    }
}

/// What goes in one namespace and comes in another, by the same name and otherwise the same; if it
/// is the only one of its name that goes, and the only one that comes.
fn of_themselves(
    current: &Schema,
    target: &Schema,
    kind: Moved,
    dialect: &dyn Dialect,
) -> Vec<(ObjectName, ObjectName)> {
    let (here, there) = (names(current, kind), names(target, kind));
    let lacks = |all: &BTreeSet<Key>, name: &ObjectName| !all.contains(&key_of(dialect, name));
    let (known, wanted) = (keys(&here, dialect), keys(&there, dialect));
    let goes: Vec<&ObjectName> = here.iter().filter(|it| lacks(&wanted, it)).collect();
    let comes: Vec<&ObjectName> = there.iter().filter(|it| lacks(&known, it)).collect();
    let alone = |all: &[&ObjectName], name: &ObjectName| {
        let fold = |it: &ObjectName| dialect.fold_name(&it.name).into_owned();
        all.iter().filter(|it| fold(it) == fold(name)).count() == 1
    };
    let mut pairs = Vec::new();
    for from in goes
        .iter()
        .filter(|it| alone(&goes, it) && alone(&comes, it))
    {
        let of_the_name =
            |it: &&&ObjectName| dialect.fold_name(&it.name) == dialect.fold_name(&from.name);
        if let Some(to) = comes.iter().find(of_the_name)
            && is_same(current, from, target, to, kind, dialect)
        {
            pairs.push(((*from).clone(), (*to).clone()));
        }
    }
    pairs
}

fn keys(all: &[ObjectName], dialect: &dyn Dialect) -> BTreeSet<Key> {
    all.iter().map(|it| key_of(dialect, it)).collect()
}

/// The names of the objects of a kind; sequences that belong to a column go with its table.
fn names(schema: &Schema, kind: Moved) -> Vec<ObjectName> {
    match kind {
        Moved::Table => schema.tables.iter().map(|it| it.name.clone()).collect(),
        Moved::Enum => schema.enums.iter().map(|it| it.name.clone()).collect(),
        Moved::Domain => schema.domains.iter().map(|it| it.name.clone()).collect(),
        Moved::Sequence => {
            let free = schema.sequences.iter().filter(|it| it.owned_by.is_none());
            free.map(|it| it.name.clone()).collect()
        }
    }
}

fn is_same(
    current: &Schema,
    from: &ObjectName,
    target: &Schema,
    to: &ObjectName,
    kind: Moved,
    dialect: &dyn Dialect,
) -> bool {
    fn pair<'a, T>(
        (here, from): (&'a [T], &ObjectName),
        (there, to): (&'a [T], &ObjectName),
        name: impl Fn(&T) -> &ObjectName,
    ) -> Option<(&'a T, &'a T)> {
        let here = here.iter().find(|it| name(it) == from)?;
        Some((here, there.iter().find(|it| name(it) == to)?))
    }
    let same = match kind {
        Moved::Table => None,
        Moved::Enum => pair((&current.enums, from), (&target.enums, to), |it| &it.name)
            .map(|(a, b)| a.labels == b.labels),
        Moved::Domain => pair((&current.domains, from), (&target.domains, to), |it| {
            &it.name
        })
        .map(|(a, b)| dialect.same_type(&a.base, &b.base)),
        Moved::Sequence => pair((&current.sequences, from), (&target.sequences, to), |it| {
            &it.name
        })
        .map(|(a, b)| dialect.same_sequence(a, b)),
    };
    same.unwrap_or_default()
}
