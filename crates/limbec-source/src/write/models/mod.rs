//! Writes models: a schema into structs with `#[derive(Table)]` and enums with `#[derive(Enum)]`.
//!
//! Input: a schema, and how the models will be read. Output: the text of a file, laid out as
//! `rustfmt` lays it out by default, and what no model can say. What it writes,
//! [`crate::models`] reads back as the same schema: it is read back here, and what came back
//! otherwise is told too, so that nothing is dropped silently.

mod attribute;
mod convention;
mod difference;
mod items;
mod names;
mod objects;
mod rust_type;
mod singular;
mod sketch;
mod structs;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use limbec_core::schema::{Column, ColumnType, ForeignKey, ObjectName, Schema, Table};

use self::convention::mark_names;
use self::names::TypeNames;
use self::rust_type::RustTypes;
use self::sketch::{Sketch, plain_column};
use crate::models::{ModelOptions, are_alike};

/// Models as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenModels {
    /// The text of the file.
    pub text: String,
    /// What no model can say, one phrase each; it stands at the top of the text too.
    pub unsaid: Vec<String>,
    /// The crates whose types the models use, besides limbec.
    pub crates: Vec<String>,
}

/// Writes the models of a schema.
///
/// Names are given only where the naming convention would give another. Tables stand in the order
/// of the schema, an enumeration above the first table that uses it.
///
/// ```
/// use limbec_core::schema::{Column, PrimaryKey, Schema, Table, Text, Uuid};
/// use limbec_source::models::ModelOptions;
/// use limbec_source::write::write_models;
///
/// let mut schema = Schema::default();
/// schema.tables.push(
///     Table::new("users")
///         .column(Column::new("id", Uuid).not_null())
///         .column(Column::new("email", Text))
///         .primary_key(PrimaryKey::new(["id"]).name("users_pkey")),
/// );
/// let models = write_models(&schema, &ModelOptions::default());
/// assert_eq!(models.text, "\
/// use limbec::Table;
/// use uuid::Uuid;
///
/// #[derive(Table)]
/// ##[table(name = \"users\")]
/// pub struct User {
///     #[column(primary_key)]
///     pub id: Uuid,
///     pub email: Option<String>,
/// }
/// ");
/// assert!(models.unsaid.is_empty());
/// ```
pub fn write_models(schema: &Schema, options: &ModelOptions) -> WrittenModels {
    let mut unsaid = Vec::new();
    let names = TypeNames::of(schema);
    let mut sketches: Vec<Sketch<'_>> = Vec::with_capacity(schema.tables.len());
    for table in &schema.tables {
        unsaid.extend(unsayable_keys(schema, table));
        sketches.push(Sketch::of(table, |key| {
            why_unsayable(schema, key).is_none()
        }));
    }
    mark_names(&mut sketches, &options.naming);

    let mut types = RustTypes::new(&names, options);
    let mut items = beside_tables(schema, &names, &mut types, &mut unsaid);
    let mut written = BTreeSet::new();
    for sketch in &sketches {
        for column in &sketch.table.columns {
            if let Some(name) = enumeration_of(&column.column_type)
                && written.insert(name)
                && let Some(it) = schema.enums.iter().find(|it| it.name == *name)
            {
                items.push(structs::enumeration(it, &names));
            }
        }
        let spelled_out = |column: &Column| refers_to_another_type(schema, sketch.table, column);
        items.push(structs::table(
            sketch,
            &names,
            &mut types,
            spelled_out,
            &mut unsaid,
        ));
    }
    let body = items.join("\n");
    let imports = imports(&derives(schema), &types.imports);
    let text = format!("{imports}\n{body}");
    unsaid.extend(difference::differences(schema, &text, options));
    unsaid.extend(schema.definitions.iter().map(|it| format!("the {it}")));
    unsaid.extend(schema.unmodelled.iter().map(ToString::to_string));
    unsaid.dedup();
    let mut crates: Vec<String> = types.imports.iter().map(|it| crate_of(it)).collect();
    crates.dedup();
    WrittenModels {
        text: format!("{}{text}", head(&unsaid)),
        unsaid,
        crates,
    }
}

fn crate_of(path: &str) -> String {
    path.split("::").next().unwrap_or_default().to_string()
}

/// What stands beside the tables, as items of their own: extensions, namespaces that no name of an
/// item gives, domains, sequences, enumerations that no column has.
fn beside_tables(
    schema: &Schema,
    names: &TypeNames,
    types: &mut RustTypes<'_>,
    unsaid: &mut Vec<String>,
) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    items.extend(
        schema
            .extensions
            .iter()
            .map(|it| objects::extension(it, names)),
    );
    let given: BTreeSet<&str> = (schema.tables.iter().map(|it| &it.name))
        .chain(schema.enums.iter().map(|it| &it.name))
        .chain(schema.domains.iter().map(|it| &it.name))
        .chain(schema.sequences.iter().map(|it| &it.name))
        .chain(&schema.extensions)
        .filter_map(|it| it.schema.as_deref())
        .collect();
    let namespaces = schema.namespaces.iter();
    let namespaces = namespaces.filter(|it| it.comment.is_some() || !given.contains(&*it.name));
    items.extend(namespaces.map(|it| objects::namespace(it, names)));
    items.extend(
        schema
            .domains
            .iter()
            .map(|it| objects::domain(it, names, types)),
    );
    for sequence in &schema.sequences {
        let owned = sequence.owned_by.as_ref().is_none_or(|owner| {
            let table = schema.table(&owner.table);
            table.is_some_and(|it| it.column_named(&owner.column).is_some())
        });
        if !owned {
            unsaid.push(format!(
                "the column that the sequence `{}` goes with",
                sequence.name
            ));
        }
        items.push(objects::sequence(sequence, names, owned));
    }
    let enums = schema.enums.iter().filter(|it| {
        let mut columns = schema.tables.iter().flat_map(|table| &table.columns);
        !columns.any(|column| enumeration_of(&column.column_type) == Some(&it.name))
    });
    items.extend(enums.map(|it| structs::enumeration(it, names)));
    items
}

