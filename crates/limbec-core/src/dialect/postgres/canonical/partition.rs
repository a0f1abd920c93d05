//! Which rows a partition holds, and by what a table is partitioned.

use crate::dialect::Place;
use crate::dialect::postgres::lexicon::tokens;
use crate::dialect::postgres::names::{literal, quote};
use crate::sql::TokenKind;

/// The bound as it stands behind `PARTITION OF`: `FOR VALUES` may be left out.
pub(in crate::dialect::postgres) fn bound_sql(text: &str) -> String {
    let first = tokens(text).find(|it| it.kind != TokenKind::Comment);
    let whole = first.is_some_and(|it| it.is_word("FOR") || it.is_word("DEFAULT"));
    if whole {
        text.to_string()
    } else {
        format!("FOR VALUES {text}")
    }
}

/// The statements by which the server spells a partition's key or bound; `None` for any other place.
pub(super) fn statements(
    name: &str,
    columns: &str,
    place: &Place,
    text: &str,
) -> Option<Vec<String>> {
    let (table, part) = (format!("pg_temp.{}", quote(name)), "pg_temp.limbec_part");
    match place {
        Place::PartitionKey => Some(vec![
            format!("CREATE TABLE {table} ({columns}) PARTITION BY {text}"),
            format!("SELECT pg_get_partkeydef({}::regclass)", literal(&table)),
        ]),
        Place::PartitionBound { key } => Some(vec![
            format!("CREATE TABLE {table} ({columns}) PARTITION BY {key}"),
            format!(
                "CREATE TABLE {part} PARTITION OF {table} {}",
                bound_sql(text)
            ),
            format!(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_catalog.pg_class \
                 WHERE oid = '{part}'::regclass"
            ),
        ]),
        _ => None,
    }
}
