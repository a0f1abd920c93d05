//! The schema: tables with all their constraints named.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::schema::{
    self, CheckConstraint, ExcludeConstraint, ExcludeElement, IndexElement, IndexKey, NameParts,
    Namespace, NamingConvention, ObjectName, Rename, Renamed, Schema, UniqueConstraint,
};

use super::build::Built;
use super::constraint::{Check, Unique};
use super::exclude::Exclude;
use super::index::Index;
use super::link::Linker;
use super::naming::{Names, Of, column_of_check};
use super::renames;
use super::scope::Found;
use super::table::Table;
use crate::mistake::{At, Mistakes, Place, values};

/// Makes the schema of all tables; each constraint and index in it has a name.
pub(super) fn schema(
    found: &Found,
    mut built: Vec<Vec<Built>>,
    domains: Vec<schema::Domain>,
    naming: &NamingConvention,
    mistakes: &mut Mistakes,
) -> Schema {
    let tables = &found.tables;
    distinct(found, mistakes);
    owners_are_known(found, mistakes);
    let mut names = Names::default();
    take_given(tables, &mut names, mistakes);
    let linker = Linker::new(tables, &built);
    let mut made = Vec::with_capacity(tables.len());
    let mut renames = renames::of_models(tables, &found.enumerations, mistakes);
    let mut seen = BTreeSet::new();
    for (number, table) in tables.iter().enumerate() {
        mistakes.file = table.place.file;
        let table = Assembler {
            table,
            number,
            linker: &linker,
            naming,
            names: &mut names,
            renames: &mut renames,
        }
        .table(mistakes);
        if seen.insert(&tables[number].name) {
            made.push((number, table));
        }
    }
    // Foreign keys of all tables look at the columns, which are moved and not copied: there may be many.
    let complete = |(number, mut table): (usize, schema::Table)| {
        let built = std::mem::take(&mut built[number]);
        table.columns = built.into_iter().filter_map(|it| it.column).collect();
        table.columns.shrink_to_fit();
        table
    };
    let made = made.into_iter().map(complete).collect();
    let enums = (found.enumerations.iter()).map(|it| (it.enum_type.name.clone(), &it.enum_type));
    let enums: BTreeMap<_, _> = enums.collect();
    let mut schema = Schema {
        extensions: found.extensions.clone(),
        domains,
        enums: enums.into_values().cloned().collect(),
        sequences: (found.sequences.iter().map(|it| it.sequence.clone())).collect(),
        tables: made,
        ..Schema::default()
    };
    schema.extensions.sort();
    schema.extensions.dedup();
    schema.namespaces = namespaces(&schema, found);
    schema.renames = renames;
    schema
}

/// The namespaces that are declared, and those that objects are in.
fn namespaces(schema: &Schema, found: &Found) -> Vec<Namespace> {
    let mut all: BTreeMap<String, Namespace> = BTreeMap::new();
    for it in &found.namespaces {
        all.entry(it.name.clone()).or_insert_with(|| it.clone());
    }
    let names = (schema.tables.iter().map(|it| &it.name))
        .chain(schema.enums.iter().map(|it| &it.name))
        .chain(schema.domains.iter().map(|it| &it.name))
        .chain(schema.sequences.iter().map(|it| &it.name))
        .chain(&schema.extensions);
    for name in names.filter_map(|it| it.schema.clone()) {
        all.entry(name.clone()).or_insert_with(|| name.into());
    }
    all.into_values().collect()
}

/// Says which tables, types and sequences share a name.
fn distinct(found: &Found, mistakes: &mut Mistakes) {
    let tables = (found.tables.iter()).map(|it| (&it.name, it.name_place, "table"));
    let enumerations =
        (found.enumerations.iter()).map(|it| (&it.enum_type.name, it.place, "enumeration"));
    let domains = (found.domains.iter()).map(|it| (&it.name, it.place, "domain"));
    let sequences = (found.sequences.iter()).map(|it| (&it.sequence.name, it.place, "sequence"));
    let all = tables.chain(enumerations).chain(domains).chain(sequences);
    let mut seen = BTreeMap::new();
    for (name, place, what) in all {
        let Some((first, other)) = seen.get(name).copied() else {
            seen.insert(name, (place, what));
            continue;
        };
        mistakes.file = place.file;
        let article = if what == "enumeration" { "an" } else { "a" };
        let message = if what == other {
            format!("two {what}s are named `{name}`")
        } else {
            // PostgreSQL makes a type of each table's rows.
            format!("{article} {what} and a {other} are both named `{name}`")
        };
        mistakes
            .at(place.span, message)
            .label(format!("this {what} comes later"))
            .other(first, format!("the first {other} is here"));
    }
}

