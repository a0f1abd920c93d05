//! Carries operations out on a schema in memory, as a database would.
//!
//! This is how SQL is rendered without a database (`--sql`, where SQLite needs a table's
//! definition to rebuild it) and how compare is tested. Raw SQL leaves the schema as it is.

use std::fmt;

use super::{CommentOn, Constraint, ConstraintRef, Moved, Operation, rename, uses};
use crate::schema::{ColumnType, EnumType, IndexKey, ObjectName, Schema, Table};
use crate::sql::Lexicon;

/// Why an operation does not fit the schema it is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyError(String);

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ApplyError {}

pub(super) fn missing(what: &str, name: impl fmt::Display) -> ApplyError {
    ApplyError(format!("there is no {what} `{name}`"))
}

pub(super) fn table<'a>(
    schema: &'a mut Schema,
    name: &ObjectName,
) -> Result<&'a mut Table, ApplyError> {
    schema.table_mut(name).ok_or_else(|| missing("table", name))
}

/// Changes the schema as the operation would change the database. A name that gives the connection's
/// own namespace is the same as one that gives none; expressions are read by the lexical rules given.
///
/// # Errors
/// When the operation names a table, column, constraint, index or enumeration that is not there,
/// or makes one that is.
pub fn apply(
    schema: &mut Schema,
    operation: &Operation,
    lexicon: &Lexicon,
) -> Result<(), ApplyError> {
    let operation = match &schema.own_namespace {
        Some(own) => operation.clone().within(own),
        None => operation.clone(),
    };
    match operation {
        Operation::CreateSchema { name } => schema.namespaces.push(name.into()),
        Operation::DropSchema { name } => schema.namespaces.retain(|it| it.name != name),
        Operation::CreateExtension { name } => schema.extensions.push(name),
        Operation::DropExtension { name } => {
            schema.extensions.retain(|it| it.name != name.name);
        }
        Operation::CreateDomain { domain } => schema.domains.push(domain),
        Operation::DropDomain { name, .. } => schema.domains.retain(|it| it.name != name),
        Operation::AlterDomain { to, .. } => {
            let known = schema.domains.iter_mut().find(|it| it.name == to.name);
            let known = known.ok_or_else(|| missing("domain", &to.name))?;
            *known = to;
        }
        Operation::CreateSequence { sequence } => schema.sequences.push(sequence),
        Operation::DropSequence { name, .. } => {
            schema.set_sequence_apart(&name);
            let before = schema.sequences.len();
            schema.sequences.retain(|it| it.name != name);
            if schema.sequences.len() == before {
                return Err(missing("sequence", name));
            }
        }
        Operation::AlterSequence { to, .. } => {
            schema.set_sequence_apart(&to.name);
            let known = schema.sequences.iter_mut().find(|it| it.name == to.name);
            let known = known.ok_or_else(|| missing("sequence", &to.name))?;
            *known = to;
        }
        Operation::CreateEnum { enumeration } => schema.enums.push(enumeration),
        Operation::DropEnum { name, .. } => schema.enums.retain(|it| it.name != name),
        Operation::AlterEnum { to, .. } => alter_enum(schema, &to)?,
        Operation::CreateTable { table } => {
            if schema.table(&table.name).is_some() {
                return Err(ApplyError(format!(
                    "the table `{}` exists already",
                    table.name
                )));
            }
            schema.tables.push(table);
        }
        Operation::DropTable { name, .. } => {
            table(schema, &name)?;
            schema.tables.retain(|it| it.name != name);
            schema
                .definitions
                .retain(|it| it.table.as_ref() != Some(&name));
        }
        Operation::RenameTable { from, to } => {
            rename::rename_table(schema, &from, &from.beside(to), lexicon)?;
        }
        Operation::RenameEnum { from, to } => {
            rename::rename_enum(schema, &from, &from.beside(to), lexicon)?;
        }
        Operation::Move { kind, from, to } => match kind {
            Moved::Table => rename::rename_table(schema, &from, &to, lexicon)?,
            Moved::Enum => rename::rename_enum(schema, &from, &to, lexicon)?,
            Moved::Domain => rename::rename_domain(schema, &from, &to, lexicon)?,
            Moved::Sequence => rename::rename_sequence(schema, &from, &to, lexicon)?,
        },
        Operation::RenameEnumValue {
            enumeration,
            from,
            to,
        } => rename::rename_enum_value(schema, &enumeration, &from, &to, lexicon)?,
        Operation::AddColumn {
            table: name,
            column,
        } => {
            table(schema, &name)?.columns.push(column);
        }
        Operation::DropColumn {
            table: name,
            name: column,
            ..
        } => {
            let table = table(schema, &name)?;
            table
                .column_named(&column)
                .ok_or_else(|| missing("column", &column))?;
            drop_column(table, &column);
        }
        Operation::RenameColumn { table, from, to } => {
            rename::rename_column(schema, &table, &from, &to, lexicon)?;
        }
        Operation::RenameConstraint {
            table: name,
            from,
            to,
        } => rename::rename_constraint(table(schema, &name)?, &from, &to)?,
        Operation::RenameIndex {
            table: name,
            from,
            to,
        } => rename::rename_index(table(schema, &name)?, &from, &to)?,
        Operation::AlterColumn {
            table: name,
            change,
        } => {
            let column = table(schema, &name)?
                .columns
                .iter_mut()
                .find(|it| it.name == change.name)
                .ok_or_else(|| missing("column", &change.name))?;
            let counts_no_more = change.to.default.is_some() && change.to.identity.is_none();
            let sequence = counts_no_more.then(|| column.set_apart(&name)).flatten();
            change.to.apply_to(column);
            schema.sequences.extend(sequence);
        }
        Operation::CreateConstraint {
            table: name,
            constraint,
        } => {
            constraint.add_to(table(schema, &name)?);
        }
        Operation::DropConstraint {
            table: name,
            constraint,
            ..
        } => {
            drop_constraint(table(schema, &name)?, &constraint)?;
        }
        Operation::ValidateConstraint {
            table: name,
            name: constraint,
            ..
        } => validate(table(schema, &name)?, &constraint)?,
        Operation::CreateIndex {
            table: name,
            mut index,
        } => {
            index.concurrently = false;
            table(schema, &name)?.indexes.push(index);
        }
        Operation::DropIndex {
            table: name,
            name: index,
            ..
        } => {
            let table = table(schema, &name)?;
            let before = table.indexes.len();
            table.indexes.retain(|it| it.name != index);
            if table.indexes.len() == before {
                return Err(missing("index", index));
            }
        }
        Operation::CreateTableComment {
            table: name,
            comment,
            ..
        } => {
            table(schema, &name)?.comment = Some(comment);
        }
        Operation::DropTableComment { table: name, .. } => table(schema, &name)?.comment = None,
        Operation::AlterInheritance {
            table: name, to, ..
        } => {
            table(schema, &name)?.inherits = to;
        }
        Operation::AlterOptions { change } => {
            let done = change.carry_out(schema);
            done.ok_or_else(|| missing("object with options", &change.of))?;
        }
        Operation::CreateComment { on, comment, .. } => {
            *comment_of(schema, &on)? = Some(comment);
        }
        Operation::DropComment { on, .. } => *comment_of(schema, &on)? = None,
        Operation::CreateDefinition { mut definition } => {
            definition.uses = uses::read(&definition, schema, lexicon);
            uses::overload(schema, &definition);
            schema.definitions.push(definition);
        }
        Operation::ReplaceDefinition { mut to, .. } => {
            to.uses = uses::read(&to, schema, lexicon);
            match schema.definitions.iter_mut().find(|it| it.is_same(&to)) {
                Some(known) => *known = to,
                None => return Err(missing("definition", to)),
            }
        }
        Operation::DropDefinition { definition } => {
            let before = schema.definitions.len();
            schema.definitions.retain(|it| !it.is_same(&definition));
            if schema.definitions.len() == before {
                return Err(missing("definition", definition));
            }
        }
        Operation::SetTimeout { .. } | Operation::Execute { .. } => {}
    }
    Ok(())
}

