//! The reverse of an operation, as data.

use super::{AlterColumn, AlterOptions, Constraint, ConstraintRef, Operation};
use crate::dialect::converts_as_utc;
use crate::schema::Table;
use crate::sql::{self, Lexicon};

impl Operation {
    /// Gives the operations that undo this one, in order; `None` where what it takes away is not
    /// known (raw SQL, or a drop read from a file).
    ///
    /// ```
    /// use limbec_core::operations::Operation;
    /// let create = Operation::CreateSchema { name: "billing".into() };
    /// assert_eq!(create.invert(), Some(vec![Operation::DropSchema { name: "billing".into() }]));
    /// ```
    pub fn invert(&self) -> Option<Vec<Operation>> {
        let inverse = match self.clone() {
            Operation::CreateSchema { name } => Operation::DropSchema { name },
            Operation::DropSchema { name } => Operation::CreateSchema { name },
            Operation::CreateExtension { name } => Operation::DropExtension { name },
            Operation::DropExtension { name } => Operation::CreateExtension { name },
            Operation::CreateDomain { domain } => Operation::DropDomain {
                name: domain.name.clone(),
                domain: Some(domain),
            },
            Operation::DropDomain { domain, .. } => Operation::CreateDomain { domain: domain? },
            Operation::AlterDomain { to, from } => Operation::AlterDomain {
                to: from?,
                from: Some(to),
            },
            Operation::CreateSequence { sequence } => Operation::DropSequence {
                name: sequence.name.clone(),
                sequence: Some(sequence),
            },
            Operation::DropSequence { sequence, .. } => Operation::CreateSequence {
                sequence: sequence?,
            },
            Operation::AlterSequence { to, from } => Operation::AlterSequence {
                to: from?,
                from: Some(to),
            },
            Operation::CreateEnum { enumeration } => Operation::DropEnum {
                name: enumeration.name.clone(),
                enumeration: Some(enumeration),
            },
            Operation::DropEnum { enumeration, .. } => Operation::CreateEnum {
                enumeration: enumeration?,
            },
            Operation::AlterEnum { to, from } => Operation::AlterEnum {
                to: from?,
                from: Some(to),
            },
            Operation::CreateTable { table } => Operation::DropTable {
                name: table.name.clone(),
                table: Some(Box::new(table)),
            },
            Operation::DropTable { table, .. } => return Some(create_with_indexes(*table?)),
            Operation::RenameTable { from, to } => {
                let mut now = from.clone();
                now.name = to;
                Operation::RenameTable {
                    from: now,
                    to: from.name,
                }
            }
            Operation::RenameEnum { from, to } => {
                let mut now = from.clone();
                now.name = to;
                Operation::RenameEnum {
                    from: now,
                    to: from.name,
                }
            }
            Operation::Move { kind, from, to } => Operation::Move {
                kind,
                from: to,
                to: from,
            },
            Operation::RenameEnumValue {
                enumeration,
                from,
                to,
            } => Operation::RenameEnumValue {
                enumeration,
                from: to,
                to: from,
            },
            Operation::AddColumn { table, column } => Operation::DropColumn {
                table,
                name: column.name.clone(),
                column: Some(Box::new(column)),
            },
            Operation::DropColumn { table, column, .. } => Operation::AddColumn {
                table,
                column: *column?,
            },
            Operation::RenameColumn { table, from, to } => Operation::RenameColumn {
                table,
                from: to,
                to: from,
            },
            Operation::AlterColumn { table, change } => {
                if change.from.is_empty() && !change.to.is_empty() {
                    return None;
                }
                let AlterColumn {
                    name,
                    to,
                    from,
                    using,
                } = change;
                Operation::AlterColumn {
                    table,
                    change: AlterColumn {
                        name,
                        to: from,
                        from: to,
                        using: using.filter(|it| converts_as_utc(it)),
                    },
                }
            }
            Operation::CreateConstraint { table, constraint } => Operation::DropConstraint {
                table,
                constraint: ConstraintRef::to(&constraint),
                definition: Some(constraint),
            },
            Operation::DropConstraint {
                table,
                constraint,
                definition,
            } => {
                let constraint = match constraint {
                    ConstraintRef::Unnamed(constraint) => constraint,
                    ConstraintRef::Named(_) => definition?,
                };
                Operation::CreateConstraint { table, constraint }
            }
            // What has been looked at cannot be unseen: it is made again as it was.
            Operation::ValidateConstraint {
                table,
                name,
                definition,
            } => {
                let definition = definition?;
                return Some(vec![
                    Operation::DropConstraint {
                        table: table.clone(),
                        constraint: ConstraintRef::Named(name),
                        definition: Some(definition.clone().with_not_valid(false)),
                    },
                    Operation::CreateConstraint {
                        table,
                        constraint: definition,
                    },
                ]);
            }
            Operation::RenameConstraint { table, from, to } => Operation::RenameConstraint {
                table,
                from: to,
                to: from,
            },
            Operation::RenameIndex { table, from, to } => Operation::RenameIndex {
                table,
                from: to,
                to: from,
            },
            Operation::CreateIndex { table, index } => Operation::DropIndex {
                table,
                name: index.name.clone(),
                concurrently: index.concurrently,
                index: Some(Box::new(index)),
            },
            Operation::DropIndex {
                table,
                index,
                concurrently,
                ..
            } => {
                let mut index = *index?;
                index.concurrently = concurrently;
                Operation::CreateIndex { table, index }
            }
            Operation::CreateTableComment {
                table,
                comment,
                from,
            } => match from {
                Some(before) => Operation::CreateTableComment {
                    table,
                    comment: before,
                    from: Some(comment),
                },
                None => Operation::DropTableComment {
                    table,
                    from: Some(comment),
                },
            },
            Operation::DropTableComment { table, from } => Operation::CreateTableComment {
                table,
                comment: from?,
                from: None,
            },
            Operation::AlterInheritance { table, to, from } => Operation::AlterInheritance {
                table,
                to: from?,
                from: Some(to),
            },
            Operation::AlterOptions { change } => {
                if change.from.is_empty() && !change.to.is_empty() {
                    return None;
                }
                let AlterOptions { of, to, from } = change;
                Operation::AlterOptions {
                    change: AlterOptions {
                        of,
                        to: from,
                        from: to,
                    },
                }
            }
            Operation::CreateComment { on, comment, from } => match from {
                Some(before) => Operation::CreateComment {
                    on,
                    comment: before,
                    from: Some(comment),
                },
                None => Operation::DropComment {
                    on,
                    from: Some(comment),
                },
            },
            Operation::DropComment { on, from } => Operation::CreateComment {
                on,
                comment: from?,
                from: None,
            },
            Operation::CreateDefinition { definition } => Operation::DropDefinition { definition },
            Operation::DropDefinition { definition } => {
                if definition.sql.is_empty() {
                    return None;
                }
                Operation::CreateDefinition { definition }
            }
            Operation::ReplaceDefinition { to, from } => Operation::ReplaceDefinition {
                to: *from?,
                from: Some(Box::new(to)),
            },
            Operation::SetTimeout { .. } => return Some(Vec::new()),
            Operation::Execute { .. } => return None,
        };
        Some(vec![inverse])
    }

