//! Makes steps of operations.
//!
//! What SQLite 3.35 does by its own `ALTER TABLE` is done so, since it then checks views and
//! triggers itself; everything else is a [`rebuild`] of the table.

mod checks;
mod column;
mod constraint;
mod foreign_keys;
mod index;
mod rebuild;
mod table;

use crate::dialect::{CompileError, Isolation};
use crate::operations::{CommentOn, Operation};
use crate::schema::{
    ColumnType, Definition, DefinitionKind, EnumType, Index, ObjectName, Schema, Table,
};
use crate::sql;
use crate::steps::Step;

pub(super) use index::create_index;
use rebuild::Rebuild;

use super::names::{plain, quote, quote_plain, same};
use super::reflect::options;

/// Whether an operation may make a rebuild of a table.
pub(super) fn may_rebuild(operation: &Operation) -> bool {
    match operation {
        Operation::AddColumn { column, .. } => !column::adds_natively(column),
        Operation::DropColumn { .. }
        | Operation::AlterColumn { .. }
        | Operation::CreateConstraint { .. }
        | Operation::DropConstraint { .. }
        | Operation::AlterEnum { .. }
        | Operation::CreateTableComment { .. }
        | Operation::DropTableComment { .. } => true,
        _ => false,
    }
}

/// Whether compiling needs the current schema.
pub(super) fn needs_schema(operation: &Operation) -> bool {
    let by_itself = matches!(
        operation,
        Operation::DropTable { .. }
            | Operation::CreateComment { .. }
            | Operation::DropComment { .. }
    );
    by_itself || may_rebuild(operation)
}

/// How an operation stands to the transaction of its revision.
pub(super) fn isolation(operation: &Operation) -> Isolation {
    match operation {
        Operation::Execute { sql, dialect }
            if matches!(dialect.as_deref(), None | Some("sqlite")) =>
        {
            statement_isolation(sql)
        }
        _ => Isolation::Shared,
    }
}

fn statement_isolation(statement: &str) -> Isolation {
    let mut words = sql::tokens(statement).filter(|it| it.kind != sql::TokenKind::Comment);
    let first = words.next();
    let is = |word: &str| first.is_some_and(|token| token.is_word(word));
    let marked = sql::is_autocommit(statement);
    if is("VACUUM") || (marked && ["PRAGMA", "ATTACH", "DETACH"].iter().any(|it| is(it))) {
        Isolation::Outside
    } else if marked {
        Isolation::Own
    } else {
        Isolation::Shared
    }
}