/// The place of an object's comment.
fn comment_of<'a>(
    schema: &'a mut Schema,
    on: &CommentOn,
) -> Result<&'a mut Option<String>, ApplyError> {
    let found = match on {
        CommentOn::Schema(name) => {
            let mut all = schema.namespaces.iter_mut();
            all.find(|it| it.name == *name).map(|it| &mut it.comment)
        }
        CommentOn::Domain(name) => {
            let mut all = schema.domains.iter_mut();
            all.find(|it| it.name == *name).map(|it| &mut it.comment)
        }
        CommentOn::Enum(name) => {
            let mut all = schema.enums.iter_mut();
            all.find(|it| it.name == *name).map(|it| &mut it.comment)
        }
        CommentOn::Sequence(name) => {
            schema.set_sequence_apart(name);
            let mut all = schema.sequences.iter_mut();
            all.find(|it| it.name == *name).map(|it| &mut it.comment)
        }
        CommentOn::Index { table: of, name } => {
            let mut all = table(schema, of)?.indexes.iter_mut();
            all.find(|it| it.name == *name).map(|it| &mut it.comment)
        }
        CommentOn::Constraint { table: of, name } => {
            let table = table(schema, of)?;
            (table
                .primary_key
                .iter_mut()
                .map(|it| (&it.name, &mut it.comment)))
            .chain(
                table
                    .uniques
                    .iter_mut()
                    .map(|it| (&it.name, &mut it.comment)),
            )
            .chain(
                table
                    .checks
                    .iter_mut()
                    .map(|it| (&it.name, &mut it.comment)),
            )
            .chain(
                table
                    .foreign_keys
                    .iter_mut()
                    .map(|it| (&it.name, &mut it.comment)),
            )
            .chain(
                table
                    .excludes
                    .iter_mut()
                    .map(|it| (&it.name, &mut it.comment)),
            )
            .find(|(known, _)| known.as_ref() == Some(name))
            .map(|(_, comment)| comment)
        }
    };
    found.ok_or_else(|| missing("object to comment on", on))
}

