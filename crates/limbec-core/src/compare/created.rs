//! What the revisions of a project have created.

use std::collections::BTreeSet;

use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::operations::{Moved, Operation};
use crate::schema::ObjectName;
use crate::sql::{Lexicon, Token, TokenKind, split, tokens};

/// The objects that revisions have created and not dropped again.
#[derive(Debug, Clone, Default)]
pub struct Created {
    /// In order, since only a database tells which namespace is the connection's own.
    changes: Vec<Change>,
}

/// What a revision does to an object.
#[derive(Debug, Clone)]
enum Change {
    Creates(Thing),
    Drops(Thing),
    Renames(Thing, Thing),
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

impl Thing {
    /// The same without the connection's own namespace.
    fn within(self, own: Option<&str>) -> Self {
        let fold = |(namespace, name): Key| (namespace.filter(|it| own != Some(it.as_str())), name);
        match self {
            Thing::Table(key) => Thing::Table(fold(key)),
            Thing::Type(key) => Thing::Type(fold(key)),
            Thing::Sequence(key) => Thing::Sequence(fold(key)),
            Thing::Definition((kind, key, arguments, table)) => {
                Thing::Definition((kind, fold(key), arguments, table.map(fold)))
            }
            of_database @ (Thing::Namespace(_) | Thing::Extension(_)) => of_database,
        }
    }
}

impl Created {
    /// Follows an operation of an upgrade.
    pub fn follow(&mut self, operation: &Operation, dialect: &dyn Dialect) {
        use Change::{Creates, Drops, Renames};
        let key = |name: &ObjectName| key_of(dialect, name);
        let beside = |from: &ObjectName, to: &String| {
            key(&ObjectName {
                schema: from.schema.clone(),
                name: to.clone(),
            })
        };
        let change = match operation {
            Operation::CreateTable { table } => Creates(Thing::Table(key(&table.name))),
            Operation::DropTable { name, .. } => Drops(Thing::Table(key(name))),
            Operation::RenameTable { from, to } => {
                Renames(Thing::Table(key(from)), Thing::Table(beside(from, to)))
            }
            Operation::CreateEnum { enumeration } => Creates(Thing::Type(key(&enumeration.name))),
            Operation::CreateDomain { domain } => Creates(Thing::Type(key(&domain.name))),
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
            Operation::DropSequence { name, .. } => Drops(Thing::Sequence(key(name))),
            Operation::CreateDefinition { definition } => {
                Creates(Thing::Definition(definition_key(dialect, definition)))
            }
            Operation::DropDefinition { definition } => {
                Drops(Thing::Definition(definition_key(dialect, definition)))
            }
            Operation::CreateSchema { name } => Creates(Thing::Namespace(name.clone())),
            Operation::DropSchema { name } => Drops(Thing::Namespace(name.clone())),
            Operation::CreateExtension { name } => Creates(Thing::Extension(name.name.clone())),
            Operation::DropExtension { name } => Drops(Thing::Extension(name.name.clone())),
            Operation::Execute {
                sql, dialect: only, ..
            } if only.as_deref().is_none_or(|only| only == dialect.name()) => {
                for statement in split(sql, dialect.lexicon()) {
                    self.follow_sql(statement, dialect);
                }
                return;
            }
            _ => return,
        };
        self.changes.push(change);
    }

    /// What is left of all that was created, by names without the connection's own namespace.
    pub(super) fn left(&self, own: Option<&str>) -> BTreeSet<Thing> {
        let mut left = BTreeSet::new();
        for change in self.changes.iter().cloned() {
            match change {
                Change::Creates(it) => {
                    left.insert(it.within(own));
                }
                Change::Drops(it) => {
                    left.remove(&it.within(own));
                }
                Change::Renames(from, to) => {
                    if left.remove(&from.within(own)) {
                        left.insert(to.within(own));
                    }
                }
            }
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
        if let Ok(Some(definition)) = dialect.definition(statement) {
            let thing = Thing::Definition(definition_key(dialect, &definition));
            self.changes.push(Change::Creates(thing));
            return;
        }
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
            self.changes.push(Change::Creates(thing));
        } else if verb.is_word("DROP") {
            self.changes.push(Change::Drops(thing));
        }
    }
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
