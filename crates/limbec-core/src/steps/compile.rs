//! A part's operations as statements, each with the operation it comes from.

use std::fmt;

use super::knowledge::{Found, Knowledge};
use super::{Part, Step};
use crate::dialect::{Batch, CompileError, Dialect, Of};
use crate::operations::Operation;
use crate::schema::Schema;
use crate::text::Printable;

/// A statement of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement, and how it is run.
    pub step: Step,
    /// The operation it comes from. None for what limbec itself writes round the operations, and
    /// for what was kept of an earlier run.
    pub origin: Option<Origin>,
}

/// Where a statement comes from; both are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Which operation of the revision.
    pub operation: usize,
    /// Which operation of its [`Part`]: raw SQL may be divided into several.
    pub in_part: usize,
}

impl Statement {
    /// A statement that comes from no operation of the revision.
    pub fn own(step: Step) -> Self {
        Statement { step, origin: None }
    }
}

/// What comes next while a part is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Statements that may be sent.
    Statements(Vec<Statement>),
    /// The next statements depend on the schema as the ones before leave it: send those, read it,
    /// hand it to [`Knowledge::read`], and ask again.
    Reflect,
}

/// An operation that the dialect cannot express, or only with a schema that is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncompiled {
    /// The operation.
    pub operation: Operation,
    /// Which one of the revision it is, counted from 0.
    pub origin: usize,
    /// Why.
    pub error: CompileError,
}

impl fmt::Display for Uncompiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Printable(&self.operation), self.error)
    }
}

impl std::error::Error for Uncompiled {}

/// A part on its way to statements, batch by batch.
#[derive(Debug)]
pub struct Compiling<'p> {
    part: &'p Part,
    dialect: &'static dyn Dialect,
    batches: Vec<Batch<'p>>,
    /// The next batch, and the operation that it begins with.
    next: usize,
    at: usize,
    /// Whether the statements that were kept, if there are any, are done.
    is_kept_done: bool,
}

impl<'p> Compiling<'p> {
    pub(super) fn new(part: &'p Part, dialect: &'static dyn Dialect) -> Self {
        Compiling {
            part,
            dialect,
            batches: dialect.batches(&part.operations),
            next: 0,
            at: 0,
            is_kept_done: part.kept.is_empty(),
        }
    }

    /// The next statements; `None` at the end. `knowledge` follows the operations.
    ///
    /// # Errors
    /// When the dialect cannot express an operation, or the schema it depends on cannot be known.
    pub fn next(&mut self, knowledge: &mut Knowledge<'_>) -> Option<Result<Next, Uncompiled>> {
        if !self.is_kept_done {
            self.is_kept_done = true;
            knowledge.follow_kept();
            let kept = self.part.kept.iter().cloned();
            return Some(Ok(Next::Statements(kept.map(Statement::own).collect())));
        }
        let batch = *self.batches.get(self.next)?;
        let steps = if self.dialect.batch_needs_schema(&batch) {
            knowledge.depend();
            match knowledge.look() {
                Found::Schema(schema) => self.dialect.compile_batch(&batch, schema),
                Found::Ask => return Some(Ok(Next::Reflect)),
                Found::Nothing => Err(Of::new(0, unknown())),
            }
        } else {
            self.dialect.compile_batch(&batch, &Schema::default())
        };
        let steps = match steps {
            Ok(steps) => steps,
            Err(of) => return Some(Err(self.uncompiled(&batch, of, knowledge))),
        };
        let statements = steps.into_iter().map(|of| Statement {
            origin: Some(Origin {
                operation: self.part.origins[self.at + of.operation],
                in_part: self.at + of.operation,
            }),
            step: of.item,
        });
        let statements = statements.collect();
        let mut later = self.batches[self.next + 1..].iter();
        // A fork is a copy of the whole schema as soon as it follows anything.
        let follows =
            !knowledge.is_borrowed() || later.any(|it| self.dialect.batch_needs_schema(it));
        let followed = batch.operations.iter().enumerate();
        for (number, operation) in followed.filter(|_| follows) {
            if let Err(error) = knowledge.follow(self.dialect, operation) {
                let error = CompileError::new(error.to_string());
                return Some(Err(self.uncompiled(
                    &batch,
                    Of::new(number, error),
                    knowledge,
                )));
            }
        }
        self.next += 1;
        self.at += batch.operations.len();
        Some(Ok(Next::Statements(statements)))
    }

    /// All the statements, by what is known; for texts, when no database can be asked.
    ///
    /// # Errors
    /// As [`Compiling::next`].
    pub fn all(mut self, knowledge: &mut Knowledge<'_>) -> Result<Vec<Statement>, Uncompiled> {
        let mut all = Vec::new();
        while let Some(next) = self.next(knowledge) {
            match next? {
                Next::Statements(statements) => all.extend(statements),
                Next::Reflect => {
                    let batch = self.batches[self.next];
                    return Err(self.uncompiled(&batch, Of::new(0, unknown()), knowledge));
                }
            }
        }
        Ok(all)
    }

    fn uncompiled(
        &self,
        batch: &Batch<'_>,
        of: Of<CompileError>,
        knowledge: &Knowledge<'_>,
    ) -> Uncompiled {
        let mut error = of.item;
        if knowledge.is_by_hand() && error.hint.is_none() {
            error = error.hint(
                "raw SQL in this or an earlier revision may have made it; run the revision on a \
                 database",
            );
        }
        Uncompiled {
            operation: batch.operations[of.operation].clone(),
            origin: self.part.origins[self.at + of.operation],
            error,
        }
    }
}

fn unknown() -> CompileError {
    CompileError::new("the statement depends on the schema, which is not known here")
}

/// A statement outside a transaction, with what commits round it.
///
/// The journal has a row for each: begun before it, done behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Statements that commit before it.
    pub before: Vec<Statement>,
    /// The statement that no transaction holds.
    pub statement: Statement,
    /// Statements that commit behind it; only the last unit has any.
    pub after: Vec<Statement>,
}

impl Unit {
    /// The steps of all its statements, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let statements = self
            .before
            .iter()
            .chain([&self.statement])
            .chain(&self.after);
        statements.map(|it| &it.step)
    }
}

/// Divides the statements of a part that runs outside a transaction. Empty if a transaction may
/// hold all of them.
pub fn units(statements: Vec<Statement>) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut held = Vec::new();
    for statement in statements {
        if statement.step.transactional {
            held.push(statement);
        } else {
            units.push(Unit {
                before: std::mem::take(&mut held),
                statement,
                after: Vec::new(),
            });
        }
    }
    if let Some(last) = units.last_mut() {
        last.after = held;
    }
    units
}
