//! What constraints may say that SQLite has no words for.

use crate::dialect::CompileError;
use crate::operations::Constraint;
use crate::schema::ObjectName;

/// Refuses such a constraint of a table.
pub(super) fn refuse(table: &ObjectName, constraint: &Constraint) -> Result<(), CompileError> {
    let Some(words) = words(constraint) else {
        return Ok(());
    };
    let name = constraint.name().map(|it| format!(" `{it}`"));
    Err(CompileError::new(format!(
        "the constraint{} of the table `{table}`: SQLite has no {words}",
        name.unwrap_or_default(),
    )))
}

fn words(constraint: &Constraint) -> Option<&'static str> {
    let said: &[(bool, &'static str)] = match constraint {
        Constraint::PrimaryKey(it) => &[
            (!it.include.is_empty(), "INCLUDE"),
            (it.deferrable.is_some(), "DEFERRABLE for primary keys"),
            (it.without_overlaps, "WITHOUT OVERLAPS"),
        ],
        Constraint::Unique(it) => &[
            (!it.include.is_empty(), "INCLUDE"),
            (it.without_overlaps, "WITHOUT OVERLAPS"),
        ],
        Constraint::Check(it) => &[
            (it.no_inherit, "NO INHERIT"),
            (it.not_valid, "NOT VALID"),
            (it.not_enforced, "NOT ENFORCED"),
        ],
        Constraint::ForeignKey(it) => &[
            (
                !it.on_delete_columns.is_empty(),
                "columns after ON DELETE SET NULL",
            ),
            (it.period, "PERIOD"),
            (it.not_valid, "NOT VALID"),
            (it.not_enforced, "NOT ENFORCED"),
        ],
        Constraint::Exclude(_) => &[(true, "exclusion constraints")],
    };
    said.iter()
        .find(|(holds, _)| *holds)
        .map(|(_, words)| *words)
}
