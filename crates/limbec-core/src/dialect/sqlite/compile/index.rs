//! Indexes.

use super::super::canonical::enclosed;
use super::super::names::{self, plain, quote, same};
use super::super::reflect::{comment_sql, options, without_parentheses};
use super::draft::Draft;
use crate::dialect::CompileError;
use crate::schema::{Index, IndexElement, IndexKey, ObjectName};

/// Adds an index to a table.
pub(super) fn create(draft: &mut Draft, at: usize, index: &Index) -> Result<(), CompileError> {
    let sql = create_index(&draft.before.name, index)?;
    draft.alter(at, sql);
    draft.target.indexes.push(index.clone());
    Ok(())
}

/// Drops an index, of this table or another: SQLite says where there is none.
pub(super) fn drop(draft: &mut Draft, at: usize, name: &str) {
    let known = draft.target.indexes.len();
    draft.target.indexes.retain(|it| !same(&it.name, name));
    draft.target.options.retain(|key, _| {
        let index = key.strip_prefix(options::INDEX);
        index.is_none_or(|it| !same(it, name))
    });
    let sql = format!("DROP INDEX {}", quote(name));
    if draft.target.indexes.len() == known {
        draft.check_by(at, sql);
    } else {
        draft.alter(at, sql);
    }
}

/// Makes an index anew, which has its comment in its own SQL.
pub(super) fn comment(
    draft: &mut Draft,
    at: usize,
    name: &str,
    comment: Option<&String>,
) -> Result<(), CompileError> {
    let mut indexes = draft.target.indexes.iter();
    let index = indexes.find(|it| same(&it.name, name)).ok_or_else(|| {
        let table = &draft.target.name;
        CompileError::new(format!("the table `{table}` has no index `{name}`"))
    })?;
    let index = Index {
        comment: comment.cloned(),
        ..index.clone()
    };
    drop(draft, at, name);
    create(draft, at, &index)
}

/// `CREATE INDEX` on a table.
pub(in super::super) fn create_index(
    table: &ObjectName,
    index: &Index,
) -> Result<String, CompileError> {
    let table = plain(table)?;
    refuse(index)?;
    let elements: Vec<String> = index.elements.iter().map(element_sql).collect();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let predicate = index.predicate.as_ref();
    let predicate = predicate
        .map(|it| format!(" WHERE {}", without_parentheses(it)))
        .unwrap_or_default();
    Ok(format!(
        "CREATE {unique}INDEX {}{} ON {} ({}){predicate}",
        quote(&index.name),
        comment_sql(index.comment.as_ref()),
        quote(table),
        elements.join(", ")
    ))
}

fn refuse(index: &Index) -> Result<(), CompileError> {
    let method = index.method.as_deref();
    let method = method.filter(|it| !it.eq_ignore_ascii_case("btree"));
    let class = |element: &IndexElement| element.operator_class.clone();
    let lacks = if let Some(method) = method {
        format!("no access method `{method}`")
    } else if !index.include.is_empty() {
        format!("no INCLUDE ({})", index.include.join(", "))
    } else if index.nulls_not_distinct {
        "no NULLS NOT DISTINCT".to_string()
    } else if let Some(class) = index.elements.iter().find_map(class) {
        format!("no operator class `{class}`")
    } else if index.elements.iter().any(|it| it.nulls_first.is_some()) {
        "no NULLS FIRST or NULLS LAST".to_string()
    } else {
        return Ok(());
    };
    Err(
        CompileError::new(format!("the index `{}`: SQLite has {lacks}", index.name)).hint(
            "make the index on PostgreSQL only, by `op.execute_on(\"postgresql\", \"CREATE INDEX …\")`",
        ),
    )
}

fn element_sql(element: &IndexElement) -> String {
    let mut sql = match &element.key {
        IndexKey::Column(name) => quote(name),
        // A collation binds to the last operand only.
        IndexKey::Expression(text) if element.collation.is_some() => enclosed(text),
        IndexKey::Expression(text) => without_parentheses(text).to_string(),
    };
    if let Some(collation) = &element.collation {
        sql.push_str(" COLLATE ");
        sql.push_str(&names::collation(collation));
    }
    if element.descending {
        sql.push_str(" DESC");
    }
    sql
}
