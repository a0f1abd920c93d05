//! Sequences: those that a column counts by, and those of their own.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{join_comment, namespace, not_of_extension, users_namespace};
use crate::dialect::ReflectError;
use crate::dialect::postgres::names;
use crate::dialect::postgres::types::{parse, resolve, without_defaults};
use crate::schema::{Column, Identity, ObjectName, OwnedBy, Sequence};

/// A row a sequence, with the column that owns it, and whether that is an identity, and whether it
/// takes its default from the sequence.
pub(super) const QUERY: &str = concat!(
    "SELECT ",
    namespace!(),
    ", c.relname, r.description, o.refobjid, o.refobjsubid, ",
    "nullif(tn.nspname, current_schema()), tc.relname, ta.attname, o.deptype = 'i', ",
    "EXISTS (SELECT FROM pg_catalog.pg_depend u JOIN pg_catalog.pg_attrdef d ",
    "ON d.oid = u.objid AND d.adrelid = o.refobjid AND d.adnum = o.refobjsubid ",
    "WHERE u.classid = 'pg_catalog.pg_attrdef'::regclass ",
    "AND u.refclassid = 'pg_catalog.pg_class'::regclass AND u.refobjid = c.oid), ",
    "format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, ",
    "s.seqcache, s.seqcycle ",
    "FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid ",
    "AND c.relpersistence <> 't' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "LEFT JOIN pg_catalog.pg_depend o ON o.classid = 'pg_catalog.pg_class'::regclass ",
    "AND o.objid = c.oid AND o.objsubid = 0 AND o.refclassid = 'pg_catalog.pg_class'::regclass ",
    "AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i') ",
    "LEFT JOIN pg_catalog.pg_class tc ON tc.oid = o.refobjid ",
    "LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace ",
    "LEFT JOIN pg_catalog.pg_attribute ta ON ta.attrelid = tc.oid AND ta.attnum = o.refobjsubid",
    join_comment!("pg_class", "c.oid", "0"),
    " WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_class", "c.oid")
);

/// The sequences that a column may count by, by the oid of its table and its number.
pub(super) type Counters = BTreeMap<(u32, i16), Counter>;

/// A sequence that belongs to a column.
pub(super) struct Counter {
    sequence: Sequence,
    is_identity: bool,
    /// Whether the column's default asks it.
    is_default: bool,
    is_taken: bool,
}

/// Reads a sequence: one that a column may count by, or one that is free.
pub(super) fn read(
    fields: &mut Fields<'_>,
    free: &mut Vec<Sequence>,
    counters: &mut Counters,
) -> Result<(), ReflectError> {
    let mut sequence = Sequence::new(fields.object()?);
    sequence.comment = fields.optional_string()?;
    let owner = fields.optional_number()?.zip(fields.optional_number()?);
    let (schema, table) = (fields.optional()?, fields.optional()?);
    sequence.owned_by = table
        .zip(fields.optional()?)
        .map(|(table, column)| OwnedBy {
            table: super::object(schema, table),
            column: column.to_string(),
        });
    let (is_identity, is_default) = (fields.flag()?, fields.flag()?);
    sequence.data_type = parse(fields.text()?);
    let how = counting(fields)?;
    let how = without_defaults(&how, &sequence.data_type);
    sequence = sequence.counting_as(&how);
    let Some((oid, number)) = owner.filter(|_| is_identity || is_default) else {
        free.push(sequence);
        return Ok(());
    };
    let counter = Counter {
        sequence,
        is_identity,
        is_default,
        is_taken: false,
    };
    // A default that asks two sequences is no counter, so that neither is taken.
    let earlier = counters.insert((oid, number), counter);
    free.extend(earlier.map(|it| it.sequence));
    Ok(())
}

/// Adds the sequences that no column has taken, and puts all in order.
pub(super) fn all(mut free: Vec<Sequence>, counters: Counters) -> Vec<Sequence> {
    let left = counters.into_values();
    let left = left.filter(|it| !it.is_taken && !it.is_identity);
    free.extend(left.map(|it| it.sequence));
    free.sort_by(|a, b| a.name.cmp(&b.name));
    free
}

impl Counter {
    /// Whether the column's default asks it and `serial` says all there is of it.
    pub(super) fn is_plain_default(&self) -> bool {
        self.is_default && self.sequence.comment.is_none()
    }

    /// How a column counts by it.
    pub(super) fn taken_by(&mut self, column: &Column, table: &ObjectName) -> Identity {
        self.is_taken = true;
        let usual = ObjectName {
            schema: table.schema.clone(),
            name: names::of_sequence(&table.name, &column.name),
        };
        let sequence = self.sequence.clone();
        let is_own_type = resolve(&column.column_type) == resolve(&sequence.data_type);
        Identity {
            start: sequence.start,
            increment: sequence.increment,
            minimum: sequence.minimum,
            maximum: sequence.maximum,
            cache: sequence.cache,
            cycle: sequence.cycle,
            sequence: Some(sequence.name).filter(|it| *it != usual),
            sequence_type: Some(sequence.data_type).filter(|_| !is_own_type),
            ..Identity::serial()
        }
    }
}

/// The last fields: how a sequence counts.
fn counting(fields: &mut Fields<'_>) -> Result<Identity, ReflectError> {
    Ok(Identity {
        start: fields.optional_number()?,
        increment: fields.optional_number()?,
        minimum: fields.optional_number()?,
        maximum: fields.optional_number()?,
        cache: fields.optional_number()?,
        cycle: fields.flag()?,
        ..Identity::serial()
    })
}
