//! What is read back from written models, held against the schema that they were written from.

use limbec_core::operations::Constraint;
use limbec_core::schema::{Column, ColumnType, Domain, Index, IndexElement, Schema, Table};

use crate::models::{ModelOptions, SourceFile, read, sql_type};

/// Says what of a schema the models do not say, or say otherwise.
pub(super) fn differences(schema: &Schema, text: &str, options: &ModelOptions) -> Vec<String> {
    let path = "models.rs";
    let (models, mistakes) = read(&[SourceFile { path, text }], options);
    let mut told: Vec<String> = mistakes
        .iter()
        .map(|it| format!("the models do not read: {}", it.message))
        .collect();
    for table in &schema.tables {
        match models.schema.table(&table.name) {
            Some(read) => compare(table, read, &mut told),
            None => told.push(format!("the table `{}`", table.name)),
        }
    }
    let read = &models.schema;
    let lacks = |what: &str, name: &dyn std::fmt::Display| format!("{what} `{name}`");
    let enums = schema.enums.iter().filter(|it| !read.enums.contains(it));
    told.extend(enums.map(|it| lacks("the enumeration", &it.name)));
    let domains = schema.domains.iter();
    let domains = domains.filter(|it| !read.domains.iter().any(|read| same_domain(it, read)));
    told.extend(domains.map(|it| lacks("the domain", &it.name)));
    let sequences = schema.sequences.iter();
    let sequences = sequences.filter(|it| !read.sequences.contains(it));
    told.extend(sequences.map(|it| lacks("the sequence", &it.name)));
    let namespaces = schema.namespaces.iter();
    let namespaces = namespaces.filter(|it| !read.namespaces.contains(it));
    told.extend(namespaces.map(|it| lacks("the schema", &it.name)));
    let extensions = schema.extensions.iter();
    let extensions = extensions.filter(|it| !read.extensions.contains(it));
    told.extend(extensions.map(|it| lacks("the extension", &it.name)));
    told
}

fn same_domain(domain: &Domain, read: &Domain) -> bool {
    let mut read = read.clone();
    let same = usual(&domain.base) == usual(&read.base);
    read.base.clone_from(&domain.base);
    same && read == *domain
}

fn compare(table: &Table, read: &Table, told: &mut Vec<String>) {
    let name = &table.name;
    for column in &table.columns {
        let Some(other) = read.column_named(&column.name) else {
            told.push(format!("the column `{name}.{}`", column.name));
            continue;
        };
        for what in column_differences(column, other, table) {
            told.push(format!("{what} of the column `{name}.{}`", column.name));
        }
    }
    let mut lacks = |what: &str, of: Option<&str>| {
        let of = of.map(|it| format!(" `{it}`")).unwrap_or_default();
        told.push(format!("{what}{of} of `{name}`"));
    };
    for wanted in Constraint::all_of(table) {
        let there = Constraint::all_of(read).any(|mut it| {
            let same_name = wanted.name().is_none() || wanted.name() == it.name();
            it.set_name(wanted.name());
            same_name && it == wanted
        });
        // Foreign keys that cannot be said were told with the reason.
        let told = matches!(wanted, Constraint::ForeignKey(_))
            && read.foreign_keys.len() != table.foreign_keys.len();
        if !there && !told {
            lacks(kind(&wanted), wanted.name());
        }
    }
    for index in &table.indexes {
        if !read.indexes.iter().any(|it| plain(it) == plain(index)) {
            lacks("the index", Some(index.name.as_str()));
        }
    }
    if read.comment != table.comment {
        lacks("the comment", None);
    }
    if read.inherits != table.inherits {
        lacks("the tables that it has columns of", None);
    }
    if read.partition_by != table.partition_by {
        lacks("the key of its partitions", None);
    }
    if read.options != table.options {
        lacks("the options", None);
    }
}

fn kind(constraint: &Constraint) -> &'static str {
    match constraint {
        Constraint::PrimaryKey(_) => "the primary key",
        Constraint::Unique(_) => "the unique constraint",
        Constraint::Check(_) => "the check",
        Constraint::ForeignKey(_) => "the foreign key",
        Constraint::Exclude(_) => "the exclusion constraint",
    }
}

fn column_differences(column: &Column, read: &Column, table: &Table) -> Vec<&'static str> {
    let in_key = table.in_primary_key(&column.name);
    let pairs = [
        (
            "the type",
            usual(&column.column_type) == usual(&read.column_type),
        ),
        ("NULL", in_key || column.nullable == read.nullable),
        ("the default", column.default == read.default),
        ("the expression", column.generated == read.generated),
        ("the identity", column.identity == read.identity),
        ("the collation", column.collation == read.collation),
        ("the comment", column.comment == read.comment),
        ("the options", column.options == read.options),
    ];
    let told = pairs.into_iter().filter(|(_, same)| !same);
    told.map(|(what, _)| what).collect()
}

/// A type with what goes without saying said.
fn usual(column_type: &ColumnType) -> ColumnType {
    match column_type {
        ColumnType::Numeric {
            precision: precision @ Some(_),
            scale: None,
        } => ColumnType::Numeric {
            precision: *precision,
            scale: Some(0),
        },
        ColumnType::Char { length: None } => ColumnType::Char { length: Some(1) },
        ColumnType::Custom(name) => match sql_type(name).0 {
            ColumnType::Custom(name) => ColumnType::Custom(name),
            known => usual(&known),
        },
        ColumnType::Array(element) => ColumnType::Array(Box::new(usual(element))),
        other => other.clone(),
    }
}

/// An index with what goes without saying left out, and how the database keeps it.
fn plain(index: &Index) -> Index {
    let mut index = Index {
        stored: None,
        ..index.clone()
    };
    let own = |it: &mut IndexElement| {
        it.nulls_first = it.nulls_first.filter(|first| *first != it.descending);
    };
    index.elements.iter_mut().for_each(own);
    index
}
