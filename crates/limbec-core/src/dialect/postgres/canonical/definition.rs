//! How the server would print a definition: made as a temporary object, or on a temporary copy of
//! its table.

use std::ops::Range;

use super::super::lexicon::tokens;
use crate::dialect::postgres::definition::{Created, created};
use crate::dialect::postgres::names::{literal, object, quote};
use crate::dialect::postgres::reflect::of_temporary;
use crate::schema::{DefinitionKind, ObjectName};
use crate::sql::{Token, TokenKind};

/// The statements by which the server spells a `CREATE` statement; the last one answers it as the
/// one value of one row. None where it can't be made apart from what it stands on.
pub(super) fn statements(create: &str) -> Vec<String> {
    let Ok(Some(made)) = created(create) else {
        return Vec::new();
    };
    let kind = made.definition.kind;
    let Some(query) = of_temporary(kind) else {
        return Vec::new();
    };
    let mut statements = match kind {
        DefinitionKind::Trigger | DefinitionKind::Policy => on_copy(create, &made),
        DefinitionKind::MaterializedView => as_view(create, &made),
        _ => vec![temporary(create, &made.name, &made.definition.name)],
    };
    if statements.is_empty() {
        return statements;
    }
    let place = made
        .definition
        .table
        .as_ref()
        .unwrap_or(&made.definition.name);
    if kind.is_routine() {
        statements.insert(0, "SET LOCAL check_function_bodies = off".to_string());
    }
    statements.push(printed(query, place));
    statements
}

/// What the server prints, with the namespace that the definition has.
fn printed(query: &str, place: &ObjectName) -> String {
    let namespace = match &place.schema {
        None => "''".to_string(),
        Some(name) => format!(
            "CASE WHEN current_schema() = {} THEN '' ELSE {} END",
            literal(name),
            literal(&format!("{}.", quote(name)))
        ),
    };
    let kind_columns = "(kind, oid, namespace, name, arguments, table_namespace, table_name, sql)";
    format!(
        "SELECT replace(replace(d.sql, pg_my_temp_schema()::regnamespace || '.', {namespace}), \
         'pg_temp.', {namespace}) FROM ({query}) d {kind_columns}"
    )
}

/// The statement with a name in the temporary namespace.
fn temporary(create: &str, at: &Range<usize>, name: &ObjectName) -> String {
    let (before, after) = (&create[..at.start], &create[at.end..]);
    format!("{before}pg_temp.{}{after}", quote(&name.name))
}

/// A copy of the definition's table under its own name, and the statement on the copy.
fn on_copy(create: &str, made: &Created) -> Vec<String> {
    let (Some(table), Some(at)) = (&made.definition.table, &made.table) else {
        return Vec::new();
    };
    // A table has no such trigger, only a view.
    if tokens(create).any(|token| token.is_word("INSTEAD")) {
        return Vec::new();
    }
    vec![
        format!(
            "CREATE TEMP TABLE {} (LIKE {})",
            quote(&table.name),
            object(table)
        ),
        temporary(create, at, table),
    ]
}

/// A materialized view can't be temporary: its query as a view's, where it says no more.
fn as_view(create: &str, made: &Created) -> Vec<String> {
    let all: Vec<Token<'_>> = tokens(create)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let behind: Vec<&Token<'_>> = all.iter().filter(|it| it.start >= made.name.end).collect();
    let says_no_more = |token: &&Token<'_>| token.is_word("AS") || token.is_symbol("(");
    if !behind.first().is_some_and(says_no_more) {
        return Vec::new();
    }
    let end = match behind.as_slice() {
        [.., with, no, data]
            if with.is_word("WITH") && no.is_word("NO") && data.is_word("DATA") =>
        {
            with.start
        }
        [.., with, data] if with.is_word("WITH") && data.is_word("DATA") => with.start,
        _ => create.len(),
    };
    let name = quote(&made.definition.name.name);
    vec![format!(
        "CREATE VIEW pg_temp.{name}{}",
        &create[made.name.end..end]
    )]
}
