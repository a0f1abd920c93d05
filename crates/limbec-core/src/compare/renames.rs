//! Renames: what the models and people say of names before, and what differs by its name only.
//!
//! Input: both schemas. Output: the operations, and the current schema as it is after them, with
//! which the comparison goes on.

mod moves;
mod sequence;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::judge::{Judge, Tables};
use super::keys::{Key, key_of};
use super::plan::{Phase, Plan, Why};
use super::unknown::Conflict;
use super::{constraints, indexes};
use crate::dialect::Dialect;
use crate::operations::{Constraint, ConstraintRef, Operation, apply};
use crate::schema::{EnumType, Index, ObjectName, Rename, Renamed, Schema};
pub(super) use sequence::{Pair, sequence};

/// The current schema after renames, and what stands against some of them.
pub(super) struct Carried<'a> {
    pub(super) current: Cow<'a, Schema>,
    pub(super) conflicts: Vec<Conflict>,
}

/// Carries out what is said of tables, enumerations, their labels, and columns.
pub(super) fn carry_out<'a>(
    current: &'a Schema,
    target: &Schema,
    dialect: &dyn Dialect,
    plan: &mut Plan,
) -> Carried<'a> {
    let mut carried = Carried {
        current: Cow::Borrowed(current),
        conflicts: Vec::new(),
    };
    moves::carry_out(&mut carried, target, dialect, plan);
    let said = target.renames.iter().filter(|it| !it.moves());
    let scopes: BTreeSet<Scope> = said.map(|it| Scope::of(&it.object, dialect)).collect();
    // Tables before their columns, enumerations before their labels: as the variants stand.
    for scope in &scopes {
        carried.carry_out(scope, target, dialect, plan);
    }
    carried.rename_enums_of_the_same_labels(target, dialect, plan);
    carried
}

/// What names are unique in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    /// The tables of a namespace.
    Tables(Option<String>),
    /// The enumerations of a namespace.
    Enums(Option<String>),
    /// The labels of an enumeration.
    Labels(Key),
    /// The columns of a table.
    Columns(Key),
    /// Constraints and indexes, which are known by what they are of.
    Others,
}

impl Scope {
    fn of(object: &Renamed, dialect: &dyn Dialect) -> Self {
        match object {
            Renamed::Table { name } => Scope::Tables(key_of(dialect, name).0),
            Renamed::Enum { name } => Scope::Enums(key_of(dialect, name).0),
            Renamed::EnumValue { enumeration, .. } => Scope::Labels(key_of(dialect, enumeration)),
            Renamed::Column { table, .. } => Scope::Columns(key_of(dialect, table)),
            Renamed::Constraint { .. } | Renamed::Index { .. } => Scope::Others,
        }
    }

    /// The names in it.
    fn names(&self, schema: &Schema, dialect: &dyn Dialect) -> Vec<String> {
        let of = |name: &ObjectName| key_of(dialect, name);
        match self {
            Scope::Tables(namespace) => {
                let tables = schema.tables.iter().map(|it| &it.name);
                let own = tables.filter(|it| of(it).0 == *namespace);
                own.map(|it| it.name.clone()).collect()
            }
            Scope::Enums(namespace) => {
                let enums = schema.enums.iter().map(|it| &it.name);
                let own = enums.filter(|it| of(it).0 == *namespace);
                own.map(|it| it.name.clone()).collect()
            }
            Scope::Labels(key) => {
                let found = schema.enums.iter().find(|it| of(&it.name) == *key);
                found.map(|it| it.labels.clone()).unwrap_or_default()
            }
            Scope::Columns(key) => {
                let found = schema.tables.iter().find(|it| of(&it.name) == *key);
                let columns = found.map(|it| it.columns.iter().map(|it| it.name.clone()));
                columns.map(Iterator::collect).unwrap_or_default()
            }
            Scope::Others => Vec::new(),
        }
    }

