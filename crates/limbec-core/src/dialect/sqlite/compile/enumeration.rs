//! Enumerations: the labels of one, in every column that has it.

use super::super::names::{plain, quote};
use super::batch::Work;
use super::draft::Draft;
use super::{checks, table};
use crate::dialect::CompileError;
use crate::schema::{ColumnType, EnumType, ObjectName};

/// Changes the labels.
pub(super) fn alter(work: &mut Work, at: usize, to: &EnumType) -> Result<(), CompileError> {
    plain(&to.name)?;
    let has_it = |known: &ColumnType| matches!(known, ColumnType::Enum(it) if it.name == to.name);
    let tables: Vec<(ObjectName, Vec<String>)> = work
        .now
        .tables
        .iter()
        .map(|table| {
            let columns = table.columns.iter().filter(|it| has_it(&it.column_type));
            let columns = columns.map(|it| it.name.clone()).collect();
            (table.name.clone(), columns)
        })
        .collect();
    let alters = work.alters_constraints();
    for (table, columns) in tables {
        for column in columns {
            work.change(&table, |draft, _| {
                relabel(draft, at, &column, to, alters);
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn relabel(draft: &mut Draft, at: usize, column: &str, to: &EnumType, alters: bool) {
    let mut columns = draft.target.columns.iter_mut();
    if let Some(column) = columns.find(|it| it.name == column)
        && let ColumnType::Enum(known) = &mut column.column_type
    {
        known.labels.clone_from(&to.labels);
    }
    let check = checks::is_a_label(draft, column, to);
    draft.check(at, check);
    let name = table::enum_name(to);
    if alters && draft.is_only_name(&name) {
        let table = quote(&draft.before.name.name);
        let name = quote(&name);
        let check = table::enum_check(column, to);
        draft.alter(at, format!("ALTER TABLE {table} DROP CONSTRAINT {name}"));
        draft.alter(at, format!("ALTER TABLE {table} ADD {check}"));
    } else {
        draft.rebuild(at);
    }
}
