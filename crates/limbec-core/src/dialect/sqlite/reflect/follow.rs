//! What reflection would find after an operation, where that is sure: so that dropping a thousand
//! tables does not read the catalogue a thousand times.

use super::super::names::same;
use crate::operations::Operation;
use crate::schema::{ObjectName, Schema};

pub(in super::super) fn follow(schema: &mut Schema, operation: &Operation) -> bool {
    match operation {
        Operation::DropTable { name, .. } => {
            let is_it = |it: &ObjectName| same(&it.name, &name.name);
            schema.tables.retain(|it| !is_it(&it.name));
            (schema.definitions).retain(|it| !it.table.as_ref().is_some_and(is_it));
            true
        }
        Operation::DropIndex { name, .. } => {
            for table in &mut schema.tables {
                table.indexes.retain(|it| !same(&it.name, name));
            }
            true
        }
        Operation::SetTimeout { .. } => true,
        _ => false,
    }
}
