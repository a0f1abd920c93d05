//! What reflection would find after an operation, where that is sure: so that dropping a thousand
//! tables does not read the catalogue a thousand times.

use super::super::names::same;
use super::options::INDEX;
use crate::operations::Operation;
use crate::schema::Schema;

pub(in super::super) fn follow(schema: &mut Schema, operation: &Operation) -> bool {
    match operation {
        Operation::DropTable { name, .. } => {
            schema.tables.retain(|it| !same(&it.name.name, &name.name));
            true
        }
        Operation::DropIndex { name, .. } => {
            for table in &mut schema.tables {
                table.indexes.retain(|it| !same(&it.name, name));
                table.options.retain(|key, _| {
                    key.strip_prefix(INDEX)
                        .is_none_or(|index| !same(index, name))
                });
            }
            true
        }
        Operation::SetTimeout { .. } => true,
        _ => false,
    }
}
