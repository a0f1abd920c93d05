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
mod tables;
mod types;

use self::columns::ColumnNames;
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
    tables::QUERY,
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

/// What is joined to see of the rows with the table's oid `$oid` those of tables of users, with the
/// table as `c` and its namespace as `n`. Those of an extension are among them: their rows find no
/// table to be of.
macro_rules! join_tables {
    ($oid:literal) => {
        concat!(
            " JOIN pg_catalog.pg_class c ON c.oid = ",
            $oid,
            " AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' ",
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND ",
            $crate::dialect::postgres::reflect::users_namespace!()
        )
    };
}

/// What is joined to have the comment on the object `$oid` of `$catalogue`, and there on the column
/// `$column`, as `r.description`. The functions that PostgreSQL has for it ask once a row.
macro_rules! join_comment {
    ($catalogue:literal, $oid:literal, $column:literal) => {
        concat!(
            " LEFT JOIN pg_catalog.pg_description r ON r.classoid = 'pg_catalog.",
            $catalogue,
            "'::regclass AND r.objoid = ",
            $oid,
            " AND r.objsubid = ",
            $column
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

use {join_comment, join_tables, named_collation, namespace, not_of_extension, users_namespace};

const NAMESPACES: &str = concat!(
    "SELECT n.nspname, n.nspname = current_schema(), obj_description(n.oid, 'pg_namespace') ",
    "FROM pg_catalog.pg_namespace n WHERE ",
    users_namespace!(),
    " AND ",
    not_of_extension!("pg_namespace", "n.oid")
);

/// What is in `pg_catalog` could be nowhere else.
const EXTENSIONS: &str = concat!(
    "SELECT nullif(",
    namespace!(),
    ", 'pg_catalog'), e.extname FROM pg_catalog.pg_extension e ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'"
);

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
    let mut tables = tables::read(table_rows)?;
    let (sequences, mut counters) = sequences::read(sequence_rows)?;
    let column_names = columns::read(column_rows, &types, &mut counters, &mut tables)?;
    let mut unmodelled = constraints::read(constraint_rows, &column_names, &mut tables)?;
    indexes::read(index_rows, &column_names, &mut tables)?;
    unmodelled.extend(beyond::read(beyond_rows)?);
    unmodelled.sort();
    let (mut own, others): (Vec<_>, Vec<_>) = namespaces.into_iter().partition(is_own);
    let mut schema = Schema {
        own_namespace: (own.pop())
            .map(|row| Fields::of("a namespace", row).text())
            .transpose()?,
        namespaces: read_namespaces(others)?,
        extensions: read_extensions(extensions)?,
        domains,
        enums,
        sequences: sequences::all(sequences, counters),
        tables: tables.into_values().map(sorted).collect(),
        definitions: in_order(definitions::read(definition_rows, use_rows)?),
        unmodelled,
        ..Schema::default()
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

fn read_extensions(rows: Vec<Row>) -> Result<Vec<ObjectName>, ReflectError> {
    let rows = rows.into_iter();
    let mut names = rows
        .map(|row| Fields::of("an extension", row).object())
        .collect::<Result<Vec<_>, _>>()?;
    names.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(names)
}

/// The parameters in a text that a query joined by a character that none of them holds.
fn parameters(text: Option<String>) -> Vec<(String, String)> {
    let text = text.unwrap_or_default();
    let all = text.split('\u{1}').filter_map(|it| it.split_once('='));
    all.map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
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

    /// A row of fields with spaces between; `-` is NULL.
    fn row(fields: &str) -> Row {
        let field = |it: &str| (it != "-").then(|| it.to_string());
        fields.split(' ').map(field).collect()
    }

    const TABLE: &str = "1 - t p - - - f - - - f f d - - -";

    fn answers(tables: &[&str], constraints: &[&str], index: Option<Row>) -> Vec<Vec<Row>> {
        let rows = |rows: &[&str]| rows.iter().map(|it| row(it)).collect::<Vec<_>>();
        let mut answers = vec![Vec::new(); QUERIES.len()];
        answers[5] = rows(tables);
        answers[6] = rows(&[
            "1 1 a t integer 23 f -   - - - - - -",
            "1 2 b f integer 23 f -   - - - - - -",
        ]);
        answers[7] = rows(constraints);
        answers[8] = index.into_iter().collect();
        answers
    }

    fn index(definition: &str) -> Option<Row> {
        let mut index = row("1 i f btree - - - - f f f -");
        index.push(Some(definition.to_string()));
        index.push(Some("1 2".to_string()));
        index.extend(row("2 - - f f -"));
        Some(index)
    }

    #[test]
    fn rows_that_do_not_read_are_errors() {
        assert!(read(Vec::new()).is_err());
        let cases = [
            answers(&[""], &[], None),
            answers(&["1 - -"], &[], None),
            answers(&["one - t p - - - f - - - f f d - - -"], &[], None),
            answers(&[TABLE], &["1 p"], None),
            answers(&[TABLE], &["1 p k t f f f f - {3} f f - f - 1"], None),
            answers(&[TABLE], &[], index("nonsense")),
            answers(&[TABLE], &[], index("CREATE INDEX i ON t USING btree (a)")),
        ];
        for answers in cases {
            assert!(read(answers.clone()).is_err(), "{answers:?}");
        }
    }

    #[test]
    fn an_index_is_read_off_its_definition() {
        let definition = "CREATE INDEX i ON t USING btree (a DESC, b)";
        let schema = read(answers(&[TABLE], &[], index(definition))).unwrap();
        let table = &schema.tables[0];
        assert_eq!(table.columns.len(), 1, "b is another table's");
        let elements = &table.indexes[0].elements;
        assert_eq!(elements.len(), 2);
        assert!(elements[0].descending && !elements[1].descending);
    }

    #[test]
    fn rows_of_a_table_that_was_left_out_are_passed_over() {
        let constraint = "1 p k t f f f f - {1} f f - f - 1 - f f f";
        let definition = "CREATE INDEX i ON t USING btree (a, b)";
        let schema = read(answers(&[], &[constraint], index(definition))).unwrap();
        assert!(schema.tables.is_empty());
    }
}
