//! Constraints.

use std::fmt::Write as _;

use super::{comment, index};
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::{closed, same_text};
use crate::dialect::postgres::names::{self, list, object, quote};
use crate::operations::{CommentOn, Constraint, ConstraintRef};
use crate::schema::{
    Deferrable, ExcludeConstraint, ForeignKey, ObjectName, ReferentialAction, Schema,
};
use crate::steps::Step;

/// The constraint as it stands in a table's definition or after `ADD`.
pub(super) fn definition(constraint: &Constraint) -> String {
    let mut sql = match constraint.name() {
        Some(name) => format!("CONSTRAINT {} ", quote(name)),
        None => String::new(),
    };
    match constraint {
        Constraint::PrimaryKey(key) => {
            let columns = ranged(&key.columns, key.without_overlaps, "", " WITHOUT OVERLAPS");
            let _ = write!(sql, "PRIMARY KEY ({columns}){}", including(&key.include));
            sql.push_str(put_off(key.deferrable));
        }
        Constraint::Unique(unique) => {
            sql.push_str("UNIQUE ");
            if unique.nulls_not_distinct {
                sql.push_str("NULLS NOT DISTINCT ");
            }
            let ranged = ranged(
                &unique.columns,
                unique.without_overlaps,
                "",
                " WITHOUT OVERLAPS",
            );
            let _ = write!(sql, "({ranged}){}", including(&unique.include));
            sql.push_str(put_off(unique.deferrable));
        }
        Constraint::Check(check) => {
            let _ = write!(sql, "CHECK ({})", closed(&check.expression));
            if check.no_inherit {
                sql.push_str(" NO INHERIT");
            }
            sql.push_str(checked(check.not_valid, check.not_enforced));
        }
        Constraint::ForeignKey(key) => sql.push_str(&foreign_key(key)),
        Constraint::Exclude(exclude) => sql.push_str(&exclusion(exclude)),
    }
    sql
}

/// The columns of a key, the last of them marked where it is a range.
fn ranged(columns: &[String], range: bool, before: &str, after: &str) -> String {
    match columns.split_last() {
        Some((last, [])) if range => format!("{before}{}{after}", quote(last)),
        Some((last, others)) if range => {
            format!("{}, {before}{}{after}", list(others), quote(last))
        }
        _ => list(columns),
    }
}

/// What an index keeps besides its key.
pub(super) fn including(columns: &[String]) -> String {
    match columns {
        [] => String::new(),
        columns => format!(" INCLUDE ({})", list(columns)),
    }
}

/// Whether rows are checked at all, and those that are there.
fn checked(not_valid: bool, not_enforced: bool) -> &'static str {
    match (not_enforced, not_valid) {
        (true, _) => " NOT ENFORCED",
        (false, true) => " NOT VALID",
        (false, false) => "",
    }
}

fn exclusion(exclude: &ExcludeConstraint) -> String {
    let mut sql = String::from("EXCLUDE");
    if let Some(method) = &exclude.method {
        let _ = write!(sql, " USING {}", quote(&method.to_lowercase()));
    }
    let elements: Vec<String> = (exclude.elements.iter())
        .map(|it| format!("{} WITH {}", index::element(&it.element), it.operator))
        .collect();
    let _ = write!(sql, " ({})", elements.join(", "));
    sql.push_str(&including(&exclude.include));
    if let Some(predicate) = &exclude.predicate {
        let _ = write!(sql, " WHERE ({})", closed(predicate));
    }
    sql.push_str(put_off(exclude.deferrable));
    sql
}

/// Adds a constraint to a table, and its comment where it has one.
pub(super) fn add(table: &ObjectName, constraint: &Constraint) -> Vec<Step> {
    let mut steps = vec![Step::new(format!(
        "ALTER TABLE {} ADD {}",
        object(table),
        definition(constraint)
    ))];
    steps.extend(commented(table, constraint));
    steps
}

/// The comment of a constraint, where it has one.
pub(super) fn commented(table: &ObjectName, constraint: &Constraint) -> Option<Step> {
    let text = constraint.comment()?;
    let on = CommentOn::constraint(table.clone(), constraint.name()?);
    Some(comment::set(&on, Some(text)))
}

fn foreign_key(key: &ForeignKey) -> String {
    let columns = |columns: &[String]| ranged(columns, key.period, "PERIOD ", "");
    let mut sql = format!(
        "FOREIGN KEY ({}) REFERENCES {}",
        columns(&key.columns),
        object(&key.referred_table)
    );
    if !key.referred_columns.is_empty() {
        let _ = write!(sql, " ({})", columns(&key.referred_columns));
    }
    if key.match_full {
        sql.push_str(" MATCH FULL");
    }
    for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
        if action != ReferentialAction::NoAction {
            let _ = write!(sql, " ON {event} {}", action.sql());
        }
    }
    if !key.on_delete_columns.is_empty() {
        let _ = write!(sql, " ({})", list(&key.on_delete_columns));
    }
    sql.push_str(put_off(key.deferrable));
    sql.push_str(checked(key.not_valid, key.not_enforced));
    sql
}

fn put_off(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        None => "",
        Some(Deferrable::InitiallyImmediate) => " DEFERRABLE",
        Some(Deferrable::InitiallyDeferred) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// Drops a constraint by its name; one that is given by its definition has a name all the same.
pub(super) fn drop(
    table: &ObjectName,
    which: &ConstraintRef,
    current: &Schema,
) -> Result<String, CompileError> {
    let name = match which {
        ConstraintRef::Named(name) => name.clone(),
        ConstraintRef::Unnamed(wanted) => names::table(table, current)
            .into_iter()
            .flat_map(Constraint::all_of)
            .find(|known| same_but_for_name(known, wanted))
            .and_then(|known| known.name().map(String::from))
            .ok_or_else(|| {
                CompileError::new(format!(
                    "the table `{table}` has no constraint `{}`",
                    definition(wanted)
                ))
                .hint("drop it by its name")
            })?,
    };
    Ok(format!(
        "ALTER TABLE {} DROP CONSTRAINT {}",
        object(table),
        quote(&name)
    ))
}

fn same_but_for_name(known: &Constraint, wanted: &Constraint) -> bool {
    if let (Constraint::Check(known), Constraint::Check(wanted)) = (known, wanted) {
        return same_text(&known.expression, &wanted.expression);
    }
    let mut known = known.clone();
    known.set_name(wanted.name());
    known == *wanted
}
