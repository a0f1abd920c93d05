//! Operations → steps: one statement each.
//!
//! Input: an operation, and the schema before it where [`needs_schema`] holds. Output: statements
//! in the order in which they run. Each kind of object has its own file.

mod alter_column;
mod aside;
mod batch;
pub(super) mod cast;
mod column;
mod comment;
mod composite;
mod constraint;
mod definition;
mod dependents;
mod domain;
mod enumeration;
mod execute;
mod extension;
mod index;
mod inheritance;
mod limit;
mod locks;
mod moves;
mod options;
mod rename;
mod replace_type;
mod rights;
mod sequence;
mod table;

use super::Postgres;
use super::definition::created;
use super::names::{in_namespace_of, literal, object, quote};
use crate::dialect::{Batch, CompileError, Compiler, Isolation, Of};
use crate::operations::{ConstraintRef, Moved, Operation};
use crate::schema::{Definition, ObjectName, Schema};
use crate::steps::Step;

pub(super) use index::is_default_operator_class;

impl Compiler for Postgres {
    fn opens<'o>(&self, operation: &'o Operation) -> Option<&'o ObjectName> {
        options::opens(operation)
    }

    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError> {
        Ok(created(statement)?.map(|it| it.definition))
    }

    fn needs_schema(&self, operation: &Operation) -> bool {
        needs_schema(operation)
    }

    fn compile(&self, operation: &Operation, current: &Schema) -> Steps {
        compile(operation, current)
    }

    fn ends_transaction(&self, statement: &str) -> bool {
        execute::ends_transaction(statement)
    }

    fn batches<'a>(&self, operations: &'a [Operation]) -> Vec<Batch<'a>> {
        batch::batches(operations)
    }

    fn batch_needs_schema(&self, batch: &Batch<'_>) -> bool {
        batch::needs_schema(batch.operations)
    }

    fn compile_batch(
        &self,
        batch: &Batch<'_>,
        current: &Schema,
    ) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        compile_batch(batch, current)
    }

    fn isolation(&self, operation: &Operation) -> Isolation {
        isolation(operation)
    }

    fn is_awaited(&self, operation: &Operation) -> bool {
        matches!(operation, Operation::AlterEnum { .. })
    }

    fn must_commit(&self, awaited: &[Operation], before: &Operation) -> bool {
        enumeration::adds_label_used_by(awaited, before)
    }

    fn locks(&self, operation: &Operation) -> usize {
        locks::of(operation)
    }

    fn most_locks(&self) -> usize {
        locks::MOST
    }
}

type Steps = Result<Vec<Step>, CompileError>;

/// Whether compiling needs the schema before the operation.
pub(super) fn needs_schema(operation: &Operation) -> bool {
    match operation {
        Operation::AlterColumn { change, .. } => alter_column::needs_schema(change),
        Operation::AlterEnum { to, from } => !from
            .as_ref()
            .is_some_and(|from| enumeration::only_adds(&from.labels, &to.labels)),
        Operation::AlterDomain { to, from } => {
            let known = from.as_ref();
            !known.is_some_and(|it| it.base == to.base && it.collation == to.collation)
        }
        Operation::AlterSequence { from, .. } => from.is_none(),
        Operation::AlterInheritance { from, .. } => from.is_none(),
        Operation::DropConstraint { constraint, .. } => {
            matches!(constraint, ConstraintRef::Unnamed(_))
        }
        // What counts values up has a sequence with a name of its own.
        Operation::AlterOptions { .. }
        | Operation::ReplaceDefinition { .. }
        | Operation::RenameTable { .. }
        | Operation::RenameColumn { .. } => true,
        Operation::Move { kind, from, to } => *kind == Moved::Table && from.name != to.name,
        _ => false,
    }
}

/// How an operation stands to the transaction of its revision.
pub(super) fn isolation(operation: &Operation) -> Isolation {
    match operation {
        Operation::CreateIndex { index, .. } if index.concurrently => Isolation::Outside,
        Operation::DropIndex {
            concurrently: true, ..
        } => Isolation::Outside,
        Operation::Execute {
            sql,
            dialect,
            autocommit,
        } => execute::isolation(sql, dialect.as_deref(), *autocommit),
        _ => Isolation::Shared,
    }
}

/// Makes steps of an operation.
pub(super) fn compile(operation: &Operation, current: &Schema) -> Steps {
    let batch = Batch {
        operations: std::slice::from_ref(operation),
        keys_off: false,
    };
    match compile_batch(&batch, current) {
        Ok(steps) => Ok(steps.into_iter().map(|of| of.item).collect()),
        Err(of) => Err(of.item),
    }
}

