//! Runs the operations of one revision, with its version rows, in one transaction.

use limbec_core::dialect::Frame;
use limbec_core::operations::Operation;
use limbec_core::schema::{ObjectName, Schema};
use limbec_core::steps::Step;

use super::reflect::reflect_inside;
use super::version::{RowChange, Version};
use super::{Error, ErrorKind};
use crate::connection::Connection;

/// A step that waits to be sent, with where it comes from and how many rows it must touch.
struct Pending {
    step: Step,
    operation: Option<String>,
    affects: Option<u64>,
    /// Whether the transaction is open once it has run.
    opens: bool,
}

impl Pending {
    fn of(step: Step) -> Self {
        Pending {
            step,
            operation: None,
            affects: None,
            opens: false,
        }
    }
}

/// What one revision changes.
pub(super) struct Work<'a> {
    pub(super) operations: &'a [Operation],
    pub(super) rows: RowChange,
    /// What the version rows must be when the transaction begins, where no lock guards them.
    pub(super) expected: Option<(&'a ObjectName, &'a [String])>,
}

/// Runs a revision's work: all of it, or none.
pub(super) async fn execute<C: Connection>(
    connection: &mut C,
    work: Work<'_>,
) -> Result<(), Error> {
    let frame = connection.dialect().frame(work.operations);
    let mut queue = Queue {
        pending: begin(&frame),
        connection,
        open: false,
    };
    let result = in_transaction(&mut queue, work, &frame).await;
    if result.is_err() && queue.open {
        // The transaction may be closed already; what the rollback says adds nothing then.
        for step in &frame.rollback {
            let _ = queue.connection.run(&[&step.sql]).await;
        }
    }
    let mut restored = Ok(());
    for step in &frame.restore {
        if let Err(error) = queue.connection.run(&[&step.sql]).await {
            restored = Err(Error::statement(error.error, &step.sql));
        }
    }
    result.and(restored)
}

async fn in_transaction<C: Connection>(
    queue: &mut Queue<'_, C>,
    work: Work<'_>,
    frame: &Frame,
) -> Result<(), Error> {
    if let Some((table, expected)) = work.expected {
        queue.flush().await?;
        let found = Version::read(queue.connection, table).await?;
        if found.rows != expected {
            return Err(Error::new(
                ErrorKind::Conflict,
                "another process changed the version table meanwhile",
            ));
        }
    }
    queue
        .pending
        .extend(work.rows.ensure.into_iter().map(Pending::of));
    queue.operations(work.operations, frame).await?;
    queue
        .pending
        .extend(work.rows.steps.into_iter().map(|(step, affects)| Pending {
            affects,
            ..Pending::of(step)
        }));
    queue.flush().await?;
    queue
        .pending
        .extend(frame.commit.iter().cloned().map(Pending::of));
    queue.flush().await
}

fn begin(frame: &Frame) -> Vec<Pending> {
    let mut pending: Vec<Pending> = frame.begin.iter().cloned().map(Pending::of).collect();
    if let Some(last) = pending.last_mut() {
        last.opens = true;
    }
    pending
}

/// Runs operations, each compiled against the database as the ones before it leave it, and no
/// version rows: for databases that are thrown away.
///
/// With `framed`, in a transaction of their own; else in the one that the caller holds.
///
/// # Errors
/// When an operation cannot be compiled or the database refuses a statement.
pub async fn run_operations<C: Connection>(
    connection: &mut C,
    operations: &[Operation],
    framed: bool,
) -> Result<(), Error> {
    let rows = RowChange {
        ensure: Vec::new(),
        steps: Vec::new(),
    };
    if framed {
        return execute(
            connection,
            Work {
                operations,
                rows,
                expected: None,
            },
        )
        .await;
    }
    let frame = Frame::default();
    let mut queue = Queue {
        pending: Vec::new(),
        connection,
        open: true,
    };
    queue.operations(operations, &frame).await?;
    queue.flush().await
}

