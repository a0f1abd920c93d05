//! Primary keys, uniques, checks and foreign keys.

use super::row::Fields;
use super::tables::Tables;
use super::{ColumnNames, is_varchar_of, join_comment, join_tables};
use crate::dialect::ReflectError;
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::schema::{
    CheckConstraint, Deferrable, ForeignKey, PrimaryKey, ReferentialAction, Table,
    UniqueConstraint, Unmodelled,
};

/// A row a constraint, with what is said of its table's index that is behind it. PostgreSQL 18 keeps
/// NOT NULL among the constraints: it is read with its column. `indnullsnotdistinct` and
/// `confdelsetcols` are new in 15, `conperiod` and `conenforced` in 18: each is looked for in its
/// catalogue first, and then found beside it. A foreign key to a partitioned table has a copy for
/// each partition, with a parent.
pub(super) const QUERY: &str = concat!(
    "SELECT k.conrelid, k.contype, k.conname, ",
    "k.conparentid = 0 AND (k.conislocal OR k.coninhcount = 0), ",
    "i.indisclustered, i.indisreplident, x.reloptions IS NOT NULL, x.reltablespace <> 0, ",
    "r.description, CASE WHEN k.contype <> 'c' THEN k.conkey END, ",
    "k.condeferrable, k.condeferred, pg_get_expr(k.conbin, k.conrelid), ",
    "k.contype = 'u' AND i.nulls_not_distinct, ",
    "CASE WHEN i.indnatts > i.indnkeyatts THEN i.indkey END, i.indnkeyatts, ",
    "k.period, k.connoinherit, NOT k.convalidated, NOT k.enforced, ",
    "k.confrelid, nullif(fn.nspname, current_schema()), f.relname, k.confkey, ",
    "k.confdeltype, k.confupdtype, k.confmatchtype, k.set_columns ",
    "FROM (SELECT NULL::boolean AS conperiod, NULL::boolean AS conenforced, ",
    "NULL::int2[] AS confdelsetcols, NULL::boolean AS indnullsnotdistinct) since_15_or_18 ",
    "CROSS JOIN LATERAL (SELECT k.*, conperiod AS period, conenforced AS enforced, ",
    "confdelsetcols AS set_columns FROM pg_catalog.pg_constraint k ",
    "WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')) k",
    join_tables!("k.conrelid"),
    " LEFT JOIN LATERAL (SELECT i.*, indnullsnotdistinct AS nulls_not_distinct ",
    "FROM pg_catalog.pg_index i) i ON i.indexrelid = k.conindid AND k.contype <> 'f' ",
    "LEFT JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid ",
    "LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace",
    join_comment!("pg_constraint", "k.oid", "0")
);

/// Reads a constraint into its table; adds what of it has no place in a schema to the unmodelled.
pub(super) fn read(
    fields: &mut Fields<'_>,
    names: &ColumnNames,
    tables: &mut Tables,
    unmodelled: &mut Vec<Unmodelled>,
) -> Result<(), ReflectError> {
    let oid = fields.number()?;
    let kind = fields.text()?;
    let name = fields.text()?;
    let is_own = fields.flag()?;
    let Some(table) = tables.get_mut(&oid) else {
        return Ok(());
    };
    for option in ["cluster_on", "replica_identity"] {
        if fields.flag()? {
            let option = format!("postgresql.{option}");
            table.options.insert(option, name.to_string());
        }
    }
    for what in ["storage parameters", "tablespace"] {
        if fields.flag()? && is_own {
            unmodelled.push(Unmodelled {
                table: Some(table.name.clone()),
                what: format!("the {what} of the index of `{name}`"),
            });
        }
    }
    // Exclusion constraints are read as their indexes.
    if is_own && kind != "x" {
        fill(table, kind, name, oid, fields, names)?;
    }
    Ok(())
}

/// Reads the fields from the comment on into a table.
fn fill(
    table: &mut Table,
    kind: &str,
    name: &str,
    oid: u32,
    fields: &mut Fields<'_>,
    names: &ColumnNames,
) -> Result<(), ReflectError> {
    let name = Some(name.to_string());
    let comment = fields.optional_string()?;
    let columns = names.of(oid, &fields.numbers()?)?;
    let deferrable = deferrable(fields)?;
    let expression = fields.optional()?;
    let nulls_not_distinct = fields.flag()?;
    let in_index = fields.numbers()?;
    let key_count = fields.optional_number()?.unwrap_or(0);
    let include = names.of(oid, in_index.get(key_count..).unwrap_or_default())?;
    let over_range = fields.flag()?;
    let no_inherit = fields.flag()?;
    let not_validated = fields.flag()?;
    let not_enforced = fields.flag()?;
    // What is not enforced is never validated either.
    let not_valid = not_validated && !not_enforced;
    match kind {
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
                unwrapped(expression.unwrap_or_default()),
                is_varchar_of(table),
            ),
            no_inherit,
            not_valid,
            not_enforced,
            comment,
        }),
        _ => {
            let referred = fields.number()?;
            table.foreign_keys.push(ForeignKey {
                name,
                columns,
                referred_table: fields.object()?,
                referred_columns: names.of(referred, &fields.numbers()?)?,
                on_delete: action(fields)?,
                on_update: action(fields)?,
                match_full: fields.text()? == "f",
                on_delete_columns: names.of(oid, &fields.numbers()?)?,
                deferrable,
                period: over_range,
                not_valid,
                not_enforced,
                comment,
            });
        }
    }
    Ok(())
}

/// The next two fields: whether a check may be put off, and whether it is.
pub(super) fn deferrable(fields: &mut Fields<'_>) -> Result<Option<Deferrable>, ReflectError> {
    Ok(match (fields.flag()?, fields.flag()?) {
        (false, _) => None,
        (true, false) => Some(Deferrable::InitiallyImmediate),
        (true, true) => Some(Deferrable::InitiallyDeferred),
    })
}

fn action(fields: &mut Fields<'_>) -> Result<ReferentialAction, ReflectError> {
    match fields.text()? {
        "a" => Ok(ReferentialAction::NoAction),
        "r" => Ok(ReferentialAction::Restrict),
        "c" => Ok(ReferentialAction::Cascade),
        "n" => Ok(ReferentialAction::SetNull),
        "d" => Ok(ReferentialAction::SetDefault),
        other => Err(fields.error(&format!("has the unknown action `{other}`"))),
    }
}
