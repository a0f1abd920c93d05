//! What a project answers for: what its models and files declare, and what the operations of its
//! revisions created and so may drop.
//!
//! Anything else in the database is not managed, raw SQL of a revision included: it is left out of
//! the comparison, and reported. [`Comparison::leave_alone`](super::Comparison::leave_alone) does the
//! same for the parts of managed tables.

use std::collections::BTreeSet;

use super::created::{Created, Thing};
use super::definitions::{DefinitionKey, definition_key};
use super::keys::{Key, key_of};
use super::left_alone::Unmanaged;
use crate::dialect::Dialect;
use crate::schema::{ColumnType, Definition, ObjectName, Renamed, Schema, Table};
use crate::sql::{Lexicon, TokenKind, tokens};

/// The part of a database that a project answers for, and the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Managed {
    /// What takes part in a comparison.
    pub schema: Schema,
    /// What the models ask for, and with it what stays as it is: types and sequences that managed
    /// tables use and no revision created, namespaces, extensions.
    pub target: Schema,
    /// What is left alone, by kind and name; no part of a table that is left alone itself.
    pub unmanaged: Vec<Unmanaged>,
    /// The views, routines, triggers and their like that are left alone, in the order in which they
    /// can be made.
    pub definitions: Vec<Definition>,
}

/// Takes out of a reflected schema what the models do not name and no operation of a revision created.
/// No side may give the connection's own namespace.
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
    let (kept, others): (Vec<Table>, Vec<Table>) = schema.tables.into_iter().partition(|table| {
        let key = key(&table.name);
        wanted.contains(&key) || left.contains(&Thing::Table(key))
    });
    schema.tables = kept;
    let of_others = Needed::of_tables(&others, dialect.lexicon());
    let other_names: BTreeSet<ObjectName> = others.into_iter().map(|it| it.name).collect();
    let mut unmanaged: Vec<Unmanaged> =
        (other_names.iter().cloned().map(Unmanaged::Table)).collect();

    let needed = Needed::of([&schema, &target], dialect.lexicon());
    // Of objects that are neither wanted nor created, those that managed tables use stay.
    macro_rules! keep {
        ($list:ident, $is_ours:expr, $unmanaged:path) => {
            let wanted: BTreeSet<Key> = target.$list.iter().map(|it| key(&it.name)).collect();
            schema.$list.retain(|it| {
                let key = key(&it.name);
                if wanted.contains(&key) || $is_ours(key) {
                    return true;
                }
                let stays = needed.holds(&it.name);
                if stays {
                    target.$list.push(it.clone());
                } else if !of_others.holds(&it.name) {
                    unmanaged.push($unmanaged(it.name.clone()));
                }
                stays
            });
        };
    }
    let is_our_type = |key: Key| renamed_types.contains(&key) || left.contains(&Thing::Type(key));
    keep!(enums, is_our_type, Unmanaged::Type);
    keep!(domains, is_our_type, Unmanaged::Type);
    let is_our_sequence = |key| left.contains(&Thing::Sequence(key));
    keep!(sequences, is_our_sequence, Unmanaged::Sequence);

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
    let (kept, definitions): (Vec<Definition>, Vec<Definition>) =
        schema.definitions.into_iter().partition(|it| {
            let key = definition_key(dialect, it);
            known.contains(&key) || left.contains(&Thing::Definition(key))
        });
    schema.definitions = kept;
    let goes_with_table = |it: &&Definition| {
        let table = it.table.as_ref();
        table.is_some_and(|it| other_names.contains(it))
    };
    let told = definitions.iter().filter(|it| !goes_with_table(it));
    unmanaged.extend(told.cloned().map(Unmanaged::Definition));
    let lived_in: BTreeSet<&str> = (unmanaged.iter()).filter_map(|it| it.namespace()).collect();
    for namespace in &schema.namespaces {
        let known = target.namespaces.iter().any(|it| it.name == namespace.name);
        let ours = left.contains(&Thing::Namespace(namespace.name.clone()));
        if !known && (!ours || lived_in.contains(namespace.name.as_str())) {
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
        definitions,
    }
}