/// Says which sequences go with a column that no model has.
fn owners_are_known(found: &Found, mistakes: &mut Mistakes) {
    for it in &found.sequences {
        let (Some(owner), Some(span)) = (&it.sequence.owned_by, it.owner) else {
            continue;
        };
        let mut tables = found.tables.iter();
        let table = tables.find(|table| table.name == owner.table);
        if table.is_none_or(|table| table.field(&owner.column).is_none()) {
            mistakes.file = it.place.file;
            mistakes.at(
                span,
                format!("no model has the column `{}.{}`", owner.table, owner.column),
            );
        }
    }
}

/// Takes the names that models give, and says which are given twice.
fn take_given(tables: &[Table], names: &mut Names, mistakes: &mut Mistakes) {
    let mut relations: BTreeMap<(Option<&str>, &str), Place> = BTreeMap::new();
    for table in tables {
        relations
            .entry((table.name.schema.as_deref(), &table.name.name))
            .or_insert(table.name_place);
        names.take(Of::Relation, table.name.schema.as_deref(), &table.name.name);
    }
    for table in tables {
        let schema = table.name.schema.as_deref();
        mistakes.file = table.place.file;
        let mut constraints: BTreeMap<&str, Place> = BTreeMap::new();
        for (of, name) in given(table) {
            names.take(of, schema, &name.value);
            let place = mistakes.place(name.span);
            let relation = (of != Of::Constraint)
                .then(|| relations.insert((schema, &name.value), place))
                .flatten();
            let constraint = (of != Of::Relation)
                .then(|| constraints.insert(&name.value, place))
                .flatten();
            if let Some(first) = relation.or(constraint) {
                mistakes
                    .at(name.span, format!("the name `{}` is taken", name.value))
                    .other(first, "by this");
            }
        }
    }
}

fn given(table: &Table) -> impl Iterator<Item = (Of, &At<String>)> {
    let key = table
        .primary_key
        .iter()
        .filter_map(|it| Some((Of::Both, it.name.as_ref()?)));
    let uniques = uniques(table).filter_map(|(_, it)| Some((Of::Both, it.name.as_ref()?)));
    let indexes = indexes(table).filter_map(|(_, it)| Some((Of::Relation, it.name.as_ref()?)));
    let checks = checks(table).filter_map(|it| Some((Of::Constraint, it.name.as_ref()?)));
    let of_fields = table
        .fields
        .iter()
        .filter_map(|field| field.foreign_key.as_deref());
    let foreign_keys = of_fields
        .chain(&table.foreign_keys)
        .filter_map(|it| Some((Of::Constraint, it.name.as_ref()?)));
    let excludes = (table.excludes.iter()).filter_map(|it| Some((Of::Both, it.name.as_ref()?)));
    key.chain(uniques)
        .chain(excludes)
        .chain(indexes)
        .chain(checks)
        .chain(foreign_keys)
}

/// The unique constraints of the fields, each with its column, then those of the struct.
fn uniques(table: &Table) -> impl Iterator<Item = (Option<&String>, &Unique)> {
    let of_fields = table
        .fields
        .iter()
        .flat_map(|field| field.uniques.iter().map(|it| (Some(&field.name.value), it)));
    of_fields.chain(table.uniques.iter().map(|it| (None, it)))
}

fn indexes(table: &Table) -> impl Iterator<Item = (Option<&String>, &Index)> {
    let of_fields = table
        .fields
        .iter()
        .flat_map(|field| field.indexes.iter().map(|it| (Some(&field.name.value), it)));
    of_fields.chain(table.indexes.iter().map(|it| (None, it)))
}

