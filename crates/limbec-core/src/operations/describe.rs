//! Operations in words, for log lines and `check`.

use std::fmt;

use super::{ColumnChange, Constraint, ConstraintRef, Moved, Operation, Timeout};

impl Operation {
    /// The directive's name, as `op.*` has it.
    pub fn directive(&self) -> &'static str {
        match self {
            Operation::CreateSchema { .. } => "create_schema",
            Operation::DropSchema { .. } => "drop_schema",
            Operation::CreateExtension { .. } => "create_extension",
            Operation::DropExtension { .. } => "drop_extension",
            Operation::CreateDomain { .. } => "create_domain",
            Operation::DropDomain { .. } => "drop_domain",
            Operation::AlterDomain { .. } => "alter_domain",
            Operation::CreateSequence { .. } => "create_sequence",
            Operation::DropSequence { .. } => "drop_sequence",
            Operation::AlterSequence { .. } => "alter_sequence",
            Operation::CreateEnum { .. } => "create_enum",
            Operation::DropEnum { .. } => "drop_enum",
            Operation::AlterEnum { .. } => "alter_enum",
            Operation::CreateTable { .. } => "create_table",
            Operation::DropTable { .. } => "drop_table",
            Operation::RenameTable { .. } => "rename_table",
            Operation::RenameEnum { .. } => "rename_enum",
            Operation::Move { kind, .. } => match kind {
                Moved::Table => "move_table",
                Moved::Enum => "move_enum",
                Moved::Domain => "move_domain",
                Moved::Sequence => "move_sequence",
            },
            Operation::RenameEnumValue { .. } => "rename_enum_value",
            Operation::RenameConstraint { .. } => "rename_constraint",
            Operation::RenameIndex { .. } => "rename_index",
            Operation::AddColumn { .. } => "add_column",
            Operation::DropColumn { .. } => "drop_column",
            Operation::RenameColumn { .. } => "rename_column",
            Operation::AlterColumn { .. } => "alter_column",
            Operation::CreateConstraint { constraint, .. } => match constraint {
                Constraint::PrimaryKey(_) => "create_primary_key",
                Constraint::Unique(_) => "create_unique_constraint",
                Constraint::Check(_) => "create_check_constraint",
                Constraint::ForeignKey(_) => "create_foreign_key",
                Constraint::Exclude(_) => "create_exclude_constraint",
            },
            Operation::DropConstraint { .. } => "drop_constraint",
            Operation::ValidateConstraint { .. } => "validate_constraint",
            Operation::CreateIndex { .. } => "create_index",
            Operation::DropIndex {
                concurrently: true, ..
            } => "drop_index_concurrently",
            Operation::DropIndex { .. } => "drop_index",
            Operation::SetTimeout { timeout, .. } => match timeout {
                Timeout::Lock => "lock_timeout",
                Timeout::Statement => "statement_timeout",
            },
            Operation::CreateTableComment { .. } => "create_table_comment",
            Operation::DropTableComment { .. } => "drop_table_comment",
            Operation::AlterInheritance { .. } => "alter_inheritance",
            Operation::AlterOptions { .. } => "alter_options",
            Operation::CreateComment { .. } => "create_comment",
            Operation::DropComment { .. } => "drop_comment",
            Operation::CreateDefinition { .. } => "create_definition",
            Operation::ReplaceDefinition { .. } => "replace_definition",
            Operation::DropDefinition { .. } => "drop_definition",
            Operation::Execute {
                dialect,
                autocommit,
                ..
            } => match (dialect, autocommit) {
                (None, false) => "execute",
                (None, true) => "execute_autocommit",
                (Some(_), false) => "execute_on",
                (Some(_), true) => "execute_autocommit_on",
            },
        }
    }

    /// What the directive is about: `collections.description`, `ix_jobs_status on jobs`.
    pub fn subject(&self) -> String {
        match self {
            Operation::CreateSchema { name } | Operation::DropSchema { name } => name.clone(),
            Operation::CreateExtension { name } | Operation::DropExtension { name } => {
                name.to_string()
            }
            Operation::CreateDomain { domain } | Operation::AlterDomain { to: domain, .. } => {
                domain.name.to_string()
            }
            Operation::CreateSequence { sequence }
            | Operation::AlterSequence { to: sequence, .. } => sequence.name.to_string(),
            Operation::CreateEnum { enumeration } => enumeration.name.to_string(),
            Operation::AlterEnum { to, .. } => {
                format!("{} ({})", to.name, to.labels.join(", "))
            }
            Operation::CreateTable { table } => table.name.to_string(),
            Operation::DropDomain { name, .. }
            | Operation::DropEnum { name, .. }
            | Operation::DropSequence { name, .. }
            | Operation::DropTable { name, .. } => name.to_string(),
            Operation::RenameTable { from, to } | Operation::RenameEnum { from, to } => {
                format!("{from} to {to}")
            }
            Operation::Move { from, to, .. } => format!("{from} to {to}"),
            Operation::RenameEnumValue {
                enumeration,
                from,
                to,
            } => format!("{enumeration}: {from} to {to}"),
            Operation::RenameConstraint { table, from, to }
            | Operation::RenameIndex { table, from, to } => format!("{from} on {table} to {to}"),
            Operation::AddColumn { table, column } => format!("{table}.{}", column.name),
            Operation::DropColumn { table, name, .. } => format!("{table}.{name}"),
            Operation::RenameColumn { table, from, to } => format!("{table}.{from} to {to}"),
            Operation::AlterColumn { table, change } => {
                format!("{table}.{}: {}", change.name, changes(&change.to))
            }
            Operation::CreateConstraint { table, constraint } => {
                format!("{} on {table}", constraint.name().unwrap_or("(unnamed)"))
            }
            Operation::DropConstraint {
                table, constraint, ..
            } => match constraint {
                ConstraintRef::Named(name) => format!("{name} on {table}"),
                ConstraintRef::Unnamed(_) => format!("(unnamed) on {table}"),
            },
            Operation::CreateIndex { table, index } => {
                let how = if index.concurrently {
                    ", concurrently"
                } else {
                    ""
                };
                format!("{} on {table}{how}", index.name)
            }
            Operation::SetTimeout { time, .. } => time.clone(),
            Operation::DropIndex { table, name, .. }
            | Operation::ValidateConstraint { table, name, .. } => format!("{name} on {table}"),
            Operation::CreateTableComment { table, .. }
            | Operation::DropTableComment { table, .. }
            | Operation::AlterInheritance { table, .. } => table.to_string(),
            Operation::AlterOptions { change } => change.to_string(),
            Operation::CreateComment { on, .. } | Operation::DropComment { on, .. } => {
                on.to_string()
            }
            Operation::CreateDefinition { definition }
            | Operation::DropDefinition { definition }
            | Operation::ReplaceDefinition { to: definition, .. } => definition.to_string(),
            Operation::Execute { sql, .. } => first_line(sql),
        }
    }

    /// The directive with one statement of its SQL.
    pub(crate) fn in_words_of(&self, statement: &str) -> String {
        format!("{} {}", self.directive(), first_line(statement))
    }
}

