//! Views, routines, triggers and their like, as the SQL that makes them again.
//!
//! The server prints most of them. What it prints of an object in the connection's own namespace
//! gives no namespace here, so that the text reads the same wherever the search path leads.

use std::collections::BTreeMap;

use super::super::lexicon::LEXICON;
use super::row::Fields;
use super::{namespace, not_of_extension, object, users_namespace};
use crate::dialect::ReflectError;
use crate::schema::{Definition, DefinitionKind, in_order};

/// The SQL of the name of `$name` in the namespace `$namespace`, as other SQL would call it.
macro_rules! called {
    ($namespace:literal, $name:literal) => {
        concat!(
            "CASE WHEN ",
            $namespace,
            " = current_schema() THEN '' ELSE quote_ident(",
            $namespace,
            ") || '.' END || quote_ident(",
            $name,
            ")"
        )
    };
}

/// The SQL of a definition without the namespace of the table that it stands on.
macro_rules! on_table {
    ($definition:expr, $before:literal, $after:literal) => {
        concat!(
            "replace(",
            $definition,
            ", '",
            $before,
            "' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '",
            $after,
            "', '",
            $before,
            "' || ",
            $crate::dialect::postgres::reflect::definitions::called!("n.nspname", "c.relname"),
            " || '",
            $after,
            "')"
        )
    };
}

/// The SQL of a comment statement on `$words` called `$called`, empty where there is none.
macro_rules! comment {
    ($words:expr, $called:expr, $oid:literal, $catalogue:literal) => {
        concat!(
            "coalesce(E';\\nCOMMENT ON ",
            $words,
            " ' || ",
            $called,
            " || ' IS ' || quote_literal(obj_description(",
            $oid,
            ", '",
            $catalogue,
            "')), '')"
        )
    };
}

/// The comments on the columns of a relation `c`, as statements.
macro_rules! column_comments {
    () => {
        concat!(
            "coalesce((SELECT string_agg(E';\\nCOMMENT ON COLUMN ' || ",
            $crate::dialect::postgres::reflect::definitions::called!("n.nspname", "c.relname"),
            " || '.' || quote_ident(a.attname) || ' IS ' || quote_literal(d.description), '' ",
            "ORDER BY a.attnum) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description d ",
            "ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass ",
            "AND d.objsubid = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0), '')"
        )
    };
}

pub(super) use called;

/// Composite types, but for the rows of tables.
macro_rules! composite_types {
    () => {
        concat!(
        "SELECT 'type', t.oid, ",
    namespace!(),
    ", t.typname, NULL, NULL, NULL, 'CREATE TYPE ' || ",
    called!("n.nspname", "t.typname"),
    " || E' AS (\\n' || coalesce((SELECT string_agg('    ' || quote_ident(a.attname) || ' ' || ",
    "format_type(a.atttypid, a.atttypmod) || ",
    "CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || ",
    "a.attcollation::regcollation ELSE '' END, E',\\n' ",
    "ORDER BY a.attnum) FROM pg_catalog.pg_attribute a ",
    "JOIN pg_catalog.pg_type at ON at.oid = a.atttypid ",
    "WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || E'\\n)' || ",
    comment!(
        "TYPE",
        called!("n.nspname", "t.typname"),
        "t.oid",
        "pg_type"
    ),
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE ",
        "true",
    " AND ",
    not_of_extension!("pg_type", "t.oid")
        )
    };
}

/// Range types.
macro_rules! range_types {
    () => {
        concat!(
        "SELECT 'type', t.oid, ",
    namespace!(),
    ", t.typname, NULL, NULL, NULL, 'CREATE TYPE ' || ",
    called!("n.nspname", "t.typname"),
    " || ' AS RANGE (SUBTYPE = ' || format_type(r.rngsubtype, NULL) || ",
    "CASE WHEN NOT o.opcdefault THEN ', SUBTYPE_OPCLASS = ' || quote_ident(o.opcname) ELSE '' END || ",
    "CASE WHEN r.rngcollation <> s.typcollation THEN ', COLLATION = ' || ",
    "r.rngcollation::regcollation ELSE '' END || ",
    "CASE WHEN r.rngcanonical <> 0 THEN ', CANONICAL = ' || r.rngcanonical::regproc ELSE '' END || ",
    "CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc ELSE '' END ",
    "|| ')' || ",
    comment!(
        "TYPE",
        called!("n.nspname", "t.typname"),
        "t.oid",
        "pg_type"
    ),
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ",
    "JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid ",
    "JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc ",
    "JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype WHERE ",
        "true",
    " AND ",
    not_of_extension!("pg_type", "t.oid")
        )
    };
}

