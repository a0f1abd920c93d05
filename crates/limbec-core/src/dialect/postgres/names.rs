//! Names and string literals in PostgreSQL's SQL.

use std::borrow::Cow;

use super::{LEXICON, Postgres};
use crate::dialect::Names;
use crate::schema::{Column, ObjectName, Schema, Table};
use crate::sql::{self, Lexicon};

impl Names for Postgres {
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(cut(name))
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn name_of_sequence(&self, table: &str, column: &str) -> Option<String> {
        Some(of_sequence(table, column))
    }

    fn quote(&self, name: &str) -> String {
        quote(name)
    }
}

/// The longest name that PostgreSQL keeps, in bytes.
const LONGEST: usize = 63;

/// Keywords that cannot stand everywhere as a name, of PostgreSQL 13 to 18, sorted.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast",
    "char", "character", "check", "coalesce", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant",
    "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout",
    "int", "integer", "intersect", "interval", "into", "is", "isnull", "join", "json",
    "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least",
    "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national",
    "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing",
    "position", "precision", "primary", "real", "references", "returning", "right", "row",
    "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric",
    "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing",
    "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar",
    "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
];

/// Cuts a name to what PostgreSQL keeps of it: whole characters within 63 bytes.
pub(super) fn cut(name: &str) -> &str {
    let mut end = name.len().min(LONGEST);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// Quotes a name where it needs that.
pub(super) fn quote(name: &str) -> String {
    if is_plain(name) {
        name.to_string()
    } else {
        force_quote(name)
    }
}

/// Whether a name reads the same without quotes.
pub(super) fn is_plain(name: &str) -> bool {
    sql::is_plain(name) && KEYWORDS.binary_search(&name).is_err()
}

/// Quotes a name in any case.
pub(super) fn force_quote(name: &str) -> String {
    sql::quoted(name)
}

/// A name with its namespace where it has one.
pub(super) fn object(name: &ObjectName) -> String {
    in_namespace_of(name, &name.name)
}

/// A name in the namespace of another object: an index in that of its table.
pub(super) fn in_namespace_of(owner: &ObjectName, name: &str) -> String {
    match &owner.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(name)),
        None => quote(name),
    }
}

/// Names with commas between.
pub(super) fn list(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| quote(name)).collect();
    quoted.join(", ")
}

/// A collation's name; one that begins with a quote stands as it is, namespace included.
pub(super) fn collation(name: &str) -> String {
    if name.starts_with('"') {
        name.to_string()
    } else {
        force_quote(name)
    }
}

/// A string literal that means the same whatever `standard_conforming_strings` says.
pub(super) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

/// A literal, or NULL.
pub(super) fn literal_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_string(), literal)
}

/// The table of a name in the database, which keeps no more of names than [`cut`] leaves.
pub(super) fn table<'a>(name: &ObjectName, current: &'a Schema) -> Option<&'a Table> {
    let cut_name = ObjectName {
        schema: name.schema.as_deref().map(|it| cut(it).to_string()),
        name: cut(&name.name).to_string(),
    };
    current.table(name).or_else(|| current.table(&cut_name))
}

/// The column of a name in the database.
pub(super) fn column<'a>(name: &str, table: &'a Table) -> Option<&'a Column> {
    table
        .column_named(name)
        .or_else(|| table.column_named(cut(name)))
}

/// PostgreSQL's own name for a serial column's sequence: the longer of the two parts is cut
/// until all of it fits.
pub(super) fn of_sequence(table: &str, column: &str) -> String {
    const ROOM: usize = 63 - "__seq".len();
    let (mut table_room, mut column_room) = (table.len(), column.len());
    while table_room + column_room > ROOM {
        if table_room > column_room {
            table_room -= 1;
        } else {
            column_room -= 1;
        }
    }
    let cut_to = |name: &str, room: usize| {
        let mut end = room;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name[..end].to_string()
    };
    let name = format!(
        "{}_{}_seq",
        cut_to(table, table_room),
        cut_to(column, column_room)
    );
    cut(&name).to_string()
}

/// A text between dollar quotes, or as a plain literal where it holds the tag itself.
pub(super) fn dollar_quoted(text: &str) -> String {
    const TAG: &str = "$limbec$";
    if text.contains(TAG) {
        literal(text)
    } else {
        format!("{TAG}\n{text}\n{TAG}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_needed() {
        let cases = [
            ("users", "users"),
            ("_x1", "_x1"),
            ("1x", "\"1x\""),
            ("order", "\"order\""),
            ("MixedCase", "\"MixedCase\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("größe", "\"größe\""),
            ("", "\"\""),
        ];
        for (name, quoted) in cases {
            assert_eq!(quote(name), quoted);
        }
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(cut(&"x".repeat(70)), "x".repeat(63));
        assert_eq!(cut(&"ä".repeat(40)), "ä".repeat(31));
        assert_eq!(cut("short"), "short");
    }

    #[test]
    fn literals_are_escaped() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\b'"), r"E'a\\b'''");
    }
}