fn checks(table: &Table) -> impl Iterator<Item = &Check> {
    table
        .fields
        .iter()
        .flat_map(|field| &field.checks)
        .chain(&table.checks)
}

struct Assembler<'a> {
    table: &'a Table,
    number: usize,
    linker: &'a Linker<'a>,
    naming: &'a NamingConvention,
    names: &'a mut Names,
    renames: &'a mut Vec<Rename>,
}

impl Assembler<'_> {
    /// Puts a table together but for its columns, in the order in which PostgreSQL names its constraints.
    fn table(mut self, mistakes: &mut Mistakes) -> schema::Table {
        let table = self.table;
        let mut table = schema::Table {
            name: table.name.clone(),
            columns: Vec::new(),
            checks: checks(table).map(|check| self.check(check)).collect(),
            primary_key: table.primary_key.as_ref().map(|key| {
                let columns = values(&key.columns);
                let name = self.name(
                    key.name.as_ref(),
                    Of::Both,
                    &self.naming.primary_key,
                    &columns,
                );
                self.constraint_renamed(key.renamed_from.as_ref(), &name);
                schema::PrimaryKey {
                    name: Some(name),
                    columns,
                    include: values(&key.include),
                    deferrable: key.deferrable,
                    without_overlaps: key.without_overlaps,
                    comment: key.comment.clone(),
                }
            }),
            uniques: uniques(table)
                .map(|(own, unique)| self.unique(own, unique))
                .collect(),
            excludes: (table.excludes.iter())
                .map(|exclude| self.exclude(exclude))
                .collect(),
            foreign_keys: self.foreign_keys(mistakes),
            indexes: indexes(table)
                .map(|(own, index)| self.index(own, index))
                .collect(),
            comment: table.comment.clone(),
            inherits: table.inherits.clone(),
            partition_by: table.partition_by.clone(),
            unread: false,
            options: table.options.clone(),
        };
        table.foreign_keys.shrink_to_fit();
        table.indexes.shrink_to_fit();
        table
    }

    fn name(
        &mut self,
        given: Option<&At<String>>,
        of: Of,
        pattern: &str,
        columns: &[String],
    ) -> String {
        self.name_by(
            given.map(|name| name.value.clone()),
            of,
            pattern,
            NameParts {
                columns,
                ..NameParts::default()
            },
        )
    }

    fn name_by(
        &mut self,
        given: Option<String>,
        of: Of,
        pattern: &str,
        parts: NameParts<'_>,
    ) -> String {
        let parts = NameParts {
            table: &self.table.name.name,
            ..parts
        };
        given.unwrap_or_else(|| {
            self.names
                .choose(of, self.table.name.schema.as_deref(), pattern, parts)
        })
    }

    /// Notes the former name of a constraint or an index.
    fn renamed(&mut self, from: Option<&At<String>>, object: Renamed) {
        if let Some(from) = from.filter(|it| it.value != object.name()) {
            self.renames.push(Rename {
                object,
                from: ObjectName::new(&from.value),
                once: false,
            });
        }
    }

    fn constraint_renamed(&mut self, from: Option<&At<String>>, name: &str) {
        let table = self.table.name.clone();
        let name = name.to_string();
        self.renamed(from, Renamed::Constraint { table, name });
    }

    fn check(&mut self, check: &Check) -> CheckConstraint {
        let all: Vec<String> = self
            .table
            .fields
            .iter()
            .map(|field| field.name.value.clone())
            .collect();
        let column: Vec<String> = column_of_check(&check.expression, &all)
            .into_iter()
            .collect();
        let name = self.name(
            check.name.as_ref(),
            Of::Constraint,
            &self.naming.check,
            &column,
        );
        self.constraint_renamed(check.renamed_from.as_ref(), &name);
        CheckConstraint {
            name: Some(name),
            expression: check.expression.clone(),
            no_inherit: check.no_inherit,
            not_valid: check.validity.not_valid,
            not_enforced: check.validity.not_enforced,
            comment: check.comment.clone(),
        }
    }

    fn unique(&mut self, own: Option<&String>, unique: &Unique) -> UniqueConstraint {
        let columns: Vec<String> = match own {
            Some(own) => vec![own.clone()],
            None => values(&unique.columns),
        };
        let name = self.name(
            unique.name.as_ref(),
            Of::Both,
            &self.naming.unique,
            &columns,
        );
        self.constraint_renamed(unique.renamed_from.as_ref(), &name);
        UniqueConstraint {
            name: Some(name),
            columns,
            deferrable: unique.deferrable,
            nulls_not_distinct: unique.nulls_not_distinct,
            include: values(&unique.include),
            without_overlaps: unique.without_overlaps,
            comment: unique.comment.clone(),
        }
    }

    fn exclude(&mut self, exclude: &Exclude) -> ExcludeConstraint {
        let elements: Vec<ExcludeElement> = values(&exclude.elements);
        let columns = words_of(elements.iter().map(|it| &it.element));
        let name = self.name(
            exclude.name.as_ref(),
            Of::Both,
            &self.naming.exclude,
            &columns,
        );
        self.constraint_renamed(exclude.renamed_from.as_ref(), &name);
        ExcludeConstraint {
            name: Some(name),
            method: exclude.method.clone(),
            elements,
            include: values(&exclude.include),
            predicate: exclude.predicate.clone(),
            deferrable: exclude.deferrable,
            comment: exclude.comment.clone(),
        }
    }

    fn foreign_keys(&mut self, mistakes: &mut Mistakes) -> Vec<schema::ForeignKey> {
        let table = self.table;
        let of_fields = table
            .fields
            .iter()
            .filter_map(|field| field.foreign_key.as_deref());
        let mut keys = Vec::new();
        for key in of_fields.chain(&table.foreign_keys) {
            if !values(&key.columns).iter().all(|it| table.may_have(it)) {
                continue;
            }
            let renamed_from = key.renamed_from.as_ref();
            let Some(mut key) = self.linker.link(self.number, key, mistakes) else {
                continue;
            };
            let parts = NameParts {
                columns: &key.columns,
                referred_table: &key.referred_table.name,
                referred_columns: &key.referred_columns,
                ..NameParts::default()
            };
            let name = self.name_by(
                key.name.clone(),
                Of::Constraint,
                &self.naming.foreign_key,
                parts,
            );
            self.constraint_renamed(renamed_from, &name);
            key.name = Some(name);
            keys.push(key);
        }
        keys
    }

    fn index(&mut self, own: Option<&String>, index: &Index) -> schema::Index {
        let elements: Vec<IndexElement> = match own {
            Some(own) => vec![IndexElement::column(own.clone())],
            None => values(&index.elements),
        };
        let columns = words_of(&elements);
        let name = self.name(
            index.name.as_ref(),
            Of::Relation,
            &self.naming.index,
            &columns,
        );
        let object = Renamed::Index {
            table: self.table.name.clone(),
            name: name.clone(),
        };
        self.renamed(index.renamed_from.as_ref(), object);
        schema::Index {
            name,
            elements,
            unique: index.unique,
            method: index.method.clone(),
            include: values(&index.include),
            predicate: index.predicate.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
            comment: index.comment.clone(),
            concurrently: false,
            valid: true,
            stored: None,
            options: index.options.clone(),
        }
    }
}

/// The words that an index is named by: its columns, a call's name, `expr` for the rest, as
/// PostgreSQL has it.
pub(crate) fn words_of<'e>(elements: impl IntoIterator<Item = &'e IndexElement>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for element in elements {
        let word = match &element.key {
            IndexKey::Column(name) => name.clone(),
            IndexKey::Expression(expression) => {
                let name = expression.split('(').next().unwrap_or_default().trim();
                let is_call = !name.is_empty()
                    && expression.ends_with(')')
                    && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                if is_call {
                    name.to_lowercase()
                } else {
                    "expr".to_string()
                }
            }
        };
        let mut numbered = word.clone();
        let mut number = 0;
        while words.contains(&numbered) {
            number += 1;
            numbered = format!("{word}{number}");
        }
        words.push(numbered);
    }
    words
}