/// What the tables of schemas use besides themselves.
struct Needed {
    types: BTreeSet<ObjectName>,
    /// The words of other types and of defaults, whatever they name.
    words: BTreeSet<String>,
}

impl Needed {
    fn of_tables(tables: &[Table], lexicon: &Lexicon) -> Self {
        let schema = Schema {
            tables: tables.to_vec(),
            ..Schema::default()
        };
        Needed::of([&schema, &Schema::default()], lexicon)
    }

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
    use crate::schema::{Column, EnumType, Sequence, Text};

    fn created(build: impl FnOnce(&mut Operations)) -> Created {
        let mut op = Operations::new();
        build(&mut op);
        let mut created = Created::default();
        for operation in op.into_vec() {
            created.follow(&operation, &Postgres);
        }
        created
    }

    #[test]
    fn what_an_operation_created_by_the_name_of_the_own_namespace_is_managed() {
        let own = |name: &str| ObjectName::qualified("public", name);
        let created = created(|op| {
            op.create_table(Table::new(own("by_op")));
            op.create_enum(EnumType::new(own("mood"), ["sad"]));
            op.create_sequence(Sequence::new(own("numbers")));
            op.create_definition(Definition::view(own("v")).sql("CREATE VIEW v AS SELECT 1"));
            op.create_table(Table::new(own("before")));
            op.rename_table("before", "now");
            op.create_table(Table::new(own("of_others")));
            op.drop_table("of_others");
        });
        let mut current = Schema::default().within("public");
        current.tables = ["by_op", "now", "of_others"].map(Table::new).into();
        current.enums = vec![EnumType::new("mood", ["sad"])];
        current.sequences = vec![Sequence::new("numbers")];
        current.definitions = vec![Definition::view("v"), Definition::view("of_others_too")];
        let found = managed(current, Schema::default(), &created, &Postgres);
        let view = Definition::view("of_others_too");
        let left = [
            Unmanaged::Table(ObjectName::new("of_others")),
            Unmanaged::Definition(view.clone()),
        ];
        assert_eq!(found.unmanaged, left);
        assert_eq!(found.definitions, [view]);
        assert_eq!(found.target, Schema::default());
    }

    #[test]
    fn raw_sql_declares_nothing_until_an_operation_changes_what_it_made() {
        let created = created(|op| {
            op.execute("CREATE TABLE public.a (id int); CREATE TABLE b (id int)");
            op.execute("CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE numbers");
            op.execute("CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT 1");
            op.execute("CREATE SCHEMA beside; CREATE EXTENSION citext");
            op.add_column("b", Column::new("name", Text));
            op.replace_definition(Definition::view("w").sql("CREATE VIEW w AS SELECT 2"));
            op.add_column("by_hand", Column::new("name", Text));
        });
        let mut current = Schema::default().within("public");
        current.tables = ["a", "b", "by_hand"].map(Table::new).into();
        current.enums = vec![EnumType::new("mood", ["sad"])];
        current.sequences = vec![Sequence::new("numbers")];
        current.definitions = vec![Definition::view("v"), Definition::view("w")];
        current.extensions = vec![ObjectName::new("citext"), ObjectName::new("hstore")];
        let target = Schema {
            extensions: vec![ObjectName::new("hstore")],
            ..Schema::default()
        };
        let found = managed(current, target, &created, &Postgres);
        let names: Vec<String> = found.unmanaged.iter().map(ToString::to_string).collect();
        let left = [
            "a",
            "by_hand",
            "the type mood",
            "the sequence numbers",
            "the view v",
        ];
        assert_eq!(names, left);
        let managed: Vec<String> = (found.schema.tables.iter().map(|it| it.name.to_string()))
            .chain(found.schema.definitions.iter().map(ToString::to_string))
            .collect();
        assert_eq!(managed, ["b", "view w"]);
        assert_eq!(found.target.extensions.len(), 2);
    }
}
