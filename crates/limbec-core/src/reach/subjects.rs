//! What an operation is about.

use crate::operations::{CommentOn, ConstraintRef, Operation, OptionsOf};
use crate::schema::{Column, Definition, ObjectName, Sequence, Table};

/// What an operation changes.
#[derive(Default)]
pub(super) struct Subject<'o> {
    /// The objects, by the names that they have before and after.
    pub(super) names: Vec<ObjectName>,
    /// The names, beside those, that nothing else may have when it runs: of indexes and constraints.
    pub(super) makes: Vec<&'o str>,
}

impl<'o> Subject<'o> {
    fn one(name: &ObjectName) -> Self {
        Subject {
            names: vec![name.clone()],
            makes: Vec::new(),
        }
    }

    fn renamed(from: &ObjectName, to: &str) -> Self {
        Subject {
            names: vec![from.clone(), from.beside(to)],
            makes: Vec::new(),
        }
    }

    fn makes(mut self, names: impl IntoIterator<Item = &'o str>) -> Self {
        self.makes.extend(names);
        self
    }
}

/// What an operation is about; `None` if it may be about anything.
pub(super) fn subject(operation: &Operation) -> Option<Subject<'_>> {
    let subject = match operation {
        // An extension brings objects that no schema lists, a namespace may hold such.
        Operation::Execute { .. }
        | Operation::CreateExtension { .. }
        | Operation::DropExtension { .. }
        | Operation::DropSchema { .. } => return None,
        Operation::CreateSchema { .. } | Operation::SetTimeout { .. } => Subject::default(),
        Operation::CreateDomain { domain: it } | Operation::AlterDomain { to: it, .. } => {
            Subject::one(&it.name)
        }
        Operation::CreateSequence { sequence } => of_sequence(sequence),
        Operation::AlterSequence { to, from } => {
            let mut subject = of_sequence(to);
            let before = from.iter().map(of_sequence);
            subject.names.extend(before.flat_map(|it| it.names));
            subject
        }
        Operation::CreateEnum { enumeration: it } | Operation::AlterEnum { to: it, .. } => {
            Subject::one(&it.name)
        }
        Operation::DropDomain { name, .. }
        | Operation::DropSequence { name, .. }
        | Operation::DropEnum { name, .. }
        | Operation::DropTable { name, .. }
        | Operation::RenameEnumValue {
            enumeration: name, ..
        } => Subject::one(name),
        Operation::Move { from, to, .. } => Subject {
            names: vec![from.clone(), to.clone()],
            makes: Vec::new(),
        },
        Operation::RenameEnum { from, to } | Operation::RenameTable { from, to } => {
            Subject::renamed(from, to)
        }
        Operation::CreateTable { table } => Subject::one(&table.name).makes(parts_of(table)),
        Operation::AddColumn { table, column } => Subject::one(table).makes(sequence_of(column)),
        Operation::AlterColumn { table, change } => {
            let identity = change.to.identity.as_ref().and_then(Option::as_ref);
            let sequence = identity.and_then(|it| it.sequence.as_ref());
            Subject::one(table).makes(sequence.map(|it| it.name.as_str()))
        }
        Operation::CreateConstraint { table, constraint } => {
            Subject::one(table).makes(constraint.name())
        }
        Operation::DropConstraint {
            table, constraint, ..
        } => {
            let name = match constraint {
                ConstraintRef::Named(name) => Some(name.as_str()),
                ConstraintRef::Unnamed(_) => None,
            };
            Subject::one(table).makes(name)
        }
        Operation::CreateIndex { table, index } => Subject::one(table).makes([index.name.as_str()]),
        Operation::RenameConstraint { table, to, .. }
        | Operation::RenameIndex { table, to, .. } => Subject::one(table).makes([to.as_str()]),
        // A database may look for an index by its name alone.
        Operation::DropIndex { table, name, .. } => Subject::one(table).makes([name.as_str()]),
        Operation::DropColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::ValidateConstraint { table, .. }
        | Operation::CreateTableComment { table, .. }
        | Operation::DropTableComment { table, .. }
        | Operation::AlterInheritance { table, .. } => Subject::one(table),
        Operation::AlterOptions { change } => match &change.of {
            OptionsOf::Table(table)
            | OptionsOf::Column { table, .. }
            | OptionsOf::Index { table, .. } => Subject::one(table),
        },
        Operation::CreateComment { on, .. } | Operation::DropComment { on, .. } => match on {
            CommentOn::Schema(_) => Subject::default(),
            CommentOn::Domain(name)
            | CommentOn::Enum(name)
            | CommentOn::Sequence(name)
            | CommentOn::Index { table: name, .. }
            | CommentOn::Constraint { table: name, .. } => Subject::one(name),
        },
        Operation::CreateDefinition { definition: it }
        | Operation::ReplaceDefinition { to: it, .. }
        | Operation::DropDefinition { definition: it } => of_definition(it),
    };
    Some(subject)
}

/// A sequence with the table that owns it, of whose column it may be a part.
fn of_sequence(it: &Sequence) -> Subject<'_> {
    let owner = it.owned_by.iter().map(|it| &it.table);
    Subject {
        names: std::iter::once(&it.name).chain(owner).cloned().collect(),
        makes: Vec::new(),
    }
}

/// A definition with the table that it belongs to, whose others it may be in the way of.
fn of_definition(it: &Definition) -> Subject<'_> {
    Subject {
        names: std::iter::once(&it.name)
            .chain(&it.table)
            .cloned()
            .collect(),
        makes: Vec::new(),
    }
}

fn parts_of(table: &Table) -> impl Iterator<Item = &str> {
    let indexes = table.indexes.iter().map(|it| it.name.as_str());
    let sequences = table.columns.iter().filter_map(sequence_of);
    let key = table.primary_key.iter().filter_map(|it| it.name.as_deref());
    let uniques = table.uniques.iter().filter_map(|it| it.name.as_deref());
    let excludes = table.excludes.iter().filter_map(|it| it.name.as_deref());
    let checks = table.checks.iter().filter_map(|it| it.name.as_deref());
    (indexes.chain(sequences).chain(key))
        .chain(uniques)
        .chain(excludes)
        .chain(checks)
}

fn sequence_of(column: &Column) -> Option<&str> {
    let sequence = column.identity.as_ref()?.sequence.as_ref()?;
    Some(&sequence.name)
}