/// Functions and procedures.
macro_rules! routines {
    () => {
        concat!(
            "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.oid, ",
            namespace!(),
            ", p.proname, ",
            "(SELECT string_agg(format_type(u.type, NULL), ', ' ORDER BY u.place) ",
            "FROM unnest(p.proargtypes) WITH ORDINALITY u(type, place)), NULL, NULL, ",
            "regexp_replace(rtrim(pg_get_functiondef(p.oid), E'\\n'), ",
            "'^CREATE OR REPLACE (FUNCTION|PROCEDURE) (\"([^\"]|\"\")*\"|[^\".(]*)[.](\"([^\"]|\"\")*\"|[^\"(]*)[(]', ",
            "'CREATE ' || CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END || ' ' || replace(",
            called!("n.nspname", "p.proname"),
            ", E'\\\\', E'\\\\\\\\') || '(') || ",
            comment!(
                "' || CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END || '",
                concat!(
                    called!("n.nspname", "p.proname"),
                    " || '(' || pg_get_function_identity_arguments(p.oid) || ')'"
                ),
                "p.oid",
                "pg_proc"
            ),
            " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace ",
            "WHERE p.prokind IN ('f', 'p', 'w') AND ",
            "true",
            // The constructors of range types come and go with them.
            " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = ",
            "'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i') AND ",
            not_of_extension!("pg_proc", "p.oid")
        )
    };
}

/// Aggregates.
macro_rules! aggregates {
    () => {
        concat!(
        "SELECT 'aggregate', p.oid, ",
    namespace!(),
    ", p.proname, ",
    "(SELECT string_agg(format_type(u.type, NULL), ', ' ORDER BY u.place) ",
    "FROM unnest(p.proargtypes) WITH ORDINALITY u(type, place)), NULL, NULL, ",
    "'CREATE AGGREGATE ' || ",
    called!("n.nspname", "p.proname"),
    " || '(' || coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*') || ",
    "E') (\\n    SFUNC = ' || g.aggtransfn::regproc || E',\\n    STYPE = ' || ",
    "format_type(g.aggtranstype, NULL) || ",
    "CASE WHEN g.aggtransspace <> 0 THEN E',\\n    SSPACE = ' || g.aggtransspace ELSE '' END || ",
    "CASE WHEN g.aggfinalfn <> 0 THEN E',\\n    FINALFUNC = ' || g.aggfinalfn::regproc ELSE '' END || ",
    "CASE WHEN g.aggfinalextra THEN E',\\n    FINALFUNC_EXTRA' ELSE '' END || ",
    "CASE WHEN g.aggcombinefn <> 0 THEN E',\\n    COMBINEFUNC = ' || g.aggcombinefn::regproc ELSE '' END || ",
    "CASE WHEN g.aggserialfn <> 0 THEN E',\\n    SERIALFUNC = ' || g.aggserialfn::regproc ELSE '' END || ",
    "CASE WHEN g.aggdeserialfn <> 0 THEN E',\\n    DESERIALFUNC = ' || g.aggdeserialfn::regproc ELSE '' END || ",
    "coalesce(E',\\n    INITCOND = ' || quote_literal(g.agginitval), '') || ",
    "CASE WHEN g.aggmtransfn <> 0 THEN E',\\n    MSFUNC = ' || g.aggmtransfn::regproc || ",
    "E',\\n    MINVFUNC = ' || g.aggminvtransfn::regproc || E',\\n    MSTYPE = ' || ",
    "format_type(g.aggmtranstype, NULL) || CASE WHEN g.aggmfinalfn <> 0 THEN ",
    "E',\\n    MFINALFUNC = ' || g.aggmfinalfn::regproc ELSE '' END || ",
    "coalesce(E',\\n    MINITCOND = ' || quote_literal(g.aggminitval), '') ELSE '' END || ",
    "CASE WHEN g.aggsortop <> 0 THEN E',\\n    SORTOP = OPERATOR(' || g.aggsortop::regoper || ')' ELSE '' END || ",
    "CASE p.proparallel WHEN 's' THEN E',\\n    PARALLEL = SAFE' WHEN 'r' THEN E',\\n    PARALLEL = RESTRICTED' ELSE '' END || ",
    "CASE g.aggkind WHEN 'h' THEN E',\\n    HYPOTHETICAL' ELSE '' END || E'\\n)' || ",
    comment!(
        "AGGREGATE",
        concat!(
            called!("n.nspname", "p.proname"),
            " || '(' || coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*') || ')'"
        ),
        "p.oid",
        "pg_proc"
    ),
    " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace ",
    "JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid WHERE ",
        "true",
    " AND ",
    not_of_extension!("pg_proc", "p.oid")
        )
    };
}

