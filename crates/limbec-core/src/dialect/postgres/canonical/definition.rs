//! How the server would print a definition: made under another name, or on a copy of its table.

use crate::dialect::postgres::definition::{Created, created};
use crate::dialect::postgres::names::{literal, object, quote};
use crate::schema::DefinitionKind;
use crate::sql::tokens;

/// The name under which a definition is made for a moment.
const MADE: &str = "limbec_definition";

/// The statements by which the server spells a `CREATE` statement; the last one answers it as the
/// one value of one row. None where it can't be made apart from what it stands on.
pub(super) fn statements(create: &str) -> Vec<String> {
    let Ok(Some(made)) = created(create) else {
        return Vec::new();
    };
    match made.definition.kind {
        DefinitionKind::View => view(create, &made),
        DefinitionKind::Function | DefinitionKind::Procedure => routine(create, &made),
        DefinitionKind::Trigger => trigger(create, &made),
        DefinitionKind::Policy => policy(create, &made),
        _ => Vec::new(),
    }
}

fn view(create: &str, made: &Created) -> Vec<String> {
    let head = literal(&format!("CREATE VIEW {}", object(&made.definition.name)));
    vec![
        renamed(create, made),
        format!(
            "SELECT {head} || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') \
             || E' AS\\n' || rtrim(pg_get_viewdef(c.oid), ';') FROM pg_catalog.pg_class c \
             WHERE c.oid = 'pg_temp.{MADE}'::regclass"
        ),
    ]
}

fn routine(create: &str, made: &Created) -> Vec<String> {
    let kind = made.definition.kind.words().to_uppercase();
    let head = format!("CREATE {kind} {}(", object(&made.definition.name));
    vec![
        "SET LOCAL check_function_bodies = off".to_string(),
        renamed(create, made),
        format!(
            "SELECT regexp_replace(rtrim(pg_get_functiondef(p.oid), E'\\n'), \
             '^CREATE OR REPLACE (FUNCTION|PROCEDURE) [^(]*\\(', {}) FROM pg_catalog.pg_proc p \
             WHERE p.pronamespace = pg_my_temp_schema() AND p.proname = '{MADE}'",
            literal(&head.replace('\\', "\\\\"))
        ),
    ]
}

fn trigger(create: &str, made: &Created) -> Vec<String> {
    let (Some(table), Some((copy, moved))) = (&made.definition.table, on_copy(create, made)) else {
        return Vec::new();
    };
    // A table has no such trigger, only a view.
    if tokens(create).any(|token| token.is_word("INSTEAD")) {
        return Vec::new();
    }
    let temporary = format!("pg_temp.{}", quote(&table.name));
    vec![
        copy,
        moved,
        format!(
            "SELECT replace(pg_get_triggerdef(t.oid), format(' ON %I.%I ', n.nspname, c.relname), {}) \
             FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE t.tgrelid = {}::regclass",
            literal(&format!(" ON {} ", object(table))),
            literal(&temporary)
        ),
    ]
}

fn policy(create: &str, made: &Created) -> Vec<String> {
    let (Some(table), Some((copy, moved))) = (&made.definition.table, on_copy(create, made)) else {
        return Vec::new();
    };
    let name = quote(&made.definition.name.name);
    let head = literal(&format!("CREATE POLICY {name} ON {}", object(table)));
    let temporary = literal(&format!("pg_temp.{}", quote(&table.name)));
    vec![
        copy,
        moved,
        format!(
            "SELECT {head} || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END || \
             CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' \
             WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END || \
             coalesce((SELECT ' TO ' || string_agg(quote_ident(a.rolname), ', ' ORDER BY a.rolname) \
             FROM pg_catalog.pg_roles a WHERE a.oid = ANY (p.polroles)), '') || \
             coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || \
             coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') \
             FROM pg_catalog.pg_policy p WHERE p.polrelid = {temporary}::regclass"
        ),
    ]
}

/// The statement with a temporary name.
fn renamed(create: &str, made: &Created) -> String {
    let (before, after) = (&create[..made.name.start], &create[made.name.end..]);
    format!("{before}pg_temp.{MADE}{after}")
}

/// A copy of the definition's table under its own name, and the statement on the copy.
fn on_copy(create: &str, made: &Created) -> Option<(String, String)> {
    let table = made.definition.table.as_ref()?;
    let place = made.table.as_ref()?;
    let name = quote(&table.name);
    let (before, after) = (&create[..place.start], &create[place.end..]);
    Some((
        format!("CREATE TEMP TABLE {name} (LIKE {})", object(table)),
        format!("{before}pg_temp.{name}{after}"),
    ))
}