/// A statement of no operation in words, as one that executes it would be.
pub(crate) fn raw_in_words(statement: &str) -> String {
    format!("execute {}", first_line(statement))
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.directive(), self.subject())
    }
}

fn changes(change: &ColumnChange) -> String {
    let mut words = Vec::new();
    if change.column_type.is_some() {
        words.push("type");
    }
    match change.nullable {
        Some(true) => words.push("nullable"),
        Some(false) => words.push("not null"),
        None => {}
    }
    let others = [
        ("default", change.default.is_some()),
        ("generated", change.generated.is_some()),
        ("identity", change.identity.is_some()),
        ("collation", change.collation.is_some()),
        ("comment", change.comment.is_some()),
    ];
    words.extend(
        others
            .into_iter()
            .filter(|(_, changes)| *changes)
            .map(|(word, _)| word),
    );
    words.join(", ")
}

/// The first line that is no comment, if there is one.
fn first_line(sql: &str) -> String {
    const WIDTH: usize = 60;
    let mut lines = sql.lines().map(str::trim_end).filter(|it| !it.is_empty());
    let first = lines.clone().next().unwrap_or_default();
    let line = lines.find(|it| !it.trim_start().starts_with("--"));
    let line = line.unwrap_or(first).trim_start();
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_string(),
    }
}
