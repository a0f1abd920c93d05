//! Rebuilds a table: a new one is filled and takes the place of the old.
//!
//! The order is SQLite's own (the new table is renamed, never the old one), in the transaction
//! that [`super::super::transaction`] frames with the foreign keys off. Kept: rows with their
//! number where it is not a column, the counter of AUTOINCREMENT, indexes and triggers by their
//! stored SQL, what ANALYZE found, and views, which a rename by the legacy rules leaves alone. That
//! nothing else changes is looked at by the [`super::guard`].

use super::super::names::{quote, same, text};
use super::super::reflect::options;
use super::draft::{Draft, default_value};
use super::{checks, create_definition, create_index, table, triggers};
use crate::dialect::{CompileError, Of};
use crate::schema::{ColumnType, Index, Schema, Table};
use crate::steps::Step;

/// The names of a row's number.
pub(super) const ROW_NUMBERS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// Makes the steps; `at` is the operation for which the table is rebuilt, `schema` what stands beside
/// it.
pub(super) fn steps(
    draft: &Draft,
    at: usize,
    schema: &Schema,
) -> Result<Vec<Of<Step>>, CompileError> {
    let (before, target) = (&draft.before, &draft.target);
    if before.unread {
        return Err(CompileError::new(format!(
            "the table `{}` would have to be rebuilt, but its stored SQL is not understood, so \
             that something of it could be lost",
            before.name
        ))
        .hint("change it by hand, in SQL: `op.execute_on(\"sqlite\", \"…\")`"));
    }
    let (old, new) = (&before.name.name, table::new_name(&before.name));
    let (old_sql, new_sql) = (quote(old), quote(&new));
    let mut steps = vec![Of::new(at, has_no_temporary_objects(before))];
    steps.extend(draft.before_copy.iter().cloned());
    let mut add = |step: Step| steps.push(Of::new(at, step));
    add(Step::new(table::create(target, &new)?));
    add(Step::new(copy(draft, &old_sql, &new_sql)));
    add(Step::check(
        format!("SELECT (SELECT count(*) FROM {old_sql}) - (SELECT count(*) FROM {new_sql})"),
        "0",
        format!("rebuilding `{old}` would lose rows"),
    ));
    for column in &target.columns {
        if let Some(operation) = draft.retyped.get(&column.name)
            && let Some(fits) = checks::fits(target, column)
        {
            steps.push(Of::new(*operation, fits));
        }
    }
    let mut add = |step: Step| steps.push(Of::new(at, step));
    counter(draft, old, &new).into_iter().for_each(&mut add);
    let (put_aside, put_back) = statistics(&schema.statistics, old, &new);
    put_aside.into_iter().for_each(&mut add);
    add(Step::new(format!("DROP TABLE {old_sql}")));
    add(Step::new("PRAGMA legacy_alter_table = ON"));
    add(Step::new(format!(
        "ALTER TABLE {new_sql} RENAME TO {old_sql}"
    )));
    add(Step::new("PRAGMA legacy_alter_table = OFF"));
    indexes(draft)?.into_iter().for_each(&mut add);
    for trigger in triggers(target, schema) {
        create_definition(trigger)?.into_iter().for_each(&mut add);
    }
    put_back.into_iter().for_each(&mut add);
    Ok(steps)
}

/// What a connection has for itself: triggers on the table would go with it, and a table or view of
/// its name would be taken for it.
fn has_no_temporary_objects(table: &Table) -> Step {
    let name = text(&table.name.name);
    checks::none(
        "temp.sqlite_schema",
        &format!(
            "name COLLATE NOCASE = {name} OR (type = 'trigger' AND tbl_name COLLATE NOCASE = {name})"
        ),
        "type || ' ' || name",
        format!(
            "the connection has temporary triggers on `{0}`, or a temporary table or view of that \
             name, which stand in the way of rebuilding it: drop them first, and make them again \
             afterwards",
            table.name
        ),
    )
}

fn copy(draft: &Draft, old: &str, new: &str) -> String {
    let mut into = Vec::new();
    let mut from = Vec::new();
    if let Some(number) = kept_number(draft) {
        into.push(number.to_string());
        from.push(number.to_string());
    }
    for column in &draft.target.columns {
        // A column that is new takes its default, a computed one its value.
        if let Some(source) = draft.sources.get(&column.name)
            && column.generated.is_none()
        {
            into.push(quote(&column.name));
            from.push(source.clone());
        }
    }
    // Every column is new: a row is still a row.
    let mut columns = draft.target.columns.iter();
    if into.is_empty()
        && let Some(column) = columns.find(|it| it.generated.is_none())
    {
        into.push(quote(&column.name));
        from.push(default_value(column));
    }
    format!(
        "INSERT INTO {new} ({}) SELECT {} FROM {old}",
        into.join(", "),
        from.join(", ")
    )
}

