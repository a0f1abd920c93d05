//! Tables, and what only PostgreSQL knows of them.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{join_comment, namespace, not_of_extension, parameters, users_namespace};
use crate::dialect::ReflectError;
use crate::schema::{Inheritance, ObjectName, Table};

/// A row a table. Storage parameters are joined by a character that none of them holds.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, ",
    namespace!(),
    ", c.relname, c.relpersistence, r.description, ",
    "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, ",
    "h.parents, c.relispartition, pg_get_expr(c.relpartbound, c.oid), s.spcname, ",
    "nullif(am.amname, 'heap'), c.relrowsecurity, c.relforcerowsecurity, c.relreplident, ",
    "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, ",
    "array_to_string(c.reloptions, chr(1)), array_to_string(t.reloptions, chr(1)) ",
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "LEFT JOIN (SELECT h.inhrelid, ",
    "string_agg(CASE WHEN pn.nspname = current_schema() THEN quote_ident(p.relname) ",
    "ELSE quote_ident(pn.nspname) || '.' || quote_ident(p.relname) END, ', ' ORDER BY h.inhseqno) ",
    "AS parents FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent ",
    "JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace GROUP BY h.inhrelid) h ",
    "ON h.inhrelid = c.oid ",
    "LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace ",
    "LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam ",
    "LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid",
    join_comment!("pg_class", "c.oid", "0"),
    " WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid")
);

/// The tables by their oid, as they are filled.
pub(super) type Tables = BTreeMap<u32, Table>;

pub(super) fn read(fields: &mut Fields<'_>, tables: &mut Tables) -> Result<(), ReflectError> {
    let oid = fields.number()?;
    let mut table = Table::new(fields.object()?);
    let unlogged = fields.text()? == "u";
    table.comment = fields.optional_string()?;
    table.partition_by = fields.optional_string()?;
    table.inherits = inheritance(fields)?;
    table.options = options(fields)?;
    if unlogged {
        table = table.option("postgresql.unlogged", "true");
    }
    tables.insert(oid, table);
    Ok(())
}

/// The tables that it has columns of, whether it is a partition of one, and which rows it holds then.
fn inheritance(fields: &mut Fields<'_>) -> Result<Inheritance, ReflectError> {
    let mut parents = fields.optional()?.map_or_else(Vec::new, ObjectName::list);
    let is_partition = fields.flag()?;
    let bound = fields.optional_string()?;
    Ok(match (parents.pop(), bound) {
        (None, _) => Inheritance::None,
        (Some(of), Some(bound)) if is_partition => Inheritance::Partition { of, bound },
        (Some(last), _) => {
            parents.push(last);
            Inheritance::Tables(parents)
        }
    })
}

/// The last fields of a table: what only PostgreSQL knows of it.
fn options(fields: &mut Fields<'_>) -> Result<BTreeMap<String, String>, ReflectError> {
    let mut options = BTreeMap::new();
    let mut set = |name: &str, value: Option<&str>| {
        options.extend(value.map(|value| (format!("postgresql.{name}"), value.to_string())));
    };
    set("tablespace", fields.optional()?);
    set("access_method", fields.optional()?);
    let security = match (fields.flag()?, fields.flag()?) {
        (_, true) => Some("force"),
        (true, false) => Some("enable"),
        (false, false) => None,
    };
    set("row_level_security", security);
    let identity = match fields.text()? {
        "f" => Some("full"),
        "n" => Some("nothing"),
        _ => None,
    };
    set("replica_identity", identity);
    set("of_type", fields.optional()?);
    for (name, value) in parameters(fields.optional()?) {
        set(name, Some(value));
    }
    for (name, value) in parameters(fields.optional()?) {
        set(&format!("toast.{name}"), Some(value));
    }
    Ok(options)
}
