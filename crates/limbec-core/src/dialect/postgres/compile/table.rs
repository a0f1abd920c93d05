//! Tables and their comments.

use super::{Steps, column, constraint, inheritance, options};
use crate::dialect::postgres::names::{literal_or_null, object};
use crate::operations::Constraint;
use crate::schema::{ObjectName, Table};
use crate::steps::Step;

/// The table with its columns and constraints in one statement; comments follow.
pub(super) fn create(table: &Table) -> Steps {
    let mut steps = Vec::new();
    let mut after = Vec::new();
    let mut lines = Vec::new();
    for it in &table.columns {
        let parts = column::parts(&table.name, it)?;
        steps.extend(parts.before);
        after.extend(parts.after);
        lines.push(parts.definition);
    }
    for it in Constraint::all_of(table) {
        // What a new table begins with counts as looked at.
        if it.is_not_valid() || repeats_a_key(&it, table) {
            after.extend(constraint::add(&table.name, &it));
        } else {
            lines.push(constraint::definition(&it));
            after.extend(constraint::commented(&table.name, &it));
        }
    }
    let create = if options::holds(&table.options, options::UNLOGGED) {
        "CREATE UNLOGGED TABLE"
    } else {
        "CREATE TABLE"
    };
    let mut sql = inheritance::create(table, create, &lines)?;
    sql.push_str(&options::access_method(&table.options));
    sql.push_str(&options::with(&table.options));
    sql.push_str(&options::tablespace(&table.options));
    steps.push(Step::new(sql));
    if table.comment.is_some() {
        steps.push(comment(&table.name, table.comment.as_deref()));
    }
    steps.extend(after);
    steps.extend(options::after_table(table));
    Ok(steps)
}

/// Whether a unique constraint is over the columns of the primary key or of a unique before it:
/// in one statement PostgreSQL would make one of both.
fn repeats_a_key(constraint: &Constraint, table: &Table) -> bool {
    let Constraint::Unique(unique) = constraint else {
        return false;
    };
    let mut before = table.uniques.iter().take_while(|it| *it != unique);
    let key = table.primary_key.as_ref();
    key.is_some_and(|it| it.columns == unique.columns)
        || before.any(|it| it.columns == unique.columns)
}

/// Sets or removes the comment.
pub(super) fn comment(table: &ObjectName, text: Option<&str>) -> Step {
    Step::new(format!(
        "COMMENT ON TABLE {} IS {}",
        object(table),
        literal_or_null(text)
    ))
}
