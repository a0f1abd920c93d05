//! Domains.

use std::fmt::Write as _;

use super::{Steps, comment, constraint, replace_type};
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::{closed, same_text};
use crate::dialect::postgres::names::{collation, object, quote};
use crate::dialect::postgres::types::{same, sql};
use crate::operations::{CommentOn, Constraint};
use crate::schema::{CheckConstraint, Domain, Schema};
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

/// Whether one domain becomes another only as a new type: PostgreSQL changes no domain's base.
pub(super) fn is_replaced(from: &Domain, to: &Domain) -> bool {
    !same(&from.base, &to.base) || from.collation != to.collation
}

/// Makes one domain another.
pub(super) fn alter(to: &Domain, from: Option<&Domain>, current: &Schema) -> Steps {
    let known = current.domains.iter().find(|it| it.name == to.name);
    let from = known.or(from).ok_or_else(|| {
        CompileError::new(format!("what the domain `{}` is, is not known", to.name))
            .hint("the database has no such domain: create it with `create_domain`")
    })?;
    if is_replaced(from, to) {
        return replace_type::domain(from, to, current);
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
