//! Reads the stored SQL of an index.

use super::super::lexicon::{LEXICON, tokens};
use super::comment;
use super::cursor::{Cursor, split_commas, without_parentheses};
use crate::schema::{Index, IndexElement, IndexKey, Table};
use crate::sql::{Token, TokenKind};

/// Reads an index of a table; `None` where something is not understood.
pub(super) fn read(sql: &str, table: &Table) -> Option<Index> {
    let mut cursor = Cursor::new(sql);
    if !cursor.word("CREATE") {
        return None;
    }
    let unique = cursor.word("UNIQUE");
    if !cursor.word("INDEX") {
        return None;
    }
    let mut index = Index::new(cursor.name()?, &[] as &[String]);
    index.unique = unique;
    index.comment = cursor.comment().and_then(comment::read);
    if !cursor.word("ON") {
        return None;
    }
    cursor.name()?;
    for text in split_commas(cursor.parenthesised()?) {
        index.elements.push(element(text, table)?);
    }
    if cursor.word("WHERE") {
        index.predicate = Some(without_parentheses(cursor.rest()).to_string());
    } else if !cursor.at_end() {
        return None;
    }
    Some(index)
}

/// Reads `key [COLLATE name] [ASC | DESC]` from its end.
fn element(text: &str, table: &Table) -> Option<IndexElement> {
    let all: Vec<Token<'_>> = tokens(text)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let mut key = &all[..];
    let mut descending = false;
    if let [rest @ .., order] = key
        && !rest.is_empty()
        && (order.is_word("DESC") || order.is_word("ASC"))
    {
        descending = order.is_word("DESC");
        key = rest;
    }
    let mut collation = None;
    if let [rest @ .., word, name] = key
        && !rest.is_empty()
        && word.is_word("COLLATE")
    {
        collation = Some(name.name(&LEXICON)?);
        key = rest;
    }
    let written = text.get(key.first()?.start..key.last()?.end())?;
    let body = without_parentheses(written);
    let column = match tokens(body).collect::<Vec<_>>()[..] {
        [name] => name.name(&LEXICON).and_then(|name| {
            let mut columns = table.columns.iter();
            columns.find(|column| column.name.eq_ignore_ascii_case(&name))
        }),
        _ => None,
    };
    Some(IndexElement {
        key: match column {
            Some(column) => IndexKey::Column(column.name.clone()),
            None => IndexKey::Expression(body.to_string()),
        },
        descending,
        nulls_first: None,
        collation,
        operator_class: None,
    })
}
