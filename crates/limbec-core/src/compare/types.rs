//! Namespaces and enumerations.

use std::collections::BTreeMap;

use super::Plan;
use super::keys::{Key, by_key, key_of};
use crate::dialect::Dialect;
use crate::operations::Operation;
use crate::schema::{Column, ColumnType, Schema};

pub(super) fn compare(current: &Schema, target: &Schema, dialect: &dyn Dialect, plan: &mut Plan) {
    if dialect.capabilities().namespaces {
        let missing = target
            .namespaces
            .iter()
            .filter(|it| !current.namespaces.contains(it));
        plan.create_types
            .extend(missing.map(|it| Operation::CreateSchema { name: it.clone() }));
    }

    let current_enums = by_key(dialect, &current.enums);
    let target_enums = by_key(dialect, &target.enums);
    for wanted in &target.enums {
        match current_enums.get(&key_of(dialect, &wanted.name)) {
            None => plan.create_types.push(Operation::CreateEnum {
                enumeration: wanted.clone(),
            }),
            Some(existing) if existing.labels != wanted.labels => {
                plan.alter_types.push(Operation::AlterEnum {
                    to: wanted.clone(),
                    from: Some((*existing).clone()),
                });
            }
            Some(_) => {}
        }
    }
    for existing in &current.enums {
        if !target_enums.contains_key(&key_of(dialect, &existing.name)) {
            plan.drop_types.push(Operation::DropEnum {
                name: existing.name.clone(),
                enumeration: Some(existing.clone()),
            });
        }
    }
}

/// The enumerations that the operations so far make, or give labels that they lack.
pub(super) fn unready(dialect: &dyn Dialect, plan: &Plan) -> BTreeMap<Key, Option<Vec<String>>> {
    let all = plan.create_types.iter().chain(&plan.alter_types);
    let lacks = all.filter_map(|operation| match operation {
        Operation::CreateEnum { enumeration } => Some((&enumeration.name, None)),
        Operation::AlterEnum { to, from } => {
            let known = |label: &&String| from.as_ref().is_some_and(|it| it.labels.contains(label));
            let lacks = to.labels.iter().filter(|label| !known(label));
            Some((&to.name, Some(lacks.cloned().collect())))
        }
        _ => None,
    });
    lacks
        .map(|(name, labels)| (key_of(dialect, name), labels))
        .collect()
}

/// Whether a column is of an enumeration whose labels change.
pub(super) fn is_relabelled(column: &Column, dialect: &dyn Dialect, plan: &Plan) -> bool {
    let mut column_type = &column.column_type;
    while let ColumnType::Array(element) = column_type {
        column_type = element;
    }
    let ColumnType::Enum(it) = column_type else {
        return false;
    };
    plan.alter_types.iter().any(|operation| {
        matches!(operation, Operation::AlterEnum { to, .. }
            if key_of(dialect, &to.name) == key_of(dialect, &it.name))
    })
}