    /// Whether rows or values are lost for good when it runs.
    pub fn loses_data(&self) -> bool {
        match self {
            Operation::DropTable { .. } => true,
            // What is computed can be computed again.
            Operation::DropColumn { column, .. } => {
                column.as_ref().is_none_or(|it| it.generated.is_none())
            }
            _ => false,
        }
    }

    /// Whether rows or values may be lost or be other ones afterwards, so that only a copy brings
    /// them back.
    pub fn may_lose_data(&self, lexicon: &Lexicon) -> bool {
        match self {
            Operation::AlterColumn { change, .. } => {
                let to = &change.to;
                to.column_type.is_some() || to.generated.is_some() || change.using.is_some()
            }
            Operation::Execute { sql, .. } => {
                let mut statements = sql::split(sql, lexicon).into_iter();
                statements.any(|it| overwrites(it, lexicon))
            }
            other => other.loses_data(),
        }
    }

    /// The constraint that a `create_*` directive adds.
    pub fn constraint(&self) -> Option<&Constraint> {
        match self {
            Operation::CreateConstraint { constraint, .. } => Some(constraint),
            _ => None,
        }
    }
}

/// Whether a statement is one that changes or deletes what is there.
pub(crate) fn overwrites(statement: &str, lexicon: &Lexicon) -> bool {
    const WORDS: [&str; 7] = [
        "UPDATE", "DELETE", "REPLACE", "DROP", "ALTER", "WITH", "TRUNCATE",
    ];
    let mut words = sql::tokens(statement, lexicon).filter(|it| it.kind != sql::TokenKind::Comment);
    let first = words.next();
    first.is_some_and(|it| WORDS.iter().any(|word| it.is_word(word)))
        || words.any(|it| it.is_word("REPLACE"))
}

/// Gives the operations that make a table: itself, then its indexes.
pub fn create_with_indexes(mut table: Table) -> Vec<Operation> {
    let indexes = std::mem::take(&mut table.indexes);
    let name = table.name.clone();
    let mut operations = vec![Operation::CreateTable { table }];
    operations.extend(indexes.into_iter().map(|index| Operation::CreateIndex {
        table: name.clone(),
        index,
    }));
    operations
}
