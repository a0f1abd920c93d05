//! Namespaces and enumerations.

use super::Plan;
use super::keys::{by_key, key_of};
use crate::dialect::Dialect;
use crate::operations::Operation;
use crate::schema::Schema;

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
        let operation = match current_enums.get(&key_of(dialect, &wanted.name)) {
            None => Operation::CreateEnum {
                enumeration: wanted.clone(),
            },
            Some(existing) if existing.labels != wanted.labels => Operation::AlterEnum {
                to: wanted.clone(),
                from: Some((*existing).clone()),
            },
            Some(_) => continue,
        };
        plan.create_types.push(operation);
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
