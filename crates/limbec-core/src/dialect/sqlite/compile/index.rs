//! Indexes.

use super::super::canonical::enclosed;
use super::super::lexicon::{LEXICON, tokens};
use super::super::names::{self, plain, quote, same};
use super::super::reflect::{comment_sql, without_parentheses};
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
        stored: None,
        ..index.clone()
    };
    drop(draft, at, name);
    create(draft, at, &index)
}

/// Makes an index anew under another name, by its stored SQL where limbec would write another.
pub(super) fn rename(
    draft: &mut Draft,
    at: usize,
    from: &str,
    to: &str,
) -> Result<(), CompileError> {
    let mut indexes = draft.target.indexes.iter();
    let index = indexes.find(|it| same(&it.name, from)).ok_or_else(|| {
        let table = &draft.target.name;
        CompileError::new(format!("the table `{table}` has no index `{from}`"))
    })?;
    let stored = index.stored.as_ref().map(|it| by_another_name(it, to));
    let index = Index {
        name: to.to_string(),
        stored: stored.clone(),
        ..index.clone()
    };
    drop(draft, at, from);
    let Some(stored) = stored else {
        return create(draft, at, &index);
    };
    draft.alter(at, stored);
    draft.target.indexes.push(index);
    Ok(())
}

/// `CREATE INDEX` as it is stored, with another name: the last one before `ON`.
fn by_another_name(stored: &str, to: &str) -> String {
    let all: Vec<_> = tokens(stored).collect();
    let on = all.iter().position(|it| it.is_word("ON"));
    let name = on.and_then(|on| {
        all[..on]
            .iter()
            .rev()
            .find(|it| it.name(&LEXICON).is_some())
    });
    match name {
        Some(name) => format!(
            "{}{}{}",
            &stored[..name.start],
            quote(to),
            &stored[name.end()..]
        ),
        None => stored.to_string(),
    }
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

#[cfg(test)]
mod tests {
    use super::by_another_name;

    #[test]
    fn an_index_as_it_is_stored_gets_another_name() {
        for (stored, renamed) in [
            ("CREATE INDEX a ON t (a)", "CREATE INDEX b ON t (a)"),
            (
                "CREATE UNIQUE INDEX main.\"a\" /* on */ ON t (a)",
                "CREATE UNIQUE INDEX main.b /* on */ ON t (a)",
            ),
        ] {
            assert_eq!(by_another_name(stored, "b"), renamed);
        }
    }
}
