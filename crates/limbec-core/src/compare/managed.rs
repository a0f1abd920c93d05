//! What a project answers for: what its models name and its revisions created, and so may drop.
//!
//! A table in the database that no revision created and no model names is unmanaged: it is left
//! out of the comparison, and reported.

use std::collections::BTreeSet;

use super::created::{Created, Thing};
use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::schema::{ColumnType, Definition, ObjectName, Renamed, Schema};
use crate::sql::{Lexicon, TokenKind, tokens};

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

/// Takes out of a reflected schema what neither the models name nor a revision created. No side may
/// give the connection's own namespace.
///
/// Extensions are the models' affair as soon as a model declares one: until then, hand-written
/// revisions make them, and none is dropped.
pub fn managed(
    current: Schema,
    mut target: Schema,
    created: &Created,
    dialect: &dyn Dialect,
) -> Managed {
    let key = |name: &ObjectName| key_of(dialect, name);
    let mut wanted: BTreeSet<Key> = target.tables.iter().map(|it| key(&it.name)).collect();
    let mut renamed_types = BTreeSet::new();
    for it in &target.renames {
        match &it.object {
            Renamed::Table { .. } => drop(wanted.insert(key(&it.from))),
            Renamed::Enum { .. } => drop(renamed_types.insert(key(&it.from))),
            _ => {}
        }
    }
    let left = created.left(current.own_namespace.as_deref());
    let mut schema = current;
    let mut unmanaged = Vec::new();
    schema.tables.retain(|table| {
        let key = key(&table.name);
        let keep = wanted.contains(&key) || left.contains(&Thing::Table(key));
        if !keep {
            unmanaged.push(table.name.clone());
        }
        keep
    });
    unmanaged.sort();

    let needed = Needed::of([&schema, &target], dialect.lexicon());
    // Of objects that are neither wanted nor created, those that managed tables use stay.
    macro_rules! keep {
        ($list:ident, $is_ours:expr) => {
            let wanted: BTreeSet<Key> = target.$list.iter().map(|it| key(&it.name)).collect();
            schema.$list.retain(|it| {
                let key = key(&it.name);
                if wanted.contains(&key) || $is_ours(key) {
                    return true;
                }
                let stays = needed.holds(&it.name);
                if stays {
                    target.$list.push(it.clone());
                }
                stays
            });
        };
    }
    let is_our_type = |key: Key| renamed_types.contains(&key) || left.contains(&Thing::Type(key));
    keep!(enums, is_our_type);
    keep!(domains, is_our_type);
    keep!(sequences, |key| left.contains(&Thing::Sequence(key)));

    let declared = !target.extensions.is_empty();
    for extension in &schema.extensions {
        let stays = !declared || !left.contains(&Thing::Extension(extension.name.clone()));
        let known = (target.extensions.iter()).any(|it| it.name == extension.name);
        if stays && !known {
            target.extensions.push(extension.clone());
        }
    }
    let known: BTreeSet<DefinitionKey> = target
        .definitions
        .iter()
        .map(|it| definition_key(dialect, it))
        .collect();
    let mut unmanaged_definitions = Vec::new();
    schema.definitions.retain(|it| {
        let key = definition_key(dialect, it);
        let keep = known.contains(&key) || left.contains(&Thing::Definition(key));
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
    let lives_in = |namespace: &str| {
        let definitions = unmanaged_definitions.iter().map(|it| &it.name);
        let mut names = unmanaged.iter().chain(definitions);
        names.any(|name| name.schema.as_deref() == Some(namespace))
    };
    for namespace in &schema.namespaces {
        let known = target.namespaces.iter().any(|it| it.name == namespace.name);
        let stays =
            !left.contains(&Thing::Namespace(namespace.name.clone())) || lives_in(&namespace.name);
        if !known && stays {
            target.namespaces.push(namespace.clone());
        }
    }
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
    fn of(schemas: [&Schema; 2], lexicon: &Lexicon) -> Self {
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
            let texts = tokens(text, lexicon).filter(|it| it.kind == TokenKind::Text);
            let texts = texts.map(|it| it.text.trim_matches('\'').to_string());
            texts.collect::<Vec<_>>()
        };
        let texts = defaults.flat_map(inside);
        let texts: Vec<String> = texts.chain(others.map(String::from)).collect();
        let words = texts.iter().flat_map(|it| tokens(it, lexicon));
        Needed {
            words: words.filter_map(|it| it.name(lexicon)).collect(),
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

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;
    use crate::dialect::postgres::Postgres;
    use crate::operations::Operations;
    use crate::schema::{EnumType, Sequence, Table};

    #[test]
    fn what_a_revision_created_by_the_name_of_the_own_namespace_is_managed() {
        let own = |name: &str| ObjectName::qualified("public", name);
        let mut op = Operations::new();
        op.create_table(Table::new(own("by_op")));
        op.create_enum(EnumType::new(own("mood"), ["sad"]));
        op.create_sequence(Sequence::new(own("numbers")));
        op.execute("CREATE TABLE public.by_sql (a int); CREATE VIEW public.v AS SELECT 1");
        op.create_table(Table::new(own("before")));
        op.rename_table("before", "now");
        op.create_table(Table::new(own("of_others")));
        op.drop_table("of_others");
        let mut created = Created::default();
        for operation in op.into_vec() {
            created.follow(&operation, &Postgres);
        }

        let mut current = Schema::default().within("public");
        current.tables = ["by_op", "by_sql", "now", "of_others"]
            .map(Table::new)
            .into();
        current.enums = vec![EnumType::new("mood", ["sad"])];
        current.sequences = vec![Sequence::new("numbers")];
        current.definitions = vec![Definition::view("v"), Definition::view("of_others_too")];
        let found = managed(current, Schema::default(), &created, &Postgres);
        assert_eq!(found.unmanaged, [ObjectName::new("of_others")]);
        assert_eq!(
            found.unmanaged_definitions,
            [Definition::view("of_others_too")]
        );
        assert_eq!(found.target, Schema::default());
    }
}
