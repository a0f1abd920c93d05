//! The catalogue: a fixed number of queries, and their rows → [`Schema`]. A row is read as it comes,
//! and not kept: a large catalogue is larger than the schema that is made of it.
//!
//! Input: the rows of the answers, in the order of [`QUERIES`]. Output: objects sorted by name, columns and
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
mod uses;

use self::columns::ColumnNames;
use self::definitions::Definitions;
use self::row::Fields;
use self::sequences::Counters;
use self::tables::Tables;
use self::types::NamedTypes;
use super::Postgres;
use crate::dialect::{Catalogue, CatalogueReader, ReflectError, Snapshot};
use crate::schema::{Column, ColumnType, Namespace, ObjectName, Schema, Table};
pub(super) use definitions::of_temporary;

/// Each query with what a row of it is of and what reads it, in an order in which everything is
/// read before what refers to it.
const PARTS: [(&str, &str, Part); 13] = [
    (NAMESPACES, "a namespace", Reader::namespace),
    (EXTENSIONS, "an extension", |it, row| {
        it.schema.extensions.push(row.object()?);
        Ok(())
    }),
    (types::ENUMS, "an enumeration", |it, row| {
        it.types.read_enum(row)
    }),
    (types::DOMAINS, "a domain", |it, row| {
        it.types.read_domain(row)
    }),
    (types::DOMAIN_CHECKS, "a domain's check", |it, row| {
        it.types.read_check(row)
    }),
    (tables::QUERY, "a table", |it, row| {
        tables::read(row, &mut it.tables)
    }),
    (sequences::QUERY, "a sequence", |it, row| {
        sequences::read(row, &mut it.schema.sequences, &mut it.counters)
    }),
    (columns::QUERY, "a column", |it, row| {
        let names = &mut it.column_names;
        columns::read(row, &it.types, &mut it.counters, &mut it.tables, names)
    }),
    (constraints::QUERY, "a constraint", |it, row| {
        let unmodelled = &mut it.schema.unmodelled;
        constraints::read(row, &it.column_names, &mut it.tables, unmodelled)
    }),
    (indexes::QUERY, "an index", |it, row| {
        indexes::read(row, &it.column_names, &mut it.tables)
    }),
    (definitions::QUERY, "a definition", |it, row| {
        definitions::read(row, &mut it.definitions)
    }),
    (uses::QUERY, "a use", |it, row| {
        uses::read(row, &mut it.definitions)
    }),
    (beyond::QUERY, "what is not modelled", |it, row| {
        it.schema.unmodelled.push(beyond::read(row)?);
        Ok(())
    }),
];

/// Reads a row into what was read so far.
type Part = fn(&mut Reader, &mut Fields<'_>) -> Result<(), ReflectError>;

/// The queries of [`PARTS`].
pub(super) const QUERIES: &[&str] = &{
    let mut queries = [""; PARTS.len()];
    let mut at = 0;
    while at < PARTS.len() {
        queries[at] = PARTS[at].0;
        at += 1;
    }
    queries
};

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

impl Catalogue for Postgres {
    fn catalogue(&self) -> &'static [&'static str] {
        QUERIES
    }

    /// One snapshot, so that no concurrent change is read half.
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            begin: &["BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"],
            end: &["COMMIT"],
        }
    }

    fn is_kept_by(&self, extension: &ObjectName, table: &ObjectName) -> bool {
        // The tables of which its partitions take what partitions do not take from their parents.
        extension.name == "pg_partman"
            && extension.schema == table.schema
            && table.name.starts_with("template_")
    }

    fn reader(&self) -> Box<dyn CatalogueReader> {
        Box::new(Reader::default())
    }
}

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

/// What was read so far.
#[derive(Default)]
pub(super) struct Reader {
    /// All that needs nothing of other rows.
    schema: Schema,
    types: NamedTypes,
    tables: Tables,
    counters: Counters,
    column_names: ColumnNames,
    definitions: Definitions,
}

impl CatalogueReader for Reader {
    fn row(&mut self, query: usize, row: &[Option<&str>]) -> Result<(), ReflectError> {
        let Some((_, what, read)) = PARTS.get(query) else {
            let count = PARTS.len();
            let message = format!("the catalogue has {count} queries, but answer {query} came");
            return Err(ReflectError(message));
        };
        read(self, &mut Fields::of(what, row))
    }

