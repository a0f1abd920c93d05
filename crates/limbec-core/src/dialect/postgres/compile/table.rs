//! Tables and their comments.

use super::{Steps, column, constraint};
use crate::dialect::postgres::names::{literal_or_null, object};
use crate::operations::Constraint;
use crate::schema::{ObjectName, Table};
use crate::steps::Step;

/// The option by which a table has no write-ahead log.
const UNLOGGED: &str = "postgresql.unlogged";

/// The table with its columns and constraints in one statement; comments follow.
pub(super) fn create(table: &Table) -> Steps {
    let name = object(&table.name);
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
        if repeats_a_key(&it, table) {
            after.extend(constraint::add(&table.name, &it));
        } else {
            lines.push(constraint::definition(&it));
            after.extend(constraint::commented(&table.name, &it));
        }
    }
    let unlogged = table.options.get(UNLOGGED).is_some_and(|it| it == "true");
    let create = if unlogged {
        "CREATE UNLOGGED TABLE"
    } else {
        "CREATE TABLE"
    };
    steps.push(Step::new(if lines.is_empty() {
        format!("{create} {name} ()")
    } else {
        format!("{create} {name} (\n    {}\n)", lines.join(",\n    "))
    }));
    if table.comment.is_some() {
        steps.push(comment(&table.name, table.comment.as_deref()));
    }
    steps.extend(after);
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
