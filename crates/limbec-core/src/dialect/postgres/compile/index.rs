//! Indexes.

use std::fmt::Write as _;

use super::comment;
use crate::dialect::postgres::canonical::closed;
use crate::dialect::postgres::names::{collation, list, object, quote};
use crate::operations::CommentOn;
use crate::schema::{Index, IndexElement, IndexKey, ObjectName};
use crate::steps::Step;

/// Creates an index, and its comment where it has one.
pub(super) fn create(table: &ObjectName, index: &Index) -> Vec<Step> {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut sql = format!(
        "CREATE {unique}INDEX {} ON {}",
        quote(&index.name),
        object(table)
    );
    if let Some(method) = &index.method {
        let _ = write!(sql, " USING {}", quote(method));
    }
    let elements: Vec<_> = index.elements.iter().map(element).collect();
    let _ = write!(sql, " ({})", elements.join(", "));
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", list(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {}", closed(predicate));
    }
    let mut steps = vec![Step::new(sql)];
    if let Some(text) = &index.comment {
        let on = CommentOn::index(table.clone(), index.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

fn element(element: &IndexElement) -> String {
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