    fn finish(self: Box<Self>) -> Result<Schema, ReflectError> {
        let mut schema = self.schema;
        (schema.enums, schema.domains) = self.types.all();
        schema.sequences = sequences::all(schema.sequences, self.counters);
        schema.tables = self.tables.into_values().map(sorted).collect();
        schema.definitions = definitions::all(self.definitions);
        // The server's order depends on its collation and on where the rows happen to lie.
        schema.namespaces.sort_by(|a, b| a.name.cmp(&b.name));
        schema.extensions.sort_by(|a, b| a.name.cmp(&b.name));
        schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
        schema.unmodelled.sort();
        Ok(schema)
    }
}

impl Reader {
    fn namespace(&mut self, fields: &mut Fields<'_>) -> Result<(), ReflectError> {
        let name = fields.text()?;
        if fields.flag()? {
            self.schema.own_namespace = Some(name.to_string());
            return Ok(());
        }
        let mut namespace = Namespace::from(name);
        namespace.comment = fields.optional_string()?;
        self.schema.namespaces.push(namespace);
        Ok(())
    }
}

/// The parameters in a text that a query joined by a character that none of them holds.
fn parameters(text: Option<&str>) -> impl Iterator<Item = (&str, &str)> {
    let text = text.unwrap_or_default();
    text.split('\u{1}').filter_map(|it| it.split_once('='))
}

/// Says of names whether they are columns of a table of the type `varchar`.
fn is_varchar_of(table: &Table) -> impl Fn(&str) -> bool + '_ {
    let is_varchar = |it: &Column| matches!(it.column_type, ColumnType::Varchar { .. });
    move |name| table.column_named(name).is_some_and(is_varchar)
}

fn sorted(mut table: Table) -> Table {
    // There are thousands, and they stay.
    table.columns.shrink_to_fit();
    table.foreign_keys.shrink_to_fit();
    table.indexes.shrink_to_fit();
    table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
    table.checks.sort_by(|a, b| a.name.cmp(&b.name));
    table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
    table.excludes.sort_by(|a, b| a.name.cmp(&b.name));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table
}

/// The name of an object with a namespace that the server left NULL for the connection's own.
fn object(schema: Option<&str>, name: &str) -> ObjectName {
    ObjectName {
        schema: schema.map(String::from),
        name: name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Row;
    use crate::schema::IndexElement;

    /// A row of fields with spaces between; `-` is NULL.
    fn row(fields: &str) -> Row {
        let field = |it: &str| (it != "-").then(|| it.to_string());
        fields.split(' ').map(field).collect()
    }

    fn read(answers: &[Vec<Row>]) -> Result<Schema, ReflectError> {
        Postgres.read_catalogue(answers)
    }

    const TABLE: &str = "1 - t p - - - f - - - f f d - - -";

    fn answers(tables: &[&str], constraints: &[&str], index: Option<Row>) -> Vec<Vec<Row>> {
        let rows = |rows: &[&str]| rows.iter().map(|it| row(it)).collect::<Vec<_>>();
        let mut answers = vec![Vec::new(); QUERIES.len()];
        answers[5] = rows(tables);
        answers[7] = rows(&[
            "1 1 a t integer 23 f -   - - - - - -",
            "1 2 b f integer 23 f -   - - - - - -",
        ]);
        answers[8] = rows(constraints);
        answers[9] = index.into_iter().collect();
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
        let mut reader = Reader::default();
        assert!(reader.row(QUERIES.len(), &[]).is_err());
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
            assert!(read(&answers).is_err(), "{answers:?}");
        }
    }

    #[test]
    fn an_index_is_read_off_its_definition() {
        let definition = "CREATE INDEX i ON t USING btree (a DESC, b)";
        let schema = read(&answers(&[TABLE], &[], index(definition))).unwrap();
        let table = &schema.tables[0];
        assert_eq!(table.columns.len(), 1, "b is another table's");
        let elements = &table.indexes[0].elements;
        assert_eq!(elements.len(), 2);
        assert!(elements[0].descending && !elements[1].descending);
    }

    #[test]
    fn an_index_without_a_definition_is_over_plain_columns() {
        let mut row = index("").unwrap();
        row[12] = None;
        let schema = read(&answers(&[TABLE], &[], Some(row))).unwrap();
        let elements = &schema.tables[0].indexes[0].elements;
        assert_eq!(elements[..], ["a", "b"].map(IndexElement::column));
    }

    #[test]
    fn rows_of_a_table_that_was_left_out_are_passed_over() {
        let constraint = "1 p k t f f f f - {1} f f - f - 1 - f f f";
        let definition = "CREATE INDEX i ON t USING btree (a, b)";
        let schema = read(&answers(&[], &[constraint], index(definition))).unwrap();
        assert!(schema.tables.is_empty());
    }
}