    /// The form in which two names are one.
    fn fold(&self, name: &str, dialect: &dyn Dialect) -> String {
        match self {
            Scope::Labels(_) => name.to_string(),
            _ => dialect.fold_name(name).into_owned(),
        }
    }

    fn operation(&self, schema: &Schema, dialect: &dyn Dialect, pair: &Pair) -> Option<Operation> {
        let Pair { from, to, .. } = pair.clone();
        let of = |name: &ObjectName| key_of(dialect, name);
        let within = |namespace: &Option<String>, name: &String| ObjectName {
            schema: namespace.clone(),
            name: name.clone(),
        };
        Some(match self {
            Scope::Tables(namespace) => Operation::RenameTable {
                from: within(namespace, &from),
                to,
            },
            Scope::Enums(namespace) => Operation::RenameEnum {
                from: within(namespace, &from),
                to,
            },
            Scope::Labels(key) => {
                let found = schema.enums.iter().find(|it| of(&it.name) == *key)?;
                let enumeration = found.name.clone();
                Operation::RenameEnumValue {
                    enumeration,
                    from,
                    to,
                }
            }
            Scope::Columns(key) => {
                let found = schema.tables.iter().find(|it| of(&it.name) == *key)?;
                let table = found.name.clone();
                Operation::RenameColumn { table, from, to }
            }
            Scope::Others => return None,
        })
    }
}

impl Carried<'_> {
    fn carry_out(
        &mut self,
        scope: &Scope,
        target: &Schema,
        dialect: &dyn Dialect,
        plan: &mut Plan,
    ) {
        let fold = |name: &str| scope.fold(name, dialect);
        let there = scope.names(&self.current, dialect);
        let has = |name: &str| there.iter().find(|it| fold(it) == fold(name));
        let wanted: BTreeSet<String> = scope
            .names(target, dialect)
            .iter()
            .map(|it| fold(it))
            .collect();
        let mut open: Vec<&Rename> = target
            .renames
            .iter()
            .filter(|it| !it.moves() && Scope::of(&it.object, dialect) == *scope)
            .filter(|it| {
                let from = &it.from.name;
                has(from).is_some() && fold(from) != fold(it.object.name())
            })
            .collect();
        let mut accepted: Vec<&Rename> = Vec::new();
        loop {
            let before = open.len();
            let goes = |name: &str, all: &[&Rename], once: bool| {
                let mut all = all.iter().filter(|it| it.once || !once);
                all.any(|it| fold(&it.from.name) == fold(name))
            };
            let (now, later): (Vec<&Rename>, Vec<&Rename>) = open.iter().partition(|it| {
                let to = it.object.name();
                has(to).is_none() || goes(to, &accepted, false) || it.once && goes(to, &open, true)
            });
            accepted.extend(now);
            open = later;
            if open.len() == before {
                break;
            }
        }
        for rename in open {
            if rename.once || !wanted.contains(&fold(&rename.from.name)) {
                self.conflicts.push(Conflict::Renamed(rename.clone()));
            }
        }
        let pairs = accepted.into_iter().filter_map(|it| {
            Some(Pair {
                from: has(&it.from.name)?.clone(),
                to: it.object.name().to_string(),
                item: 0,
            })
        });
        for pair in sequence(pairs.collect(), fold) {
            if let Some(operation) = scope.operation(&self.current, dialect, &pair) {
                self.follow(operation, dialect, plan);
            }
        }
    }

    /// Renames an enumeration that goes where one of the same labels comes, and no other does.
    fn rename_enums_of_the_same_labels(
        &mut self,
        target: &Schema,
        dialect: &dyn Dialect,
        plan: &mut Plan,
    ) {
        let lacks = |enums: &[EnumType], name: &ObjectName| {
            enums
                .iter()
                .all(|it| key_of(dialect, &it.name) != key_of(dialect, name))
        };
        let alone = |all: &[&EnumType], one: &EnumType| {
            let mut same = all.iter().filter(|it| it.name.schema == one.name.schema);
            let first = same.find(|it| it.labels == one.labels).copied();
            first
                .filter(|_| !same.any(|it| it.labels == one.labels))
                .cloned()
        };
        let current = &self.current.enums;
        let goes: Vec<&EnumType> = current
            .iter()
            .filter(|it| lacks(&target.enums, &it.name))
            .collect();
        let comes: Vec<&EnumType> = target
            .enums
            .iter()
            .filter(|it| lacks(current, &it.name))
            .collect();
        let pairs: Vec<(EnumType, EnumType)> = comes
            .iter()
            .filter_map(|new| {
                let old = alone(&goes, new)?;
                alone(&comes, &old).map(|_| (old, (*new).clone()))
            })
            .collect();
        for (old, new) in pairs {
            let operation = Operation::RenameEnum {
                from: old.name,
                to: new.name.name,
            };
            self.follow(operation, dialect, plan);
        }
    }

    fn follow(&mut self, operation: Operation, dialect: &dyn Dialect, plan: &mut Plan) {
        // It names what was just found; nothing else can stand against it.
        if apply(self.current.to_mut(), &operation, dialect.lexicon()).is_ok() {
            plan.push(Phase::RenameObjects, Why::Renamed, operation);
        }
    }
}

