//! Writes down what a plan runs, without running it: as a script for another database, or as a dry
//! run on this one.

use std::collections::BTreeSet;
use std::sync::Arc;

use limbec_core::dialect::Dialect;
use limbec_core::revision::{Direction, Plan, PlanStep};
use limbec_core::schema::ObjectName;
use limbec_core::steps::{Audience, Knowledge, RevisionPlan, Statement};

use super::migrate::Prepared;
use super::reflect::reflect;
use super::revisions::of_step;
use super::version::RowChange;
use super::{Content, Error, Migrator, Revisions};
use crate::connection::Connection;

/// One revision's part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script<'g> {
    /// The step that the part is of.
    pub step: PlanStep<'g>,
    /// The statements with the transaction round them, in order.
    pub statements: Vec<Statement>,
    /// Whether they depend on a schema that raw SQL before them may have changed, and were written
    /// as if it had not.
    pub assumes: bool,
}

/// What an upgrade or a downgrade would run on a database.
#[derive(Debug, Clone)]
pub struct DryRun<'g> {
    /// The plan.
    pub plan: Plan<'g>,
    /// What each of its revisions would run: the statements that the run would send, but for
    /// those of its session (locks, limits) and the journal's rows.
    pub scripts: Vec<Script<'g>>,
}

/// Renders a plan as a script for the shell of a database that is at the plan's start.
///
/// The version table is made and changed by the name that is given.
///
/// If a statement depends on what a table looks like (SQLite rebuilds tables), that is worked out
/// from the revisions below.
///
/// # Errors
/// When a revision does not read, the dialect cannot express an operation, or what the operation
/// changes was made by raw SQL.
pub fn render<'g, R: Revisions>(
    revisions: &R,
    dialect: &'static dyn Dialect,
    version_table: &ObjectName,
    plan: &Plan<'g>,
) -> Result<Vec<Script<'g>>, Error> {
    let contents = plan.steps.iter().map(|step| of_step(revisions, step));
    let contents = contents.collect::<Result<Vec<_>, _>>()?;
    let (work, needs_schema) = of_revisions(plan, &contents, dialect)?;
    let mut knowledge = if needs_schema {
        below(revisions, plan, dialect)?
    } else {
        Knowledge::empty()
    };
    let mut table_exists = !plan.rows_before.is_empty();
    let mut scripts = Vec::new();
    let steps = plan.steps.iter().zip(&contents).zip(work);
    for (index, ((step, content), mut of_revision)) in steps.enumerate() {
        with_rows(
            &mut of_revision,
            dialect,
            (version_table, table_exists),
            step,
            plan.purge && index == 0,
            Audience::Shell,
        );
        table_exists = true;
        let statements = of_revision
            .statements(0, dialect, &mut knowledge, Audience::Shell)
            .map_err(|it| Error::from(it).of_step(step, content, dialect))?;
        scripts.push(Script {
            step: step.clone(),
            statements,
            assumes: knowledge.take_assumption(),
        });
    }
    Ok(scripts)
}

/// What each revision of a plan runs, without version rows, and whether any of it depends on the schema.
fn of_revisions(
    plan: &Plan<'_>,
    contents: &[Arc<Content>],
    dialect: &dyn Dialect,
) -> Result<(Vec<RevisionPlan>, bool), Error> {
    let steps = plan.steps.iter().zip(contents);
    let plans = steps.map(|(step, content)| content.plan(step.direction, dialect));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let needs_schema = plans.iter().any(|it| it.needs_schema(dialect));
    Ok((plans, needs_schema))
}

/// Adds the changes of version rows.
fn with_rows(
    of_revision: &mut RevisionPlan,
    dialect: &dyn Dialect,
    (table, table_exists): (&ObjectName, bool),
    step: &PlanStep<'_>,
    purge: bool,
    audience: Audience,
) {
    let (delete, insert) = (&step.rows_delete, &step.rows_insert);
    let mut rows = RowChange::new(dialect, table, table_exists, delete, insert, purge);
    if audience == Audience::Runner {
        rows = rows.protected(dialect, table, table_exists);
    }
    of_revision.ensure = rows.ensure;
    of_revision.rows = rows.steps;
}

/// The schema that the revisions applied at the plan's start make, as far as operations tell.
fn below<R: Revisions>(
    revisions: &R,
    plan: &Plan<'_>,
    dialect: &dyn Dialect,
) -> Result<Knowledge<'static>, Error> {
    let graph = revisions.graph();
    let applied: BTreeSet<usize> = graph.applied(&plan.rows_before)?.into_iter().collect();
    let order = graph.topological().iter();
    let mut knowledge = Knowledge::empty();
    for index in order.filter(|index| applied.contains(index)) {
        for operation in &revisions.read(graph.id(*index))?.upgrade {
            // What raw SQL made is not known, and matters only to what depends on it.
            let _ = knowledge.follow(dialect, operation);
        }
    }
    Ok(knowledge)
}

impl<'a, C: Connection, R: Revisions> Migrator<'a, C, R> {
    /// Works out what an upgrade or a downgrade would run on this database, without running it. A
    /// revision that is half applied goes on where it stopped.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`], but for what only running a statement shows.
    pub async fn dry_run(
        &mut self,
        target: &str,
        direction: Direction,
    ) -> Result<DryRun<'a>, Error> {
        let dialect = self.connection.dialect();
        let mut state = self.read_state().await?;
        let Prepared { plan, contents } = self.prepare(&state, target, direction)?;
        let (work, needs_schema) = of_revisions(&plan, &contents, dialect)?;
        let mut knowledge = if needs_schema {
            Knowledge::reflected(reflect(self.connection).await?)
        } else {
            Knowledge::empty()
        };
        let mut scripts = Vec::new();
        for ((step, content), mut of_revision) in plan.steps.iter().zip(&contents).zip(work) {
            let from = state.progress(step.id(), step.direction).done;
            with_rows(
                &mut of_revision,
                dialect,
                (&self.version_table, state.version.table_exists),
                step,
                false,
                Audience::Runner,
            );
            let statements = of_revision
                .statements(from, dialect, &mut knowledge, Audience::Runner)
                .map_err(|it| Error::from(it).of_step(step, content, dialect))?;
            scripts.push(Script {
                step: step.clone(),
                statements,
                assumes: knowledge.take_assumption(),
            });
            state.step_done(step, false);
        }
        Ok(DryRun { plan, scripts })
    }
}
