//! Who may write limbec's own tables.
//!
//! What stands in them decides what the next run does. A creator's default privileges (`ALTER DEFAULT
//! PRIVILEGES … GRANT ALL ON TABLES TO app`) would open them to the roles of applications.

use super::names::{cut, dollar_quoted, literal, object};
use crate::schema::ObjectName;

/// The statement that makes a table, and leaves it to its owner if it was not there.
pub(super) fn made(table: &ObjectName, create: &str) -> String {
    let body = format!(
        "DECLARE\n    granted record;\nBEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c \
         WHERE {it}) THEN\n    {create};\n{revoke}    END IF;\nEND",
        it = is_it(table),
        revoke = revoke(table),
    );
    format!("DO {}", dollar_quoted(&body))
}

/// The statement that leaves a table to its owner.
pub(super) fn protect(table: &ObjectName) -> String {
    let body = format!("DECLARE\n    granted record;\nBEGIN\n{}END", revoke(table));
    format!("DO {}", dollar_quoted(&body))
}

/// The condition that a relation is the table of a name, where `CREATE TABLE` makes it.
fn is_it(table: &ObjectName) -> String {
    let namespace = table.schema.as_deref().map(|name| literal(cut(name)));
    format!(
        "c.relname = {} AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n \
         WHERE n.nspname = {})",
        literal(cut(&table.name)),
        namespace.unwrap_or_else(|| "current_schema()".to_string())
    )
}

/// Takes every right but that to read from everybody but the owner, at the table and its sequence. Who may
/// read keeps that: a service that does not migrate looks where the database stands.
fn revoke(table: &ObjectName) -> String {
    format!(
        "    FOR granted IN\n        SELECT c.oid::regclass AS relation, \
         CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,\n               \
         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role,\n               \
         bool_or(a.privilege_type = 'SELECT') AS reads\n        \
         FROM pg_catalog.pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a\n        \
         WHERE a.grantee <> c.relowner AND ({it} OR c.oid IN (\n            \
         SELECT d.objid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.refobjid\n            \
         WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass \
         AND d.deptype IN ('a', 'i') AND {it}))\n        GROUP BY 1, 2, 3\n    LOOP\n        \
         EXECUTE format('REVOKE ALL ON %s %s FROM %s', granted.kind, granted.relation, granted.role);\n        \
         IF granted.reads THEN\n            \
         EXECUTE format('GRANT SELECT ON %s %s TO %s', granted.kind, granted.relation, granted.role);\n        \
         END IF;\n    END LOOP;\n",
        it = is_it(table)
    )
}

/// The roles that may write the tables or act when somebody else does, besides their owners: the role, and
/// the table.
pub(super) fn writers(tables: &[ObjectName]) -> String {
    let names: Vec<String> = tables
        .iter()
        .map(|it| format!("to_regclass({})", literal(&object(it))))
        .collect();
    format!(
        "SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, \
         c.oid::regclass::text \
         FROM pg_catalog.pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a \
         WHERE c.oid IN ({names}) AND a.grantee <> c.relowner \
         AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') \
         UNION SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, \
         c.oid::regclass::text \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid \
         CROSS JOIN LATERAL aclexplode(t.attacl) a \
         WHERE c.oid IN ({names}) AND a.grantee <> c.relowner \
         AND a.privilege_type IN ('INSERT', 'UPDATE') ORDER BY 1, 2",
        names = names.join(", ")
    )
}
