//! Constraints.

use std::fmt::Write as _;

use super::comment;
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::{closed, same_text};
use crate::dialect::postgres::names::{self, list, object, quote};
use crate::operations::{CommentOn, Constraint, ConstraintRef};
use crate::schema::{Deferrable, ForeignKey, ObjectName, ReferentialAction, Schema};
use crate::steps::Step;

/// The constraint as it stands in a table's definition or after `ADD`.
pub(super) fn definition(constraint: &Constraint) -> String {
    let mut sql = match constraint.name() {
        Some(name) => format!("CONSTRAINT {} ", quote(name)),
        None => String::new(),
    };
    match constraint {
        Constraint::PrimaryKey(key) => {
            let _ = write!(sql, "PRIMARY KEY ({})", list(&key.columns));
        }
        Constraint::Unique(unique) => {
            sql.push_str("UNIQUE ");
            if unique.nulls_not_distinct {
                sql.push_str("NULLS NOT DISTINCT ");
            }
            let _ = write!(sql, "({})", list(&unique.columns));
            sql.push_str(put_off(unique.deferrable));
        }
        Constraint::Check(check) => {
            let _ = write!(sql, "CHECK ({})", closed(&check.expression));
        }
        Constraint::ForeignKey(key) => sql.push_str(&foreign_key(key)),
    }
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
    let mut sql = format!(
        "FOREIGN KEY ({}) REFERENCES {}",
        list(&key.columns),
        object(&key.referred_table)
    );
    if !key.referred_columns.is_empty() {
        let _ = write!(sql, " ({})", list(&key.referred_columns));
    }
    if key.match_full {
        sql.push_str(" MATCH FULL");
    }
    for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
        if action != ReferentialAction::NoAction {
            let _ = write!(sql, " ON {event} {}", action.sql());
        }
    }
    sql.push_str(put_off(key.deferrable));
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
    let mut known = known.clone();
    match (&mut known, wanted) {
        (Constraint::PrimaryKey(known), Constraint::PrimaryKey(wanted)) => {
            known.name.clone_from(&wanted.name);
        }
        (Constraint::Unique(known), Constraint::Unique(wanted)) => {
            known.name.clone_from(&wanted.name);
        }
        (Constraint::Check(known), Constraint::Check(wanted)) => {
            return same_text(&known.expression, &wanted.expression);
        }
        (Constraint::ForeignKey(known), Constraint::ForeignKey(wanted)) => {
            known.name.clone_from(&wanted.name);
        }
        _ => return false,
    }
    known == *wanted
}
