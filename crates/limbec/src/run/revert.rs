//! The SQL that reverts a revision, worked out when it is applied: later, its file may be gone.

use limbec_core::dialect::Dialect;
use limbec_core::operations::Operation;
use limbec_core::steps::{Knowledge, RevisionPlan, Step, script};

/// Writes the SQL of a downgrade for a database of which so much is known; `None` if that is too
/// little, because raw SQL has made what it changes.
pub(super) fn write(
    dialect: &'static dyn Dialect,
    downgrade: &[Operation],
    knowledge: &Knowledge<'_>,
) -> Option<String> {
    let plan = RevisionPlan::new(downgrade, dialect);
    let mut knowledge = knowledge.fork();
    let mut steps: Vec<Step> = Vec::new();
    for part in &plan.parts {
        let statements = part.compile(dialect).all(&mut knowledge).ok()?;
        steps.extend(statements.into_iter().map(|it| it.step));
    }
    Some(script(&steps, dialect.lexicon()))
}
