//! Columns, with their defaults, identities and sequences.

use std::collections::{BTreeMap, BTreeSet};

use super::row::Fields;
use super::sequences::{self, counts};
use super::types::{NamedTypes, column_type};
use super::{Tables, named_collation, table_of, tables};
use crate::dialect::postgres::canonical::unwrapped;
use crate::dialect::postgres::names;
use crate::dialect::postgres::types::resolve;
use crate::dialect::{ReflectError, Row};
use crate::schema::{Column, ColumnType, Generated, Identity, IdentityKind, ObjectName};

/// A row a column, in order. The sequence is an identity's, or one that the column owns and its
/// default takes the next value of.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), ",
    "CASE WHEN t.typcategory = 'A' AND t.typtype <> 'd' THEN t.typelem ELSE t.oid END, ",
    "a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity, ",
    named_collation!("a.attcollation", "t.typcollation"),
    ", col_description(c.oid, a.attnum), ",
    "CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, ",
    "nullif(to_jsonb(a) ->> 'attcompression', ''), ",
    "CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END, ",
    "(SELECT string_agg(o, chr(1)) FROM unnest(a.attoptions) o WHERE o LIKE 'n\\_distinct%'), ",
    "s.seqrelid, ",
    counts!(),
    ", nullif(sn.nspname, current_schema()), sc.relname FROM ",
    tables!(),
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid ",
    "AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR a.attinhcount = 0) ",
    "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid ",
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
    "LEFT JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid ",
    "LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace ",
    "ORDER BY c.oid, a.attnum"
);

/// Reads the columns; gives the oids of the sequences that they count by.
pub(super) fn read(
    rows: Vec<Row>,
    types: &NamedTypes,
    tables: &mut Tables,
) -> Result<BTreeSet<String>, ReflectError> {
    let mut used = BTreeSet::new();
    for row in rows {
        let mut fields = Fields::of("a column", row);
        let table = table_of(tables, &fields.text()?)?;
        let column = column(&mut fields, types, &table.name, &mut used)?;
        table.columns.push(column);
    }
    Ok(used)
}

fn column(
    fields: &mut Fields,
    types: &NamedTypes,
    table: &ObjectName,
    used: &mut BTreeSet<String>,
) -> Result<Column, ReflectError> {
    let name = fields.text()?;
    let column_type = column_type(fields, types)?;
    let not_null = fields.flag()?;
    let expression = fields.optional()?;
    let generated = fields.text()?;
    let identity = fields.text()?;
    let mut column = Column::new(name, column_type);
    column.nullable = !not_null;
    column.collation = fields.optional()?;
    column.comment = fields.optional()?;
    column.options = options(fields)?;
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
    let oid = fields.optional()?;
    let sequence = sequence(fields, table, &column)?;
    match (kind, sequence) {
        (Some(kind), Some(sequence)) => {
            column.identity = Some(Identity { kind, ..sequence });
            used.extend(oid);
        }
        (None, Some(sequence)) if is_serial(&column, expression.as_deref()) => {
            column.identity = Some(sequence);
            used.extend(oid);
        }
        _ => column.default = expression,
    }
    Ok(column)
}

/// What only PostgreSQL knows of a column.
fn options(fields: &mut Fields) -> Result<BTreeMap<String, String>, ReflectError> {
    let storage = fields.optional()?.and_then(|it| match it.as_str() {
        "p" => Some("plain"),
        "e" => Some("external"),
        "m" => Some("main"),
        "x" => Some("extended"),
        _ => None,
    });
    let compression = fields.optional()?.map(|it| match it.as_str() {
        "p" => "pglz".to_string(),
        "l" => "lz4".to_string(),
        _ => it,
    });
    let named = [
        ("storage".to_string(), storage.map(String::from)),
        ("compression".to_string(), compression),
        ("statistics".to_string(), fields.optional()?),
    ];
    let named = named
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    let all = named.chain(super::parameters(fields.optional()?));
    Ok(all
        .map(|(key, value)| (format!("postgresql.{key}"), value))
        .collect())
}

/// The last fields: the options of the column's sequence and its name, where it has one.
fn sequence(
    fields: &mut Fields,
    table: &ObjectName,
    column: &Column,
) -> Result<Option<Identity>, ReflectError> {
    let Some((of, counting)) = sequences::counting(fields)? else {
        return Ok(None);
    };
    let name = fields.object()?;
    let usual = ObjectName {
        schema: table.schema.clone(),
        name: names::of_sequence(&table.name, &column.name),
    };
    let own = resolve(&column.column_type) == resolve(&of);
    Ok(Some(Identity {
        sequence: Some(name).filter(|it| *it != usual),
        sequence_type: Some(of).filter(|_| !own),
        ..counting
    }))
}

/// Whether the default is the next value of the column's own sequence, and nothing more. `serial`
/// is never NULL: a column that became so again has a default like any other.
fn is_serial(column: &Column, default: Option<&str>) -> bool {
    let counted = !column.nullable
        && matches!(
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