/// A constraint or an index that gets another name.
#[derive(Debug, Clone)]
pub(super) struct ByName {
    table: ObjectName,
    is_index: bool,
    from: String,
    to: String,
}

/// Finds the constraints and indexes of tables on both sides that differ by their names only.
pub(super) fn by_definition(
    carried: &mut Cow<'_, Schema>,
    target: &Schema,
    judge: &mut Judge<'_>,
    plan: &mut Plan,
) {
    let dialect = judge.dialect;
    let current = super::keys::by_key(dialect, &carried.tables);
    let mut found = Vec::new();
    for wanted in &target.tables {
        if let Some(existing) = current.get(&key_of(dialect, &wanted.name)) {
            let tables = Tables {
                current: existing,
                target: wanted,
            };
            of_table(tables, &target.renames, judge, &mut found);
        }
    }
    if found.is_empty() {
        return;
    }
    let carried = carried.to_mut();
    for it in found {
        if apply(carried, &it.operation(&it.from, &it.to), dialect.lexicon()).is_ok() {
            plan.by_name.push(it);
        }
    }
}

fn of_table(tables: Tables<'_>, said: &[Rename], judge: &mut Judge<'_>, found: &mut Vec<ByName>) {
    let Tables { current, target } = tables;
    let said_of = |name: &str, is_index: bool| {
        let mut said = said.iter().filter(|it| match &it.object {
            Renamed::Constraint { table, name: new } => {
                !is_index && *table == target.name && new == name
            }
            Renamed::Index { table, name: new } => is_index && *table == target.name && new == name,
            _ => false,
        });
        said.next().map(|it| it.from.name.clone())
    };
    let mut add = |is_index, from: &str, to: &str| {
        found.push(ByName {
            table: current.name.clone(),
            is_index,
            from: from.to_string(),
            to: to.to_string(),
        });
    };

    let (mut goes, comes) = unmatched(
        Constraint::all_of(current).collect(),
        Constraint::all_of(target).collect(),
        |it: &Constraint| it.name().map(String::from),
        judge,
    );
    for wanted in comes {
        let Some(name) = wanted.name() else { continue };
        let first = said_of(name, false);
        goes.sort_by_key(|it| it.name() != first.as_deref());
        let same = goes
            .iter()
            .position(|it| constraints::same(it, &wanted, tables, judge));
        if let Some(old) = same.map(|at| goes.remove(at)) {
            add(false, old.name().unwrap_or_default(), name);
        }
    }

    let (mut goes, comes) = unmatched(
        current.indexes.iter().collect(),
        target.indexes.iter().collect(),
        |it: &&Index| Some(it.name.clone()),
        judge,
    );
    for wanted in comes {
        let first = said_of(&wanted.name, true);
        goes.sort_by_key(|it| Some(&it.name) != first.as_ref());
        let same = goes
            .iter()
            .position(|it| indexes::same(it, wanted, tables, judge));
        if let Some(old) = same.map(|at| goes.remove(at)) {
            add(true, &old.name, &wanted.name);
        }
    }
}

