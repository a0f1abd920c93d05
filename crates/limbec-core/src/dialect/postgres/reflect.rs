//! The catalogue: a fixed number of queries, and their rows → [`Schema`].
//!
//! Input: the answers in the order of [`QUERIES`]. Output: objects sorted by name, columns and
//! labels in their own order. What an extension owns and temporary tables are left out; what a
//! table has from the one that it is a partition of or inherits from is that one's.
//! Each query is in the file of what it reads.

mod beyond;
mod columns;
mod constraints;
mod definitions;
mod indexes;
mod row;
mod sequences;
mod types;

use std::collections::BTreeMap;

use self::row::Fields;
use crate::dialect::{ReflectError, Row};
use crate::schema::{Column, ColumnType, Namespace, ObjectName, Schema, Table, in_order};
pub(super) use definitions::of_temporary;

/// The queries, in the order in which [`read`] takes their answers.
pub(super) const QUERIES: &[&str] = &[
    NAMESPACES,
    EXTENSIONS,
    types::ENUMS,
    types::DOMAINS,
    types::DOMAIN_CHECKS,
    TABLES,
    columns::QUERY,
    constraints::QUERY,
    indexes::QUERY,
    sequences::QUERY,
    definitions::QUERY,
    definitions::USES,
    beyond::QUERY,
];

/// The SQL that is true of a namespace `n` with tables of users.
macro_rules! users_namespace {
    () => {
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    };
}

/// The SQL that is true of an object that no extension owns, by its catalogue and `oid` column.
macro_rules! not_of_extension {
    ($catalogue:literal, $oid:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.",
            $catalogue,
            "'::regclass AND e.objid = ",
            $oid,
            " AND e.objsubid = 0 AND e.deptype = 'e')"
        )
    };
}

/// The SQL of a namespace `n`'s name, NULL for the connection's own.
macro_rules! namespace {
    () => {
        "nullif(n.nspname, current_schema())"
    };
}

/// The tables that are read, as `c` with the namespace `n`.
macro_rules! tables {
    () => {
        concat!(
            "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
            "AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ",
            $crate::dialect::postgres::reflect::users_namespace!(),
            " AND ",
            $crate::dialect::postgres::reflect::not_of_extension!("pg_class", "c.oid")
        )
    };
}

/// The SQL of a collation `co` of a namespace `cn` where it is not the type's own: its name, quoted
/// and qualified where it must be.
macro_rules! named_collation {
    ($of:literal, $own:literal) => {
        concat!(
            "CASE WHEN ",
            $of,
            " <> ",
            $own,
            " THEN CASE WHEN pg_collation_is_visible(co.oid) THEN co.collname ",
            "ELSE format('\"%s\".\"%s\"', replace(cn.nspname, '\"', '\"\"'), ",
            "replace(co.collname, '\"', '\"\"')) END END"
        )
    };
}

use {named_collation, namespace, not_of_extension, tables, users_namespace};

const NAMESPACES: &str = concat!(
    "SELECT n.nspname, n.nspname = current_schema(), obj_description(n.oid, 'pg_namespace') ",
    "FROM pg_catalog.pg_namespace n WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_namespace", "n.oid")
);

const EXTENSIONS: &str = "SELECT extname FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'";

/// Storage parameters are joined by a character that none of them holds.
const TABLES: &str = concat!(
    "SELECT c.oid, ",
    namespace!(),
    ", c.relname, c.relpersistence, obj_description(c.oid, 'pg_class'), ",
    "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, ",
    "(SELECT string_agg(CASE WHEN pn.nspname = current_schema() THEN quote_ident(p.relname) ",
    "ELSE quote_ident(pn.nspname) || '.' || quote_ident(p.relname) END, ', ' ORDER BY h.inhseqno) ",
    "FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent ",
    "JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid), ",
    "c.relispartition, pg_get_expr(c.relpartbound, c.oid), s.spcname, ",
    "nullif(am.amname, 'heap'), c.relrowsecurity, c.relforcerowsecurity, c.relreplident, ",
    "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, ",
    "(SELECT x.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "JOIN pg_catalog.pg_constraint k ON k.conindid = x.oid AND k.conrelid = c.oid ",
    "AND k.contype IN ('p', 'u', 'x') WHERE i.indrelid = c.oid AND i.indisclustered), ",
    "(SELECT x.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "JOIN pg_catalog.pg_constraint k ON k.conindid = x.oid AND k.conrelid = c.oid ",
    "AND k.contype IN ('p', 'u', 'x') WHERE i.indrelid = c.oid AND i.indisreplident), ",
    "array_to_string(c.reloptions, chr(1)), array_to_string(t.reloptions, chr(1)) FROM ",
    tables!(),
    " LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace ",
    "LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam ",
    "LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid"
);

