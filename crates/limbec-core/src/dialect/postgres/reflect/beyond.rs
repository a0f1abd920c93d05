//! What has no place in a schema, in words, so that nothing is passed over in silence.

use super::row::Fields;
use super::{not_of_extension, object, users_namespace};
use crate::dialect::ReflectError;
use crate::schema::Unmodelled;

/// A row an object, or a part of one: the table's namespace and name where it has one, and words.
///
/// A partition's column has a place in its parent only, whatever the partition says of it.
pub(super) const QUERY: &str = concat!(
    "SELECT nullif(n.nspname, current_schema()), c.relname, ",
    "CASE WHEN a.attnotnull AND NOT p.attnotnull THEN 'the NOT NULL' ELSE 'the default' END ",
    "|| ' of `' || a.attname || '`' FROM pg_catalog.pg_inherits h ",
    "JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid AND c.relkind IN ('r', 'p') ",
    "AND c.relpersistence <> 't' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 ",
    "AND NOT a.attislocal AND a.attinhcount = 1 AND a.attgenerated = '' ",
    "JOIN pg_catalog.pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname ",
    "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum ",
    "LEFT JOIN pg_catalog.pg_attrdef pd ON pd.adrelid = p.attrelid AND pd.adnum = p.attnum ",
    "WHERE (a.attnotnull AND NOT p.attnotnull OR pg_get_expr(d.adbin, d.adrelid) ",
    "IS DISTINCT FROM pg_get_expr(pd.adbin, pd.adrelid)) AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
    // Before 18, NOT NULL is no constraint of a table.
    " UNION ALL SELECT nullif(n.nspname, current_schema()), c.relname, 'the NOT NULL of `' || ",
    "a.attname || '`, named `' || o.conname || '`' || CASE WHEN o.convalidated THEN '' ELSE ', NOT VALID' END ",
    "|| CASE WHEN o.connoinherit THEN ', NO INHERIT' ELSE '' END || ',' ",
    "FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid ",
    "AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.conkey[1] ",
    // A name of the usual form may be that of the column or the table before a rename.
    "WHERE o.contype = 'n' AND o.conislocal AND (NOT o.convalidated OR o.connoinherit ",
    "OR o.conname !~ '_not_null[0-9]*$') AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
    " UNION ALL SELECT NULL, NULL, 'the check `' || o.conname || '` of the domain `' || ",
    "o.contypid::regtype || '`, NOT VALID' FROM pg_catalog.pg_constraint o ",
    "JOIN pg_catalog.pg_type t ON t.oid = o.contypid ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "WHERE o.contype = 'c' AND NOT o.convalidated AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_type", "t.oid"),
    " UNION ALL SELECT NULL, NULL, 'the publication `' || o.pubname || '`' ",
    "FROM pg_catalog.pg_publication o WHERE ",
    not_of_extension!("pg_publication", "o.oid"),
    " UNION ALL SELECT NULL, NULL, 'the foreign table `' || c.relname || '`' ",
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "WHERE c.relkind = 'f' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
    " UNION ALL SELECT NULL, NULL, 'the operator `' || o.oid::regoperator || '`' ",
    "FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_operator", "o.oid"),
    " UNION ALL SELECT NULL, NULL, 'the collation `' || o.collname || '`' ",
    "FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_collation", "o.oid"),
    " UNION ALL SELECT NULL, NULL, 'the text search configuration `' || o.cfgname || '`' ",
    "FROM pg_catalog.pg_ts_config o JOIN pg_catalog.pg_namespace n ON n.oid = o.cfgnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_ts_config", "o.oid"),
    " UNION ALL SELECT NULL, NULL, 'the event trigger `' || o.evtname || '`' ",
    "FROM pg_catalog.pg_event_trigger o WHERE ",
    not_of_extension!("pg_event_trigger", "o.oid")
);

pub(super) fn read(fields: &mut Fields<'_>) -> Result<Unmodelled, ReflectError> {
    let table = match (fields.optional()?, fields.optional()?) {
        (schema, Some(table)) => Some(object(schema, table)),
        _ => None,
    };
    let what = fields.string()?;
    Ok(Unmodelled { table, what })
}
