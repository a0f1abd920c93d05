//! What a project's revisions created, and so may drop.
//!
//! A table in the database that no revision created and no model names is unmanaged: it is left
//! out of the comparison, and reported.

use std::collections::BTreeSet;

use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::operations::Operation;
use crate::schema::{ColumnType, Definition, ObjectName, Rename, Renamed, Schema};
use crate::sql::{Token, TokenKind, split, tokens};

/// The objects that revisions have created and not dropped again.
#[derive(Debug, Clone, Default)]
pub struct Created {
    tables: BTreeSet<Key>,
    types: BTreeSet<Key>,
    sequences: BTreeSet<Key>,
    namespaces: BTreeSet<String>,
    extensions: BTreeSet<String>,
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
            Operation::RenameEnum { from, to } if self.types.remove(&key(from)) => {
                let now = ObjectName {
                    schema: from.schema.clone(),
                    name: to.clone(),
                };
                self.types.insert(key(&now));
            }
            Operation::CreateEnum { enumeration } => {
                self.types.insert(key(&enumeration.name));
            }
            Operation::CreateSequence { sequence } => {
                self.sequences.insert(key(&sequence.name));
            }
            Operation::DropSequence { name, .. } => drop(self.sequences.remove(&key(name))),
            Operation::CreateExtension { name } => drop(self.extensions.insert(name.name.clone())),
            Operation::DropExtension { name } => drop(self.extensions.remove(&name.name)),
            Operation::DropSchema { name } => drop(self.namespaces.remove(name)),
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
            self.definitions
                .insert(definition_key(dialect, &definition));
            return;
        }
        let mut words = tokens(statement)
            .filter(|token| token.kind != TokenKind::Comment)
            .filter(|token| !SKIPPED.iter().any(|skipped| token.is_word(skipped)));
        let (Some(verb), Some(object)) = (words.next(), words.next()) else {
            return;
        };
        let Some(name) = object_name(words) else {
            return;
        };
        let of_database = if object.is_word("SCHEMA") {
            Some(&mut self.namespaces)
        } else if object.is_word("EXTENSION") {
            Some(&mut self.extensions)
        } else {
            None
        };
        if let Some(set) = of_database {
            if verb.is_word("CREATE") {
                set.insert(name.name);
            } else if verb.is_word("DROP") {
                set.remove(&name.name);
            }
            return;
        }
        let key = key_of(dialect, &name);
        let set = if object.is_word("SEQUENCE") {
            &mut self.sequences
        } else if object.is_word("TABLE") {
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
    /// What the models ask for, and with it what stays as it is: types and sequences that managed
    /// tables use and no revision created, namespaces, extensions.
    pub target: Schema,
    /// The tables left alone.
    pub unmanaged: Vec<ObjectName>,
    /// The views, routines, triggers and their like left alone, on tables that are not.
    pub unmanaged_definitions: Vec<Definition>,
}

