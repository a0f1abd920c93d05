//! Namespaces, extensions and enumerations.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Judge;
use super::keys::{Key, by_key, key_of};
use super::plan::{Phase, Plan, Why};
use super::unknown::Unknown;
use super::{comments, domains};
use crate::dialect::Dialect;
use crate::operations::{CommentOn, Moved, Operation};
use crate::schema::{Column, ColumnType, Definition, EnumType, Namespace, ObjectName, Schema};

pub(super) fn compare(current: &Schema, target: &Schema, judge: &mut Judge<'_>, plan: &mut Plan) {
    let dialect = judge.dialect;
    let capabilities = dialect.capabilities();
    if capabilities.namespaces {
        namespaces(current, target, dialect, plan);
    }
    if capabilities.named_objects {
        create_extensions(current, target, judge, plan);
    }
    enums(current, target, dialect, plan);
    if capabilities.named_objects {
        domains::compare(current, target, judge, plan);
    }
    // Behind what is made of it.
    drop_enums(current, target, dialect, plan);
    if capabilities.named_objects {
        let stays = |it: &ObjectName| target.extensions.iter().any(|to| to.name == it.name);
        for name in current.extensions.iter().filter(|it| !stays(it)).cloned() {
            let drop = Operation::DropExtension { name };
            plan.push(Phase::DropTypes, Why::Gone, drop);
        }
    }
}

fn create_extensions(current: &Schema, target: &Schema, judge: &mut Judge<'_>, plan: &mut Plan) {
    for wanted in &target.extensions {
        let existing = current.extensions.iter().find(|it| it.name == wanted.name);
        match existing {
            None => {
                let name = wanted.clone();
                let create = Operation::CreateExtension { name };
                plan.push(Phase::CreateTypes, Why::New, create);
            }
            // A model that names no namespace is content with any.
            Some(existing) if wanted.schema.is_some() && existing.schema != wanted.schema => {
                judge.unknown.push(Unknown::Extension {
                    current: existing.clone(),
                    target: wanted.clone(),
                });
            }
            Some(_) => {}
        }
    }
}

fn namespaces(current: &Schema, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    let find = |all: &'_ [Namespace], name: &str| all.iter().find(|it| it.name == name).cloned();
    let wanted = with_those_of_definitions(target, dialect);
    for wanted in &wanted {
        let existing = find(&current.namespaces, &wanted.name);
        if existing.is_none() {
            let name = wanted.name.clone();
            let create = Operation::CreateSchema { name };
            plan.push(Phase::CreateNamespaces, Why::New, create);
        }
        let comment = existing.and_then(|it| it.comment);
        let on = CommentOn::schema(wanted.name.clone());
        comments::compare(on, comment.as_ref(), wanted.comment.as_ref(), plan);
    }
    for existing in &current.namespaces {
        if find(&wanted, &existing.name).is_none() {
            // Its comment would be lost to the way back.
            let on = CommentOn::schema(existing.name.clone());
            comments::compare(on, existing.comment.as_ref(), None, plan);
            let name = existing.name.clone();
            let drop = Operation::DropSchema { name };
            plan.push(Phase::DropNamespaces, Why::Gone, drop);
        }
    }
}

/// The namespaces of the models, and those that only views, routines and their like stand in.
fn with_those_of_definitions(target: &Schema, dialect: &dyn Dialect) -> Vec<Namespace> {
    let mut wanted = target.namespaces.clone();
    let is_ours = |it: &&Definition| it.dialect.as_deref().is_none_or(|it| it == dialect.name());
    let definitions = target.definitions.iter().filter(is_ours);
    for name in definitions.filter_map(|it| it.name.schema.as_deref()) {
        if !wanted.iter().any(|it| it.name == name) {
            wanted.push(name.into());
        }
    }
    wanted
}

fn enums(current: &Schema, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    let capabilities = dialect.capabilities();
    let existing = by_key(dialect, &current.enums);
    let used = used(target, dialect);
    for wanted in &target.enums {
        let key = key_of(dialect, &wanted.name);
        // Where an enumeration is in its columns alone, one without columns is nowhere.
        if !capabilities.native_enums && !used.contains(&key) {
            continue;
        }
        let from = existing.get(&key);
        match from {
            None => {
                let enumeration = wanted.clone();
                let create = Operation::CreateEnum { enumeration };
                plan.push(Phase::CreateTypes, Why::New, create);
            }
            Some(from) if from.labels != wanted.labels => {
                let alter = Operation::AlterEnum {
                    to: EnumType {
                        comment: from.comment.clone(),
                        ..wanted.clone()
                    },
                    from: Some((*from).clone()),
                };
                plan.push(Phase::AlterTypes, Why::Changed, alter);
            }
            Some(_) => {}
        }
        if let Some(from) = from.filter(|_| capabilities.named_objects) {
            let on = CommentOn::enumeration(from.name.clone());
            comments::compare(on, from.comment.as_ref(), wanted.comment.as_ref(), plan);
        }
    }
}

