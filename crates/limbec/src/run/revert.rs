//! The SQL that reverts a revision, worked out when it is applied: later, its file may be gone.

use limbec_core::dialect::Dialect;
use limbec_core::operations::{Operation, apply};
use limbec_core::schema::Schema;
use limbec_core::steps::script;

/// Whether the schema must be known to write it.
pub(super) fn needs_schema(dialect: &dyn Dialect, downgrade: &[Operation]) -> bool {
    downgrade.iter().any(|it| dialect.needs_schema(it))
}

/// Writes the SQL of a downgrade for a database with this schema; `None` where that is not known,
/// because raw SQL has made what it changes.
pub(super) fn write(
    dialect: &dyn Dialect,
    downgrade: &[Operation],
    schema: Option<&Schema>,
) -> Option<String> {
    let mut schema = match schema {
        Some(schema) if needs_schema(dialect, downgrade) => schema.clone(),
        _ => Schema::default(),
    };
    let mut steps = Vec::new();
    for batch in dialect.batches(downgrade) {
        let compiled = dialect.compile_batch(&batch, &schema).ok()?;
        steps.extend(compiled.into_iter().map(|of| of.item));
        for operation in batch.operations {
            if apply(&mut schema, operation).is_err() && needs_schema(dialect, downgrade) {
                return None;
            }
        }
    }
    Some(script(&steps))
}
