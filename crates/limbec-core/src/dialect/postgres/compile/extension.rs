//! Extensions.

use crate::dialect::postgres::names::quote;
use crate::schema::ObjectName;

pub(super) fn create(name: &ObjectName) -> String {
    let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {}", quote(&name.name));
    if let Some(schema) = &name.schema {
        sql.push_str(" WITH SCHEMA ");
        sql.push_str(&quote(schema));
    }
    sql
}
