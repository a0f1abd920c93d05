//! How the server would print a definition: made as a temporary object, or on a temporary copy of
//! its table.

use std::ops::Range;

use super::super::lexicon::{LEXICON, tokens};
use crate::dialect::postgres::definition::{Created, altered_routine, created};
use crate::dialect::postgres::names::{literal, object, quote};
use crate::dialect::postgres::reflect::of_temporary;
use crate::schema::{DefinitionKind, ObjectName};
use crate::sql::{Token, TokenKind, split};

/// Temporary objects come last: a name without a namespace is that of the object itself, not of its
/// copy, and so both are printed the same way whether or not the text gives the namespace.
const TEMPORARY_LAST: &str = "SELECT set_config('search_path', \
     concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp'), true)";

/// What holds the storage parameters of a materialized view.
const STORAGE: &str = "pg_temp.limbec_storage";

/// The statements by which the server spells a `CREATE` statement; the last one answers it as the
/// one value of one row. None where it can't be made apart from what it stands on.
pub(super) fn statements(text: &str) -> Vec<String> {
    let all = split(text, &LEXICON);
    let [create, settings @ ..] = all.as_slice() else {
        return Vec::new();
    };
    let Ok(Some(made)) = created(create) else {
        return Vec::new();
    };
    let kind = made.definition.kind;
    if kind == DefinitionKind::MaterializedView {
        return materialized_view(create, &made);
    }
    let mut statements = vec![TEMPORARY_LAST.to_string()];
    if kind.is_routine() {
        statements.push("SET LOCAL check_function_bodies = off".to_string());
    }
    let mut create = create.to_string();
    if let Some((table, at)) = &made.table {
        statements.push(copy(table, kind, &create));
        create = temporary(&create, at, table);
    }
    if made.definition.table.is_none() {
        create = temporary(&create, &made.name, &made.definition.name);
    }
    statements.push(create);
    for setting in settings {
        let Some((name, at)) = altered_routine(setting) else {
            return Vec::new();
        };
        statements.push(temporary(setting, &at, &name));
    }
    let name = &made.definition.name;
    let place = made.table.as_ref().map_or(name, |(table, _)| table);
    statements.push(printed(of_temporary(kind), place));
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

/// A copy of a definition's table under its own name. Only a view has triggers `INSTEAD OF`.
fn copy(table: &ObjectName, kind: DefinitionKind, create: &str) -> String {
    let all: Vec<Token<'_>> = significant(create);
    let is_instead_of = |pair: &[Token<'_>]| pair[0].is_word("INSTEAD") && pair[1].is_word("OF");
    let (name, original) = (quote(&table.name), object(table));
    if kind == DefinitionKind::Trigger && all.windows(2).any(is_instead_of) {
        return format!("CREATE TEMP VIEW {name} AS SELECT * FROM {original}");
    }
    format!("CREATE TEMP TABLE {name} (LIKE {original})")
}

/// A materialized view can't be temporary: its query is a view's, its storage a table's.
fn materialized_view(create: &str, made: &Created) -> Vec<String> {
    let behind: Vec<Token<'_>> = (significant(create).into_iter())
        .filter(|token| token.start >= made.name.end)
        .collect();
    let columns = match behind.first() {
        Some(first) if first.is_symbol("(") => closing(&behind).map_or(0, |at| at + 1),
        _ => 0,
    };
    let Some(query) = behind[columns..].iter().find(|it| it.is_word("AS")) else {
        return Vec::new();
    };
    let storage = behind[columns].start..query.start;
    let end = match behind.as_slice() {
        [.., with, no, data]
            if with.is_word("WITH") && no.is_word("NO") && data.is_word("DATA") =>
        {
            with.start
        }
        [.., with, data] if with.is_word("WITH") && data.is_word("DATA") => with.start,
        _ => create.len(),
    };
    let (name, of_query) = (&made.definition.name, &create[query.start..end]);
    let named = &create[made.name.end..behind[columns].start];
    let view = format!("pg_temp.{}", quote(&name.name));
    vec![
        TEMPORARY_LAST.to_string(),
        format!("CREATE TABLE {STORAGE} () {}", &create[storage]),
        format!("CREATE VIEW {view}{named} {of_query}"),
        format!(
            "SELECT {} || coalesce(' WITH (' || array_to_string(s.reloptions, ', ') || ')', '') || \
             E' AS\\n' || rtrim(pg_get_viewdef(v.oid), ';') FROM pg_catalog.pg_class v, \
             pg_catalog.pg_class s WHERE v.oid = {}::regclass AND s.oid = '{STORAGE}'::regclass",
            literal(&format!("CREATE MATERIALIZED VIEW {}", object(name))),
            literal(&view)
        ),
    ]
}

/// Where the parenthesis closes that the tokens begin with.
fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0
    })
}

fn significant(text: &str) -> Vec<Token<'_>> {
    tokens(text)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect()
}
