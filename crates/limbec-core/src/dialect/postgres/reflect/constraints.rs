//! Primary keys, uniques, checks and foreign keys.

use super::row::Fields;
use super::{Tables, table_of, tables};
use crate::dialect::postgres::canonical::unwrapped;
use crate::dialect::{ReflectError, Row};
use crate::schema::{
    CheckConstraint, Deferrable, ForeignKey, PrimaryKey, ReferentialAction, UniqueConstraint,
};

/// A row a constraint. PostgreSQL 18 keeps NOT NULL among the constraints: it is read with its
/// column. `indnullsnotdistinct` is new in 15, so it is looked for, not named. A foreign key to a
/// partitioned table has a copy for each partition, with a parent.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, k.contype, k.conname, obj_description(k.oid, 'pg_constraint'), ",
    "(SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM unnest(k.conkey) WITH ORDINALITY u(number, place) JOIN pg_catalog.pg_attribute a ",
    "ON a.attrelid = k.conrelid AND a.attnum = u.number), ",
    "k.condeferrable, k.condeferred, pg_get_expr(k.conbin, k.conrelid), ",
    "CASE k.contype WHEN 'u' THEN (SELECT (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean ",
    "FROM pg_catalog.pg_index i WHERE i.indexrelid = k.conindid) END, ",
    "nullif(rn.nspname, current_schema()), r.relname, ",
    "(SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM unnest(k.confkey) WITH ORDINALITY u(number, place) JOIN pg_catalog.pg_attribute a ",
    "ON a.attrelid = k.confrelid AND a.attnum = u.number), ",
    "k.confdeltype, k.confupdtype, k.confmatchtype FROM ",
    tables!(),
    " JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid ",
    "AND k.contype IN ('p', 'u', 'c', 'f') AND k.conparentid = 0 ",
    "AND (k.conislocal OR k.coninhcount = 0) ",
    "LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid ",
    "LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace"
);

pub(super) fn read(rows: Vec<Row>, tables: &mut Tables) -> Result<(), ReflectError> {
    for row in rows {
        let mut fields = Fields::of("a constraint", row);
        let table = table_of(tables, &fields.text()?)?;
        let kind = fields.text()?;
        let name = Some(fields.text()?);
        let comment = fields.optional()?;
        let columns = fields.names()?;
        let deferrable = match (fields.flag()?, fields.flag()?) {
            (false, _) => None,
            (true, false) => Some(Deferrable::InitiallyImmediate),
            (true, true) => Some(Deferrable::InitiallyDeferred),
        };
        match kind.as_str() {
            "p" => {
                table.primary_key = Some(PrimaryKey {
                    name,
                    columns,
                    comment,
                });
            }
            "u" => {
                fields.optional()?;
                table.uniques.push(UniqueConstraint {
                    name,
                    columns,
                    deferrable,
                    nulls_not_distinct: fields.flag()?,
                    comment,
                });
            }
            "c" => table.checks.push(CheckConstraint {
                name,
                expression: unwrapped(&fields.text()?).to_string(),
                comment,
            }),
            _ => {
                fields.optional()?;
                fields.optional()?;
                table.foreign_keys.push(ForeignKey {
                    name,
                    columns,
                    referred_table: fields.object()?,
                    referred_columns: fields.names()?,
                    on_delete: action(&mut fields)?,
                    on_update: action(&mut fields)?,
                    deferrable,
                    match_full: fields.text()? == "f",
                    comment,
                });
            }
        }
    }
    Ok(())
}

fn action(fields: &mut Fields) -> Result<ReferentialAction, ReflectError> {
    match fields.text()?.as_str() {
        "a" => Ok(ReferentialAction::NoAction),
        "r" => Ok(ReferentialAction::Restrict),
        "c" => Ok(ReferentialAction::Cascade),
        "n" => Ok(ReferentialAction::SetNull),
        "d" => Ok(ReferentialAction::SetDefault),
        other => Err(fields.error(&format!("has the unknown action `{other}`"))),
    }
}
