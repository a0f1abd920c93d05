//! Where tables and columns are declared: for what is found wrong with them later, by who knows the
//! database.

use std::ops::Range;

use limbec_core::schema::ObjectName;

use super::column::Field;
use super::objects::Domain;
use super::scope::Found;
use super::table::Table;
use crate::mistake::{Place, located};

/// Where a table and its columns, or a domain, are declared. Places are in bytes of the file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The table or domain.
    pub table: ObjectName,
    /// The file, as its reader was given it.
    pub path: String,
    /// What names it.
    pub span: Range<usize>,
    /// Each column with what says its type.
    pub columns: Vec<(String, Range<usize>)>,
}

impl Declared {
    /// The place of a column, or of the table or domain itself.
    pub fn place(&self, column: Option<&str>) -> Option<&Range<usize>> {
        let Some(column) = column else {
            return Some(&self.span);
        };
        let mut columns = self.columns.iter();
        columns.find(|(name, _)| name == column).map(|(_, it)| it)
    }
}

/// Lists all places.
pub(super) fn of(found: &Found, files: &[(&str, usize)]) -> Vec<Declared> {
    let declared = |table: &Table| {
        let (path, span) = located(table.name_place, files);
        let column = |field: &Field| {
            let span = field
                .sql_type
                .as_ref()
                .map_or(field.type_span, |it| it.span);
            let file = table.place.file;
            let (_, span) = located(Place { file, span }, files);
            (field.name.value.clone(), span)
        };
        Declared {
            table: table.name.clone(),
            path,
            span,
            columns: table.fields.iter().map(column).collect(),
        }
    };
    let domain = |domain: &Domain| {
        let (path, span) = located(domain.place, files);
        Declared {
            table: domain.name.clone(),
            path,
            span,
            columns: Vec::new(),
        }
    };
    let tables = found.tables.iter().map(declared);
    tables.chain(found.domains.iter().map(domain)).collect()
}
