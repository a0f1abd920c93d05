//! Tables and indexes that come and go whole: no table is rebuilt, so nothing is copied or followed.
//!
//! Most revisions make only such changes. A run of a thousand of them looks at a thousand tables
//! each time, and must not copy them.

use super::super::names::same;
use super::{drop_table, plainly};
use crate::dialect::{CompileError, Of};
use crate::operations::Operation;
use crate::schema::{Schema, Table};
use crate::steps::Step;

/// Whether an operation makes or drops a whole table or index.
pub(super) fn is_whole(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateTable { .. }
            | Operation::DropTable { .. }
            | Operation::CreateIndex { .. }
            | Operation::DropIndex { .. }
    )
}

/// Makes the steps of operations for which [`is_whole`] holds.
pub(super) fn compile(
    operations: &[Operation],
    current: &Schema,
) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    let mut there: Vec<&Table> = current.tables.iter().collect();
    let mut steps = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let compiled = match operation {
            Operation::DropTable { name, .. } => {
                there.retain(|it| !same(&it.name.name, &name.name));
                drop_table(name, there.iter().copied())
            }
            other => {
                if let Operation::CreateTable { table } = other {
                    there.push(table);
                }
                plainly(other)
            }
        };
        let compiled = compiled.map_err(|error| Of::new(at, error))?;
        steps.extend(compiled.into_iter().map(|step| Of::new(at, step)));
    }
    Ok(steps)
}