/// Views, materialized ones with their indexes.
macro_rules! views {
    () => {
        concat!(
        "SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, c.oid, ",
    namespace!(),
    ", c.relname, NULL, NULL, NULL, ",
    "CASE c.relkind WHEN 'm' THEN 'CREATE MATERIALIZED VIEW ' ELSE 'CREATE VIEW ' END || ",
    called!("n.nspname", "c.relname"),
    " || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') || E' AS\\n' || ",
    "rtrim(pg_get_viewdef(c.oid), ';') || ",
    comment!(
        "' || CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END || '",
        called!("n.nspname", "c.relname"),
        "c.oid",
        "pg_class"
    ),
    " || ",
    column_comments!(),
    " || coalesce((SELECT string_agg(E';\\nALTER VIEW ' || ",
    called!("n.nspname", "c.relname"),
    " || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET DEFAULT ' || ",
    "pg_get_expr(d.adbin, d.adrelid), '' ORDER BY a.attnum) FROM pg_catalog.pg_attrdef d ",
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum ",
    "WHERE d.adrelid = c.oid), '') || coalesce((SELECT string_agg(E';\\n' || ",
    on_table!("pg_get_indexdef(i.indexrelid)", " ON ", " USING "),
    " || ",
    "coalesce(E';\\nCOMMENT ON INDEX ' || CASE WHEN n.nspname = current_schema() THEN '' ELSE ",
    "quote_ident(n.nspname) || '.' END || quote_ident(x.relname) || ' IS ' || ",
    "quote_literal(obj_description(x.oid, 'pg_class')), ''), '' ORDER BY x.relname COLLATE \"C\") ",
    "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "WHERE i.indrelid = c.oid AND i.indisvalid), '') ",
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
    "WHERE c.relkind IN ('v', 'm') AND ",
        "true",
    " AND ",
    not_of_extension!("pg_class", "c.oid")
        )
    };
}

/// Extended statistics.
macro_rules! statistics {
    () => {
        concat!(
        "SELECT 'statistics', s.oid, ",
    namespace!(),
    ", s.stxname, NULL, NULL, NULL, regexp_replace(pg_get_statisticsobjdef(s.oid), ",
    "'^CREATE STATISTICS (\"([^\"]|\"\")*\"|[^\".]*)[.](\"([^\"]|\"\")*\"|[^\" ]*)', ",
    "'CREATE STATISTICS ' || replace(",
    called!("n.nspname", "s.stxname"),
    ", E'\\\\', E'\\\\\\\\')) || ",
    comment!(
        "STATISTICS",
        called!("n.nspname", "s.stxname"),
        "s.oid",
        "pg_statistic_ext"
    ),
    " FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace ",
    "WHERE ",
        "true",
    " AND ",
    not_of_extension!("pg_statistic_ext", "s.oid")
        )
    };
}

/// Rules, but for those that are views.
macro_rules! rules {
    () => {
        concat!(
            "SELECT 'rule', r.oid, NULL, r.rulename, NULL, ",
            namespace!(),
            ", c.relname, rtrim(",
            // A condition stands on a line of its own.
            on_table!(
                on_table!("pg_get_ruledef(r.oid)", " TO ", " "),
                " TO ",
                "\n"
            ),
            ", ';') || CASE r.ev_enabled WHEN 'O' THEN '' ELSE E';\\nALTER TABLE ' || ",
            called!("n.nspname", "c.relname"),
            " || CASE r.ev_enabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ",
            "ELSE ' ENABLE ALWAYS' END || ' RULE ' || quote_ident(r.rulename) END || ",
            comment!(
                "RULE",
                concat!(
                    "quote_ident(r.rulename) || ' ON ' || ",
                    called!("n.nspname", "c.relname")
                ),
                "r.oid",
                "pg_rewrite"
            ),
            " FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class ",
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
            "WHERE r.rulename <> '_RETURN' AND ",
            "true",
            " AND ",
            not_of_extension!("pg_class", "c.oid")
        )
    };
}

/// Policies.
macro_rules! policies {
    () => {
        concat!(
        "SELECT 'policy', p.oid, NULL, p.polname, NULL, ",
    namespace!(),
    ", c.relname, 'CREATE POLICY ' || quote_ident(p.polname) || ' ON ' || ",
    called!("n.nspname", "c.relname"),
    " || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END || ",
    "CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' ",
    "WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END || ",
    "coalesce((SELECT ' TO ' || string_agg(quote_ident(a.rolname), ', ' ORDER BY a.rolname) ",
    "FROM pg_catalog.pg_roles a WHERE a.oid = ANY (p.polroles)), '') || ",
    "coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || ",
    "coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') || ",
    comment!(
        "POLICY",
        concat!(
            "quote_ident(p.polname) || ' ON ' || ",
            called!("n.nspname", "c.relname")
        ),
        "p.oid",
        "pg_policy"
    ),
    " FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ",
        "true",
    " AND ",
    not_of_extension!("pg_class", "c.oid")
        )
    };
}

