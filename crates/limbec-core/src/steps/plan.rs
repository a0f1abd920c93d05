//! What one revision runs, with what limbec writes round it.

use super::compile::{Statement, Uncompiled, units};
use super::kept::kept_parts;
use super::{Knowledge, Part, Step, parts};
use crate::dialect::{CompileError, Dialect, Frame};
use crate::operations::Operation;

/// What one revision runs: its parts in order, and the upkeep of limbec's own tables.
#[derive(Debug, Clone, Default)]
pub struct RevisionPlan {
    /// The parts; at least one.
    pub parts: Vec<Part>,
    /// Makes limbec's own tables ready, in the first transaction.
    pub ensure: Vec<Step>,
    /// Changes of version rows, each with the number of rows it must touch. They commit with the
    /// last part.
    pub rows: Vec<(Step, Option<u64>)>,
}

/// Who takes the statements of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The runner, which looks at the answers.
    Runner,
    /// A database's own shell, which stops only at errors.
    Shell,
}

impl RevisionPlan {
    /// The plan of some operations, with nothing of limbec's own yet.
    pub fn new(operations: &[Operation], dialect: &dyn Dialect) -> Self {
        RevisionPlan {
            parts: parts(operations, dialect),
            ..RevisionPlan::default()
        }
    }

    /// The plan of SQL that an earlier run has kept, as [`script`](super::script) writes it: it
    /// is divided by the rules of the database.
    ///
    /// # Errors
    /// When a statement would open or end a transaction, which no revision does.
    pub fn of_kept(sql: &str, dialect: &dyn Dialect) -> Result<Self, CompileError> {
        Ok(RevisionPlan {
            parts: kept_parts(sql, dialect)?,
            ..RevisionPlan::default()
        })
    }

    /// Whether a part is the last one, with which the version rows change.
    pub fn is_last(&self, part: usize) -> bool {
        part + 1 >= self.parts.len()
    }

    /// Whether a statement depends on the schema.
    pub fn needs_schema(&self, dialect: &dyn Dialect) -> bool {
        let mut batches = self
            .parts
            .iter()
            .flat_map(|it| dialect.batches(&it.operations));
        batches.any(|it| dialect.batch_needs_schema(&it))
    }

    /// The statements from a part on, in order, without the rows of the journal and what only a
    /// session of the runner needs (limits, locks): all that changes the user's database.
    ///
    /// # Errors
    /// When an operation cannot be expressed, or depends on a schema that is not known.
    pub fn statements(
        &self,
        from: usize,
        dialect: &'static dyn Dialect,
        knowledge: &mut Knowledge<'_>,
        audience: Audience,
    ) -> Result<Vec<Statement>, Uncompiled> {
        let mut all = Vec::new();
        let mut ensure = self.ensure.clone();
        for (index, part) in self.parts.iter().enumerate().skip(from) {
            let frame = part.frame(dialect);
            let rows = if self.is_last(index) {
                self.version_rows(dialect, audience)
            } else {
                Vec::new()
            };
            let mut opening: Vec<Step> = std::mem::take(&mut ensure);
            if audience == Audience::Shell {
                opening.extend(limits(part, dialect)?);
            }
            let made = part.compile(dialect).all(knowledge)?;
            if !part.outside || made.iter().all(|it| it.step.transactional) {
                all.extend(framed(&frame, &opening, made, &rows));
                continue;
            }
            let apart = units(made);
            // Its transactions hold no operation that asks for more of them.
            let frame = dialect.frame(&[]);
            let last = apart.len() - 1;
            for (number, unit) in apart.into_iter().enumerate() {
                let opening = std::mem::take(&mut opening);
                all.extend(framed(&frame, &opening, unit.before, &[]));
                all.push(unit.statement);
                let rows = if number == last { rows.as_slice() } else { &[] };
                all.extend(framed(&frame, &[], unit.after, rows));
            }
        }
        if audience == Audience::Shell {
            all = all
                .into_iter()
                .flat_map(|it| for_a_shell(it, dialect))
                .collect();
        }
        Ok(all)
    }

    fn version_rows(&self, dialect: &dyn Dialect, audience: Audience) -> Vec<Step> {
        let rows = self.rows.iter().map(|(step, affects)| {
            let counted = affects.and_then(|_| dialect.counted(&step.sql));
            match counted.filter(|_| audience == Audience::Runner) {
                Some(sql) => Step::new(sql),
                None => step.clone(),
            }
        });
        rows.collect()
    }
}

/// The limits that the revision sets: a shell has no others.
fn limits(part: &Part, dialect: &dyn Dialect) -> Result<Vec<Step>, Uncompiled> {
    let mut steps = Vec::new();
    for (timeout, time) in &part.timeouts {
        let operation = Operation::SetTimeout {
            timeout: *timeout,
            time: time.clone(),
        };
        match dialect.compile(&operation, &crate::schema::Schema::default()) {
            Ok(made) => steps.extend(made),
            Err(error) => {
                return Err(Uncompiled {
                    operation,
                    origin: 0,
                    error,
                });
            }
        }
    }
    Ok(steps)
}

/// The statements of one transaction; none for nothing.
fn framed(frame: &Frame, opening: &[Step], body: Vec<Statement>, rows: &[Step]) -> Vec<Statement> {
    if opening.is_empty() && body.is_empty() && rows.is_empty() {
        return Vec::new();
    }
    let own = |steps: &[Step]| {
        steps
            .iter()
            .cloned()
            .map(Statement::own)
            .collect::<Vec<_>>()
    };
    let mut all = own(&frame.begin);
    all.extend(own(opening));
    all.extend(body);
    all.extend(own(rows));
    all.extend(own(&frame.commit));
    all.extend(own(&frame.restore));
    all
}

fn for_a_shell(statement: Statement, dialect: &dyn Dialect) -> Vec<Statement> {
    let origin = statement.origin;
    let steps = dialect.in_script(statement.step).into_iter();
    steps.map(|step| Statement { step, origin }).collect()
}