/// Makes steps of operations that are compiled as one.
fn compile_batch(batch: &Batch<'_>, current: &Schema) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    match &current.own_namespace {
        // The schema knows its objects by names that do not give it.
        Some(own) => {
            let within = batch.operations.iter().map(|it| it.clone().within(own));
            batch::compile(&within.collect::<Vec<_>>(), current)
        }
        None => batch::compile(batch.operations, current),
    }
}

fn compile_within(operation: &Operation, current: &Schema) -> Steps {
    Ok(match operation {
        Operation::CreateSchema { name } => one(format!("CREATE SCHEMA {}", quote(name))),
        Operation::DropSchema { name } => one(format!("DROP SCHEMA {}", quote(name))),
        Operation::CreateExtension { name } => one(extension::create(name)),
        Operation::DropExtension { name } => one(format!("DROP EXTENSION {}", quote(&name.name))),
        Operation::CreateDomain { domain } => domain::create(domain),
        Operation::AlterDomain { to, from } => domain::alter(to, from.as_ref(), current)?,
        Operation::DropDomain { name, .. } => one(format!("DROP DOMAIN {}", object(name))),
        Operation::CreateEnum { enumeration } => enumeration::create(enumeration),
        Operation::DropEnum { name, .. } => one(format!("DROP TYPE {}", object(name))),
        Operation::AlterEnum { to, from } => enumeration::alter(to, from.as_ref(), current)?,
        Operation::CreateSequence { sequence } => sequence::create_free(sequence),
        Operation::DropSequence { name, .. } => one(format!("DROP SEQUENCE {}", object(name))),
        Operation::AlterSequence { to, from } => sequence::alter_free(to, from.as_ref(), current)?,
        Operation::CreateTable { table } => table::create(table)?,
        Operation::DropTable { name, .. } => one(format!("DROP TABLE {}", object(name))),
        Operation::RenameTable { from, to } => rename::table(from, to, current),
        Operation::Move { kind, from, to } => moves::compile(*kind, from, to, current),
        Operation::RenameEnum { from, to } => one(format!(
            "ALTER TYPE {} RENAME TO {}",
            object(from),
            quote(to)
        )),
        Operation::RenameEnumValue {
            enumeration,
            from,
            to,
        } => one(format!(
            "ALTER TYPE {} RENAME VALUE {} TO {}",
            object(enumeration),
            literal(from),
            literal(to)
        )),
        Operation::AddColumn { table, column } => column::add(table, column)?,
        Operation::DropColumn { table, name, .. } => one(format!(
            "ALTER TABLE {} DROP COLUMN {}",
            object(table),
            quote(name)
        )),
        Operation::RenameColumn { table, from, to } => rename::column(table, from, to, current),
        Operation::AlterColumn { table, change } => alter_column::compile(table, change, current)?,
        Operation::CreateConstraint { table, constraint } => constraint::add(table, constraint),
        Operation::DropConstraint {
            table, constraint, ..
        } => one(constraint::drop(table, constraint, current)?),
        Operation::ValidateConstraint { table, name, .. } => one(format!(
            "ALTER TABLE {} VALIDATE CONSTRAINT {}",
            object(table),
            quote(name)
        )),
        Operation::RenameConstraint { table, from, to } => one(format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            object(table),
            quote(from),
            quote(to)
        )),
        Operation::RenameIndex { table, from, to } => one(format!(
            "ALTER INDEX {} RENAME TO {}",
            in_namespace_of(table, from),
            quote(to)
        )),
        Operation::CreateIndex { table, index } => index::create(table, index),
        Operation::DropIndex {
            table,
            name,
            concurrently,
            ..
        } => vec![index::drop(table, name, *concurrently)],
        Operation::CreateTableComment { table, comment, .. } => {
            vec![table::comment(table, Some(comment))]
        }
        Operation::DropTableComment { table, .. } => vec![table::comment(table, None)],
        Operation::AlterInheritance { table, to, from } => {
            inheritance::alter(table, to, from.as_ref(), current)
        }
        Operation::AlterOptions { change } => options::alter(change, current)?,
        Operation::CreateComment { on, comment, .. } => vec![comment::set(on, Some(comment))],
        Operation::DropComment { on, .. } => vec![comment::set(on, None)],
        Operation::CreateDefinition { definition } => definition::create(definition)?,
        Operation::ReplaceDefinition { to, .. } => definition::create_or_replace(to)?,
        Operation::DropDefinition { definition } => definition::drop(definition),
        Operation::SetTimeout { timeout, time } => one(limit::set(*timeout, time)?),
        Operation::Execute {
            sql,
            dialect,
            autocommit,
        } => execute::steps(sql, dialect.as_deref(), *autocommit)?,
    })
}

fn one(sql: String) -> Vec<Step> {
    vec![Step::new(sql)]
}