fn alter_enum(schema: &mut Schema, to: &EnumType) -> Result<(), ApplyError> {
    let known = schema.enums.iter_mut().find(|it| it.name == to.name);
    known
        .ok_or_else(|| missing("enumeration", &to.name))?
        .labels
        .clone_from(&to.labels);
    for column in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns)
    {
        relabel(&mut column.column_type, to);
    }
    Ok(())
}

fn relabel(column_type: &mut ColumnType, to: &EnumType) {
    match column_type {
        ColumnType::Enum(it) if it.name == to.name => it.labels.clone_from(&to.labels),
        ColumnType::Array(element) => relabel(element, to),
        _ => {}
    }
}

/// Drops a column with all that stands on it: databases drop its indexes and keys along.
fn drop_column(table: &mut Table, name: &str) {
    let has = |columns: &[String]| columns.iter().any(|column| column == name);
    table.columns.retain(|column| column.name != name);
    retain_constraints(table, |it| !it.names_column(name));
    table.indexes.retain(|index| {
        let keyed = |key: &IndexKey| matches!(key, IndexKey::Column(column) if column == name);
        !has(&index.include) && !index.elements.iter().any(|element| keyed(&element.key))
    });
}

fn validate(table: &mut Table, name: &str) -> Result<(), ApplyError> {
    let named = |it: &Option<String>| it.as_deref() == Some(name);
    let mut checks = table.checks.iter_mut().filter(|it| named(&it.name));
    let mut keys = table.foreign_keys.iter_mut().filter(|it| named(&it.name));
    let known = (checks.next().map(|it| &mut it.not_valid))
        .or_else(|| keys.next().map(|it| &mut it.not_valid));
    *known.ok_or_else(|| missing("constraint to validate", name))? = false;
    Ok(())
}

fn drop_constraint(table: &mut Table, which: &ConstraintRef) -> Result<(), ApplyError> {
    let is = |constraint: Constraint| match which {
        ConstraintRef::Named(name) => constraint.name() == Some(name),
        ConstraintRef::Unnamed(definition) => constraint == *definition,
    };
    if !Constraint::all_of(table).any(is) {
        let name = match which {
            ConstraintRef::Named(name) => name.as_str(),
            ConstraintRef::Unnamed(_) => "(unnamed)",
        };
        return Err(missing("constraint", name));
    }
    retain_constraints(table, |it| !is(it));
    Ok(())
}

fn retain_constraints(table: &mut Table, keep: impl Fn(Constraint) -> bool) {
    let all: Vec<Constraint> = Constraint::all_of(table)
        .filter(|it| keep(it.clone()))
        .collect();
    table.primary_key = None;
    table.uniques.clear();
    table.checks.clear();
    table.foreign_keys.clear();
    table.excludes.clear();
    for constraint in all {
        constraint.add_to(table);
    }
}
