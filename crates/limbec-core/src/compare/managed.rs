//! What a project's revisions created, and so may drop.
//!
//! A table in the database that no revision created and no model names is unmanaged: it is left
//! out of the comparison, and reported.

use std::collections::BTreeSet;

use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::operations::Operation;
use crate::schema::{Definition, ObjectName, Schema};
use crate::sql::{Token, TokenKind, split, tokens};

/// The objects that revisions have created and not dropped again.
#[derive(Debug, Clone, Default)]
pub struct Created {
    tables: BTreeSet<Key>,
    types: BTreeSet<Key>,
    namespaces: BTreeSet<String>,
    definitions: BTreeSet<DefinitionKey>,
}

impl Created {
    /// Follows an operation of an upgrade.
    pub fn follow(&mut self, operation: &Operation, dialect: &dyn Dialect) {
        let key = |name: &ObjectName| key_of(dialect, name);
        match operation {
            Operation::CreateTable { table } => drop(self.tables.insert(key(&table.name))),
            Operation::DropTable { name, .. } => drop(self.tables.remove(&key(name))),
            Operation::RenameTable { from, to } if self.tables.remove(&key(from)) => {
                let now = ObjectName {
                    schema: from.schema.clone(),
                    name: to.clone(),
                };
                self.tables.insert(key(&now));
            }
            Operation::CreateEnum { enumeration } => {
                self.types.insert(key(&enumeration.name));
            }
            Operation::CreateDomain { domain } => drop(self.types.insert(key(&domain.name))),
            Operation::DropEnum { name, .. } | Operation::DropDomain { name, .. } => {
                self.types.remove(&key(name));
            }
            Operation::CreateSchema { name } => drop(self.namespaces.insert(name.clone())),
            Operation::CreateDefinition { definition } => {
                self.definitions.insert(definition_key(dialect, definition));
            }
            Operation::DropDefinition { definition } => {
                self.definitions
                    .remove(&definition_key(dialect, definition));
            }
            Operation::Execute { sql, dialect: only }
                if only.as_deref().is_none_or(|only| only == dialect.name()) =>
            {
                for statement in split(sql) {
                    self.follow_sql(statement, dialect);
                }
            }
            _ => {}
        }
    }

    /// Follows raw SQL as far as the objects it creates can be told from its first words.
    fn follow_sql(&mut self, statement: &str, dialect: &dyn Dialect) {
        if let Ok(Some(definition)) = dialect.definition(statement) {
            self.definitions
                .insert(definition_key(dialect, &definition));
            return;
        }
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
        let mut words = tokens(statement)
            .filter(|token| token.kind != TokenKind::Comment)
            .filter(|token| !SKIPPED.iter().any(|skipped| token.is_word(skipped)));
        let (Some(verb), Some(object)) = (words.next(), words.next()) else {
            return;
        };
        let Some(name) = object_name(words) else {
            return;
        };
        let key = key_of(dialect, &name);
        let set = if object.is_word("TABLE") {
            &mut self.tables
        } else if object.is_word("TYPE") || object.is_word("DOMAIN") {
            &mut self.types
        } else {
            return;
        };
        if verb.is_word("CREATE") {
            set.insert(key);
        } else if verb.is_word("DROP") {
            set.remove(&key);
        }
    }
}

fn object_name<'a>(mut words: impl Iterator<Item = Token<'a>>) -> Option<ObjectName> {
    let unquoted = |token: Token<'_>| {
        let name = token.name()?;
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

/// The part of a database that a project answers for, and the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Managed {
    /// What takes part in a comparison.
    pub schema: Schema,
    /// The tables left alone.
    pub unmanaged: Vec<ObjectName>,
    /// The views, routines, triggers and their like left alone, on tables that are not.
    pub unmanaged_definitions: Vec<Definition>,
}

/// Takes out of a reflected schema what neither the models name nor a revision created.
pub fn managed(
    current: Schema,
    target: &Schema,
    created: &Created,
    dialect: &dyn Dialect,
) -> Managed {
    let own = current.own_namespace.clone();
    let fold = |(namespace, name): Key| (namespace.filter(|it| own.as_ref() != Some(it)), name);
    let key = |name: &ObjectName| fold(key_of(dialect, name));
    let folded = |keys: &BTreeSet<Key>| keys.iter().cloned().map(&fold).collect::<BTreeSet<Key>>();
    let (created_tables, created_types) = (folded(&created.tables), folded(&created.types));
    let wanted: BTreeSet<Key> = target.tables.iter().map(|it| key(&it.name)).collect();
    let wanted_types: BTreeSet<Key> = target.enums.iter().map(|it| key(&it.name)).collect();
    let mut schema = current;
    let mut unmanaged = Vec::new();
    schema.tables.retain(|table| {
        let key = key(&table.name);
        let keep = wanted.contains(&key) || created_tables.contains(&key);
        if !keep {
            unmanaged.push(table.name.clone());
        }
        keep
    });
    schema.enums.retain(|it| {
        let key = key(&it.name);
        wanted_types.contains(&key) || created_types.contains(&key)
    });
    unmanaged.sort();
    let unfold = |(kind, name, arguments, table): &DefinitionKey| {
        let table = table.clone().map(&fold);
        (*kind, fold(name.clone()), arguments.clone(), table)
    };
    let known = target
        .definitions
        .iter()
        .map(|it| definition_key(dialect, it));
    let known: BTreeSet<DefinitionKey> = known.map(|it| unfold(&it)).collect();
    let created: BTreeSet<DefinitionKey> = created.definitions.iter().map(unfold).collect();
    let mut unmanaged_definitions = Vec::new();
    schema.definitions.retain(|it| {
        let key = unfold(&definition_key(dialect, it));
        let keep = known.contains(&key) || created.contains(&key);
        if !keep
            && it
                .table
                .as_ref()
                .is_none_or(|table| !unmanaged.contains(table))
        {
            unmanaged_definitions.push(it.clone());
        }
        keep
    });
    Managed {
        schema,
        unmanaged,
        unmanaged_definitions,
    }
}
