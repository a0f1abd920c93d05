//! Making steps of operations.

use std::fmt;

use crate::operations::Operation;
use crate::schema::{Definition, ObjectName, Schema};
use crate::steps::Step;
use crate::text::printable;

/// Something a database lacks, found when SQL is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The column it is about, of the table that is compiled.
    pub column: Option<String>,
}

impl CompileError {
    /// Makes an error of a message.
    pub fn new(message: impl Into<String>) -> Self {
        CompileError {
            message: message.into(),
            hint: None,
            column: None,
        }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says which column of a table it is about.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_column(mut self, table: &crate::schema::ObjectName, column: &str) -> Self {
        self.message = format!("column `{table}.{column}`: {}", self.message);
        self.column = Some(column.to_string());
        self
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.message))
    }
}

impl std::error::Error for CompileError {}

/// Where an operation runs relative to the transaction of its revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// It runs in one transaction with its neighbours.
    Shared,
    /// It has a transaction of its own, committed before what follows.
    Own,
    /// It runs outside any transaction.
    Outside,
}

/// Operations of a revision that are compiled as one.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The operations, in order.
    pub operations: &'a [Operation],
    /// Whether foreign keys do nothing while they run, so that what they would have done or
    /// refused is to be looked for.
    pub keys_off: bool,
}

impl<'a> Batch<'a> {
    /// Cuts operations into batches: one that stands alone is a batch by itself.
    pub fn cut(
        operations: &'a [Operation],
        stands_alone: impl Fn(&Operation) -> bool,
    ) -> impl Iterator<Item = Self> {
        let runs = operations.chunk_by(move |a, b| !stands_alone(a) && !stands_alone(b));
        runs.map(|operations| Batch {
            operations,
            keys_off: false,
        })
    }
}

/// Something that belongs to one operation of a [`Batch`], counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of<T> {
    /// Which operation.
    pub operation: usize,
    /// What belongs to it.
    pub item: T,
}

impl<T> Of<T> {
    /// Makes what belongs to an operation.
    pub fn new(operation: usize, item: T) -> Self {
        Of { operation, item }
    }
}

/// What a database makes of operations.
pub trait Compiler {
    /// What a statement creates that is kept as its SQL, without that SQL; `None` if it creates
    /// nothing of the kind.
    ///
    /// # Errors
    /// When the statement begins like one that does and does not read on.
    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError>;

    /// Whether compiling the operation needs the current schema of the database.
    fn needs_schema(&self, operation: &Operation) -> bool;

    /// Follows an operation in a reflected schema if what reflection would find afterwards is known
    /// for sure; else answers `false`, and the schema must be read again.
    fn follow(&self, _schema: &mut Schema, _operation: &Operation) -> bool {
        false
    }

    /// Makes steps of an operation. `current` is the schema before it; it may be empty unless
    /// [`Compiler::needs_schema`] holds.
    ///
    /// # Errors
    /// When the database cannot do what the operation asks for; names the object and the option.
    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError>;

    /// Cuts the operations of a revision into those that are compiled as one: several changes to a
    /// table may be one rebuild of it.
    fn batches<'a>(&self, operations: &'a [Operation]) -> Vec<Batch<'a>> {
        Batch::cut(operations, |_| true).collect()
    }

    /// Whether compiling a batch needs the current schema of the database.
    fn batch_needs_schema(&self, batch: &Batch<'_>) -> bool {
        batch.operations.iter().any(|it| self.needs_schema(it))
    }

    /// Makes steps of a batch; `current` is the schema before it.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    fn compile_batch(
        &self,
        batch: &Batch<'_>,
        current: &Schema,
    ) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        let mut steps = Vec::new();
        for (at, operation) in batch.operations.iter().enumerate() {
            let compiled = self.compile(operation, current);
            let compiled = compiled.map_err(|error| Of::new(at, error))?;
            steps.extend(compiled.into_iter().map(|step| Of::new(at, step)));
        }
        Ok(steps)
    }

    /// Whether a statement of raw SQL opens or ends a transaction.
    fn ends_transaction(&self, statement: &str) -> bool;

    /// Refuses a statement of raw SQL that opens or ends a transaction: that of the revision is not
    /// its own.
    ///
    /// # Errors
    /// When it does.
    fn refuse_end(&self, statement: &str) -> Result<(), CompileError> {
        if !self.ends_transaction(statement) {
            return Ok(());
        }
        Err(CompileError::new(format!(
            "`{statement}` would open or end a transaction, but a revision runs in one of its own"
        ))
        .hint(
            "leave it out; if a statement must be committed before the next one, put a line \
             `-- autocommit` above it",
        ))
    }

    /// Where an operation runs relative to the transaction of its revision; raw SQL is given one
    /// statement at a time.
    fn isolation(&self, operation: &Operation) -> Isolation;

    /// Whether others may have to wait for an operation's commit before they build on it.
    fn is_awaited(&self, _operation: &Operation) -> bool {
        false
    }

    /// Whether the transaction that runs some operations, each awaited by others, must be committed before
    /// another one can build on them.
    fn must_commit(&self, _awaited: &[Operation], _before: &Operation) -> bool {
        false
    }

    /// About how many locks an operation takes, which its transaction keeps until it ends.
    fn locks(&self, _operation: &Operation) -> usize {
        0
    }

    /// How many locks a transaction may keep, if the database has room for so many.
    fn most_locks(&self) -> usize {
        usize::MAX
    }

    /// The table of which other roles may see or change rows after the operation: it loses a policy, or
    /// its row level security.
    fn opens<'o>(&self, _operation: &'o Operation) -> Option<&'o ObjectName> {
        None
    }

    /// Makes of a step what stands for it in a script, where nobody looks at answers while it runs.
    fn in_script(&self, step: Step) -> Vec<Step> {
        vec![step]
    }
}
