//! Primary keys, uniques, checks and foreign keys.

use super::row::Fields;
use super::{Tables, is_varchar_of, table_of, tables};
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::dialect::{ReflectError, Row};
use crate::schema::{
    CheckConstraint, Deferrable, ForeignKey, PrimaryKey, ReferentialAction, UniqueConstraint,
};

/// A row a constraint. PostgreSQL 18 keeps NOT NULL among the constraints: it is read with its
/// column. `indnullsnotdistinct` and `confdelsetcols` are new in 15, `conperiod` and `conenforced`
/// in 18, so they are looked for, not named, and only where they can say something: a row as JSON
/// takes its time. A foreign key to a partitioned table has a copy for
/// each partition, with a parent.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, k.contype, k.conname, obj_description(k.oid, 'pg_constraint'), ",
    "(SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM unnest(k.conkey) WITH ORDINALITY u(number, place) JOIN pg_catalog.pg_attribute a ",
    "ON a.attrelid = k.conrelid AND a.attnum = u.number), ",
    "k.condeferrable, k.condeferred, pg_get_expr(k.conbin, k.conrelid), ",
    "CASE k.contype WHEN 'u' THEN (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean END, ",
    "CASE WHEN i.indnatts > i.indnkeyatts THEN (SELECT ",
    "string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place) ",
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number ",
    "WHERE u.place > i.indnkeyatts) END, ",
    "CASE WHEN k.contype = 'f' OR k.conexclop IS NOT NULL ",
    "THEN (to_jsonb(k) ->> 'conperiod')::boolean END, ",
    "k.connoinherit, NOT k.convalidated, ",
    "CASE WHEN NOT k.convalidated THEN NOT (to_jsonb(k) ->> 'conenforced')::boolean END, ",
    "nullif(rn.nspname, current_schema()), r.relname, ",
    "(SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM unnest(k.confkey) WITH ORDINALITY u(number, place) JOIN pg_catalog.pg_attribute a ",
    "ON a.attrelid = k.confrelid AND a.attnum = u.number), ",
    "k.confdeltype, k.confupdtype, k.confmatchtype, ",
    "CASE WHEN k.confdeltype IN ('n', 'd') THEN (SELECT ",
    "string_agg(quote_ident(a.attname), ',' ORDER BY u.place) ",
    "FROM jsonb_array_elements_text(nullif(to_jsonb(k) -> 'confdelsetcols', 'null')) ",
    "WITH ORDINALITY u(number, place) JOIN pg_catalog.pg_attribute a ",
    "ON a.attrelid = k.conrelid AND a.attnum = u.number::int2) END FROM ",
    tables!(),
    " JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid ",
    "AND k.contype IN ('p', 'u', 'c', 'f') AND k.conparentid = 0 ",
    "AND (k.conislocal OR k.coninhcount = 0) ",
    "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u') ",
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
        let deferrable = deferrable(&mut fields)?;
        let expression = fields.optional()?;
        let nulls_not_distinct = fields.flag()?;
        let include = fields.names()?;
        let over_range = fields.flag()?;
        let no_inherit = fields.flag()?;
        let not_validated = fields.flag()?;
        let not_enforced = fields.flag()?;
        // What is not enforced is never validated either.
        let not_valid = not_validated && !not_enforced;
        match kind.as_str() {
            "p" => {
                table.primary_key = Some(PrimaryKey {
                    name,
                    columns,
                    include,
                    deferrable,
                    without_overlaps: over_range,
                    comment,
                });
            }
            "u" => table.uniques.push(UniqueConstraint {
                name,
                columns,
                deferrable,
                nulls_not_distinct,
                include,
                without_overlaps: over_range,
                comment,
            }),
            "c" => table.checks.push(CheckConstraint {
                name,
                expression: with_in_lists(
                    unwrapped(&expression.unwrap_or_default()),
                    is_varchar_of(table),
                ),
                no_inherit,
                not_valid,
                not_enforced,
                comment,
            }),
            _ => table.foreign_keys.push(ForeignKey {
                name,
                columns,
                referred_table: fields.object()?,
                referred_columns: fields.names()?,
                on_delete: action(&mut fields)?,
                on_update: action(&mut fields)?,
                match_full: fields.text()? == "f",
                on_delete_columns: fields.names()?,
                deferrable,
                period: over_range,
                not_valid,
                not_enforced,
                comment,
            }),
        }
    }
    Ok(())
}

/// The next two fields: whether a check may be put off, and whether it is.
pub(super) fn deferrable(fields: &mut Fields) -> Result<Option<Deferrable>, ReflectError> {
    Ok(match (fields.flag()?, fields.flag()?) {
        (false, _) => None,
        (true, false) => Some(Deferrable::InitiallyImmediate),
        (true, true) => Some(Deferrable::InitiallyDeferred),
    })
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