/// Takes out of a reflected schema what neither the models name nor a revision created.
///
/// Extensions are the models' affair as soon as a model declares one: until then, hand-written
/// revisions make them, and none is dropped.
pub fn managed(
    current: Schema,
    mut target: Schema,
    created: &Created,
    dialect: &dyn Dialect,
) -> Managed {
    let own = current.own_namespace.clone();
    let fold = |(namespace, name): Key| (namespace.filter(|it| own.as_ref() != Some(it)), name);
    let key = |name: &ObjectName| fold(key_of(dialect, name));
    let folded = |keys: &BTreeSet<Key>| keys.iter().cloned().map(&fold).collect::<BTreeSet<Key>>();
    let created_tables = folded(&created.tables);
    let before = |it: &Rename, name: &ObjectName| {
        key(&ObjectName {
            schema: name.schema.clone(),
            name: it.from.clone(),
        })
    };
    let mut wanted: BTreeSet<Key> = target.tables.iter().map(|it| key(&it.name)).collect();
    let mut renamed_types = BTreeSet::new();
    for it in &target.renames {
        match &it.object {
            Renamed::Table { name } => drop(wanted.insert(before(it, name))),
            Renamed::Enum { name } => drop(renamed_types.insert(before(it, name))),
            _ => {}
        }
    }
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
    unmanaged.sort();

    let (mut created_types, created_sequences) =
        (folded(&created.types), folded(&created.sequences));
    created_types.extend(renamed_types);
    let needed = Needed::of([&schema, &target]);
    // Of objects that are neither wanted nor created, those that managed tables use stay.
    macro_rules! keep {
        ($list:ident, $created:expr, $needs:expr) => {
            let wanted: BTreeSet<Key> = target.$list.iter().map(|it| key(&it.name)).collect();
            schema.$list.retain(|it| {
                let key = key(&it.name);
                if wanted.contains(&key) || $created.contains(&key) {
                    return true;
                }
                let stays = $needs(&it.name);
                if stays {
                    target.$list.push(it.clone());
                }
                stays
            });
        };
    }
    keep!(enums, created_types, |name| needed.holds(name));
    keep!(domains, created_types, |name| needed.holds(name));
    keep!(sequences, created_sequences, |name| needed.holds(name));

    let lives_in = |namespace: &str| {
        let mut names = unmanaged.iter();
        names.any(|name| name.schema.as_deref() == Some(namespace))
    };
    for namespace in &schema.namespaces {
        let known = target.namespaces.iter().any(|it| it.name == namespace.name);
        let stays = !created.namespaces.contains(&namespace.name) || lives_in(&namespace.name);
        if !known && stays {
            target.namespaces.push(namespace.clone());
        }
    }
    let declared = !target.extensions.is_empty();
    for extension in &schema.extensions {
        let stays = !declared || !created.extensions.contains(&extension.name);
        let known = (target.extensions.iter()).any(|it| it.name == extension.name);
        if stays && !known {
            target.extensions.push(extension.clone());
        }
    }
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
    schema.unmodelled.retain(|it| {
        let of = it.table.as_ref();
        of.is_none_or(|table| schema.tables.iter().any(|it| it.name == *table))
    });
    Managed {
        schema,
        target,
        unmanaged,
        unmanaged_definitions,
    }
}

/// What the tables of schemas use besides themselves.
struct Needed {
    types: BTreeSet<ObjectName>,
    /// The words of other types and of defaults, whatever they name.
    words: BTreeSet<String>,
}

impl Needed {
    fn of(schemas: [&Schema; 2]) -> Self {
        let columns = || {
            let tables = schemas.iter().flat_map(|it| &it.tables);
            tables.flat_map(|it| &it.columns)
        };
        let mut types: BTreeSet<ObjectName> =
            columns().filter_map(|it| named(&it.column_type)).collect();
        // A domain may be made of another one.
        loop {
            let before = types.len();
            let below = schemas.iter().flat_map(|it| &it.domains);
            let below: Vec<_> = below
                .filter(|it| types.contains(&it.name))
                .filter_map(|it| named(&it.base))
                .collect();
            types.extend(below);
            if types.len() == before {
                break;
            }
        }
        let defaults = columns().filter_map(|it| it.default.as_deref());
        let others = columns().filter_map(|it| match it.column_type.element() {
            ColumnType::Custom(text) => Some(text.as_str()),
            _ => None,
        });
        // A default names a sequence in a string.
        let inside = |text: &str| {
            let texts = tokens(text).filter(|it| it.kind == TokenKind::Text);
            let texts = texts.map(|it| it.text.trim_matches('\'').to_string());
            texts.collect::<Vec<_>>()
        };
        let texts = defaults.flat_map(inside);
        let texts: Vec<String> = texts.chain(others.map(String::from)).collect();
        let words = texts.iter().flat_map(|it| tokens(it));
        Needed {
            words: words.filter_map(|it| it.name()).collect(),
            types,
        }
    }

    fn holds(&self, name: &ObjectName) -> bool {
        self.types.contains(name) || self.words.contains(&name.name)
    }
}

/// The name of a type that is an object of its own.
fn named(column_type: &ColumnType) -> Option<ObjectName> {
    match column_type.element() {
        ColumnType::Enum(it) => Some(it.name.clone()),
        ColumnType::Named(name) => Some(name.clone()),
        _ => None,
    }
}
