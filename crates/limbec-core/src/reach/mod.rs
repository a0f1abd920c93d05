//! The part of a schema that some operations can reach: what a proof must have on its scratch copy.
//!
//! Input: the schemas before and after, and the operations. Output: a [`Reach`], which cuts both schemas
//! down to what the operations change, what stands on that, and what all of it needs to be made; or
//! `None` if only the whole will do, because nobody knows what raw SQL touches.
//!
//! Names alone link the objects, without looking at where they stand: rather one object too many than one
//! too few. Whatever the operations do then has the same outcome on the part as on the whole.

mod links;
mod objects;
mod subjects;

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Dialect;
use crate::operations::Operation;
use crate::schema::{Definition, ObjectName, Schema, Table};
use links::Links;
use objects::{Key, Kind, Objects};
use subjects::{Subject, subject};

/// How near an object is to what operations change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Near {
    /// Something else needs it to be made.
    Needed,
    /// One of its foreign keys refers to what changes.
    Keyed,
    /// It changes, or stands on what does.
    Touched,
}

/// The objects that some operations can reach.
#[derive(Debug, Clone)]
pub struct Reach {
    objects: BTreeMap<Key, Near>,
}

impl Reach {
    /// Finds what operations reach on their way from one schema to the other and back. `beside` are the
    /// definitions that are in neither and stand on the tables all the same.
    ///
    /// Returns `None` if the operations may reach anything: one is raw SQL, or what is reached calls a
    /// routine that makes its statements only when it runs.
    pub fn of<'o>(
        schemas: [&Schema; 2],
        beside: &[Definition],
        operations: impl IntoIterator<Item = &'o Operation>,
        dialect: &dyn Dialect,
    ) -> Option<Reach> {
        let mut objects = Objects::default();
        for schema in schemas {
            objects.add_all(schema);
        }
        for definition in beside {
            objects.add_definition(definition);
        }
        let own = schemas[0].own_namespace.as_deref();
        let mut all = Subjects::default();
        for operation in operations {
            all.add(operation, own)?;
        }
        let links = Links::between(&objects);
        let mut search = Search {
            links: &links,
            near: vec![None; objects.len()],
            waiting: Vec::new(),
        };
        for at in 0..objects.len() {
            let object = objects.at(at);
            if all.names.contains(&object.key.name) {
                search.reach(at, Near::Touched);
            } else if object.is_unnameable()
                || object.claims.iter().any(|it| all.makes(it))
                || dialect.capabilities().changes_read_definitions
                    && matches!(object.key.kind, Kind::Definition(_))
            {
                search.reach(at, Near::Needed);
            }
        }
        let near = search.finish();
        let reached = near.into_iter().enumerate();
        let mut found = BTreeMap::new();
        for (at, near) in reached {
            let Some(near) = near else { continue };
            let object = objects.at(at);
            if object.makes_its_statements {
                return None;
            }
            found.insert(object.key.clone(), near);
        }
        Some(Reach { objects: found })
    }

    /// The part of a schema that is reached. A table that the operations leave as it is has no foreign
    /// keys to tables that are not reached.
    pub fn part_of(&self, schema: &Schema) -> Schema {
        // A field that is added must be named here, too.
        let Schema {
            own_namespace,
            namespaces,
            extensions,
            domains,
            enums,
            sequences,
            tables,
            definitions,
            statistics,
            unmodelled,
            renames,
        } = schema;
        let has = |kind: Kind, name: &ObjectName| self.near(kind, name).is_some();
        let tables = tables.iter().filter(|it| has(Kind::Table, &it.name));
        Schema {
            own_namespace: own_namespace.clone(),
            namespaces: namespaces.clone(),
            extensions: extensions.clone(),
            domains: kept(domains, |it| has(Kind::Domain, &it.name)),
            enums: kept(enums, |it| has(Kind::Enum, &it.name)),
            sequences: kept(sequences, |it| has(Kind::Sequence, &it.name)),
            tables: tables.map(|it| self.part_of_table(it)).collect(),
            definitions: kept(definitions, |it| self.has_definition(it)),
            statistics: statistics.clone(),
            unmodelled: unmodelled.clone(),
            renames: renames.clone(),
        }
    }

    /// Whether a definition is reached.
    pub fn has_definition(&self, definition: &Definition) -> bool {
        self.objects.contains_key(&Key::of_definition(definition))
    }

    fn near(&self, kind: Kind, name: &ObjectName) -> Option<Near> {
        self.objects.get(&Key::new(kind, name)).copied()
    }

    fn part_of_table(&self, table: &Table) -> Table {
        let mut table = table.clone();
        if self.near(Kind::Table, &table.name) != Some(Near::Touched) {
            table
                .foreign_keys
                .retain(|it| self.near(Kind::Table, &it.referred_table).is_some());
        }
        table
    }
}

fn kept<T: Clone>(all: &[T], keep: impl Fn(&&T) -> bool) -> Vec<T> {
    all.iter().filter(keep).cloned().collect()
}

/// What all operations are about.
#[derive(Default)]
struct Subjects {
    names: BTreeSet<ObjectName>,
    made: BTreeSet<String>,
}

impl Subjects {
    /// Adds what an operation is about; `None` if nobody knows.
    fn add(&mut self, operation: &Operation, own: Option<&str>) -> Option<()> {
        let Subject { names, makes } = subject(operation)?;
        for name in names {
            self.made.insert(objects::claim(&name.name));
            self.names
                .insert(objects::folded(&name.clone().within(own)));
        }
        self.made.extend(makes.into_iter().map(objects::claim));
        Some(())
    }

    /// Whether the operations may make something of a name.
    fn makes(&self, name: &str) -> bool {
        // What limbec's own steps make for a while is called so.
        self.made.contains(name) || name.starts_with("limbec_") || name.ends_with("__old")
    }
}

/// Goes from object to object.
struct Search<'l> {
    links: &'l Links,
    near: Vec<Option<Near>>,
    waiting: Vec<usize>,
}

impl Search<'_> {
    fn reach(&mut self, at: usize, near: Near) {
        if self.near[at] < Some(near) {
            self.near[at] = Some(near);
            self.waiting.push(at);
        }
    }

    fn finish(mut self) -> Vec<Option<Near>> {
        let links = self.links;
        while let Some(at) = self.waiting.pop() {
            let Some(near) = self.near[at] else { continue };
            for &other in &links.needs[at] {
                self.reach(other, Near::Needed);
            }
            if near >= Near::Keyed {
                for &other in &links.family[at] {
                    self.reach(other, near);
                }
            }
            if near == Near::Touched {
                for &other in &links.referred[at] {
                    self.reach(other, Near::Needed);
                }
                for &other in &links.hanging[at] {
                    self.reach(other, Near::Touched);
                }
                for &other in &links.referring[at] {
                    self.reach(other, Near::Keyed);
                }
            }
        }
        self.near
    }
}

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests;
