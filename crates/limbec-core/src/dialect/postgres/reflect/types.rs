//! Enumerations and domains.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{named_collation, namespace, not_of_extension, users_namespace};
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::dialect::postgres::types::parse;
use crate::dialect::{ReflectError, Row};
use crate::schema::{CheckConstraint, ColumnType, Domain, EnumType};

/// A row a label.
pub(super) const ENUMS: &str = concat!(
    "SELECT t.oid, ",
    namespace!(),
    ", t.typname, obj_description(t.oid, 'pg_type'), e.enumlabel FROM pg_catalog.pg_type t ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid ",
    "WHERE t.typtype = 'e' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_type", "t.oid"),
    " ORDER BY t.oid, e.enumsortorder"
);

/// The domains.
pub(super) const DOMAINS: &str = concat!(
    "SELECT t.oid, ",
    namespace!(),
    ", t.typname, format_type(t.typbasetype, t.typtypmod), ",
    "CASE WHEN b.typcategory = 'A' AND b.typtype <> 'd' THEN b.typelem ELSE b.oid END, ",
    named_collation!("t.typcollation", "b.typcollation"),
    ", t.typnotnull, pg_get_expr(t.typdefaultbin, 0), obj_description(t.oid, 'pg_type') ",
    "FROM pg_catalog.pg_type t ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype ",
    "LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation ",
    "LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace ",
    "WHERE t.typtype = 'd' AND ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_type", "t.oid"),
    " ORDER BY n.nspname COLLATE \"C\", t.typname COLLATE \"C\""
);

/// A row a check of a domain.
pub(super) const DOMAIN_CHECKS: &str = "SELECT k.contypid, k.conname, pg_get_expr(k.conbin, 0) \
     FROM pg_catalog.pg_constraint k WHERE k.contypid <> 0 AND k.contype = 'c' \
     ORDER BY k.conname COLLATE \"C\"";

/// The types with names of their own, as columns are of them, by their oid.
pub(super) type NamedTypes = BTreeMap<String, ColumnType>;

/// Reads the enumerations, in the order of their oid.
pub(super) fn read_enums(
    rows: Vec<Row>,
    types: &mut NamedTypes,
) -> Result<Vec<EnumType>, ReflectError> {
    let mut enums: BTreeMap<String, EnumType> = BTreeMap::new();
    for row in rows {
        let mut fields = Fields::of("an enumeration", row);
        let (oid, name) = (fields.text()?, fields.object()?);
        let (comment, label) = (fields.optional()?, fields.optional()?);
        let known = enums.entry(oid).or_insert_with(|| EnumType {
            name,
            labels: Vec::new(),
            comment,
        });
        known.labels.extend(label);
    }
    types.extend((enums.iter()).map(|(oid, it)| (oid.clone(), it.clone().into())));
    Ok(enums.into_values().collect())
}

/// Reads the domains.
pub(super) fn read_domains(
    rows: Vec<Row>,
    checks: Vec<Row>,
    types: &mut NamedTypes,
) -> Result<Vec<Domain>, ReflectError> {
    let mut places = BTreeMap::new();
    // A domain may be made of one that comes later.
    let mut named = Vec::with_capacity(rows.len());
    for (place, row) in rows.into_iter().enumerate() {
        let mut fields = Fields::of("a domain", row);
        let oid = fields.text()?;
        let name = fields.object()?;
        types.insert(oid.clone(), ColumnType::Named(name.clone()));
        places.insert(oid, place);
        named.push((name, fields));
    }
    let mut domains = Vec::with_capacity(named.len());
    for (name, mut fields) in named {
        domains.push(Domain {
            name,
            base: column_type(&mut fields, types)?,
            collation: fields.optional()?,
            not_null: fields.flag()?,
            default: fields.optional()?,
            checks: Vec::new(),
            comment: fields.optional()?,
        });
    }
    forget_inherited_defaults(&mut domains);
    for row in checks {
        let mut fields = Fields::of("a domain's check", row);
        // A check of a domain that an extension owns has no place here.
        if let Some(place) = places.get(&fields.text()?) {
            let name = fields.text()?;
            let domain = &mut domains[*place];
            let is_varchar = matches!(domain.base, ColumnType::Varchar { .. });
            let rule = with_in_lists(unwrapped(&fields.text()?), |it| it == "VALUE" && is_varchar);
            domain.checks.push(CheckConstraint::new(rule).name(name));
        }
    }
    Ok(domains)
}

/// A domain made of another one is given a copy of its default.
fn forget_inherited_defaults(domains: &mut [Domain]) {
    let defaults: BTreeMap<_, _> = domains
        .iter()
        .map(|it| (it.name.clone(), it.default.clone()))
        .collect();
    for domain in domains {
        if let ColumnType::Named(base) = &domain.base
            && defaults.get(base) == Some(&domain.default)
        {
            domain.default = None;
        }
    }
}

/// The next two fields: `format_type`, and the oid of the type that it is or is an array of.
pub(super) fn column_type(
    fields: &mut Fields,
    types: &NamedTypes,
) -> Result<ColumnType, ReflectError> {
    let text = fields.text()?;
    let named = fields.optional()?.and_then(|oid| types.get(&oid));
    Ok(match named {
        Some(known) if text.ends_with("[]") => ColumnType::Array(Box::new(known.clone())),
        Some(known) => known.clone(),
        None => parse(&text),
    })
}
