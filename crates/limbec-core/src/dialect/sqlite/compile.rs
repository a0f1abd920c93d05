//! Makes steps of operations.
//!
//! What the library can do by its own `ALTER TABLE` is done so, since it then checks views and
//! triggers itself; everything else is a [`rebuild`] of the table, one for all that neighbouring
//! operations change about it ([`batch`]).

mod batch;
mod checks;
mod column;
mod constraint;
mod dependents;
mod draft;
mod elsewhere;
mod enumeration;
mod guard;
mod index;
mod raw;
mod rebuild;
mod replace;
mod table;
mod whole;

use super::Sqlite;
use super::definition::created;
use super::names::{plain, quote, quote_plain, same};
use crate::dialect::{Batch, CompileError, Compiler, Isolation, Of, TimeLimit};
use crate::operations::{AlterOptions, Constraint, Operation};
use crate::schema::{Definition, DefinitionKind, ObjectName, Schema, Table};
use crate::steps::Step;

pub(super) use index::create_index;

impl Compiler for Sqlite {
    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError> {
        created(statement)
    }

    fn needs_schema(&self, operation: &Operation) -> bool {
        needs_schema(operation)
    }

    fn follow(&self, schema: &mut Schema, operation: &Operation) -> bool {
        super::reflect::follow(schema, operation)
    }

    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError> {
        compile(*self, operation, current)
    }

    fn ends_transaction(&self, statement: &str) -> bool {
        raw::ends_transaction(statement)
    }

    fn batches<'a>(&self, operations: &'a [Operation]) -> Vec<Batch<'a>> {
        batches(*self, operations)
    }

    fn batch_needs_schema(&self, batch: &Batch<'_>) -> bool {
        batch.keys_off || batch.operations.iter().any(needs_schema)
    }

    fn compile_batch(
        &self,
        batch: &Batch<'_>,
        current: &Schema,
    ) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        compile_batch(*self, batch, current)
    }

    fn isolation(&self, operation: &Operation) -> Isolation {
        isolation(operation)
    }

    fn in_script(&self, step: Step) -> Vec<Step> {
        checks::in_script(step)
    }
}

/// Whether an operation may make a rebuild of a table.
pub(super) fn may_rebuild(dialect: Sqlite, operation: &Operation) -> bool {
    let alters = dialect.alters_constraints;
    match operation {
        Operation::AddColumn { column, .. } => !column::adds_natively(column),
        Operation::AlterColumn { change, .. } => !(alters && column::only_null(change)),
        Operation::CreateConstraint { constraint, .. } => {
            !(alters && matches!(constraint, Constraint::Check(_)))
        }
        Operation::CreateComment { .. }
        | Operation::DropComment { .. }
        | Operation::RenameIndex { .. } => false,
        _ => changes_a_table(operation),
    }
}

/// Whether what an operation makes depends on the table as it is.
fn changes_a_table(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::DropColumn { .. }
            | Operation::AlterColumn { .. }
            | Operation::CreateConstraint { .. }
            | Operation::DropConstraint { .. }
            | Operation::AlterEnum { .. }
            | Operation::RenameEnum { .. }
            | Operation::RenameEnumValue { .. }
            | Operation::RenameConstraint { .. }
            | Operation::RenameIndex { .. }
            | Operation::CreateTableComment { .. }
            | Operation::DropTableComment { .. }
            | Operation::CreateComment { .. }
            | Operation::DropComment { .. }
    )
}

/// Whether compiling needs the current schema.
pub(super) fn needs_schema(operation: &Operation) -> bool {
    match operation {
        Operation::DropTable { .. } => true,
        Operation::AddColumn { column, .. } => !column::adds_natively(column),
        _ => changes_a_table(operation),
    }
}

/// How an operation stands to the transaction of its revision.
pub(super) fn isolation(operation: &Operation) -> Isolation {
    match operation {
        Operation::Execute {
            sql,
            dialect,
            autocommit,
        } if matches!(dialect.as_deref(), None | Some("sqlite")) => {
            raw::isolation(sql, *autocommit)
        }
        _ => Isolation::Shared,
    }
}