/// The name of the rows' number, where it is to be kept and is no column.
fn kept_number(draft: &Draft) -> Option<&'static str> {
    let tables = [&draft.before, &draft.target];
    row_number(&tables).filter(|_| !has_number_column(&draft.target))
}

/// A name of the rows' number in tables that have one.
pub(super) fn row_number(tables: &[&Table]) -> Option<&'static str> {
    let mut numbered = tables.iter();
    if numbered.any(|it| it.options.contains_key(options::WITHOUT_ROWID)) {
        return None;
    }
    ROW_NUMBERS.into_iter().find(|name| {
        let mut columns = tables.iter().flat_map(|table| &table.columns);
        !columns.any(|column| same(&column.name, name))
    })
}

/// Carries the counter of AUTOINCREMENT over, which is beyond the largest number where rows were
/// deleted.
fn counter(draft: &Draft, old: &str, new: &str) -> Vec<Step> {
    let counts = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    if !counts(&draft.before) || !counts(&draft.target) {
        return Vec::new();
    }
    let (old, new) = (text(old), text(new));
    vec![
        // The copy made one of its own.
        Step::new(format!("DELETE FROM sqlite_sequence WHERE name = {new}")),
        Step::new(format!(
            "INSERT INTO sqlite_sequence (name, seq) \
             SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        )),
    ]
}

/// Keeps what ANALYZE found of the table and of its indexes that stay, which SQLite forgets by the
/// name of the table that is dropped: what comes before that, and after the rename.
fn statistics(kept: &[String], old: &str, new: &str) -> (Vec<Step>, Vec<Step>) {
    let (old, new) = (text(old), text(new));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for kept in kept {
        before.push(Step::new(format!(
            "UPDATE {kept} SET tbl = {new} WHERE tbl = {old}"
        )));
        after.push(Step::new(format!(
            "UPDATE {kept} SET tbl = {old} WHERE tbl = {new} \
             AND (idx IS NULL OR idx IN (SELECT name FROM main.sqlite_schema))"
        )));
        after.push(Step::new(format!("DELETE FROM {kept} WHERE tbl = {new}")));
    }
    (before, after)
}

/// The indexes, by their stored SQL where that is not what limbec would write.
fn indexes(draft: &Draft) -> Result<Vec<Step>, CompileError> {
    let target = &draft.target;
    let sql = |index: &Index| match &index.stored {
        Some(stored) if draft.before.indexes.contains(index) => Ok(stored.clone()),
        _ => create_index(&target.name, index),
    };
    let indexes = target.indexes.iter();
    indexes.map(|index| sql(index).map(Step::new)).collect()
}

/// Whether the rows' number is a column: the one that alone is the primary key, declared INTEGER.
fn has_number_column(table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| {
        let [name] = &key.columns[..] else {
            return false;
        };
        let column = table.columns.iter().find(|it| same(&it.name, name));
        column.is_some_and(|it| it.identity.is_some() || it.column_type == ColumnType::Integer)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::Sqlite;
    use crate::dialect::Compiler as _;
    use crate::operations::Operation;
    use crate::schema::{Column, Definition, Schema, Table, Text};

    /// A schema that operations made in memory, as `--sql` has it, knows triggers by no catalogue.
    #[test]
    fn triggers_come_back_by_their_definitions() {
        let sql = "CREATE TRIGGER touch AFTER INSERT ON Jobs BEGIN SELECT 1; END";
        let elsewhere = "CREATE TRIGGER other AFTER INSERT ON notes BEGIN SELECT 1; END";
        let schema = Schema {
            tables: vec![Table::new("jobs").column(Column::new("a", Text))],
            definitions: vec![
                Definition::trigger("touch", "Jobs").sql(sql),
                Definition::trigger("other", "notes").sql(elsewhere),
                Definition::trigger("there", "jobs")
                    .sql("…")
                    .on("postgresql"),
            ],
            ..Schema::default()
        };
        let operation = Operation::CreateTableComment {
            table: "jobs".into(),
            comment: "work".into(),
            from: None,
        };
        let steps = Sqlite.compile(&operation, &schema).unwrap();
        let triggers = steps.iter().filter(|it| it.sql.contains("CREATE TRIGGER"));
        assert_eq!(triggers.map(|it| &it.sql).collect::<Vec<_>>(), [sql]);
    }
}
