//! Renders a plan as an SQL script, without running it.

use limbec_core::dialect::{Dialect, Of};
use limbec_core::operations::{Operation, apply};
use limbec_core::revision::{Plan, PlanStep};
use limbec_core::schema::{ObjectName, Schema};
use limbec_core::steps::{Step, groups};

use super::revisions::of_step;
use super::version::{RowChange, VERSION_TABLE};
use super::{Error, ErrorKind, Revisions};

/// One revision's part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script<'g> {
    /// The step that the part is of.
    pub step: PlanStep<'g>,
    /// The statements with the transaction round them, in order.
    pub statements: Vec<Step>,
}

/// Renders a plan for a database that is at the plan's start.
///
/// Where a statement depends on what a table looks like (SQLite rebuilds tables), that is worked
/// out from the revisions below; `tag` goes into a comment of each part.
///
/// # Errors
/// When a revision does not read, or the dialect cannot express an operation.
pub fn render<'g, R: Revisions>(
    revisions: &R,
    dialect: &dyn Dialect,
    plan: &Plan<'g>,
) -> Result<Vec<Script<'g>>, Error> {
    let table = ObjectName::from(VERSION_TABLE);
    let mut table_exists = !plan.rows_before.is_empty();
    let mut work = Vec::new();
    for step in &plan.steps {
        work.push((step, of_step(revisions, step)?));
    }
    let needs_schema = work
        .iter()
        .flat_map(|(step, content)| content.operations(step.direction));
    let mut schema = if needs_schema.clone().any(|it| dialect.needs_schema(it)) {
        below(revisions, plan, dialect)?
    } else {
        Schema::default()
    };

    let mut scripts = Vec::new();
    for (index, (step, content)) in work.iter().enumerate() {
        let purge = plan.purge && index == 0;
        let rows = RowChange::new(
            dialect,
            &table,
            table_exists,
            &step.rows_delete,
            &step.rows_insert,
            purge,
        );
        table_exists = true;
        let mut statements = Vec::new();
        let groups = groups(content.operations(step.direction), dialect);
        let last = groups.len() - 1;
        let mut ensure = rows.ensure;
        for (number, group) in groups.iter().enumerate() {
            let frame = dialect.frame(&group.operations);
            let mut inside = std::mem::take(&mut ensure);
            let mut outside = Vec::new();
            for (timeout, time) in &group.timeouts {
                let limit = Operation::SetTimeout {
                    timeout: *timeout,
                    time: time.clone(),
                };
                inside.extend(dialect.compile(&limit, &schema)?);
            }
            for batch in dialect.batches(&group.operations) {
                let compiled = dialect.compile_batch(&batch, &schema);
                for Of { item: step, .. } in compiled.map_err(|of| of.item)? {
                    if step.transactional {
                        inside.push(step);
                    } else {
                        outside.push(step);
                    }
                }
                for operation in batch.operations {
                    follow(&mut schema, operation, dialect)?;
                }
            }
            if number == last {
                inside.extend(rows.steps.iter().map(|(step, _)| step.clone()));
            }
            // What belongs to a statement outside comes behind it.
            statements.extend(outside);
            if !inside.is_empty() {
                statements.extend(frame.begin);
                statements.extend(inside);
                statements.extend(frame.commit);
                statements.extend(frame.restore);
            }
        }
        let statements = statements.into_iter().flat_map(|it| dialect.in_script(it));
        scripts.push(Script {
            step: (*step).clone(),
            statements: statements.collect(),
        });
    }
    Ok(scripts)
}

/// The schema that the revisions applied at the plan's start make, as far as operations tell.
fn below<R: Revisions>(
    revisions: &R,
    plan: &Plan<'_>,
    dialect: &dyn Dialect,
) -> Result<Schema, Error> {
    let graph = revisions.graph();
    let applied: std::collections::BTreeSet<usize> =
        graph.applied(&plan.rows_before)?.into_iter().collect();
    let mut schema = Schema::default();
    for index in graph
        .topological()
        .iter()
        .filter(|index| applied.contains(index))
    {
        for operation in &revisions.read(graph.id(*index))?.upgrade {
            follow(&mut schema, operation, dialect)?;
        }
    }
    Ok(schema)
}

/// Advances the schema where that is possible; what raw SQL made is not known, and only a problem
/// for an operation that needs it.
fn follow(schema: &mut Schema, operation: &Operation, dialect: &dyn Dialect) -> Result<(), Error> {
    match apply(schema, operation) {
        Ok(()) => Ok(()),
        Err(_) if !dialect.needs_schema(operation) => Ok(()),
        Err(error) => Err(Error::new(
            ErrorKind::Unsupported,
            format!("without a database, `{operation}` cannot be rendered: {error}"),
        )
        .with_hint("raw SQL in an earlier revision may have made it; run the upgrade online")),
    }
}
