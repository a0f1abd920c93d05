//! Sequences of their own, and how any sequence counts.

use std::collections::BTreeSet;

use super::row::Fields;
use super::{namespace, not_of_extension, users_namespace};
use crate::dialect::postgres::types::{parse, without_defaults};
use crate::dialect::{ReflectError, Row};
use crate::schema::{ColumnType, Identity, OwnedBy, Sequence};

/// The SQL of how a sequence `s` counts, as [`counting`] takes it.
macro_rules! counts {
    () => {
        "format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, \
         s.seqcache, s.seqcycle"
    };
}

pub(super) use counts;

/// Every sequence but those of identities, with the column that owns it.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, ",
    namespace!(),
    ", c.relname, obj_description(c.oid, 'pg_class'), nullif(tn.nspname, current_schema()), ",
    "tc.relname, ta.attname, ",
    counts!(),
    " FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid ",
    "AND c.relpersistence <> 't' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "LEFT JOIN pg_catalog.pg_depend o ON o.classid = 'pg_catalog.pg_class'::regclass ",
    "AND o.objid = c.oid AND o.objsubid = 0 AND o.refclassid = 'pg_catalog.pg_class'::regclass ",
    "AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i') ",
    "LEFT JOIN pg_catalog.pg_class tc ON tc.oid = o.refobjid ",
    "LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace ",
    "LEFT JOIN pg_catalog.pg_attribute ta ON ta.attrelid = tc.oid AND ta.attnum = o.refobjsubid ",
    "WHERE o.deptype IS DISTINCT FROM 'i' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid"),
    " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\""
);

/// Reads the sequences that no column counts by.
pub(super) fn read(rows: Vec<Row>, used: &BTreeSet<String>) -> Result<Vec<Sequence>, ReflectError> {
    let mut sequences = Vec::new();
    for row in rows {
        let mut fields = Fields::of("a sequence", row);
        if used.contains(&fields.text()?) {
            continue;
        }
        let mut sequence = Sequence::new(fields.object()?);
        sequence.comment = fields.optional()?;
        let (schema, table) = (fields.optional()?, fields.optional()?);
        let column = fields.optional()?;
        sequence.owned_by = table.zip(column).map(|(table, column)| OwnedBy {
            table: super::object(schema, table),
            column,
        });
        if let Some((data_type, how)) = counting(&mut fields)? {
            sequence.data_type = data_type;
            sequence = sequence.counting_as(&how);
        }
        sequences.push(sequence);
    }
    Ok(sequences)
}

/// The next fields: the type of a sequence and how it counts; `None` where there is none.
pub(super) fn counting(
    fields: &mut Fields,
) -> Result<Option<(ColumnType, Identity)>, ReflectError> {
    let Some(of) = fields.optional()? else {
        return Ok(None);
    };
    let mut how = Identity::serial();
    how.start = fields.number()?;
    how.increment = fields.number()?;
    how.minimum = fields.number()?;
    how.maximum = fields.number()?;
    how.cache = fields.number()?;
    how.cycle = fields.flag()?;
    let of = parse(&of);
    let how = without_defaults(&how, &of);
    Ok(Some((of, how)))
}