/// Cuts a revision into runs of what may be one rebuild. What other statements of a run would have
/// to see done before stands alone: raw SQL, and names that change.
pub(super) fn batches(dialect: Sqlite, operations: &[Operation]) -> Vec<Batch<'_>> {
    let stands_alone = |operation: &Operation| {
        matches!(
            operation,
            Operation::Execute { .. }
                | Operation::RenameTable { .. }
                | Operation::RenameColumn { .. }
                | Operation::CreateDefinition { .. }
                | Operation::ReplaceDefinition { .. }
                | Operation::DropDefinition { .. }
        )
    };
    let keys_off = super::session::keys_off(dialect, operations);
    Batch::cut(operations, stands_alone)
        .map(|batch| Batch {
            keys_off: keys_off && batch.operations.iter().any(raw::writes),
            ..batch
        })
        .collect()
}

/// Makes steps of one operation.
pub(super) fn compile(
    dialect: Sqlite,
    operation: &Operation,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let batch = Batch {
        operations: std::slice::from_ref(operation),
        keys_off: false,
    };
    let steps = compile_batch(dialect, &batch, current);
    match steps {
        Ok(steps) => Ok(steps.into_iter().map(|of| of.item).collect()),
        Err(of) => Err(of.item),
    }
}

/// Makes steps of operations that are compiled as one.
pub(super) fn compile_batch(
    dialect: Sqlite,
    batch: &Batch<'_>,
    current: &Schema,
) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    if let [
        Operation::Execute {
            sql,
            dialect,
            autocommit,
        },
    ] = batch.operations
    {
        let steps = match dialect.as_deref() {
            None | Some("sqlite") if batch.keys_off => raw::guarded(sql, *autocommit, current),
            None | Some("sqlite") => raw::execute(sql, *autocommit),
            Some(_) => Ok(Vec::new()),
        };
        return match steps {
            Ok(steps) => Ok(steps.into_iter().map(|step| Of::new(0, step)).collect()),
            Err(error) => Err(Of::new(0, error)),
        };
    }
    if batch.operations.iter().all(whole::is_whole) {
        return whole::compile(batch.operations, current);
    }
    if batch.operations.iter().any(needs_schema) {
        return batch::compile(dialect, batch.operations, current);
    }
    let mut steps = Vec::new();
    for (at, operation) in batch.operations.iter().enumerate() {
        let made = plainly(operation).map_err(|error| Of::new(at, error))?;
        steps.extend(made.into_iter().map(|step| Of::new(at, step)));
    }
    Ok(steps)
}

/// What is for another database is nothing here.
fn alter_options(change: &AlterOptions) -> Result<Vec<Step>, CompileError> {
    match change.to.keys().find(|key| key.starts_with("sqlite.")) {
        Some(key) => Err(CompileError::new(format!(
            "the option `{key}` of `{}` cannot be changed",
            change.of
        ))
        .hint("make the table anew in SQL: `op.execute_on(\"sqlite\", \"…\")`")),
        None => Ok(Vec::new()),
    }
}

/// The steps of an operation that are the same whatever the tables look like.
fn plainly(operation: &Operation) -> Result<Vec<Step>, CompileError> {
    match operation {
        Operation::AlterOptions { change } => alter_options(change),
        Operation::CreateSchema { name } | Operation::DropSchema { name } => {
            Err(lacks("schemas", name))
        }
        Operation::CreateExtension { name } | Operation::DropExtension { name } => {
            Err(lacks("extensions", &name.name))
        }
        Operation::CreateDomain { domain } | Operation::AlterDomain { to: domain, .. } => {
            Err(lacks("domains", &domain.name.to_string()))
        }
        Operation::CreateSequence { sequence } | Operation::AlterSequence { to: sequence, .. } => {
            Err(lacks("sequences", &sequence.name.to_string()))
        }
        Operation::DropSequence { name, .. } => Err(lacks("sequences", &name.to_string())),
        Operation::DropDomain { name, .. } => Err(lacks("domains", &name.to_string())),
        // An enumeration is in each column that has it.
        Operation::CreateEnum { enumeration } => plain(&enumeration.name).map(|_| Vec::new()),
        Operation::DropEnum { name, .. } => plain(name).map(|_| Vec::new()),
        Operation::CreateTable { table } => create_table(table),
        Operation::RenameTable { from, to } => rename_table(from, to),
        Operation::AddColumn { table, column } => column::add_natively(table, column),
        Operation::RenameColumn { table, from, to } => Ok(vec![Step::new(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            quote_plain(table)?,
            quote(from),
            quote(to)
        ))]),
        Operation::CreateIndex { table, index } => Ok(vec![Step::new(create_index(table, index)?)]),
        Operation::DropIndex { name, .. } => {
            Ok(vec![Step::new(format!("DROP INDEX {}", quote(name)))])
        }
        Operation::CreateDefinition { definition } => create_definition(definition),
        Operation::ReplaceDefinition { to, .. } => {
            let mut steps = drop_definition(to)?;
            steps.extend(create_definition(to)?);
            Ok(steps)
        }
        Operation::DropDefinition { definition } => drop_definition(definition),
        Operation::Move { .. } => Err(CompileError::new(format!(
            "`{operation}`: SQLite has no namespaces to move objects between"
        ))),
        // As in `CREATE TABLE`, inheritance is for another database.
        Operation::AlterInheritance { .. } => Ok(Vec::new()),
        // SQLite has no such limit; a text that is no time is refused all the same.
        Operation::SetTimeout { timeout, time } => {
            TimeLimit::read(*timeout, time).map(|_| Vec::new())
        }
        other => Err(CompileError::new(format!(
            "`{other}` cannot be done without knowing the table"
        ))),
    }
}

