//! Reads models: structs with `#[derive(Table)]`, enums with `#[derive(Enum)]`, and structs that
//! stand for domains, sequences, namespaces and extensions.
//!
//! Input: the text of files. Output: a [`Schema`] whose every constraint has a name, what was
//! found in each file, and [`Diagnostic`]s. The way runs through the modules in this order:
//!
//! 1. `scan` finds the items of a file, `scope` its imports.
//! 2. `table`, `column`, `enumeration`, `objects` read an item by its attributes (`entries`, `entry`, `keys`,
//!    `constraint`, `index`, `element`).
//! 3. `rust_type` finds each field's type (`lookup`, `known`, `sql_type`), `build` makes the column.
//! 4. `link` finds what foreign keys refer to, `naming` names what has no name, `assemble` makes
//!    the schema.
//!
//! `derive` goes the same way for the one item that a macro sees, as far as that item tells.
//!
//! Invariants: no file is opened; nothing is guessed; mistakes are collected, never the end.

mod assemble;
mod build;
pub(crate) mod cases;
mod column;
mod conditions;
mod constraint;
mod derive;
pub(crate) mod element;
mod entries;
mod entry;
mod enumeration;
mod exclude;
mod foreign_key;
mod index;
mod keys;
mod known;
mod lexicon;
mod link;
mod lookup;
mod md5;
pub(crate) mod naming;
mod objects;
mod places;
mod renames;
mod rust_type;
mod scan;
mod scope;
#[cfg(feature = "locations")]
mod sql_text;
mod sql_type;
mod table;

use std::collections::BTreeMap;

use limbec_core::schema::{NamingConvention, Schema};

pub use derive::{
    derive_domain, derive_enum, derive_extension, derive_schema, derive_sequence, derive_table,
};
pub use places::Declared;
#[cfg(feature = "locations")]
pub use sql_text::{SqlText, sql_texts};
pub use sql_type::sql_type;

#[cfg(feature = "write")]
pub(crate) use {assemble::words_of, link::are_alike};

use crate::diagnostic::Diagnostic;
use crate::mistake::Mistakes;
use crate::source;
use rust_type::Types;
use scope::Found;

/// A file to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile<'a> {
    /// Its path, as diagnostics shall show it.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// How models are read: what `limbec.toml` says of them.
#[derive(Debug, Clone, Default)]
pub struct ModelOptions {
    /// How constraints and indexes are named that the models leave unnamed.
    pub naming: NamingConvention,
    /// The SQL type of a Rust type, by its name (`String`), its path (`rust_decimal::Decimal`) or
    /// as it is written with its arguments (`Vec<f32>`).
    pub type_map: BTreeMap<String, String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Models {
    /// The tables, in the order of the files, and all else that is declared.
    pub schema: Schema,
    /// What each file holds, in the order of the files.
    pub files: Vec<FileSummary>,
    /// Where each table is declared, and its columns.
    pub places: Vec<Declared>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSummary {
    /// The path.
    pub path: String,
    /// The structs with `#[derive(Table)]`.
    pub tables: usize,
    /// The enums with `#[derive(Enum)]`.
    pub enums: usize,
}

/// Reads models.
///
/// With diagnostics the schema is what could be read in spite of them; it is complete where there
/// are none.
///
/// ```
/// use limbec_source::models::{ModelOptions, SourceFile, read};
///
/// let text = "
///     #[derive(Table)]
///     #[table(name = \"tags\")]
///     struct Tag {
///         #[column(primary_key)]
///         id: i64,
///         #[column(unique)]
///         name: Option<String>,
///     }
/// ";
/// let (models, diagnostics) = read(&[SourceFile { path: "models.rs", text }], &ModelOptions::default());
/// assert!(diagnostics.is_empty());
/// let table = &models.schema.tables[0];
/// assert!(table.columns[1].nullable);
/// assert_eq!(table.uniques[0].name.as_deref(), Some("tags_name_key"));
/// assert_eq!(models.files[0].tables, 1);
/// ```
pub fn read(files: &[SourceFile<'_>], options: &ModelOptions) -> (Models, Vec<Diagnostic>) {
    let mut found = Found::default();
    let mut places = Vec::with_capacity(files.len());
    let mut summaries = Vec::with_capacity(files.len());
    for (number, file) in files.iter().enumerate() {
        found.mistakes.file = number;
        let (tables, enums) = (found.tables.len(), found.enumerations.len());
        let lexed = source::lex(file.text);
        places.push((file.path, lexed.offset));
        match lexed.tokens {
            Ok(tokens) => scan::scan(tokens, file.path, &mut found),
            Err(span) => {
                let at = source::range(span).start + lexed.offset;
                let message = match file.text.get(at..).and_then(|rest| rest.chars().next()) {
                    Some(bracket @ ('(' | '[' | '{')) => format!("this `{bracket}` is never closed, or not by its like"),
                    Some(bracket @ (')' | ']' | '}')) => format!("this `{bracket}` closes nothing"),
                    _ => "this is not Rust: a quote or a comment never ends, or a character means nothing".into(),
                };
                found.mistakes.at(span, message);
            }
        }
        summaries.push(FileSummary {
            path: file.path.to_string(),
            tables: found.tables.len() - tables,
            enums: found.enumerations.len() - enums,
        });
    }
    let mut mistakes = std::mem::take(&mut found.mistakes);
    let schema = schema(&mut found, options, &mut mistakes);
    let models = Models {
        schema,
        files: summaries,
        places: places::of(&found, &places),
    };
    (models, mistakes.diagnostics(&places))
}

fn schema(found: &mut Found, options: &ModelOptions, mistakes: &mut Mistakes) -> Schema {
    let mut tables = std::mem::take(&mut found.tables);
    let types = Types {
        found,
        map: &options.type_map,
        alone: false,
    };
    let mut built = Vec::with_capacity(tables.len());
    for table in &mut tables {
        mistakes.file = table.place.file;
        built.push(build::columns(table, &types, mistakes));
        // The types of a thousand tables take more memory than their schema.
        table.fields.iter_mut().for_each(|it| it.rust_type = None);
    }
    let mut domains = Vec::with_capacity(found.domains.len());
    for domain in &found.domains {
        mistakes.file = domain.place.file;
        domains.extend(domain.build(&types, mistakes));
    }
    found.tables = tables;
    assemble::schema(found, built, domains, &options.naming, mistakes)
}
