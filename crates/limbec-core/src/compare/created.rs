//! What the operations of a project's revisions have created, and so may drop again.
//!
//! Raw SQL declares nothing: what it makes is managed once a model or a file names it, or an
//! operation has changed it.

use std::collections::{BTreeMap, BTreeSet};

use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::operations::{Constraint, ConstraintRef, Moved, Operation, OptionsOf};
use crate::schema::{ObjectName, Table};
use crate::sql::{Lexicon, Token, TokenKind, split, tokens};

/// The objects that the operations of revisions have created and not dropped again.
#[derive(Debug, Clone, Default)]
pub struct Created {
    /// In order, since only a database tells which namespace is the connection's own.
    changes: Vec<Change>,
}

/// What a revision does to an object.
#[derive(Debug, Clone)]
enum Change {
    Creates(Thing),
    /// Raw SQL creates it.
    CreatesByHand(Thing),
    /// An operation changes it, which declares what raw SQL has created.
    Changes(Thing),
    Drops(Thing),
    Renames(Thing, Thing),
    Gains(Key, Part),
    Loses(Key, Part),
    RenamesPart(Key, Part, Part),
}

/// An object by its folded name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Table(Key),
    Type(Key),
    Sequence(Key),
    Definition(DefinitionKey),
    Namespace(String),
    Extension(String),
}

/// A part of a table by its folded name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Index(String),
    Constraint(String),
    /// Constraints of this kind whose names the database chooses.
    Unnamed(&'static str),
    Option(String),
}

impl Part {
    pub(super) fn index(name: &str, dialect: &dyn Dialect) -> Self {
        Part::Index(dialect.fold_name(name).into_owned())
    }

    pub(super) fn constraint(constraint: &Constraint, dialect: &dyn Dialect) -> Self {
        match constraint.name() {
            Some(name) => Part::Constraint(dialect.fold_name(name).into_owned()),
            None => Part::Unnamed(constraint.noun()),
        }
    }
}

/// What is left of all that was created, by names without the connection's own namespace.
#[derive(Debug, Default)]
pub(super) struct Left {
    things: BTreeSet<Thing>,
    by_hand: BTreeSet<Thing>,
    parts: BTreeMap<Key, BTreeSet<Part>>,
}

impl Left {
    pub(super) fn contains(&self, thing: &Thing) -> bool {
        self.things.contains(thing)
    }

    /// Whether an operation has made an index or set an option of a table.
    pub(super) fn has_part(&self, table: &Key, part: &Part) -> bool {
        self.parts.get(table).is_some_and(|it| it.contains(part))
    }

    /// Whether an operation has made a constraint of a table; the database may have named it.
    pub(super) fn has_constraint(
        &self,
        table: &Key,
        constraint: &Constraint,
        dialect: &dyn Dialect,
    ) -> bool {
        self.has_part(table, &Part::constraint(constraint, dialect))
            || self.has_part(table, &Part::Unnamed(constraint.noun()))
    }

    fn apply(&mut self, change: Change, own: Option<&str>) {
        match change {
            Change::Creates(it) => drop(self.things.insert(it.within(own))),
            Change::CreatesByHand(it) => drop(self.by_hand.insert(it.within(own))),
            Change::Changes(it) => {
                let it = it.within(own);
                if self.by_hand.remove(&it) {
                    self.things.insert(it);
                }
            }
            Change::Drops(it) => {
                let it = it.within(own);
                self.things.remove(&it);
                self.by_hand.remove(&it);
                if let Thing::Table(key) = it {
                    self.parts.remove(&key);
                }
            }
            Change::Renames(from, to) => {
                let (from, to) = (from.within(own), to.within(own));
                if self.things.remove(&from) || self.by_hand.remove(&from) {
                    self.things.insert(to.clone());
                }
                if let (Thing::Table(from), Thing::Table(to)) = (from, to)
                    && let Some(parts) = self.parts.remove(&from)
                {
                    self.parts.insert(to, parts);
                }
            }
            Change::Gains(table, part) => {
                let parts = self.parts.entry(fold(table, own)).or_default();
                parts.insert(part);
            }
            Change::Loses(table, part) => {
                if let Some(parts) = self.parts.get_mut(&fold(table, own)) {
                    parts.remove(&part);
                }
            }
            Change::RenamesPart(table, from, to) => {
                if let Some(parts) = self.parts.get_mut(&fold(table, own))
                    && parts.remove(&from)
                {
                    parts.insert(to);
                }
            }
        }
    }
}

/// A name without the connection's own namespace.
fn fold((namespace, name): Key, own: Option<&str>) -> Key {
    (namespace.filter(|it| own != Some(it.as_str())), name)
}

