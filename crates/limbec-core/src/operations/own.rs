//! Operations in the connection's own namespace, as [`crate::schema::Schema::within`] has schemas.

use super::{ColumnChange, CommentOn, Constraint, ConstraintRef, Operation, OptionsOf};
use crate::schema::ObjectName;

impl Operation {
    /// The same operation in which no name gives the namespace, which is the connection's own.
    ///
    /// ```
    /// use limbec_core::operations::Operation;
    /// use limbec_core::schema::ObjectName;
    ///
    /// let from = ObjectName::qualified("public", "tags");
    /// let rename = Operation::RenameTable { from, to: "labels".into() };
    /// assert_eq!(rename.within("public").to_string(), "rename_table tags to labels");
    /// ```
    pub fn within(mut self, own: &str) -> Self {
        self.each_name(&mut |name| name.fold(Some(own)));
        self
    }

    /// Hands over every name of an object that lives in a namespace, wherever it stands.
    pub(crate) fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        match self {
            Operation::CreateSchema { .. }
            | Operation::DropSchema { .. }
            | Operation::SetTimeout { .. }
            | Operation::Execute { .. } => {}
            Operation::CreateDomain { domain } => domain.each_name(with),
            Operation::DropDomain { name, domain } => {
                with(name);
                if let Some(it) = domain {
                    it.each_name(with);
                }
            }
            Operation::AlterDomain { to, from } => {
                to.each_name(with);
                if let Some(it) = from {
                    it.each_name(with);
                }
            }
            Operation::CreateSequence { sequence } => sequence.each_name(with),
            Operation::DropSequence { name, sequence } => {
                with(name);
                if let Some(it) = sequence {
                    it.each_name(with);
                }
            }
            Operation::AlterSequence { to, from } => {
                to.each_name(with);
                if let Some(it) = from {
                    it.each_name(with);
                }
            }
            Operation::CreateEnum { enumeration } => with(&mut enumeration.name),
            Operation::DropEnum { name, enumeration } => {
                with(name);
                if let Some(it) = enumeration {
                    with(&mut it.name);
                }
            }
            Operation::AlterEnum { to, from } => {
                with(&mut to.name);
                if let Some(it) = from {
                    with(&mut it.name);
                }
            }
            Operation::CreateExtension { name }
            | Operation::DropExtension { name }
            | Operation::RenameEnum { from: name, .. }
            | Operation::RenameEnumValue {
                enumeration: name, ..
            }
            | Operation::RenameTable { from: name, .. }
            | Operation::RenameColumn { table: name, .. }
            | Operation::RenameConstraint { table: name, .. }
            | Operation::RenameIndex { table: name, .. }
            | Operation::CreateIndex { table: name, .. }
            | Operation::DropIndex { table: name, .. }
            | Operation::CreateTableComment { table: name, .. }
            | Operation::DropTableComment { table: name, .. } => with(name),
            Operation::Move { from, to, .. } => {
                with(from);
                with(to);
            }
            Operation::CreateTable { table } => table.each_name(with),
            Operation::DropTable { name, table } => {
                with(name);
                if let Some(it) = table {
                    it.each_name(with);
                }
            }
            Operation::AddColumn { table, column } => {
                with(table);
                column.each_name(with);
            }
            Operation::DropColumn { table, column, .. } => {
                with(table);
                if let Some(it) = column {
                    it.each_name(with);
                }
            }
            Operation::AlterColumn { table, change } => {
                with(table);
                of_change(&mut change.to, with);
                of_change(&mut change.from, with);
            }
            Operation::CreateConstraint { table, constraint } => {
                with(table);
                of_constraint(constraint, with);
            }
            Operation::DropConstraint {
                table,
                constraint,
                definition,
            } => {
                with(table);
                if let ConstraintRef::Unnamed(it) = constraint {
                    of_constraint(it, with);
                }
                if let Some(it) = definition {
                    of_constraint(it, with);
                }
            }
            Operation::ValidateConstraint {
                table, definition, ..
            } => {
                with(table);
                if let Some(it) = definition {
                    of_constraint(it, with);
                }
            }
            Operation::AlterInheritance { table, to, from } => {
                with(table);
                to.each_name(with);
                if let Some(it) = from {
                    it.each_name(with);
                }
            }
            Operation::AlterOptions { change } => match &mut change.of {
                OptionsOf::Table(table)
                | OptionsOf::Column { table, .. }
                | OptionsOf::Index { table, .. } => with(table),
            },
            Operation::CreateComment { on, .. } | Operation::DropComment { on, .. } => match on {
                CommentOn::Schema(_) => {}
                CommentOn::Domain(name)
                | CommentOn::Enum(name)
                | CommentOn::Sequence(name)
                | CommentOn::Index { table: name, .. }
                | CommentOn::Constraint { table: name, .. } => with(name),
            },
            Operation::CreateDefinition { definition }
            | Operation::DropDefinition { definition } => definition.each_name(with),
            Operation::ReplaceDefinition { to, from } => {
                to.each_name(with);
                if let Some(it) = from {
                    it.each_name(with);
                }
            }
        }
    }
}

fn of_change(change: &mut ColumnChange, with: &mut dyn FnMut(&mut ObjectName)) {
    if let Some(column_type) = &mut change.column_type {
        column_type.each_name(with);
    }
    if let Some(Some(identity)) = &mut change.identity {
        identity.sequence.as_mut().map(with);
    }
}

fn of_constraint(constraint: &mut Constraint, with: &mut dyn FnMut(&mut ObjectName)) {
    match constraint {
        Constraint::ForeignKey(key) => with(&mut key.referred_table),
        Constraint::PrimaryKey(_)
        | Constraint::Unique(_)
        | Constraint::Check(_)
        | Constraint::Exclude(_) => {}
    }
}
