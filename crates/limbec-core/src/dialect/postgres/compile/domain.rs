//! Domains.

use std::fmt::Write as _;

use super::{Steps, cast, comment, constraint, enumeration};
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::{closed, same_text};
use crate::dialect::postgres::names::{collation, in_namespace_of, object, quote};
use crate::dialect::postgres::types::{same, sql};
use crate::operations::{CommentOn, Constraint};
use crate::schema::{CheckConstraint, Column, ColumnType, Domain, ObjectName, Schema, Table};
use crate::steps::Step;

/// Creates a domain, and its comment where it has one.
pub(super) fn create(domain: &Domain) -> Vec<Step> {
    let mut statement = format!(
        "CREATE DOMAIN {} AS {}",
        object(&domain.name),
        sql(&domain.base)
    );
    if let Some(name) = &domain.collation {
        let _ = write!(statement, " COLLATE {}", collation(name));
    }
    if let Some(default) = &domain.default {
        let _ = write!(statement, " DEFAULT ({})", closed(default));
    }
    if domain.not_null {
        statement.push_str(" NOT NULL");
    }
    for check in &domain.checks {
        let _ = write!(statement, " {}", rule(check));
    }
    let mut steps = vec![Step::new(statement)];
    if let Some(text) = &domain.comment {
        let on = CommentOn::Domain(domain.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

fn rule(check: &CheckConstraint) -> String {
    constraint::definition(&Constraint::Check(check.clone()))
}

/// Makes one domain another.
pub(super) fn alter(to: &Domain, from: Option<&Domain>, current: &Schema) -> Steps {
    let known = current.domains.iter().find(|it| it.name == to.name);
    let from = from.or(known).ok_or_else(|| {
        CompileError::new(format!("what the domain `{}` is, is not known", to.name))
            .hint("the database has no such domain: create it with `create_domain`")
    })?;
    if !same(&from.base, &to.base) || from.collation != to.collation {
        return replace(from, to, current);
    }
    let name = object(&to.name);
    let alter = |clause: String| Step::new(format!("ALTER DOMAIN {name} {clause}"));
    let mut steps = Vec::new();
    let kept = |check: &CheckConstraint, others: &[CheckConstraint]| {
        let mut others = others.iter();
        others.any(|it| it.name == check.name && same_text(&it.expression, &check.expression))
    };
    for check in from.checks.iter().filter(|it| !kept(it, &to.checks)) {
        if let Some(name) = &check.name {
            steps.push(alter(format!("DROP CONSTRAINT {}", quote(name))));
        }
    }
    if from.default != to.default {
        steps.push(alter(match &to.default {
            Some(default) => format!("SET DEFAULT {}", closed(default)),
            None => "DROP DEFAULT".to_string(),
        }));
    }
    if from.not_null != to.not_null {
        let verb = if to.not_null { "SET" } else { "DROP" };
        steps.push(alter(format!("{verb} NOT NULL")));
    }
    for check in to.checks.iter().filter(|it| !kept(it, &from.checks)) {
        steps.push(alter(format!("ADD {}", rule(check))));
    }
    if from.comment != to.comment {
        let on = CommentOn::Domain(to.name.clone());
        steps.push(comment::set(&on, to.comment.as_deref()));
    }
    Ok(steps)
}

/// PostgreSQL changes no domain's base: a new domain takes the name, the columns are converted, the
/// old one goes.
fn replace(from: &Domain, to: &Domain, current: &Schema) -> Steps {
    let made_of_it = |it: &&Domain| is_of(&it.base, &to.name);
    if let Some(other) = current.domains.iter().find(made_of_it) {
        return Err(CompileError::new(format!(
            "the type below the domain `{}` cannot change: the domain `{}` is made of it",
            to.name, other.name
        ))
        .hint("make a domain of a new name, and let the columns be of that"));
    }
    let old = enumeration::old_name(&to.name.name);
    let mut steps = vec![Step::new(format!(
        "ALTER DOMAIN {} RENAME TO {}",
        object(&to.name),
        quote(&old)
    ))];
    steps.extend(create(to));
    for table in &current.tables {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .filter(|it| is_of(&it.column_type, &to.name))
            .collect();
        if !columns.is_empty() {
            steps.push(conversion(table, &columns, from, to));
        }
    }
    steps.push(Step::new(format!(
        "DROP DOMAIN {}",
        in_namespace_of(&to.name, &old)
    )));
    Ok(steps)
}

fn is_of(column_type: &ColumnType, name: &ObjectName) -> bool {
    matches!(column_type.element(), ColumnType::Named(it) if it == name)
}

/// One statement for all columns of a table, so that it is rewritten once.
fn conversion(table: &Table, columns: &[&Column], from: &Domain, to: &Domain) -> Step {
    let mut clauses = Vec::new();
    for column in columns {
        let name = quote(&column.name);
        if column.default.is_some() {
            clauses.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        let target = sql(&column.column_type);
        let brackets = match column.column_type {
            ColumnType::Array(_) => "[]",
            _ => "",
        };
        // A cast that is asked for would cut what the conversion by itself refuses.
        let using = if cast::is_implicit(&from.base, &to.base) {
            String::new()
        } else {
            let (before, after) = (sql(&from.base), sql(&to.base));
            format!(" USING {name}::{before}{brackets}::{after}{brackets}::{target}")
        };
        clauses.push(format!("ALTER COLUMN {name} TYPE {target}{using}"));
        if let Some(default) = &column.default {
            let plain = default.split("::").next().unwrap_or(default);
            clauses.push(format!("ALTER COLUMN {name} SET DEFAULT {plain}"));
        }
    }
    Step::new(format!(
        "ALTER TABLE {} {}",
        object(&table.name),
        clauses.join(", ")
    ))
}