fn is_for_another(definition: &Definition) -> bool {
    definition
        .dialect
        .as_deref()
        .is_some_and(|it| it != "sqlite")
}

fn kept(definition: &Definition) -> Result<(), CompileError> {
    match definition.kind {
        DefinitionKind::View | DefinitionKind::Trigger => plain(&definition.name).map(|_| ()),
        kind => {
            let what = format!("{}s", kind.words());
            Err(lacks(&what, &definition.name.to_string()))
        }
    }
}

fn create_definition(definition: &Definition) -> Result<Vec<Step>, CompileError> {
    if is_for_another(definition) {
        return Ok(Vec::new());
    }
    kept(definition)?;
    raw::execute(&definition.sql, false)
}

fn drop_definition(definition: &Definition) -> Result<Vec<Step>, CompileError> {
    if is_for_another(definition) {
        return Ok(Vec::new());
    }
    kept(definition)?;
    let kind = definition.kind.words().to_uppercase();
    let name = quote(&definition.name.name);
    Ok(vec![Step::new(format!("DROP {kind} {name}"))])
}

fn lacks(what: &str, name: &str) -> CompileError {
    CompileError::new(format!(
        "SQLite has no {what}, so nothing can be done for `{name}`"
    ))
    .hint("say it for PostgreSQL only, in SQL: `op.execute_on(\"postgresql\", \"…\")`")
}

/// The table of a name in the database as it is.
fn existing<'a>(name: &ObjectName, current: &'a Schema) -> Result<&'a Table, CompileError> {
    let wanted = plain(name)?;
    current
        .table(name)
        .or_else(|| current.tables.iter().find(|it| same(&it.name.name, wanted)))
        .ok_or_else(|| CompileError::new(format!("there is no table `{name}`")))
}

fn create_table(table: &Table) -> Result<Vec<Step>, CompileError> {
    Ok(vec![Step::new(table::create(table, plain(&table.name)?)?)])
}

/// The triggers of a table.
fn triggers<'a>(table: &'a Table, schema: &'a Schema) -> impl Iterator<Item = &'a Definition> {
    let triggers = schema.triggers(|of| same(&of.name, &table.name.name));
    triggers.filter(|it| !is_for_another(it))
}

/// With the foreign keys off, as the frame has them, SQLite drops a table that others refer to:
/// rows that do are counted first.
fn drop_table<'t>(
    name: &ObjectName,
    tables: impl IntoIterator<Item = &'t Table>,
) -> Result<Vec<Step>, CompileError> {
    let quoted = quote_plain(name)?;
    let mut steps = Vec::new();
    for other in tables {
        for key in &other.foreign_keys {
            if same(&key.referred_table.name, &name.name) && !same(&other.name.name, &name.name) {
                steps.push(checks::refers_to_nothing(other, key));
            }
        }
    }
    if !steps.is_empty() {
        steps.insert(0, checks::foreign_keys_are_off());
    }
    steps.push(Step::new(format!("DROP TABLE {quoted}")));
    Ok(steps)
}

fn rename_table(from: &ObjectName, to: &str) -> Result<Vec<Step>, CompileError> {
    let rename = |from: &str, to: &str| {
        Step::new(format!(
            "ALTER TABLE {} RENAME TO {}",
            quote(from),
            quote(to)
        ))
    };
    let name = plain(from)?;
    if same(name, to) {
        // To SQLite the new name is taken, by the table itself.
        let between = table::new_name(from);
        return Ok(vec![rename(name, &between), rename(&between, to)]);
    }
    Ok(vec![rename(name, to)])
}
