//! Columns, with their defaults, identities and sequences.

use std::collections::BTreeMap;

use super::row::Fields;
use super::sequences::{Counter, Counters};
use super::tables::Tables;
use super::types::NamedTypes;
use super::{join_comment, join_tables, named_collation};
use crate::dialect::ReflectError;
use crate::dialect::postgres::canonical::unwrapped;
use crate::schema::{Column, ColumnType, Generated, Identity, IdentityKind, ObjectName};

/// A row a column, in order, with those that a table inherits. `attcompression` is new in 14: the
/// name is looked for in the table first, and then found beside it.
pub(super) const QUERY: &str = concat!(
    "SELECT a.attrelid, a.attnum, a.attname, a.attislocal OR a.attinhcount = 0, ",
    "format_type(a.atttypid, a.atttypmod), ",
    "CASE WHEN t.typcategory = 'A' AND t.typtype <> 'd' THEN t.typelem ELSE t.oid END, ",
    "a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity, ",
    named_collation!("a.attcollation", "t.typcollation"),
    ", r.description, CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, ",
    "nullif(a.compression, ''), CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END, ",
    "array_to_string(a.attoptions, chr(1)) ",
    "FROM (SELECT ''::\"char\" AS attcompression) since_14 CROSS JOIN LATERAL ",
    "(SELECT a.*, attcompression AS compression FROM pg_catalog.pg_attribute a) a",
    join_tables!("a.attrelid"),
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid ",
    "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum ",
    "LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation ",
    "AND a.attcollation <> t.typcollation ",
    "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace",
    join_comment!("pg_class", "a.attrelid", "a.attnum"),
    " WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"
);

/// The names of the tables' columns, with those that they inherit: the catalogue refers to a column
/// by its table's oid and its number.
#[derive(Default)]
pub(super) struct ColumnNames(BTreeMap<u32, Vec<(i16, Box<str>)>>);

impl ColumnNames {
    /// The names of columns of one table.
    ///
    /// # Errors
    /// When there is no such column.
    pub(super) fn of(&self, table: u32, numbers: &[i16]) -> Result<Vec<String>, ReflectError> {
        let names = self.0.get(&table).map_or(&[][..], Vec::as_slice);
        let name = |number: &i16| {
            let found = names.iter().find(|(it, _)| it == number);
            let name = found.map(|(_, name)| name.to_string());
            name.ok_or_else(|| {
                ReflectError(format!(
                    "the catalogue has no column {number} of the table with the oid {table}"
                ))
            })
        };
        numbers.iter().map(name).collect()
    }
}

/// Reads a column, which may count by a sequence, into its table, and its name.
pub(super) fn read(
    fields: &mut Fields<'_>,
    types: &NamedTypes,
    counters: &mut Counters,
    tables: &mut Tables,
    names: &mut ColumnNames,
) -> Result<(), ReflectError> {
    let place = (fields.number()?, fields.number()?);
    let name = fields.text()?;
    names
        .0
        .entry(place.0)
        .or_default()
        .push((place.1, name.into()));
    let is_own = fields.flag()?;
    if let Some(table) = tables.get_mut(&place.0).filter(|_| is_own) {
        let mut column = Column::new(name, types.read(fields)?);
        let counter = counters.get_mut(&place);
        fill(&mut column, fields, &table.name, counter)?;
        table.columns.push(column);
    }
    Ok(())
}

fn fill(
    column: &mut Column,
    fields: &mut Fields<'_>,
    table: &ObjectName,
    counter: Option<&mut Counter>,
) -> Result<(), ReflectError> {
    column.nullable = !fields.flag()?;
    let expression = fields.optional()?;
    let generated = fields.text()?;
    let identity = fields.text()?;
    column.collation = fields.optional_string()?;
    column.comment = fields.optional_string()?;
    column.options = options(fields)?;
    if !generated.is_empty() {
        column.generated = expression.map(|expression| Generated {
            expression: unwrapped(expression).to_string(),
            stored: generated != "v",
        });
        return Ok(());
    }
    let kind = match identity {
        "a" => Some(IdentityKind::Always),
        "d" => Some(IdentityKind::ByDefault),
        _ => None,
    };
    match (kind, counter) {
        (Some(kind), Some(counter)) => {
            column.identity = Some(Box::new(Identity {
                kind,
                ..counter.taken_by(column, table)
            }));
        }
        (None, Some(counter)) if counter.is_plain_default() && is_serial(column, expression) => {
            column.identity = Some(Box::new(counter.taken_by(column, table)));
        }
        _ => column.default = expression.map(String::from),
    }
    Ok(())
}

/// What only PostgreSQL knows of a column.
fn options(fields: &mut Fields<'_>) -> Result<BTreeMap<String, String>, ReflectError> {
    let storage = fields.optional()?.and_then(|it| match it {
        "p" => Some("plain"),
        "e" => Some("external"),
        "m" => Some("main"),
        "x" => Some("extended"),
        _ => None,
    });
    let compression = fields.optional()?.map(|it| match it {
        "p" => "pglz",
        "l" => "lz4",
        _ => it,
    });
    let named = [
        ("storage", storage),
        ("compression", compression),
        ("statistics", fields.optional()?),
    ];
    let named = named
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    let distinct =
        super::parameters(fields.optional()?).filter(|(key, _)| key.starts_with("n_distinct"));
    let all = named.chain(distinct);
    Ok(all
        .map(|(key, value)| (format!("postgresql.{key}"), value.to_string()))
        .collect())
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
