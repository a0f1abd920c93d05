//! What a comparison leaves alone: objects, and parts of managed tables, that nothing declares.
//!
//! An index, a constraint or an option of a table is declared by the model, or was by the operation
//! that made it. One that somebody made by hand is not dropped, unless its column goes.

use std::collections::BTreeSet;
use std::fmt;

use super::Comparison;
use super::created::{Created, Left, Part};
use super::keys::{Key, key_of};
use super::object::Object;
use super::plan::{Phase, Planned, Why};
use crate::dialect::Dialect;
use crate::operations::{Constraint, Moved, Operation, OptionsOf};
use crate::schema::{Definition, Index, IndexKey, ObjectName, Schema};
use crate::sql::mentions;

/// Something in a database that neither the models nor the files declare, and no operation of a
/// revision made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Unmanaged {
    /// A table.
    Table(ObjectName),
    /// An enumeration or a domain.
    Type(ObjectName),
    /// A sequence of its own.
    Sequence(ObjectName),
    /// A view, a function, a trigger or their like.
    Definition(Definition),
    /// An index of a managed table.
    Index {
        /// The table.
        table: ObjectName,
        /// The index's name.
        name: String,
    },
    /// A constraint of a managed table.
    Constraint {
        /// The table.
        table: ObjectName,
        /// What kind of constraint it is, in words.
        noun: &'static str,
        /// Its name, if it has one.
        name: Option<String>,
    },
    /// An option of a managed table.
    Option {
        /// The table.
        table: ObjectName,
        /// The option, keyed `dialect.option`.
        key: String,
    },
}

impl Unmanaged {
    /// The kind in words.
    pub fn noun(&self) -> &'static str {
        match self {
            Unmanaged::Table(_) => "table",
            Unmanaged::Type(_) => "type",
            Unmanaged::Sequence(_) => "sequence",
            Unmanaged::Definition(definition) => definition.kind.words(),
            Unmanaged::Index { .. } => "index",
            Unmanaged::Constraint { noun, .. } => noun,
            Unmanaged::Option { .. } => "option",
        }
    }

    /// The name, with the table that it belongs to.
    pub fn name(&self) -> String {
        match self {
            Unmanaged::Table(name) | Unmanaged::Type(name) | Unmanaged::Sequence(name) => {
                name.to_string()
            }
            Unmanaged::Definition(definition) => {
                let words = definition.to_string();
                let kind = definition.kind.words();
                words
                    .strip_prefix(kind)
                    .unwrap_or(&words)
                    .trim()
                    .to_string()
            }
            Unmanaged::Index { table, name } => format!("{name} on {table}"),
            Unmanaged::Constraint { table, name, .. } => {
                let name = name.as_deref().unwrap_or("(unnamed)");
                format!("{name} on {table}")
            }
            Unmanaged::Option { table, key } => {
                let option = key.split_once('.').map_or(key.as_str(), |(_, it)| it);
                format!("{option} on {table}")
            }
        }
    }

    /// The namespace that it is in, if it is an object of its own in one.
    pub(super) fn namespace(&self) -> Option<&str> {
        match self {
            Unmanaged::Table(name) | Unmanaged::Type(name) | Unmanaged::Sequence(name) => {
                name.schema.as_deref()
            }
            Unmanaged::Definition(definition) => definition.name.schema.as_deref(),
            _ => None,
        }
    }

    /// The table whose model would declare it, where it is one or part of one.
    pub fn table(&self) -> Option<&ObjectName> {
        match self {
            Unmanaged::Table(table)
            | Unmanaged::Index { table, .. }
            | Unmanaged::Constraint { table, .. }
            | Unmanaged::Option { table, .. } => Some(table),
            Unmanaged::Type(_) | Unmanaged::Sequence(_) | Unmanaged::Definition(_) => None,
        }
    }
}

impl fmt::Display for Unmanaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unmanaged::Table(name) => name.fmt(f),
            other => write!(f, "the {} {}", other.noun(), other.name()),
        }
    }
}

