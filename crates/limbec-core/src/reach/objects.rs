//! The objects of schemas, each with the names that it has and those that it mentions.

use std::collections::{BTreeMap, BTreeSet};

use crate::operations::Constraint;
use crate::schema::{
    ColumnType, Definition, DefinitionKind, IndexElement, IndexKey, ObjectName, Schema, Table, Use,
};

/// What kind of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Table,
    Enum,
    Domain,
    Sequence,
    Definition(DefinitionKind),
}

/// By what an object is found again in another schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) name: ObjectName,
    arguments: Option<String>,
    table: Option<ObjectName>,
}

impl Key {
    pub(super) fn new(kind: Kind, name: &ObjectName) -> Self {
        Key {
            kind,
            name: folded(name),
            arguments: None,
            table: None,
        }
    }

    pub(super) fn of_definition(definition: &Definition) -> Self {
        Key {
            arguments: definition.arguments.clone(),
            table: definition.table.as_ref().map(folded),
            ..Key::new(Kind::Definition(definition.kind), &definition.name)
        }
    }
}

/// A name in lower case: some databases take two of them for one.
pub(super) fn folded(name: &ObjectName) -> ObjectName {
    ObjectName {
        schema: name.schema.as_ref().map(|it| it.to_lowercase()),
        name: name.name.to_lowercase(),
    }
}

/// A name as two of them may be in each other's way: databases cut long ones.
pub(super) fn claim(name: &str) -> String {
    let mut name = name.to_lowercase();
    let end = (0..=name.len().min(63)).rev();
    let end = end.into_iter().find(|it| name.is_char_boundary(*it));
    name.truncate(end.unwrap_or(0));
    name
}

/// The words of a text, in lower case, whatever stands between them.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_between = |it: char| !(it.is_alphanumeric() || it == '_' || it == '$');
    let words = text.split(is_between).filter(|it| !it.is_empty());
    words.map(str::to_lowercase)
}

/// An object, as far as others have to do with it.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) key: Key,
    /// The words of its own name.
    pub(super) name: Vec<String>,
    /// The names that nothing else can have beside it.
    pub(super) claims: BTreeSet<String>,
    /// The objects that it names, but by its foreign keys.
    pub(super) names: BTreeSet<ObjectName>,
    /// The tables that its foreign keys refer to.
    pub(super) referred: BTreeSet<ObjectName>,
    /// The tables that it has columns of.
    pub(super) parents: BTreeSet<ObjectName>,
    /// The words of its expressions.
    pub(super) words: BTreeSet<String>,
    /// Whether it is a routine that makes its statements only when it runs.
    pub(super) makes_its_statements: bool,
}

impl Object {
    fn new(key: Key) -> Self {
        Object {
            name: words(&key.name.name).collect(),
            claims: BTreeSet::from([claim(&key.name.name)]),
            key,
            names: BTreeSet::new(),
            referred: BTreeSet::new(),
            parents: BTreeSet::new(),
            words: BTreeSet::new(),
            makes_its_statements: false,
        }
    }

    /// Whether no text can be searched for its name.
    pub(super) fn is_unnameable(&self) -> bool {
        self.name.is_empty()
    }

    fn read(&mut self, text: &str) {
        self.words.extend(words(text));
    }

    fn read_type(&mut self, column_type: &ColumnType) {
        match column_type.element() {
            ColumnType::Custom(text) => self.read(text),
            other => self.names.extend(other.named().map(folded)),
        }
    }

    fn read_element(&mut self, element: &IndexElement) {
        if let IndexKey::Expression(text) = &element.key {
            self.read(text);
        }
        element.operator_class.iter().for_each(|it| self.read(it));
        element.collation.iter().for_each(|it| self.read(it));
    }

    fn read_table(&mut self, table: &Table) {
        for column in &table.columns {
            self.read_type(&column.column_type);
            column.default.iter().for_each(|it| self.read(it));
            column.collation.iter().for_each(|it| self.read(it));
            let generated = column.generated.iter();
            generated.for_each(|it| self.read(&it.expression));
            column.options.values().for_each(|it| self.read(it));
            let sequence = column.identity.as_ref();
            let sequence = sequence.and_then(|it| it.sequence.as_ref());
            self.claims.extend(sequence.map(|it| claim(&it.name)));
            self.names.extend(sequence.map(folded));
        }
        for constraint in Constraint::all_of(table) {
            self.claims.extend(constraint.name().map(claim));
            match &constraint {
                Constraint::Check(it) => self.read(&it.expression),
                Constraint::ForeignKey(it) => {
                    self.referred.insert(folded(&it.referred_table));
                }
                Constraint::Exclude(it) => {
                    it.predicate.iter().for_each(|text| self.read(text));
                    let elements = it.elements.iter();
                    elements.for_each(|it| self.read_element(&it.element));
                }
                Constraint::PrimaryKey(_) | Constraint::Unique(_) => {}
            }
        }
        for index in &table.indexes {
            self.claims.insert(claim(&index.name));
            index.elements.iter().for_each(|it| self.read_element(it));
            index.predicate.iter().for_each(|it| self.read(it));
            index.options.values().for_each(|it| self.read(it));
        }
        self.parents
            .extend(table.inherits.parents().iter().map(folded));
        table.partition_by.iter().for_each(|it| self.read(it));
        table.options.values().for_each(|it| self.read(it));
    }
}

/// All objects of some schemas: one that is in several of them mentions what it does in any.
#[derive(Debug, Default)]
pub(super) struct Objects {
    all: Vec<Object>,
    places: BTreeMap<Key, usize>,
}

impl Objects {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn at(&self, at: usize) -> &Object {
        &self.all[at]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.all.iter()
    }

    pub(super) fn add_all(&mut self, schema: &Schema) {
        for it in &schema.enums {
            self.object(Key::new(Kind::Enum, &it.name));
        }
        for it in &schema.domains {
            let domain = self.object(Key::new(Kind::Domain, &it.name));
            domain.read_type(&it.base);
            it.default.iter().for_each(|text| domain.read(text));
            it.collation.iter().for_each(|text| domain.read(text));
            it.checks.iter().for_each(|it| domain.read(&it.expression));
        }
        for it in &schema.sequences {
            let sequence = self.object(Key::new(Kind::Sequence, &it.name));
            sequence
                .names
                .extend(it.owned_by.as_ref().map(|it| folded(&it.table)));
        }
        for it in &schema.tables {
            self.object(Key::new(Kind::Table, &it.name)).read_table(it);
        }
        for it in &schema.definitions {
            self.add_definition(it);
        }
    }

    pub(super) fn add_definition(&mut self, it: &Definition) {
        let definition = self.object(Key::of_definition(it));
        definition.read(&it.sql);
        it.arguments.iter().for_each(|text| definition.read(text));
        definition.names.extend(it.table.as_ref().map(folded));
        for used in &it.uses {
            let (Use::Relation { name }
            | Use::Column { relation: name, .. }
            | Use::Type { name }
            | Use::Routine { name, .. }) = used;
            definition.names.insert(folded(name));
        }
        // `EXECUTE format(…)`: what it names, no text says.
        definition.makes_its_statements =
            it.kind.is_routine() && definition.words.contains("execute");
    }

    fn object(&mut self, key: Key) -> &mut Object {
        let next = self.all.len();
        let at = *self.places.entry(key.clone()).or_insert(next);
        if at == next {
            self.all.push(Object::new(key));
        }
        &mut self.all[at]
    }
}
