//! What definitions depend on, as the database says.

use super::definitions::Definitions;
use super::row::Fields;
use super::{namespace, users_namespace};
use crate::dialect::ReflectError;
use crate::schema::Use;

/// The definition of a dependency `d`, by its oid: a view has its rule `r` and its columns to depend
/// on things for it, a composite type its attributes. `k` is the relation that depends, if one does.
macro_rules! user {
    () => {
        concat!(
            "SELECT CASE WHEN r.rulename = '_RETURN' THEN r.ev_class WHEN k.relkind = 'c' ",
            "THEN k.reltype ELSE d.objid END, "
        )
    };
}

/// What is joined to dependencies `d` for [`user`].
macro_rules! join_user {
    () => {
        concat!(
            " LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass ",
            "AND r.oid = d.objid ",
            "LEFT JOIN pg_catalog.pg_class k ON d.classid = 'pg_catalog.pg_class'::regclass ",
            "AND k.oid = d.objid AND k.relkind IN ('c', 'v', 'm') "
        )
    };
}

/// The SQL that is true of a dependency `d` of a definition.
macro_rules! of_definition {
    () => {
        concat!(
            " AND d.deptype <> 'i' AND (k.oid IS NOT NULL OR d.classid IN (",
            "'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_trigger'::regclass, ",
            "'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_proc'::regclass, ",
            "'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_statistic_ext'::regclass)) AND "
        )
    };
}

/// A row a use: the definition's oid, what kind of thing it uses, the name, and the column of a
/// relation or the arguments of a routine.
///
/// What depends on the type of a relation's rows depends on the relation, what depends on an array
/// on the type of its elements.
pub(super) const QUERY: &str = concat!(
    user!(),
    "'relation', ",
    namespace!(),
    ", c.relname, a.attname FROM pg_catalog.pg_depend d ",
    "JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid ",
    "AND d.refobjsubid > 0",
    join_user!(),
    "WHERE d.refclassid = 'pg_catalog.pg_class'::regclass ",
    "AND (r.oid IS NULL OR r.rulename <> '_RETURN' OR r.ev_class <> c.oid)",
    " AND (k.oid IS NOT NULL OR d.classid IN (",
    "'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_trigger'::regclass, ",
    "'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_proc'::regclass, ",
    "'pg_catalog.pg_statistic_ext'::regclass)) AND ",
    users_namespace!(),
    " UNION ",
    user!(),
    "CASE WHEN c.oid IS NULL THEN 'type' ELSE 'relation' END, ",
    namespace!(),
    ", t.typname, NULL FROM pg_catalog.pg_depend d ",
    "JOIN pg_catalog.pg_type l ON l.oid = d.refobjid ",
    "JOIN pg_catalog.pg_type t ON t.oid = CASE WHEN l.typcategory = 'A' AND l.typelem <> 0 ",
    "THEN l.typelem ELSE l.oid END ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind <> 'c'",
    join_user!(),
    "WHERE d.refclassid = 'pg_catalog.pg_type'::regclass",
    of_definition!(),
    users_namespace!(),
    " UNION ",
    user!(),
    "'routine', ",
    namespace!(),
    ", p.proname, coalesce((SELECT string_agg(format_type(u.type, NULL), ', ' ORDER BY u.place) ",
    "FROM unnest(p.proargtypes) WITH ORDINALITY u(type, place)), '') ",
    "FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace",
    join_user!(),
    "WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass",
    of_definition!(),
    users_namespace!(),
);

/// Reads what a definition uses; one of an extension has no place here.
pub(super) fn read(
    fields: &mut Fields<'_>,
    definitions: &mut Definitions,
) -> Result<(), ReflectError> {
    if let Some(definition) = definitions.get_mut(&fields.number()?) {
        let kind = fields.text()?;
        let name = fields.object()?;
        let more = fields.optional_string()?;
        definition.uses.push(match (kind, more) {
            ("type", _) => Use::Type { name },
            ("routine", arguments) => Use::Routine {
                name,
                arguments: arguments.unwrap_or_default(),
            },
            (_, Some(column)) => Use::Column {
                relation: name,
                column,
            },
            (_, None) => Use::Relation { name },
        });
    }
    Ok(())
}