/// The tables by their oid, as they are filled.
type Tables = BTreeMap<String, Table>;

/// Makes a schema of the answers to [`QUERIES`].
pub(super) fn read(answers: Vec<Vec<Row>>) -> Result<Schema, ReflectError> {
    let given = answers.len();
    let answers: [Vec<Row>; 13] = answers.try_into().map_err(|_| {
        ReflectError(format!(
            "the catalogue has {} queries, but {given} answers came",
            QUERIES.len()
        ))
    })?;
    let [
        namespaces,
        extensions,
        enums,
        domains,
        domain_checks,
        table_rows,
        column_rows,
        constraint_rows,
        index_rows,
        sequence_rows,
        definition_rows,
        use_rows,
        beyond_rows,
    ] = answers;
    let mut types = types::NamedTypes::new();
    let enums = types::read_enums(enums, &mut types)?;
    let domains = types::read_domains(domains, domain_checks, &mut types)?;
    let mut tables = read_tables(table_rows)?;
    let used = columns::read(column_rows, &types, &mut tables)?;
    constraints::read(constraint_rows, &mut tables)?;
    indexes::read(index_rows, &mut tables)?;
    let (own, others): (Vec<_>, Vec<_>) = namespaces.into_iter().partition(is_own);
    let mut schema = Schema {
        own_namespace: names(own)?.pop(),
        namespaces: read_namespaces(others)?,
        extensions: names(extensions)?,
        domains,
        enums,
        sequences: sequences::read(sequence_rows, &used)?,
        tables: tables.into_values().map(sorted).collect(),
        definitions: in_order(definitions::read(definition_rows, use_rows)?),
        renames: Vec::new(),
        unmodelled: beyond::read(beyond_rows)?,
    };
    // The server's order depends on its collation and on where the rows happen to lie.
    schema.enums.sort_by(|a, b| a.name.cmp(&b.name));
    schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(schema)
}

/// Whether the row of a namespace is that of the connection's own.
fn is_own(row: &Row) -> bool {
    row.get(1).is_some_and(|it| it.as_deref() == Some("t"))
}

fn read_namespaces(rows: Vec<Row>) -> Result<Vec<Namespace>, ReflectError> {
    let mut namespaces = Vec::with_capacity(rows.len());
    for row in rows {
        let mut fields = Fields::of("a namespace", row);
        let mut namespace = Namespace::from(fields.text()?);
        fields.flag()?;
        namespace.comment = fields.optional()?;
        namespaces.push(namespace);
    }
    namespaces.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(namespaces)
}

fn names(rows: Vec<Row>) -> Result<Vec<String>, ReflectError> {
    let mut names = rows
        .into_iter()
        .map(|row| Fields::of("a name", row).text())
        .collect::<Result<Vec<_>, _>>()?;
    names.sort();
    Ok(names)
}

fn read_tables(rows: Vec<Row>) -> Result<Tables, ReflectError> {
    let mut tables = Tables::new();
    for row in rows {
        let mut fields = Fields::of("a table", row);
        let oid = fields.text()?;
        let mut table = Table::new(fields.object()?);
        let unlogged = fields.text()? == "u";
        table.comment = fields.optional()?;
        table.options = table_options(&mut fields)?;
        if unlogged {
            table = table.option("postgresql.unlogged", "true");
        }
        tables.insert(oid, table);
    }
    Ok(tables)
}

