//! Views, routines, triggers and their like: their own SQL, and the rights that their SQL does not say.

use super::super::lexicon::{LEXICON, tokens};
use super::Steps;
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{dollar_quoted, in_namespace_of, literal, object, quote};
use crate::schema::{Definition, DefinitionKind, ObjectName};
use crate::sql::{TokenKind, split};
use crate::steps::Step;

/// Where the rights on what steps aside wait, for the rest of the transaction.
const RIGHTS: &str = "limbec.rights";

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
fn target(definition: &Definition) -> String {
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

/// Whether two routines are called alike and answer alike, so that one may take the other's place.
pub(super) fn has_same_head(a: &Definition, b: &Definition) -> bool {
    head(&a.sql) == head(&b.sql)
}

/// The words before a routine's language, options and body, but for the namespace.
fn head(sql: &str) -> Vec<String> {
    const ENDS: [&str; 18] = [
        "LANGUAGE",
        "AS",
        "IMMUTABLE",
        "STABLE",
        "VOLATILE",
        "STRICT",
        "CALLED",
        "SECURITY",
        "EXTERNAL",
        "PARALLEL",
        "COST",
        "ROWS",
        "SUPPORT",
        "SET",
        "TRANSFORM",
        "WINDOW",
        "LEAKPROOF",
        "BEGIN",
    ];
    let skipped = ["OR", "REPLACE"];
    let words = tokens(sql)
        .filter(|token| token.kind != TokenKind::Comment)
        .take_while(|token| !ENDS.iter().any(|end| token.is_word(end)))
        .filter(|token| !skipped.iter().any(|word| token.is_word(word)));
    words.map(|token| token.text.to_lowercase()).collect()
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

/// Writes the owner and the grants of a view or routine down before it is dropped.
pub(super) fn remember_rights(definition: &Definition) -> Option<Step> {
    let target = target(definition);
    let name = object(&definition.name);
    let source = if definition.kind.is_relation() {
        let columns = format!(
            "(SELECT string_agg('GRANT ' || b.privilege_type || ' (' || quote_ident(l.attname) || \
             ') ON ' || {on} || ' TO ' || {to} || {option}, ';') FROM pg_catalog.pg_attribute l, \
             aclexplode(l.attacl) b WHERE l.attrelid = c.oid), (SELECT string_agg({alter} || \
             ' ALTER COLUMN ' || quote_ident(l.attname) || ' SET STATISTICS ' || l.attstattarget, ';') \
             FROM pg_catalog.pg_attribute l WHERE l.attrelid = c.oid AND l.attnum > 0 \
             AND coalesce(l.attstattarget, -1) >= 0), (SELECT {alter} || ' CLUSTER ON ' || \
             quote_ident(x.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x \
             ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisclustered)",
            on = literal(&name),
            alter = literal(&format!("ALTER {target}")),
            to = grantee("b"),
            option = option("b"),
        );
        Source {
            catalogue: "pg_class",
            prefix: "rel",
            oid: format!("{}::regclass", literal(&name)),
            usual: "r",
            on: name,
            columns: Some(columns),
        }
    } else if definition.kind.is_routine() {
        let arguments = definition.arguments.as_deref().unwrap_or_default();
        let called = format!("{name}({arguments})");
        Source {
            catalogue: "pg_proc",
            prefix: "pro",
            oid: format!("{}::regprocedure", literal(&called)),
            usual: "f",
            on: target
                .replacen("AGGREGATE", "FUNCTION", 1)
                .replace("(*)", "()"),
            columns: None,
        }
    } else if definition.kind == DefinitionKind::Type {
        of_type(&name)
    } else if definition.kind == DefinitionKind::Statistics {
        return Some(remember_statistics(&target, &definition.name));
    } else {
        return None;
    };
    Some(remember(&target, &source))
}

/// Writes the owner of statistics down, and how much the server samples for them.
fn remember_statistics(target: &str, name: &ObjectName) -> Step {
    let namespace = match &name.schema {
        Some(schema) => format!("{}::regnamespace", literal(&quote(schema))),
        None => "current_schema()::regnamespace".to_string(),
    };
    Step::new(format!(
        "SELECT set_config({setting}, (SELECT concat_ws(';', CASE WHEN s.stxowner <> \
         current_user::regrole::oid THEN {owned} || s.stxowner::regrole END, CASE WHEN \
         coalesce(s.stxstattarget, -1) >= 0 THEN {sampled} || s.stxstattarget END) \
         FROM pg_catalog.pg_statistic_ext s WHERE s.stxname = {named} AND s.stxnamespace = {namespace}), true)",
        setting = literal(&setting(target)),
        owned = literal(&format!("ALTER {target} OWNER TO ")),
        sampled = literal(&format!("ALTER {target} SET STATISTICS ")),
        named = literal(&name.name),
    ))
}

/// Writes down how much the server samples for the expressions of an index.
pub(super) fn remember_index(table: &ObjectName, index: &str) -> Step {
    let name = in_namespace_of(table, index);
    Step::new(format!(
        "SELECT set_config({setting}, (SELECT string_agg({alter} || l.attnum || ' SET STATISTICS ' || \
         l.attstattarget, ';') FROM pg_catalog.pg_attribute l WHERE l.attrelid = {of}::regclass \
         AND coalesce(l.attstattarget, -1) >= 0), true)",
        setting = literal(&setting(&format!("INDEX {name}"))),
        alter = literal(&format!("ALTER INDEX {name} ALTER COLUMN ")),
        of = literal(&name),
    ))
}

/// Lets the server sample for the expressions of an index as before.
pub(super) fn restore_index(table: &ObjectName, index: &str) -> Step {
    restore(&format!("INDEX {}", in_namespace_of(table, index)))
}

/// Gives a view or routine the owner and the grants that it had.
pub(super) fn restore_rights(definition: &Definition) -> Option<Step> {
    let kind = definition.kind;
    let has_any = kind.is_relation()
        || kind.is_routine()
        || matches!(kind, DefinitionKind::Type | DefinitionKind::Statistics);
    has_any.then(|| restore(&target(definition)))
}

/// Writes the owner and the grants of a type down, which `noun` says the kind of.
pub(super) fn remember_rights_of_type(noun: &str, name: &ObjectName) -> Step {
    let name = object(name);
    remember(&format!("{noun} {name}"), &of_type(&name))
}

/// Gives a type the owner and the grants that it had.
pub(super) fn restore_rights_of_type(noun: &str, name: &ObjectName) -> Step {
    restore(&format!("{noun} {}", object(name)))
}

fn of_type(name: &str) -> Source {
    Source {
        catalogue: "pg_type",
        prefix: "typ",
        oid: format!("{}::regtype", literal(name)),
        usual: "T",
        on: format!("TYPE {name}"),
        columns: None,
    }
}

/// Writes down what a column has besides its definition: grants, and how much the server samples it.
pub(super) fn remember_column(table: &ObjectName, column: &str) -> Step {
    let (name, column) = (object(table), quote(column));
    let alter = format!("ALTER TABLE {name} ALTER COLUMN {column} SET ");
    Step::new(format!(
        "SELECT set_config({setting}, (SELECT concat_ws(';', CASE WHEN coalesce(l.attstattarget, -1) >= 0 \
         THEN {alter} || 'STATISTICS ' || l.attstattarget END, {alter} || '(' || \
         array_to_string(l.attoptions, ', ') || ')', (SELECT string_agg('GRANT ' || b.privilege_type || \
         {on} || {to} || {option}, ';') FROM aclexplode(l.attacl) b)) FROM pg_catalog.pg_attribute l \
         WHERE l.attrelid = {of}::regclass AND l.attname = {named}), true)",
        setting = literal(&setting(&format!("COLUMN {name}.{column}"))),
        alter = literal(&alter),
        on = literal(&format!(" ({column}) ON {name} TO ")),
        to = grantee("b"),
        option = option("b"),
        of = literal(&name),
        named = literal(&unquoted(&column)),
    ))
}

/// Gives a column what it had besides its definition.
pub(super) fn restore_column(table: &ObjectName, column: &str) -> Step {
    restore(&format!("COLUMN {}.{}", object(table), quote(column)))
}

fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_string(),
    }
}