impl Thing {
    /// The same without the connection's own namespace.
    fn within(self, own: Option<&str>) -> Self {
        match self {
            Thing::Table(key) => Thing::Table(fold(key, own)),
            Thing::Type(key) => Thing::Type(fold(key, own)),
            Thing::Sequence(key) => Thing::Sequence(fold(key, own)),
            Thing::Definition((kind, key, arguments, table)) => {
                let table = table.map(|it| fold(it, own));
                Thing::Definition((kind, fold(key, own), arguments, table))
            }
            of_database @ (Thing::Namespace(_) | Thing::Extension(_)) => of_database,
        }
    }
}

impl Created {
    /// Follows an operation of an upgrade.
    pub fn follow(&mut self, operation: &Operation, dialect: &dyn Dialect) {
        if let Operation::Execute {
            sql, dialect: only, ..
        } = operation
        {
            if only.as_deref().is_none_or(|only| only == dialect.name()) {
                for statement in split(sql, dialect.lexicon()) {
                    self.follow_sql(statement, dialect);
                }
            }
            return;
        }
        if let Some(table) = table_changed(operation) {
            let table = Thing::Table(key_of(dialect, table));
            self.changes.push(Change::Changes(table));
        }
        self.follow_parts(operation, dialect);
        if let Some(change) = of_object(operation, dialect) {
            self.changes.push(change);
        }
    }

    /// Follows what an operation does to the indexes, constraints and options of a table.
    fn follow_parts(&mut self, operation: &Operation, dialect: &dyn Dialect) {
        use Change::{Gains, Loses, RenamesPart};
        let key = |name: &ObjectName| key_of(dialect, name);
        let index = |name: &String| Part::index(name, dialect);
        let constraint = |name: &String| Part::Constraint(dialect.fold_name(name).into_owned());
        let changes = &mut self.changes;
        match operation {
            Operation::CreateTable { table } => {
                let parts = parts_of(table, dialect);
                changes.extend(parts.map(|part| Gains(key(&table.name), part)));
            }
            Operation::CreateIndex { table, index } => {
                changes.push(Gains(key(table), Part::index(&index.name, dialect)));
            }
            Operation::DropIndex { table, name, .. } => {
                changes.push(Loses(key(table), index(name)));
            }
            Operation::RenameIndex { table, from, to } => {
                changes.push(RenamesPart(key(table), index(from), index(to)));
            }
            Operation::CreateConstraint {
                table,
                constraint: it,
            } => changes.push(Gains(key(table), Part::constraint(it, dialect))),
            Operation::DropConstraint {
                table,
                constraint: ConstraintRef::Named(name),
                ..
            } => changes.push(Loses(key(table), constraint(name))),
            Operation::RenameConstraint { table, from, to } => {
                changes.push(RenamesPart(key(table), constraint(from), constraint(to)));
            }
            Operation::AlterOptions { change } => {
                let OptionsOf::Table(table) = &change.of else {
                    return;
                };
                for (option, value) in &change.to {
                    let part = Part::Option(option.clone());
                    changes.push(match value {
                        Some(_) => Gains(key(table), part),
                        None => Loses(key(table), part),
                    });
                }
            }
            _ => {}
        }
    }

    /// What is left of all that was created, by names without the connection's own namespace.
    pub(super) fn left(&self, own: Option<&str>) -> Left {
        let mut left = Left::default();
        for change in self.changes.iter().cloned() {
            left.apply(change, own);
        }
        left
    }

    /// Follows raw SQL as far as the objects it creates can be told from its first words.
    fn follow_sql(&mut self, statement: &str, dialect: &dyn Dialect) {
        const SKIPPED: [&str; 10] = [
            "OR",
            "REPLACE",
            "TEMP",
            "TEMPORARY",
            "UNLOGGED",
            "GLOBAL",
            "LOCAL",
            "IF",
            "NOT",
            "EXISTS",
        ];
        let mut words = tokens(statement, dialect.lexicon())
            .filter(|token| token.kind != TokenKind::Comment)
            .filter(|token| !SKIPPED.iter().any(|skipped| token.is_word(skipped)));
        let (Some(verb), Some(object)) = (words.next(), words.next()) else {
            return;
        };
        let Some(name) = object_name(words, dialect.lexicon()) else {
            return;
        };
        let key = key_of(dialect, &name);
        let thing = if object.is_word("SEQUENCE") {
            Thing::Sequence(key)
        } else if object.is_word("TABLE") {
            Thing::Table(key)
        } else if object.is_word("TYPE") || object.is_word("DOMAIN") {
            Thing::Type(key)
        } else if object.is_word("SCHEMA") {
            Thing::Namespace(name.name)
        } else if object.is_word("EXTENSION") {
            Thing::Extension(name.name)
        } else {
            return;
        };
        if verb.is_word("CREATE") {
            self.changes.push(Change::CreatesByHand(thing));
        } else if verb.is_word("DROP") {
            self.changes.push(Change::Drops(thing));
        }
    }
}

