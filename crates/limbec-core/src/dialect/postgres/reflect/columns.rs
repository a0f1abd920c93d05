//! Columns, with their defaults, identities and sequences.

use super::row::Fields;
use super::types::{Enums, column_type};
use super::{Tables, table_of, tables};
use crate::dialect::postgres::canonical::unwrapped;
use crate::dialect::postgres::types::without_defaults;
use crate::dialect::{ReflectError, Row};
use crate::schema::{Column, ColumnType, Generated, Identity, IdentityKind};

/// A row a column, in order. The sequence is an identity's, or one that the column owns and its
/// default takes the next value of.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), ",
    "CASE WHEN t.typtype = 'e' THEN t.oid WHEN te.typtype = 'e' THEN te.oid END, ",
    "a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity, ",
    "CASE WHEN a.attcollation <> t.typcollation THEN ",
    "CASE WHEN pg_collation_is_visible(co.oid) THEN co.collname ",
    "ELSE format('\"%s\".\"%s\"', replace(cn.nspname, '\"', '\"\"'), ",
    "replace(co.collname, '\"', '\"\"')) END END, ",
    "col_description(c.oid, a.attnum), ",
    "format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, ",
    "s.seqcycle FROM ",
    tables!(),
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid ",
    "AND a.attnum > 0 AND NOT a.attisdropped ",
    "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid ",
    "LEFT JOIN pg_catalog.pg_type te ON te.oid = t.typelem AND t.typcategory = 'A' ",
    "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum ",
    "LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation ",
    "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace ",
    "LEFT JOIN pg_catalog.pg_depend o ON o.refclassid = 'pg_catalog.pg_class'::regclass ",
    "AND o.refobjid = c.oid AND o.refobjsubid = a.attnum ",
    "AND o.classid = 'pg_catalog.pg_class'::regclass AND o.objsubid = 0 ",
    "AND (o.deptype = 'i' AND a.attidentity <> '' OR o.deptype = 'a' AND EXISTS (",
    "SELECT FROM pg_catalog.pg_depend u WHERE u.classid = 'pg_catalog.pg_attrdef'::regclass ",
    "AND u.objid = d.oid AND u.refclassid = 'pg_catalog.pg_class'::regclass ",
    "AND u.refobjid = o.objid)) ",
    "AND EXISTS (SELECT FROM pg_catalog.pg_sequence q WHERE q.seqrelid = o.objid) ",
    "LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = o.objid ",
    "ORDER BY c.oid, a.attnum"
);

pub(super) fn read(rows: Vec<Row>, enums: &Enums, tables: &mut Tables) -> Result<(), ReflectError> {
    for row in rows {
        let mut fields = Fields::of("a column", row);
        let table = table_of(tables, &fields.text()?)?;
        table.columns.push(column(&mut fields, enums)?);
    }
    Ok(())
}

fn column(fields: &mut Fields, enums: &Enums) -> Result<Column, ReflectError> {
    let name = fields.text()?;
    let column_type = column_type(fields, enums)?;
    let not_null = fields.flag()?;
    let expression = fields.optional()?;
    let generated = fields.text()?;
    let identity = fields.text()?;
    let mut column = Column::new(name, column_type);
    column.nullable = !not_null;
    column.collation = fields.optional()?;
    column.comment = fields.optional()?;
    if !generated.is_empty() {
        column.generated = expression.map(|expression| Generated {
            expression: unwrapped(&expression).to_string(),
            stored: generated != "v",
        });
        return Ok(column);
    }
    let kind = match identity.as_str() {
        "a" => Some(IdentityKind::Always),
        "d" => Some(IdentityKind::ByDefault),
        _ => None,
    };
    let sequence = sequence(fields)?;
    match (kind, sequence) {
        (Some(kind), Some(sequence)) => column.identity = Some(Identity { kind, ..sequence }),
        (None, Some(sequence)) if is_serial(&column, expression.as_deref()) => {
            column.identity = Some(sequence);
        }
        _ => column.default = expression,
    }
    Ok(column)
}

/// The last fields: the options of the column's sequence, where it has one.
fn sequence(fields: &mut Fields) -> Result<Option<Identity>, ReflectError> {
    let Some(of) = fields.optional()? else {
        return Ok(None);
    };
    let identity = Identity {
        kind: IdentityKind::Serial,
        start: fields.number()?,
        increment: fields.number()?,
        minimum: fields.number()?,
        maximum: fields.number()?,
        cache: fields.number()?,
        cycle: fields.flag()?,
    };
    // By the sequence's own type: an old dump has sequences of bigint behind integers.
    let of = crate::dialect::postgres::types::parse(&of);
    Ok(Some(without_defaults(&identity, &of)))
}

/// Whether the default is the next value of the column's own sequence, and nothing more.
fn is_serial(column: &Column, default: Option<&str>) -> bool {
    let counted = matches!(
        column.column_type,
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
    );
    let whole = |text: &str| {
        text.strip_prefix("nextval('")
            .and_then(|rest| rest.strip_suffix("'::regclass)"))
            .is_some_and(|name| !name.replace("''", "").contains('\''))
    };
    counted && default.is_some_and(whole)
}
