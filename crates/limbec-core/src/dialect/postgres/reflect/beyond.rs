//! What has no place in a schema, in words, so that nothing is passed over in silence.

use super::row::Fields;
use super::{not_of_extension, users_namespace};
use crate::dialect::{ReflectError, Row};
use crate::schema::Unmodelled;

/// A row an object, in words.
pub(super) const QUERY: &str = concat!(
    "SELECT 'the foreign table `' || c.relname || '`' ",
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "WHERE c.relkind = 'f' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
    " UNION ALL SELECT 'the operator `' || o.oid::regoperator || '`' ",
    "FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_operator", "o.oid"),
    " UNION ALL SELECT 'the collation `' || o.collname || '`' ",
    "FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_collation", "o.oid"),
    " UNION ALL SELECT 'the text search configuration `' || o.cfgname || '`' ",
    "FROM pg_catalog.pg_ts_config o JOIN pg_catalog.pg_namespace n ON n.oid = o.cfgnamespace WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_ts_config", "o.oid"),
    " UNION ALL SELECT 'the event trigger `' || o.evtname || '`' ",
    "FROM pg_catalog.pg_event_trigger o WHERE ",
    not_of_extension!("pg_event_trigger", "o.oid")
);

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Unmodelled>, ReflectError> {
    rows.into_iter()
        .map(|row| {
            Ok(Unmodelled {
                table: None,
                what: Fields::of("what is not modelled", row).text()?,
            })
        })
        .collect()
}