/// The enumerations that columns are of.
fn used(schema: &Schema, dialect: &dyn Dialect) -> BTreeSet<Key> {
    let columns = schema.tables.iter().flat_map(|it| &it.columns);
    let enums = columns.filter_map(|it| match it.column_type.element() {
        ColumnType::Enum(it) => Some(key_of(dialect, &it.name)),
        _ => None,
    });
    enums.collect()
}

fn drop_enums(current: &Schema, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    let wanted = by_key(dialect, &target.enums);
    for existing in &current.enums {
        if !wanted.contains_key(&key_of(dialect, &existing.name)) {
            let drop = Operation::DropEnum {
                name: existing.name.clone(),
                enumeration: Some(existing.clone()),
            };
            plan.push(Phase::DropTypes, Why::Gone, drop);
        }
    }
}

/// The enumerations that the operations so far make, or give labels that they lack.
pub(super) fn unready(dialect: &dyn Dialect, plan: &Plan) -> BTreeMap<Key, Option<Vec<String>>> {
    let lacks = plan.operations().filter_map(|operation| match operation {
        Operation::CreateEnum { enumeration } => Some((enumeration.name.clone(), None)),
        Operation::AlterEnum { to, from } => {
            let known = |label: &&String| from.as_ref().is_some_and(|it| it.labels.contains(label));
            let lacks = to.labels.iter().filter(|label| !known(label));
            Some((to.name.clone(), Some(lacks.cloned().collect())))
        }
        Operation::RenameEnum { from, to } => {
            let mut now = from.clone();
            now.name.clone_from(to);
            Some((now, None))
        }
        Operation::Move {
            kind: Moved::Enum,
            to,
            ..
        } => Some((to.clone(), None)),
        Operation::RenameEnumValue {
            enumeration, to, ..
        } => Some((enumeration.clone(), Some(vec![to.clone()]))),
        _ => None,
    });
    let mut unready: BTreeMap<Key, Option<Vec<String>>> = BTreeMap::new();
    for (name, labels) in lacks {
        let known = unready
            .entry(key_of(dialect, &name))
            .or_insert_with(|| Some(Vec::new()));
        *known = known
            .take()
            .zip(labels)
            .map(|(known, more)| [known, more].concat());
    }
    unready
}

/// Whether a column is of an enumeration whose labels change.
pub(super) fn is_relabelled(column: &Column, dialect: &dyn Dialect, plan: &Plan) -> bool {
    relabelled(column, dialect, plan).is_some()
}

/// Whether a column is of an enumeration that loses labels, or has them in another order; not so if it
/// is given more.
pub(super) fn loses_labels(column: &Column, dialect: &dyn Dialect, plan: &Plan) -> bool {
    relabelled(column, dialect, plan).is_some_and(|(from, to)| {
        let mut rest = to.iter();
        !from.iter().all(|label| rest.any(|it| it == label))
    })
}

/// The labels that the enumeration of a column keeps.
pub(super) fn kept_labels(column: &Column, dialect: &dyn Dialect, plan: &Plan) -> Vec<String> {
    let relabelled = relabelled(column, dialect, plan);
    let kept = relabelled.map(|(from, to)| from.iter().filter(|it| to.contains(it)).cloned());
    kept.into_iter().flatten().collect()
}

/// The labels of a column's enumeration before and after, if they change.
fn relabelled<'p>(
    column: &Column,
    dialect: &dyn Dialect,
    plan: &'p Plan,
) -> Option<(&'p [String], &'p [String])> {
    let it = column.column_type.enumeration()?;
    let name = key_of(dialect, &it.name);
    plan.operations().find_map(|operation| match operation {
        Operation::AlterEnum { to, from } if key_of(dialect, &to.name) == name => {
            let from = from.as_ref().map_or(&[][..], |it| &it.labels);
            Some((from, to.labels.as_slice()))
        }
        _ => None,
    })
}