/// Where the catalogue keeps the rights on an object.
struct Source {
    /// The catalogue, whose columns begin with the prefix.
    catalogue: &'static str,
    prefix: &'static str,
    /// The object's oid.
    oid: String,
    /// The letter by which `acldefault` knows the kind.
    usual: &'static str,
    /// What `GRANT … ON` says.
    on: String,
    /// The statements that grant on its columns.
    columns: Option<String>,
}

/// The setting that keeps the rights on an object: its words can't hold its name.
fn setting(target: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    target.hash(&mut hasher);
    format!("{RIGHTS}_{:016x}", hasher.finish())
}

/// The SQL of the role that a right is granted to.
fn grantee(right: &str) -> String {
    format!("CASE {right}.grantee WHEN 0 THEN 'PUBLIC' ELSE {right}.grantee::regrole::text END")
}

/// The SQL of what a right may be granted with.
fn option(right: &str) -> String {
    format!("CASE WHEN {right}.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END")
}

/// Writes the owner and grants of an object down, as the statements that make them again.
fn remember(target: &str, source: &Source) -> Step {
    let Source {
        catalogue,
        prefix,
        oid,
        usual,
        ..
    } = source;
    let on = literal(&source.on);
    let setting = literal(&setting(target));
    let owned = literal(&format!("ALTER {target} OWNER TO "));
    let columns = source.columns.as_deref().unwrap_or("NULL");
    // If nothing was granted, the owner's rights are the usual ones.
    Step::new(format!(
        "SELECT set_config({setting}, (SELECT concat_ws(';', CASE WHEN c.{prefix}owner <> \
         current_user::regrole::oid THEN {owned} || c.{prefix}owner::regrole END, (SELECT 'REVOKE ALL ON ' \
         || {on} || ' FROM PUBLIC;' || string_agg('GRANT ' || a.privilege_type || ' ON ' || {on} || ' TO ' || \
         {to} || CASE WHEN a.is_grantable AND a.grantee <> c.{prefix}owner THEN ' WITH GRANT OPTION' ELSE '' \
         END, ';') FROM aclexplode(c.{prefix}acl) a WHERE c.{prefix}acl IS DISTINCT FROM \
         acldefault('{usual}', c.{prefix}owner)), {columns}) FROM pg_catalog.{catalogue} c \
         WHERE c.oid = {oid}), true)",
        to = grantee("a"),
    ))
}

/// Runs what was written down of an object.
fn restore(target: &str) -> Step {
    let setting = literal(&setting(target));
    let body = format!("BEGIN EXECUTE coalesce(current_setting({setting}, true), ''); END");
    Step::new(format!("DO {}", dollar_quoted(&body)))
}