impl Comparison {
    /// Takes the operations out that would drop parts of tables which no operation of a revision has
    /// made: indexes, constraints and options made by hand or by raw SQL. Returns those parts.
    ///
    /// What stands on a column that is dropped is dropped with it, so that a downgrade makes it again;
    /// an index on a column that is made anew is, too.
    /// The primary key belongs to the table. A key that the models declare over the same columns takes
    /// the place of one made by hand.
    pub fn leave_alone(
        &mut self,
        created: &Created,
        target: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Unmanaged> {
        let mut created = created.clone();
        for planned in &self.planned {
            // Whatever follows them calls a table by its new name.
            if matches!(
                planned.operation,
                Operation::RenameTable { .. }
                    | Operation::Move {
                        kind: Moved::Table,
                        ..
                    }
            ) {
                created.follow(&planned.operation, dialect);
            }
        }
        let search = Search {
            left: created.left(target.own_namespace.as_deref()),
            going: dropped_columns(&self.planned, dialect),
            target,
            dialect,
        };
        let mut found = Vec::new();
        (self.planned).retain_mut(|planned| search.keeps(planned, &mut found));
        self.make_again(&search, dialect);
        let stays = |object: &Object| found.iter().any(|it: &Unmanaged| it.is(object));
        let moot = |it: &Planned| matches!(&it.why, Why::InTheWayOf(object) if stays(object));
        self.planned.retain(|it| !moot(it));
        found
    }
}

impl Comparison {
    /// Creates the indexes made by hand again that are dropped with a column which comes back.
    fn make_again(&mut self, search: &Search<'_>, dialect: &dyn Dialect) {
        let mut again = Vec::new();
        for planned in &mut self.planned {
            let Operation::DropIndex {
                table,
                name,
                index: Some(index),
                ..
            } = &planned.operation
            else {
                continue;
            };
            let key = key_of(dialect, table);
            let goes = |(of, column): &&(Key, String)| *of == key && uses(index, column, dialect);
            let part = Part::index(name, dialect);
            if planned.why != Why::Gone || search.left.has_part(&key, &part) {
                continue;
            }
            let mut columns = search.going.iter().filter(goes).map(|(_, column)| column);
            let Some(column) = columns.next() else {
                continue;
            };
            let wanted = search.target.table(table);
            let comes_back = |it: &String| wanted.is_some_and(|of| of.column_named(it).is_some());
            if !comes_back(column) || !columns.all(comes_back) {
                continue;
            }
            planned.why = Why::InTheWayOf(Object::Column {
                table: table.clone(),
                name: column.clone(),
            });
            again.push(Planned {
                operation: Operation::CreateIndex {
                    table: table.clone(),
                    index: (**index).clone(),
                },
                phase: Phase::CreateIndexes,
                why: planned.why.clone(),
            });
        }
        let mut later = self.planned.iter();
        let at = later.position(|it| it.phase > Phase::CreateIndexes);
        let at = at.unwrap_or(self.planned.len());
        self.planned.splice(at..at, again);
    }
}

/// What decides whether a part of a table is declared.
struct Search<'a> {
    left: Left,
    going: BTreeSet<(Key, String)>,
    target: &'a Schema,
    dialect: &'a dyn Dialect,
}