/// The last fields of a table: what only PostgreSQL knows of it.
fn table_options(fields: &mut Fields) -> Result<BTreeMap<String, String>, ReflectError> {
    let mut options = BTreeMap::new();
    let mut set = |name: &str, value: Option<String>| {
        options.extend(value.map(|value| (format!("postgresql.{name}"), value)));
    };
    set("partition_by", fields.optional()?);
    let parents = fields.optional()?;
    if fields.flag()? {
        set("partition_of", parents);
    } else {
        set("inherits", parents);
    }
    set("bound", fields.optional()?);
    set("tablespace", fields.optional()?);
    set("access_method", fields.optional()?);
    let security = match (fields.flag()?, fields.flag()?) {
        (_, true) => Some("force"),
        (true, false) => Some("enable"),
        (false, false) => None,
    };
    set("row_level_security", security.map(String::from));
    let identity = fields.text()?;
    set("of_type", fields.optional()?);
    set("cluster_on", fields.optional()?);
    let by_index = fields.optional()?;
    set(
        "replica_identity",
        match identity.as_str() {
            "f" => Some("full".to_string()),
            "n" => Some("nothing".to_string()),
            _ => by_index,
        },
    );
    for (name, value) in parameters(fields.optional()?) {
        set(&name, Some(value));
    }
    for (name, value) in parameters(fields.optional()?) {
        set(&format!("toast.{name}"), Some(value));
    }
    Ok(options)
}

/// The parameters in a text that [`TABLES`] joined by a character that none of them holds.
fn parameters(text: Option<String>) -> Vec<(String, String)> {
    let text = text.unwrap_or_default();
    let all = text.split('\u{1}').filter_map(|it| it.split_once('='));
    all.map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// Looks the table of a row up; a table that was left out has rows nowhere.
fn table_of<'a>(tables: &'a mut Tables, oid: &str) -> Result<&'a mut Table, ReflectError> {
    tables
        .get_mut(oid)
        .ok_or_else(|| ReflectError(format!("the catalogue has no table with the oid {oid}")))
}

/// Says of names whether they are columns of a table of the type `varchar`.
fn is_varchar_of(table: &Table) -> impl Fn(&str) -> bool + '_ {
    let is_varchar = |it: &Column| matches!(it.column_type, ColumnType::Varchar { .. });
    move |name| table.column_named(name).is_some_and(is_varchar)
}

fn sorted(mut table: Table) -> Table {
    table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
    table.checks.sort_by(|a, b| a.name.cmp(&b.name));
    table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
    table.excludes.sort_by(|a, b| a.name.cmp(&b.name));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table
}

/// The name of an object with a namespace that the server left NULL for the connection's own.
fn object(schema: Option<String>, name: String) -> ObjectName {
    ObjectName { schema, name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[Option<&str>]) -> Row {
        fields.iter().map(|field| field.map(String::from)).collect()
    }

    fn answers(tables: Vec<Row>, constraints: Vec<Row>, indexes: Vec<Row>) -> Vec<Vec<Row>> {
        let mut answers = vec![Vec::new(); QUERIES.len()];
        answers[5] = tables;
        answers[7] = constraints;
        answers[8] = indexes;
        answers
    }

    #[test]
    fn rows_that_do_not_read_are_errors() {
        assert!(read(Vec::new()).is_err());
        let mut table = row(&[Some("1"), None, Some("t"), Some("p"), None]);
        table.extend(row(&[
            None,
            None,
            Some("f"),
            None,
            None,
            None,
            Some("f"),
            Some("f"),
        ]));
        table.extend(row(&[Some("d"), None, None, None, None, None]));
        let cases = [
            answers(vec![row(&[])], vec![], vec![]),
            answers(vec![row(&[Some("1"), None, None])], vec![], vec![]),
            answers(vec![], vec![row(&[Some("1"), Some("p")])], vec![]),
            answers(
                vec![table.clone()],
                vec![row(&[Some("1"), Some("p")])],
                vec![],
            ),
            answers(vec![table.clone()], vec![], vec![index("nonsense")]),
        ];
        for answers in cases {
            assert!(read(answers.clone()).is_err(), "{answers:?}");
        }
        let definition = "CREATE INDEX i ON t USING btree (a DESC, b)";
        let schema = read(answers(vec![table], vec![], vec![index(definition)])).unwrap();
        assert!(schema.tables[0].indexes[0].elements[0].descending);
    }

    fn index(definition: &str) -> Row {
        let mut row = row(&[Some("1"), Some("2"), Some("i"), Some("f"), Some("btree")]);
        row.extend([None, None, None, None]);
        row.extend(["f", "f"].map(|field| Some(field.to_string())));
        row.extend([None, Some(definition.to_string())]);
        row.extend(["f", "a", "a"].map(|field| Some(field.to_string())));
        row.extend([None, None, None, None]);
        row
    }
}
