//! Enumerations and domains.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{named_collation, namespace, not_of_extension, users_namespace};
use crate::dialect::ReflectError;
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::dialect::postgres::types::parse;
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

/// The types with names of their own, by their oid.
#[derive(Default)]
pub(super) struct NamedTypes {
    enums: BTreeMap<u32, EnumType>,
    domains: BTreeMap<u32, OneDomain>,
    /// The domains' oids in the order of their rows.
    order: Vec<u32>,
}

/// A domain, of which the base may be a domain that comes later.
struct OneDomain {
    domain: Domain,
    base: (String, Option<u32>),
    /// Its checks, by name, as the server prints them.
    checks: Vec<(String, String)>,
}

impl NamedTypes {
    /// Reads a label of an enumeration.
    pub(super) fn read_enum(&mut self, fields: &mut Fields<'_>) -> Result<(), ReflectError> {
        let (oid, name) = (fields.number()?, fields.object()?);
        let (comment, label) = (fields.optional_string()?, fields.optional_string()?);
        let known = self.enums.entry(oid).or_insert_with(|| EnumType {
            name,
            labels: Vec::new(),
            comment,
        });
        known.labels.extend(label);
        Ok(())
    }

    /// Reads a domain.
    pub(super) fn read_domain(&mut self, fields: &mut Fields<'_>) -> Result<(), ReflectError> {
        let oid = fields.number()?;
        let name = fields.object()?;
        let base = (fields.string()?, fields.optional_number()?);
        let domain = Domain {
            name,
            base: ColumnType::Text,
            collation: fields.optional_string()?,
            not_null: fields.flag()?,
            default: fields.optional_string()?,
            checks: Vec::new(),
            comment: fields.optional_string()?,
        };
        let one = OneDomain {
            domain,
            base,
            checks: Vec::new(),
        };
        self.domains.insert(oid, one);
        self.order.push(oid);
        Ok(())
    }

    /// Reads a check of a domain; one of a domain that an extension owns has no place here.
    pub(super) fn read_check(&mut self, fields: &mut Fields<'_>) -> Result<(), ReflectError> {
        if let Some(one) = self.domains.get_mut(&fields.number()?) {
            one.checks.push((fields.string()?, fields.string()?));
        }
        Ok(())
    }

    /// The next two fields: `format_type`, and the oid of the type that it is or is an array of.
    pub(super) fn read(&self, fields: &mut Fields<'_>) -> Result<ColumnType, ReflectError> {
        let (text, oid) = (fields.text()?, fields.optional_number()?);
        Ok(self.column_type(text, oid))
    }

    fn column_type(&self, text: &str, oid: Option<u32>) -> ColumnType {
        let named = oid.and_then(|oid| {
            let domain = self.domains.get(&oid);
            let domain = domain.map(|it| ColumnType::Named(it.domain.name.clone()));
            domain.or_else(|| self.enums.get(&oid).map(|it| it.clone().into()))
        });
        match named {
            Some(known) if text.ends_with("[]") => ColumnType::Array(Box::new(known)),
            Some(known) => known,
            None => parse(text),
        }
    }

    /// All enumerations, by name, and all domains.
    pub(super) fn all(mut self) -> (Vec<EnumType>, Vec<Domain>) {
        let mut domains = Vec::with_capacity(self.order.len());
        for oid in &self.order {
            let Some(one) = self.domains.get(oid) else {
                continue;
            };
            let base = self.column_type(&one.base.0, one.base.1);
            let is_varchar = matches!(base, ColumnType::Varchar { .. });
            let checks = one.checks.iter().map(|(name, rule)| {
                let rule = with_in_lists(unwrapped(rule), |it| it == "VALUE" && is_varchar);
                CheckConstraint::new(rule).name(name.as_str())
            });
            domains.push(Domain {
                base,
                checks: checks.collect(),
                ..one.domain.clone()
            });
        }
        forget_inherited_defaults(&mut domains);
        let mut enums: Vec<_> = std::mem::take(&mut self.enums).into_values().collect();
        enums.sort_by(|a, b| a.name.cmp(&b.name));
        (enums, domains)
    }
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