/// Steps on their way to the database: sent together for as long as nothing has to be asked
/// between them.
struct Queue<'a, C> {
    pending: Vec<Pending>,
    connection: &'a mut C,
    /// Whether a transaction of ours may be open: not while its first statements fail.
    open: bool,
}

impl<C: Connection> Queue<'_, C> {
    async fn operations(&mut self, operations: &[Operation], frame: &Frame) -> Result<(), Error> {
        let dialect = self.connection.dialect();
        let nothing = Schema::default();
        // What the database holds now, as long as that is known without asking.
        let mut known: Option<Schema> = None;
        for operation in operations {
            let words = Some(operation.to_string());
            let compiled = if dialect.needs_schema(operation) {
                if known.is_none() {
                    self.flush().await?;
                    known = Some(reflect_inside(self.connection).await?);
                }
                dialect.compile(operation, known.as_ref().unwrap_or(&nothing))
            } else {
                dialect.compile(operation, &nothing)
            };
            known.take_if(|schema| !dialect.follow(schema, operation));
            let steps = compiled.map_err(|error| {
                let message = format!("{operation}: {}", error.message);
                let hint = error.hint.clone();
                let error = Error::new(ErrorKind::Unsupported, message).with_source(error);
                match hint {
                    Some(hint) => error.with_hint(hint),
                    None => error,
                }
            })?;
            for step in steps {
                if step.transactional {
                    self.pending.push(Pending {
                        operation: words.clone(),
                        ..Pending::of(step)
                    });
                } else {
                    self.outside(step, words.clone(), frame).await?;
                }
            }
        }
        Ok(())
    }

    /// Runs a step that no transaction can hold: what came before it commits first.
    async fn outside(
        &mut self,
        step: Step,
        operation: Option<String>,
        frame: &Frame,
    ) -> Result<(), Error> {
        self.pending
            .extend(frame.commit.iter().cloned().map(Pending::of));
        self.flush().await?;
        self.connection
            .run(&[&step.sql])
            .await
            .map_err(|error| Error::statement(error.error, &step.sql).of_operation(operation))?;
        self.pending = begin(frame);
        Ok(())
    }

    /// Sends what is pending and checks the answers.
    async fn flush(&mut self) -> Result<(), Error> {
        while !self.pending.is_empty() {
            let batch = self.next_batch();
            let statements: Vec<&str> = batch
                .iter()
                .map(|pending| pending.step.sql.as_str())
                .collect();
            let result = self.connection.flight(&statements).await;
            let ran = result.as_ref().map_or_else(|error| error.index, Vec::len);
            self.open |= batch[..ran.min(batch.len())]
                .iter()
                .any(|pending| pending.opens);
            let answers = result.map_err(|error| {
                let failed = batch.get(error.index);
                let sql = failed.map_or("", |pending| &pending.step.sql);
                let operation = failed.and_then(|pending| pending.operation.clone());
                Error::statement(error.error, sql).of_operation(operation)
            })?;
            for (pending, answer) in batch.iter().zip(&answers) {
                check(pending, answer)?;
            }
        }
        Ok(())
    }

    /// Takes the steps up to the first check: what follows it must not be sent before it holds.
    fn next_batch(&mut self) -> Vec<Pending> {
        let end = self
            .pending
            .iter()
            .position(|pending| pending.step.expect.is_some())
            .map_or(self.pending.len(), |at| at + 1);
        self.pending.drain(..end).collect()
    }
}

fn check(pending: &Pending, answer: &crate::connection::Answer) -> Result<(), Error> {
    if let Some(expected) = &pending.step.expect {
        let value = answer
            .rows
            .first()
            .and_then(|row| row.first())
            .cloned()
            .flatten();
        if value.as_deref() != Some(&expected.value) {
            return Err(Error::check(&expected.otherwise, &pending.step.sql)
                .of_operation(pending.operation.clone()));
        }
    }
    match pending.affects {
        Some(rows) if rows != answer.affected => Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the version table was expected to change by {rows} row(s), and changed by {}: \
                 another process changed it meanwhile",
                answer.affected
            ),
        )),
        _ => Ok(()),
    }
}