/// Those of each side that have a name which the other side has not.
fn unmatched<T>(
    current: Vec<T>,
    target: Vec<T>,
    name: impl Fn(&T) -> Option<String>,
    judge: &Judge<'_>,
) -> (Vec<T>, Vec<T>) {
    let folded = |all: &[T]| -> BTreeSet<String> {
        let names = all.iter().filter_map(&name);
        names
            .map(|it| judge.dialect.fold_name(&it).into_owned())
            .collect()
    };
    let (here, there) = (folded(&current), folded(&target));
    let lacks = |names: &BTreeSet<String>, it: &T| {
        name(it).is_some_and(|it| !names.contains(judge.dialect.fold_name(&it).as_ref()))
    };
    let goes = current.into_iter().filter(|it| lacks(&there, it)).collect();
    let comes = target.into_iter().filter(|it| lacks(&here, it)).collect();
    (goes, comes)
}

impl ByName {
    fn operation(&self, from: &str, to: &str) -> Operation {
        let (table, from, to) = (self.table.clone(), from.to_string(), to.to_string());
        if self.is_index {
            Operation::RenameIndex { table, from, to }
        } else {
            Operation::RenameConstraint { table, from, to }
        }
    }
}

/// What is dropped anyway is dropped by its old name.
pub(super) fn drop_by_old_names(plan: &mut Plan) {
    let mut kept = Vec::new();
    for renamed in std::mem::take(&mut plan.by_name) {
        let mut dropped = false;
        for operation in plan.operations_mut() {
            dropped |= drops_by_old_name(operation, &renamed);
        }
        if !dropped {
            kept.push(renamed);
        }
    }
    plan.by_name = kept;
}

fn drops_by_old_name(operation: &mut Operation, renamed: &ByName) -> bool {
    match operation {
        Operation::DropConstraint {
            table,
            constraint: ConstraintRef::Named(name),
            definition,
        } if !renamed.is_index && *table == renamed.table && *name == renamed.to => {
            name.clone_from(&renamed.from);
            if let Some(definition) = definition {
                definition.set_name(Some(&renamed.from));
            }
            true
        }
        Operation::DropIndex {
            table, name, index, ..
        } if renamed.is_index && *table == renamed.table && *name == renamed.to => {
            name.clone_from(&renamed.from);
            if let Some(index) = index {
                index.name.clone_from(&renamed.from);
            }
            true
        }
        _ => false,
    }
}

/// Renames the constraints and indexes that are not dropped, in an order in which no name is taken:
/// the indexes of a namespace, those of constraints among them, share their names.
pub(super) fn rename_the_rest(dialect: &dyn Dialect, plan: &mut Plan) {
    let by_name = std::mem::take(&mut plan.by_name);
    let namespaces: BTreeSet<&Option<String>> = by_name.iter().map(|it| &it.table.schema).collect();
    for namespace in namespaces {
        let own = by_name.iter().enumerate();
        let pairs = own
            .filter(|(_, it)| it.table.schema == *namespace)
            .map(|(item, it)| Pair {
                from: it.from.clone(),
                to: it.to.clone(),
                item,
            });
        let ordered = sequence(pairs.collect(), |name| dialect.fold_name(name).into_owned());
        for pair in ordered {
            let rename = by_name[pair.item].operation(&pair.from, &pair.to);
            plan.push(Phase::RenameConstraints, Why::Renamed, rename);
        }
    }
}
