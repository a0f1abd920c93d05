//! What has no place in a schema, in words, so that nothing is passed over in silence.

use super::row::Fields;
use super::{not_of_extension, object, users_namespace};
use crate::dialect::{ReflectError, Row};
use crate::schema::Unmodelled;

/// A row an object or a part of one: the table's namespace and name where it has one, and words.
pub(super) const QUERY: &str = concat!(
    "SELECT nullif(n.nspname, current_schema()), c.relname, w.words ",
    "FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x') ",
    "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "CROSS JOIN LATERAL (VALUES ",
    "(x.reloptions IS NOT NULL, 'the storage parameters of the index of `' || k.conname || '`'), ",
    "(x.reltablespace <> 0, 'the tablespace of the index of `' || k.conname || '`')",
    ") w(holds, words) WHERE w.holds AND k.conparentid = 0 AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
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

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Unmodelled>, ReflectError> {
    let mut found = Vec::new();
    for row in rows {
        let mut fields = Fields::of("what is not modelled", row);
        let table = match (fields.optional()?, fields.optional()?) {
            (schema, Some(table)) => Some(object(schema, table)),
            _ => None,
        };
        let what = fields.text()?;
        found.push(Unmodelled { table, what });
    }
    found.sort();
    Ok(found)
}
