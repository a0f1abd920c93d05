//! Enumerations and domains.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{namespace, not_of_extension, users_namespace};
use crate::dialect::postgres::canonical::unwrapped;
use crate::dialect::postgres::types::parse;
use crate::dialect::{ReflectError, Row};
use crate::schema::{CheckConstraint, ColumnType, Domain, EnumType};

/// A row a label.
pub(super) const ENUMS: &str = concat!(
    "SELECT t.oid, ",
    namespace!(),
    ", t.typname, e.enumlabel FROM pg_catalog.pg_type t ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid ",
    "WHERE t.typtype = 'e' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_type", "t.oid"),
    " ORDER BY t.oid, e.enumsortorder"
);

/// The domains, each after those that it is made of.
pub(super) const DOMAINS: &str = concat!(
    "SELECT t.oid, ",
    namespace!(),
    ", t.typname, format_type(t.typbasetype, t.typtypmod), ",
    "CASE WHEN b.typtype = 'e' THEN b.oid WHEN be.typtype = 'e' THEN be.oid END, ",
    "t.typnotnull, pg_get_expr(t.typdefaultbin, 0) FROM pg_catalog.pg_type t ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype ",
    "LEFT JOIN pg_catalog.pg_type be ON be.oid = b.typelem AND b.typcategory = 'A' ",
    "WHERE t.typtype = 'd' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_type", "t.oid"),
    " ORDER BY b.typtype = 'd', n.nspname COLLATE \"C\", t.typname COLLATE \"C\""
);

/// A row a check of a domain.
pub(super) const DOMAIN_CHECKS: &str = "SELECT k.contypid, k.conname, pg_get_expr(k.conbin, 0) \
     FROM pg_catalog.pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' \
     ORDER BY k.conname COLLATE \"C\"";

/// The enumerations by their oid.
pub(super) type Enums = BTreeMap<String, EnumType>;

pub(super) fn read_enums(rows: Vec<Row>) -> Result<Enums, ReflectError> {
    let mut enums = Enums::new();
    for row in rows {
        let mut fields = Fields::of("an enumeration", row);
        let (oid, name, label) = (fields.text()?, fields.object()?, fields.optional()?);
        let labels = Vec::new();
        let known = enums.entry(oid).or_insert(EnumType { name, labels });
        known.labels.extend(label);
    }
    Ok(enums)
}

pub(super) fn read_domains(
    rows: Vec<Row>,
    checks: Vec<Row>,
    enums: &Enums,
) -> Result<Vec<Domain>, ReflectError> {
    let mut domains = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let mut fields = Fields::of("a domain", row);
        places.insert(fields.text()?, domains.len());
        domains.push(Domain {
            name: fields.object()?,
            base: column_type(&mut fields, enums)?,
            not_null: fields.flag()?,
            default: fields.optional()?,
            checks: Vec::new(),
        });
    }
    for row in checks {
        let mut fields = Fields::of("a domain's check", row);
        // A check of a domain that an extension owns has no place here.
        if let Some(place) = places.get(&fields.text()?) {
            domains[*place].checks.push(CheckConstraint {
                name: fields.optional()?,
                expression: unwrapped(&fields.text()?).to_string(),
            });
        }
    }
    Ok(domains)
}

/// The next two fields: `format_type`, and the oid of the enumeration that it is or is an array of.
pub(super) fn column_type(fields: &mut Fields, enums: &Enums) -> Result<ColumnType, ReflectError> {
    let text = fields.text()?;
    let enumeration = fields.optional()?.and_then(|oid| enums.get(&oid));
    Ok(match enumeration {
        Some(known) if text.ends_with("[]") => {
            ColumnType::Array(Box::new(ColumnType::Enum(known.clone())))
        }
        Some(known) => ColumnType::Enum(known.clone()),
        None => parse(&text),
    })
}
