//! Indexes.

use std::fmt::Write as _;

use super::{comment, constraint, options};
use crate::dialect::postgres::canonical::closed;
use crate::dialect::postgres::names::{collation, in_namespace_of, literal, object, quote};
use crate::operations::CommentOn;
use crate::schema::{ColumnType, Index, IndexElement, IndexKey, ObjectName};
use crate::steps::{Doubt, Probe, Step};

/// The types whose operator class, named after them, is the default of both trees and hashes, and so
/// on: what stands before the `_ops` of a class. From `pg_opclass` of PostgreSQL 13 to 18.
const OF_TREES_AND_HASHES: &str = "array bool bpchar bytea char date enum float4 float8 inet int2 int4 int8 interval \
     jsonb macaddr macaddr8 multirange name numeric oid oidvector pg_lsn range record text \
     tid time timestamp timestamptz timetz uuid xid8";
const OF_TREES: &str = "bit money tsquery tsvector varbit";
const OF_HASHES: &str = "aclitem cid xid";
const OF_GIN: &str = "array jsonb tsvector";
const OF_GIST: &str = "box circle multirange point poly range tsquery tsvector";
const OF_SPGIST: &str = "box inet poly quad_point range text";
const OF_BRIN: &str = "bit_minmax box_inclusion bpchar_minmax bytea_minmax char_minmax date_minmax \
     float4_minmax float8_minmax inet_inclusion int2_minmax int4_minmax int8_minmax \
     interval_minmax macaddr8_minmax macaddr_minmax name_minmax numeric_minmax oid_minmax \
     pg_lsn_minmax range_inclusion text_minmax tid_minmax time_minmax timestamp_minmax \
     timestamptz_minmax timetz_minmax uuid_minmax varbit_minmax";

/// Whether a class is the one that an index has anyway. A class takes what can be read as its type
/// as well, and a type of an extension then has a class of its own: `citext` is no `text` here.
pub(in crate::dialect::postgres) fn is_default_operator_class(
    class: &str,
    method: &str,
    of: Option<&ColumnType>,
) -> bool {
    let class = class.strip_prefix("pg_catalog.").unwrap_or(class);
    let of_text = class.starts_with("text_");
    if of_text && matches!(of, Some(ColumnType::Custom(_) | ColumnType::Named(_))) {
        return false;
    }
    let defaults = match method {
        "btree" => [OF_TREES_AND_HASHES, OF_TREES].as_slice(),
        "hash" => &[OF_TREES_AND_HASHES, OF_HASHES],
        "gin" => &[OF_GIN],
        "gist" => &[OF_GIST],
        "spgist" => &[OF_SPGIST],
        "brin" => &[OF_BRIN],
        _ => &[],
    };
    let named = class.strip_suffix("_ops");
    let mut defaults = defaults.iter().flat_map(|it| it.split(' '));
    named.is_some_and(|it| defaults.any(|known| known == it))
}

/// Creates an index, and its comment where it has one.
pub(super) fn create(table: &ObjectName, index: &Index) -> Vec<Step> {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let how = if index.concurrently {
        "CONCURRENTLY "
    } else {
        ""
    };
    // On a table with partitions, that makes it one that is not valid: as the copy of such a one must be.
    let only = if index.valid { "" } else { "ONLY " };
    let mut sql = format!(
        "CREATE {unique}INDEX {how}{} ON {only}{}",
        quote(&index.name),
        object(table)
    );
    if let Some(method) = &index.method {
        let _ = write!(sql, " USING {}", quote(&method.to_lowercase()));
    }
    let elements: Vec<_> = index.elements.iter().map(element).collect();
    let _ = write!(sql, " ({})", elements.join(", "));
    sql.push_str(&constraint::including(&index.include));
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    sql.push_str(&options::with(&index.options));
    sql.push_str(&options::tablespace(&index.options));
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {}", closed(predicate));
    }
    let first = if index.concurrently {
        built(sql, &object(table), &in_namespace_of(table, &index.name))
    } else {
        Step::new(sql)
    };
    let mut steps = vec![first];
    steps.extend(options::after_index(table, &index.name, &index.options));
    if let Some(text) = &index.comment {
        let on = CommentOn::index(table.clone(), index.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

/// Drops an index.
pub(super) fn drop(table: &ObjectName, name: &str, concurrently: bool) -> Step {
    let name = in_namespace_of(table, name);
    if concurrently {
        dropped(format!("DROP INDEX CONCURRENTLY {name}"), &name)
    } else {
        Step::new(format!("DROP INDEX {name}"))
    }
}

/// A step that builds an index outside a transaction. One that fails leaves an index that is not
/// valid: writes keep it up, and no query uses it.
pub(super) fn built(sql: String, table: &str, index: &str) -> Step {
    let question = format!(
        "SELECT CASE WHEN x.indexrelid IS NULL \
         OR x.indrelid IS DISTINCT FROM to_regclass({table}) THEN 'nothing' \
         WHEN x.indisvalid THEN 'done' \
         WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p \
         WHERE p.index_relid = x.indexrelid) THEN 'busy' ELSE 'half' END \
         FROM (SELECT to_regclass({index_name}) AS oid) named \
         LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = named.oid",
        table = literal(table),
        index_name = literal(index),
    );
    outside(sql, question, format!("DROP INDEX CONCURRENTLY {index}"))
}

/// A step that drops an index outside a transaction. One that fails leaves it there, not valid.
pub(super) fn dropped(sql: String, index: &str) -> Step {
    let question = format!(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_index x \
         WHERE x.indexrelid = to_regclass({})) THEN 'nothing' ELSE 'done' END",
        literal(index)
    );
    outside(sql, question, String::new())
}

/// A limit to the wait for a lock would only leave half an index: the wait holds up no row.
fn outside(sql: String, question: String, clear: String) -> Step {
    Step {
        doubt: Doubt::Ask(Probe { question, clear }),
        patient: true,
        ..Step::new(sql).outside_transaction()
    }
}

/// An element as it stands between the parentheses.
pub(super) fn element(element: &IndexElement) -> String {
    let mut sql = match &element.key {
        IndexKey::Column(name) => quote(name),
        IndexKey::Expression(expression) => format!("({})", closed(expression)),
    };
    if let Some(name) = &element.collation {
        let _ = write!(sql, " COLLATE {}", collation(name));
    }
    if let Some(class) = &element.operator_class {
        // As it stands: it may have a namespace and parameters.
        let _ = write!(sql, " {class}");
    }
    if element.descending {
        sql.push_str(" DESC");
    }
    match element.nulls_first {
        Some(true) => sql.push_str(" NULLS FIRST"),
        Some(false) => sql.push_str(" NULLS LAST"),
        None => {}
    }
    sql
}