/// Triggers, but for those of constraints and those that a partition has of its parent.
macro_rules! triggers {
    () => {
        concat!(
            "SELECT 'trigger', t.oid, NULL, t.tgname, NULL, ",
            namespace!(),
            ", c.relname, ",
            on_table!("pg_get_triggerdef(t.oid)", " ON ", " "),
            " || CASE t.tgenabled WHEN 'O' THEN '' ELSE E';\\nALTER TABLE ' || ",
            called!("n.nspname", "c.relname"),
            " || CASE t.tgenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ",
            "ELSE ' ENABLE ALWAYS' END || ' TRIGGER ' || quote_ident(t.tgname) END || ",
            comment!(
                "TRIGGER",
                concat!(
                    "quote_ident(t.tgname) || ' ON ' || ",
                    called!("n.nspname", "c.relname")
                ),
                "t.oid",
                "pg_trigger"
            ),
            " FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid ",
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
            "WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND ",
            "true",
            " AND ",
            not_of_extension!("pg_trigger", "t.oid"),
            " AND ",
            not_of_extension!("pg_class", "c.oid")
        )
    };
}

/// A row a definition: kind, oid, namespace, name, arguments, the table's namespace and name, SQL.
pub(super) const QUERY: &str = concat!(
    composite_types!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    range_types!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    routines!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    aggregates!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    views!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    statistics!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    rules!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    policies!(),
    " AND ",
    users_namespace!(),
    " UNION ALL ",
    triggers!(),
    " AND ",
    users_namespace!(),
);

/// The query of a definition of a kind that is in the connection's temporary namespace, `n`.
pub(in crate::dialect::postgres) fn of_temporary(kind: DefinitionKind) -> &'static str {
    macro_rules! within {
        ($of:ident) => {
            concat!($of!(), " AND n.oid = pg_my_temp_schema()")
        };
    }
    match kind {
        DefinitionKind::Function | DefinitionKind::Procedure => within!(routines),
        DefinitionKind::Aggregate => within!(aggregates),
        DefinitionKind::View | DefinitionKind::MaterializedView => within!(views),
        DefinitionKind::Policy => within!(policies),
        DefinitionKind::Trigger => within!(triggers),
        DefinitionKind::Statistics => within!(statistics),
        DefinitionKind::Rule => within!(rules),
        DefinitionKind::Type => concat!(
            composite_types!(),
            " AND n.oid = pg_my_temp_schema() UNION ALL ",
            range_types!(),
            " AND n.oid = pg_my_temp_schema()"
        ),
    }
}

/// The definitions by their oid, as they are filled.
pub(super) type Definitions = BTreeMap<u32, Definition>;

/// Reads a definition.
pub(super) fn read(
    fields: &mut Fields<'_>,
    definitions: &mut Definitions,
) -> Result<(), ReflectError> {
    let kind = kind(fields.text()?, fields)?;
    let oid = fields.number()?;
    let name = fields.object()?;
    let arguments = fields.optional()?;
    let arguments = kind
        .is_routine()
        .then(|| arguments.unwrap_or_default().to_string());
    let table = match (fields.optional()?, fields.optional()?) {
        (schema, Some(table)) => Some(object(schema, table)),
        _ => None,
    };
    let sql = fields.text()?;
    let definition = Definition::new(kind, name, arguments, table).sql(sql);
    definitions.insert(oid, definition);
    Ok(())
}

/// All definitions, in order.
pub(super) fn all(definitions: Definitions) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = definitions.into_values().collect();
    for definition in &mut definitions {
        definition.uses.sort();
    }
    in_order(definitions, &LEXICON)
}

fn kind(word: &str, fields: &Fields<'_>) -> Result<DefinitionKind, ReflectError> {
    const KINDS: [DefinitionKind; 10] = [
        DefinitionKind::Type,
        DefinitionKind::Function,
        DefinitionKind::Procedure,
        DefinitionKind::Aggregate,
        DefinitionKind::View,
        DefinitionKind::MaterializedView,
        DefinitionKind::Statistics,
        DefinitionKind::Rule,
        DefinitionKind::Policy,
        DefinitionKind::Trigger,
    ];
    let known = KINDS.into_iter().find(|kind| kind.words() == word);
    known.ok_or_else(|| fields.error(&format!("has the unknown kind `{word}`")))
}
