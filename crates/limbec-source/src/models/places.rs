//! Where tables and columns are declared: for what is found wrong with them later, by who knows the
//! database.

use std::ops::Range;

use limbec_core::schema::ObjectName;
use syn::spanned::Spanned as _;

use super::column::Field;
use super::scope::Found;
use crate::mistake::{Place, located};

/// Where a table, one of its columns, or a domain is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The table or domain.
    pub table: ObjectName,
    /// The column; none for the table itself.
    pub column: Option<String>,
    /// The file, as its reader was given it.
    pub path: String,
    /// The place, in bytes of the file's text: what names the table, or the column's type.
    pub span: Range<usize>,
}

/// Lists all places.
pub(super) fn of(found: &Found, files: &[(&str, usize)]) -> Vec<Declared> {
    let mut all = Vec::new();
    for table in &found.tables {
        let mut add = |column: Option<String>, place: Place| {
            let (path, span) = located(place, files);
            let table = table.name.clone();
            all.push(Declared {
                table,
                column,
                path,
                span,
            });
        };
        add(None, table.name_place);
        let file = table.place.file;
        for field in &table.fields {
            let span = type_span(field);
            add(Some(field.name.value.clone()), Place { file, span });
        }
    }
    for domain in &found.domains {
        let (path, span) = located(domain.place, files);
        let (table, column) = (domain.name.clone(), None);
        all.push(Declared {
            table,
            column,
            path,
            span,
        });
    }
    all
}

fn type_span(field: &Field) -> proc_macro2::Span {
    match &field.sql_type {
        Some(spelled) => spelled.span,
        None => field.rust_type.span(),
    }
}