/// The table that an operation changes.
fn table_changed(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::CreateConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::DropIndex { table, .. }
        | Operation::RenameIndex { table, .. }
        | Operation::CreateTableComment { table, .. }
        | Operation::DropTableComment { table, .. }
        | Operation::AlterInheritance { table, .. } => Some(table),
        Operation::AlterOptions { change } => match &change.of {
            OptionsOf::Table(table)
            | OptionsOf::Column { table, .. }
            | OptionsOf::Index { table, .. } => Some(table),
        },
        _ => None,
    }
}

/// What an operation does to an object of its own.
fn of_object(operation: &Operation, dialect: &dyn Dialect) -> Option<Change> {
    use Change::{Changes, Creates, Drops, Renames};
    let key = |name: &ObjectName| key_of(dialect, name);
    let beside = |from: &ObjectName, to: &String| {
        key(&ObjectName {
            schema: from.schema.clone(),
            name: to.clone(),
        })
    };
    let definition = |it| Thing::Definition(definition_key(dialect, it));
    Some(match operation {
        Operation::CreateTable { table } => Creates(Thing::Table(key(&table.name))),
        Operation::DropTable { name, .. } => Drops(Thing::Table(key(name))),
        Operation::RenameTable { from, to } => {
            Renames(Thing::Table(key(from)), Thing::Table(beside(from, to)))
        }
        Operation::CreateEnum { enumeration } => Creates(Thing::Type(key(&enumeration.name))),
        Operation::CreateDomain { domain } => Creates(Thing::Type(key(&domain.name))),
        Operation::AlterEnum { to, .. } => Changes(Thing::Type(key(&to.name))),
        Operation::RenameEnumValue { enumeration, .. } => Changes(Thing::Type(key(enumeration))),
        Operation::AlterDomain { to, .. } => Changes(Thing::Type(key(&to.name))),
        Operation::DropEnum { name, .. } | Operation::DropDomain { name, .. } => {
            Drops(Thing::Type(key(name)))
        }
        Operation::RenameEnum { from, to } => {
            Renames(Thing::Type(key(from)), Thing::Type(beside(from, to)))
        }
        Operation::Move { kind, from, to } => {
            let thing = |name| match kind {
                Moved::Table => Thing::Table(key(name)),
                Moved::Enum | Moved::Domain => Thing::Type(key(name)),
                Moved::Sequence => Thing::Sequence(key(name)),
            };
            Renames(thing(from), thing(to))
        }
        Operation::CreateSequence { sequence } => Creates(Thing::Sequence(key(&sequence.name))),
        Operation::AlterSequence { to, .. } => Changes(Thing::Sequence(key(&to.name))),
        Operation::DropSequence { name, .. } => Drops(Thing::Sequence(key(name))),
        Operation::CreateDefinition { definition: it } => Creates(definition(it)),
        Operation::ReplaceDefinition { to, .. } => Creates(definition(to)),
        Operation::DropDefinition { definition: it } => Drops(definition(it)),
        Operation::CreateSchema { name } => Creates(Thing::Namespace(name.clone())),
        Operation::DropSchema { name } => Drops(Thing::Namespace(name.clone())),
        Operation::CreateExtension { name } => Creates(Thing::Extension(name.name.clone())),
        Operation::DropExtension { name } => Drops(Thing::Extension(name.name.clone())),
        _ => return None,
    })
}

/// The indexes, constraints and options of a table that is created with them.
fn parts_of<'t>(table: &'t Table, dialect: &'t dyn Dialect) -> impl Iterator<Item = Part> + 't {
    let constraints = Constraint::all_of(table).map(|it| Part::constraint(&it, dialect));
    let indexes = (table.indexes.iter()).map(|it| Part::index(&it.name, dialect));
    let options = table.options.keys().cloned().map(Part::Option);
    constraints.chain(indexes).chain(options)
}

fn object_name<'a>(
    mut words: impl Iterator<Item = Token<'a>>,
    lexicon: &Lexicon,
) -> Option<ObjectName> {
    let unquoted = |token: Token<'_>| {
        let name = token.name(lexicon)?;
        // Unquoted names are folded to lower case by PostgreSQL, and compared so by SQLite.
        Some(if token.kind == TokenKind::Word {
            name.to_lowercase()
        } else {
            name
        })
    };
    let first = unquoted(words.next()?)?;
    if words.next().is_some_and(|token| token.is_symbol(".")) {
        return Some(ObjectName::qualified(first, unquoted(words.next()?)?));
    }
    Some(ObjectName::new(first))
}