impl Search<'_> {
    /// Whether an operation stays in the plan; what it would have dropped is found.
    fn keeps(&self, planned: &mut Planned, found: &mut Vec<Unmanaged>) -> bool {
        let is_gone = planned.why == Why::Gone;
        match &mut planned.operation {
            Operation::DropIndex {
                table,
                index: Some(index),
                ..
            } if is_gone => {
                if !self.is_by_hand(table, index) {
                    return true;
                }
                found.push(Unmanaged::Index {
                    table: table.clone(),
                    name: index.name.clone(),
                });
                false
            }
            Operation::DropConstraint {
                table,
                definition: Some(constraint),
                ..
            } if is_gone => {
                if !self.is_constraint_by_hand(table, constraint) {
                    return true;
                }
                found.push(Unmanaged::Constraint {
                    table: table.clone(),
                    noun: constraint.noun(),
                    name: constraint.name().map(String::from),
                });
                false
            }
            Operation::AlterOptions { change } => {
                let OptionsOf::Table(table) = &change.of else {
                    return true;
                };
                let key = key_of(self.dialect, table);
                let by_hand: Vec<String> = (change.to.iter())
                    .filter(|(option, to)| {
                        let part = Part::Option((*option).clone());
                        to.is_none() && !self.left.has_part(&key, &part)
                    })
                    .map(|(option, _)| option.clone())
                    .collect();
                for option in by_hand {
                    change.to.remove(&option);
                    change.from.remove(&option);
                    found.push(Unmanaged::Option {
                        table: table.clone(),
                        key: option,
                    });
                }
                !change.to.is_empty()
            }
            _ => true,
        }
    }

    fn is_by_hand(&self, table: &ObjectName, index: &Index) -> bool {
        let key = key_of(self.dialect, table);
        let part = Part::index(&index.name, self.dialect);
        !self.left.has_part(&key, &part)
            && !self.any_goes(&key, |column| uses(index, column, self.dialect))
    }

    fn is_constraint_by_hand(&self, table: &ObjectName, constraint: &Constraint) -> bool {
        let key = key_of(self.dialect, table);
        let uses = |column: &str| match constraint {
            Constraint::Check(check) => mentions(&check.expression, column, self.dialect.lexicon()),
            other => other.names_column(column),
        };
        !matches!(constraint, Constraint::PrimaryKey(_))
            && !self.left.has_constraint(&key, constraint, self.dialect)
            && !self.any_goes(&key, uses)
            && !self.is_replaced(table, constraint)
    }

    /// Whether a column of the table that is dropped is used.
    fn any_goes(&self, table: &Key, uses: impl Fn(&str) -> bool) -> bool {
        let mut of_table = self.going.iter().filter(|(of, _)| of == table);
        of_table.any(|(_, column)| uses(column))
    }

    /// Whether the models declare a key over the same columns, which says otherwise or has another name.
    fn is_replaced(&self, table: &ObjectName, constraint: &Constraint) -> bool {
        let Some(table) = self.target.table(table) else {
            return false;
        };
        let columns = constraint.columns();
        match constraint {
            Constraint::Unique(_) => (table.uniques.iter()).any(|it| it.columns == columns),
            Constraint::ForeignKey(_) => {
                (table.foreign_keys.iter()).any(|it| it.columns == columns)
            }
            _ => false,
        }
    }
}

impl Unmanaged {
    /// Whether an operation makes way for this part of a table.
    fn is(&self, object: &Object) -> bool {
        match (self, object) {
            (
                Unmanaged::Index { table, name },
                Object::Index {
                    table: of,
                    name: it,
                },
            ) => table == of && name == it,
            (
                Unmanaged::Constraint { table, name, .. },
                Object::Constraint {
                    table: of,
                    name: it,
                },
            ) => table == of && name == it,
            _ => false,
        }
    }
}

/// The columns that a plan drops from tables that stay.
fn dropped_columns(planned: &[Planned], dialect: &dyn Dialect) -> BTreeSet<(Key, String)> {
    let columns = planned.iter().filter_map(|it| match &it.operation {
        Operation::DropColumn { table, name, .. } => Some((key_of(dialect, table), name.clone())),
        _ => None,
    });
    columns.collect()
}

/// Whether an index is over a column, keeps it or names it in its predicate.
fn uses(index: &Index, column: &str, dialect: &dyn Dialect) -> bool {
    let named = |text: &str| mentions(text, column, dialect.lexicon());
    let mut elements = index.elements.iter();
    elements.any(|it| match &it.key {
        IndexKey::Column(name) => name == column,
        IndexKey::Expression(text) => named(text),
    }) || index.include.iter().any(|it| it == column)
        || index.predicate.as_deref().is_some_and(named)
}