/// The comment at the top that lists what the models do not say.
fn head(unsaid: &[String]) -> String {
    if unsaid.is_empty() {
        return String::new();
    }
    let mut text = String::from("//! The database holds more than these models say:\n");
    for it in unsaid {
        let line: String = it
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let _ = writeln!(text, "//! - {}", line.trim_end());
    }
    text.push('\n');
    text
}

fn derives(schema: &Schema) -> Vec<&'static str> {
    let given: BTreeSet<Option<&str>> = (schema.tables.iter().map(|it| &it.name))
        .chain(schema.enums.iter().map(|it| &it.name))
        .chain(schema.domains.iter().map(|it| &it.name))
        .chain(schema.sequences.iter().map(|it| &it.name))
        .map(|it| it.schema.as_deref())
        .collect();
    let mut namespaces = schema.namespaces.iter();
    let declares = namespaces.any(|it| it.comment.is_some() || !given.contains(&Some(&it.name)));
    let derives = [
        ("limbec::Domain", !schema.domains.is_empty()),
        ("limbec::Enum", !schema.enums.is_empty()),
        ("limbec::Extension", !schema.extensions.is_empty()),
        ("limbec::Schema", declares),
        ("limbec::Sequence", !schema.sequences.is_empty()),
        ("limbec::Table", !schema.tables.is_empty()),
    ];
    let derives = derives.into_iter().filter(|(_, used)| *used);
    derives.map(|(path, _)| path).collect()
}

/// The `use` lines: one a crate, sorted as `rustfmt` sorts them.
fn imports(derives: &[&'static str], types: &BTreeSet<&'static str>) -> String {
    let all: BTreeSet<&str> = derives.iter().chain(types).copied().collect();
    let mut crates: Vec<(&str, Vec<&str>)> = Vec::new();
    for path in all {
        let (krate, name) = path.rsplit_once("::").unwrap_or(("", path));
        match crates.last_mut() {
            Some((last, names)) if *last == krate => names.push(name),
            _ => crates.push((krate, vec![name])),
        }
    }
    let line = |(krate, names): (&str, Vec<&str>)| match names.as_slice() {
        [name] => format!("use {krate}::{name};\n"),
        names => format!("use {krate}::{{{}}};\n", names.join(", ")),
    };
    crates.into_iter().map(line).collect()
}

/// The name of the enumeration that a type is, or is an array of.
fn enumeration_of(column_type: &ColumnType) -> Option<&ObjectName> {
    match column_type.element() {
        ColumnType::Enum(it) => Some(&it.name),
        _ => None,
    }
}

fn unsayable_keys(schema: &Schema, table: &Table) -> Vec<String> {
    let keys = table.foreign_keys.iter();
    let told = keys.filter_map(|key| {
        let why = why_unsayable(schema, key)?;
        let columns = key.columns.join(", ");
        Some(format!(
            "the foreign key of `{}({columns})`: {why}",
            table.name
        ))
    });
    told.collect()
}

/// Why a model cannot say a foreign key.
fn why_unsayable(schema: &Schema, key: &ForeignKey) -> Option<String> {
    let name = &key.referred_table;
    let Some(referred) = schema.table(name) else {
        return Some(format!("`{name}` is not among the models"));
    };
    if key.referred_columns.is_empty() || key.referred_columns.len() != key.columns.len() {
        return Some(format!("it does not name the columns of `{name}`"));
    }
    let columns = key.referred_columns.join(", ");
    if !referred.inherits.is_none() {
        return None;
    }
    let known = |it: &String| referred.column_named(it).is_some();
    if !key.referred_columns.iter().all(known) {
        return Some(format!("`{name}` has no such columns: `{columns}`"));
    }
    if !is_unique(referred, &key.referred_columns) {
        return Some(format!("`{name}({columns})` is not unique"));
    }
    None
}

/// Whether columns are a table's primary key or unique together.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let same = |others: &[String]| {
        others.len() == columns.len() && others.iter().all(|it| columns.contains(it))
    };
    let indexed = table.indexes.iter().any(|index| {
        let keys: Option<Vec<String>> = index
            .elements
            .iter()
            .map(|element| plain_column(element).map(str::to_string))
            .collect();
        index.unique && index.predicate.is_none() && keys.is_some_and(|keys| same(&keys))
    });
    table.primary_key.iter().any(|key| same(&key.columns))
        || table.uniques.iter().any(|it| same(&it.columns))
        || indexed
}

/// Whether a column refers to one of another type, which a model must spell out.
fn refers_to_another_type(schema: &Schema, table: &Table, column: &Column) -> bool {
    table.foreign_keys.iter().any(|key| {
        let pairs = key.columns.iter().zip(&key.referred_columns);
        let referred = schema.table(&key.referred_table);
        pairs
            .filter(|(own, _)| **own == column.name)
            .filter_map(|(_, other)| referred?.column_named(other))
            .any(|other| !are_alike(&column.column_type, &other.column_type))
    })
}
