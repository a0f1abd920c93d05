//! Views, routines, triggers and their like: their own SQL.

use super::super::lexicon::{LEXICON, tokens};
use super::Steps;
use crate::dialect::CompileError;
use crate::dialect::postgres::definition::head;
use crate::dialect::postgres::names::{object, quote};
use crate::schema::{Definition, DefinitionKind};
use crate::sql::{TokenKind, split};
use crate::steps::Step;

/// Whether a definition is for PostgreSQL.
pub(super) fn is_ours(definition: &Definition) -> bool {
    definition
        .dialect
        .as_deref()
        .is_none_or(|it| matches!(it, "postgresql" | "postgres"))
}

pub(super) fn create(definition: &Definition) -> Steps {
    if !is_ours(definition) {
        return Ok(Vec::new());
    }
    let statements = split(&definition.sql, &LEXICON);
    if statements.is_empty() {
        return Err(CompileError::new(format!("the {definition} has no SQL"))
            .hint("give the statement that creates it: `.sql(\"CREATE …\")`"));
    }
    let mut steps = Vec::new();
    if definition.kind.is_routine() {
        // Its body may name what only comes later.
        steps.push(Step::new("SET LOCAL check_function_bodies = off"));
    }
    steps.extend(statements.into_iter().map(Step::new));
    Ok(steps)
}

pub(super) fn drop(definition: &Definition) -> Vec<Step> {
    if !is_ours(definition) {
        return Vec::new();
    }
    vec![Step::new(format!("DROP {}", target(definition)))]
}

/// Its kind and name as `DROP`, `COMMENT ON` and `GRANT ON` take them.
pub(super) fn target(definition: &Definition) -> String {
    let kind = definition.kind.words().to_uppercase();
    let name = match (&definition.table, &definition.arguments) {
        (Some(table), _) => format!("{} ON {}", quote(&definition.name.name), object(table)),
        (None, Some(arguments)) => {
            let none = definition.kind == DefinitionKind::Aggregate && arguments.is_empty();
            let arguments = if none { "*" } else { arguments };
            format!("{}({arguments})", object(&definition.name))
        }
        (None, None) => object(&definition.name),
    };
    format!("{kind} {name}")
}

/// Puts a routine in the place of the one that it is called like.
pub(super) fn create_or_replace(definition: &Definition) -> Steps {
    let mut replaced = definition.clone();
    replaced.sql = or_replace(&definition.sql);
    create(&replaced)
}

/// Whether the new routine may take the old one's place: it is called alike and gives the same. The
/// server takes no default away from an argument.
pub(super) fn may_take_the_place(old: &Definition, new: &Definition) -> bool {
    let (Some(old), Some(mut new)) = (head(&old.sql), head(&new.sql)) else {
        return false;
    };
    for (before, after) in old.arguments.iter().zip(&mut new.arguments) {
        after.has_default = before.has_default && after.has_default;
    }
    old == new
}

fn or_replace(sql: &str) -> String {
    let mut words = tokens(sql).filter(|token| token.kind != TokenKind::Comment);
    match (words.next(), words.next()) {
        (Some(create), Some(second)) if !second.is_word("OR") => format!(
            "{} OR REPLACE{}",
            &sql[..create.end()],
            &sql[create.end()..]
        ),
        _ => sql.to_string(),
    }
}
