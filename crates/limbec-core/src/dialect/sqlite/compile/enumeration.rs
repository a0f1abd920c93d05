//! Enumerations: the labels of one, in every column that has it.

use super::super::lexicon::LEXICON;
use super::super::names::{plain, quote, text};
use super::batch::Work;
use super::draft::Draft;
use super::{checks, table};
use crate::dialect::CompileError;
use crate::operations::relabel_table;
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

/// Gives an enumeration another name, which stands in the check of each column of it.
pub(super) fn rename(
    work: &mut Work,
    at: usize,
    from: &ObjectName,
    to: &str,
) -> Result<(), CompileError> {
    plain(from)?;
    for table in tables_with(work, from) {
        work.change(&table, |draft, _| {
            for column in &mut draft.target.columns {
                if let ColumnType::Enum(it) = &mut column.column_type
                    && it.name == *from
                {
                    it.name.name = to.to_string();
                }
            }
            draft.rebuild(at);
            Ok(())
        })?;
    }
    Ok(())
}

/// Gives a label another text; the rows that hold it are copied with the new one.
pub(super) fn rename_label(
    work: &mut Work,
    at: usize,
    name: &ObjectName,
    (from, to): (&str, &str),
) -> Result<(), CompileError> {
    plain(name)?;
    for table in tables_with(work, name) {
        work.change(&table, |draft, _| {
            let columns = draft.target.columns.iter();
            let of_it = columns.filter(|it| is_of(&it.column_type, name));
            let of_it: Vec<String> = of_it.map(|it| it.name.clone()).collect();
            for column in of_it {
                if let Some(source) = draft.sources.get_mut(&column) {
                    *source = format!(
                        "CASE {source} WHEN {} THEN {} ELSE {source} END",
                        text(from),
                        text(to)
                    );
                }
            }
            relabel_table(&mut draft.target, name, from, to, &LEXICON);
            draft.rebuild(at);
            Ok(())
        })?;
    }
    Ok(())
}

fn is_of(column_type: &ColumnType, name: &ObjectName) -> bool {
    matches!(column_type, ColumnType::Enum(it) if it.name == *name)
}

fn tables_with(work: &Work, name: &ObjectName) -> Vec<ObjectName> {
    let tables = work.now.tables.iter();
    let with = tables.filter(|it| it.columns.iter().any(|it| is_of(&it.column_type, name)));
    with.map(|it| it.name.clone()).collect()
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