/// Makes steps of an operation.
pub(super) fn compile(operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError> {
    match operation {
        Operation::CreateSchema { name } | Operation::DropSchema { name } => {
            Err(lacks("schemas", name))
        }
        Operation::CreateExtension { name } | Operation::DropExtension { name } => {
            Err(lacks("extensions", name))
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
        Operation::AlterEnum { to, .. } => alter_enum(to, current),
        Operation::CreateTable { table } => create_table(table),
        Operation::DropTable { name, .. } => drop_table(name, current),
        Operation::RenameTable { from, to } => rename_table(from, to),
        Operation::AddColumn { table, column } => column::add(table, column, current),
        Operation::DropColumn { table, name, .. } => column::drop(table, name, current),
        Operation::RenameColumn { table, from, to } => Ok(vec![Step::new(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            quote_plain(table)?,
            quote(from),
            quote(to)
        ))]),
        Operation::AlterColumn { table, change } => column::alter(table, change, current),
        Operation::CreateConstraint { table, constraint } => {
            constraint::create(table, constraint, current)
        }
        Operation::DropConstraint {
            table,
            constraint,
            definition,
        } => constraint::drop(table, constraint, definition.as_ref(), current),
        Operation::CreateIndex { table, index } => Ok(vec![Step::new(create_index(table, index)?)]),
        Operation::DropIndex { name, .. } => {
            Ok(vec![Step::new(format!("DROP INDEX {}", quote(name)))])
        }
        Operation::CreateTableComment { table, comment, .. } => {
            comment_table(table, Some(comment.clone()), current)
        }
        Operation::DropTableComment { table, .. } => comment_table(table, None, current),
        Operation::CreateComment { on, comment, .. } => comment_on(on, Some(comment), current),
        Operation::DropComment { on, .. } => comment_on(on, None, current),
        Operation::CreateDefinition { definition } => create_definition(definition),
        Operation::ReplaceDefinition { to, .. } => {
            let mut steps = drop_definition(to)?;
            steps.extend(create_definition(to)?);
            Ok(steps)
        }
        Operation::DropDefinition { definition } => drop_definition(definition),
        // SQLite has no such limits.
        Operation::SetTimeout { .. } => Ok(Vec::new()),
        Operation::Execute { sql, dialect } => match dialect.as_deref() {
            None | Some("sqlite") => execute(sql),
            Some(_) => Ok(Vec::new()),
        },
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
    execute(&definition.sql)
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
    let mut steps = vec![Step::new(table::create(table, plain(&table.name)?)?)];
    steps.extend(triggers(table).map(Step::new));
    Ok(steps)
}

/// The SQL of a table's triggers.
fn triggers(table: &Table) -> impl Iterator<Item = &String> {
    let is_trigger = |key: &str| key.starts_with(options::TRIGGER);
    let triggers = table.options.iter().filter(move |(key, _)| is_trigger(key));
    triggers.map(|(_, sql)| sql)
}

/// With the foreign keys off, as the frame has them, SQLite drops a table that others refer to:
/// rows that do are counted first.
fn drop_table(name: &ObjectName, current: &Schema) -> Result<Vec<Step>, CompileError> {
    let quoted = quote_plain(name)?;
    let mut steps = Vec::new();
    for other in &current.tables {
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

fn alter_enum(to: &EnumType, current: &Schema) -> Result<Vec<Step>, CompileError> {
    plain(&to.name)?;
    let mut steps = Vec::new();
    for before in &current.tables {
        let mut target = before.clone();
        let mut before_copy = Vec::new();
        for column in &mut target.columns {
            if let ColumnType::Enum(known) = &mut column.column_type
                && known.name == to.name
            {
                known.labels.clone_from(&to.labels);
                before_copy.push(checks::is_a_label(
                    before,
                    &column.name,
                    &quote(&column.name),
                    to,
                ));
            }
        }
        if !before_copy.is_empty() {
            let mut rebuild = Rebuild::of(before, &target);
            rebuild.before_copy = before_copy;
            steps.extend(rebuild.steps(current)?);
        }
    }
    Ok(steps)
}

/// An index has its comment in its own SQL: it is made anew.
fn comment_on(
    on: &CommentOn,
    text: Option<&String>,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let CommentOn::Index { table, name } = on else {
        return Err(lacks(
            "comments but on tables, columns and indexes",
            &on.to_string(),
        ));
    };
    let mut indexes = existing(table, current)?.indexes.iter();
    let index = indexes
        .find(|it| same(&it.name, name))
        .ok_or_else(|| CompileError::new(format!("the table `{table}` has no index `{name}`")))?;
    let index = Index {
        comment: text.cloned(),
        ..index.clone()
    };
    Ok(vec![
        Step::new(format!("DROP INDEX {}", quote(name))),
        Step::new(create_index(table, &index)?),
    ])
}

fn comment_table(
    name: &ObjectName,
    comment: Option<String>,
    current: &Schema,
) -> Result<Vec<Step>, CompileError> {
    let before = existing(name, current)?;
    let mut target = before.clone();
    target.comment = comment;
    Rebuild::of(before, &target).steps(current)
}

fn execute(text: &str) -> Result<Vec<Step>, CompileError> {
    let mut steps = Vec::new();
    for statement in sql::split(text) {
        let mut words = sql::tokens(statement).filter(|it| it.kind != sql::TokenKind::Comment);
        let first = words.next();
        let is = |word: &str| first.is_some_and(|token| token.is_word(word));
        let to_savepoint = is("ROLLBACK") && words.any(|token| token.is_word("TO"));
        if !to_savepoint
            && ["BEGIN", "COMMIT", "END", "ROLLBACK"]
                .iter()
                .any(|word| is(word))
        {
            return Err(CompileError::new(format!(
                "`{statement}` would open or end a transaction, but a revision runs in one of its own"
            ))
            .hint("leave it out"));
        }
        let step = Step::new(statement);
        steps.push(match statement_isolation(statement) {
            Isolation::Outside => step.outside_transaction(),
            _ => step,
        });
    }
    Ok(steps)
}
