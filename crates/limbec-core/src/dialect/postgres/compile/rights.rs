//! What an object has that no operation says: its owner and grants, how much the server samples it, how
//! it is clustered. Each function gives two steps: one notes it before the object is dropped, as the
//! statements that make it again, and one runs these when the object is there anew.

use super::definition::target;
use crate::dialect::postgres::names::{dollar_quoted, in_namespace_of, literal, object, quote};
use crate::schema::{Definition, DefinitionKind, ObjectName};
use crate::steps::Step;

/// Where what is noted waits, for the rest of the transaction.
const RIGHTS: &str = "limbec.rights";

/// The step that notes, and the step that restores.
pub(super) type Notes = (Step, Step);

/// Of a view, routine, type or statistics; others have none.
pub(super) fn of_definition(definition: &Definition) -> Option<Notes> {
    handed_on(definition, definition)
}

/// Of a definition, for the one that takes its place.
pub(super) fn handed_on(definition: &Definition, heir: &Definition) -> Option<Notes> {
    let target = target(heir);
    let name = object(&definition.name);
    let source = if definition.kind.is_relation() {
        let granted = if_there(&format!(
            "'GRANT ' || b.privilege_type || ' (' || quote_ident(l.attname) || ') ON ' || {on} || \
             ' TO ' || {to} || {option}",
            on = literal(&name),
            to = grantee("b"),
            option = option("b"),
        ));
        let alter = literal(&format!("ALTER {target}"));
        let sampled = if_there(&format!(
            "{alter} || ' ALTER COLUMN ' || quote_ident(l.attname) || ' SET STATISTICS ' || \
             l.attstattarget"
        ));
        let clustered = if_there(&format!(
            "{alter} || ' CLUSTER ON ' || quote_ident(x.relname)"
        ));
        let columns = format!(
            "(SELECT string_agg({granted}, ';') FROM pg_catalog.pg_attribute l, \
             aclexplode(l.attacl) b WHERE l.attrelid = c.oid), (SELECT string_agg({sampled}, ';') \
             FROM pg_catalog.pg_attribute l WHERE l.attrelid = c.oid AND l.attnum > 0 \
             AND coalesce(l.attstattarget, -1) >= 0), (SELECT {clustered} \
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x \
             ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisclustered)",
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
        source_of_type(&name)
    } else if definition.kind == DefinitionKind::Statistics {
        return Some(of_statistics(&target, &definition.name));
    } else {
        return None;
    };
    Some(of_source(&target, &source))
}

/// The SQL of a statement that does nothing if its column or index is gone: a view may come back
/// without it.
fn if_there(statement: &str) -> String {
    format!(
        "'DO ' || quote_literal('BEGIN ' || {statement} || \
         '; EXCEPTION WHEN undefined_column OR undefined_object THEN NULL; END')"
    )
}

fn of_statistics(target: &str, name: &ObjectName) -> Notes {
    let namespace = match &name.schema {
        Some(schema) => format!("{}::regnamespace", literal(&quote(schema))),
        None => "current_schema()::regnamespace".to_string(),
    };
    let statements = format!(
        "SELECT concat_ws(';', CASE WHEN s.stxowner <> \
         current_user::regrole::oid THEN {owned} || s.stxowner::regrole END, CASE WHEN \
         coalesce(s.stxstattarget, -1) >= 0 THEN {sampled} || s.stxstattarget END) \
         FROM pg_catalog.pg_statistic_ext s WHERE s.stxname = {named} AND s.stxnamespace = {namespace}",
        owned = literal(&format!("ALTER {target} OWNER TO ")),
        sampled = literal(&format!("ALTER {target} SET STATISTICS ")),
        named = literal(&name.name),
    );
    notes(target, &statements)
}

/// Of an index over expressions.
pub(super) fn of_index(table: &ObjectName, index: &str) -> Notes {
    let name = in_namespace_of(table, index);
    let statements = format!(
        "SELECT string_agg({alter} || l.attnum || ' SET STATISTICS ' || \
         l.attstattarget, ';') FROM pg_catalog.pg_attribute l WHERE l.attrelid = {of}::regclass \
         AND coalesce(l.attstattarget, -1) >= 0",
        alter = literal(&format!("ALTER INDEX {name} ALTER COLUMN ")),
        of = literal(&name),
    );
    notes(&format!("INDEX {name}"), &statements)
}

/// Of a type; `noun` says of which kind.
pub(super) fn of_type(noun: &str, name: &ObjectName) -> Notes {
    let name = object(name);
    of_source(&format!("{noun} {name}"), &source_of_type(&name))
}

fn source_of_type(name: &str) -> Source {
    Source {
        catalogue: "pg_type",
        prefix: "typ",
        oid: format!("{}::regtype", literal(name)),
        usual: "T",
        on: format!("TYPE {name}"),
        columns: None,
    }
}

/// Of a column.
pub(super) fn of_column(table: &ObjectName, column: &str) -> Notes {
    let (name, called) = (object(table), quote(column));
    let alter = format!("ALTER TABLE {name} ALTER COLUMN {called} SET ");
    let statements = format!(
        "SELECT concat_ws(';', CASE WHEN coalesce(l.attstattarget, -1) >= 0 \
         THEN {alter} || 'STATISTICS ' || l.attstattarget END, {alter} || '(' || \
         array_to_string(l.attoptions, ', ') || ')', (SELECT string_agg('GRANT ' || b.privilege_type || \
         {on} || {to} || {option}, ';') FROM aclexplode(l.attacl) b)) FROM pg_catalog.pg_attribute l \
         WHERE l.attrelid = {of}::regclass AND l.attname = {named}",
        alter = literal(&alter),
        on = literal(&format!(" ({called}) ON {name} TO ")),
        to = grantee("b"),
        option = option("b"),
        of = literal(&name),
        named = literal(column),
    );
    notes(&format!("COLUMN {name}.{called}"), &statements)
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

/// The owner and grants of an object.
fn of_source(target: &str, source: &Source) -> Notes {
    let Source {
        catalogue,
        prefix,
        oid,
        usual,
        ..
    } = source;
    let on = literal(&source.on);
    let owned = literal(&format!("ALTER {target} OWNER TO "));
    let columns = source.columns.as_deref().unwrap_or("NULL");
    // If nothing was granted, the owner's rights are the usual ones.
    let statements = format!(
        "SELECT concat_ws(';', CASE WHEN c.{prefix}owner <> \
         current_user::regrole::oid THEN {owned} || c.{prefix}owner::regrole END, (SELECT 'REVOKE ALL ON ' \
         || {on} || ' FROM PUBLIC;' || string_agg('GRANT ' || a.privilege_type || ' ON ' || {on} || ' TO ' || \
         {to} || CASE WHEN a.is_grantable AND a.grantee <> c.{prefix}owner THEN ' WITH GRANT OPTION' ELSE '' \
         END, ';') FROM aclexplode(c.{prefix}acl) a WHERE c.{prefix}acl IS DISTINCT FROM \
         acldefault('{usual}', c.{prefix}owner)), {columns}) FROM pg_catalog.{catalogue} c \
         WHERE c.oid = {oid}",
        to = grantee("a"),
    );
    notes(target, &statements)
}

/// Notes the statements that a query gives, and runs them.
fn notes(target: &str, statements: &str) -> Notes {
    let setting = literal(&setting(target));
    let note = format!("SELECT set_config({setting}, ({statements}), true)");
    let body = format!("BEGIN EXECUTE coalesce(current_setting({setting}, true), ''); END");
    let restore = format!("DO {}", dollar_quoted(&body));
    (Step::new(note), Step::new(restore))
}
