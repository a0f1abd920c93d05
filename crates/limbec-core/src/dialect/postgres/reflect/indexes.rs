//! Indexes that back no constraint, and exclusion constraints, which are read as their indexes.

use std::collections::BTreeMap;

use super::row::Fields;
use super::{Tables, constraints, is_varchar_of, table_of, tables};
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::dialect::{ReflectError, Row};
use crate::schema::{Deferrable, ExcludeConstraint, ExcludeElement, Index, IndexElement, IndexKey};
use crate::sql::{Token, TokenKind, tokens};

/// A row a key or included column of an index, in order. An invalid index, left by a build that
/// failed, is no index. Foreign keys point at the index of what they refer to, so only the
/// constraints that own theirs count.
pub(super) const QUERY: &str = concat!(
    "SELECT c.oid, x.oid, x.relname, i.indisunique, m.amname, ",
    "CASE WHEN i.indisunique THEN (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean END, ",
    "pg_get_expr(i.indpred, i.indrelid), obj_description(x.oid, 'pg_class'), ",
    "sp.spcname, i.indisclustered, i.indisreplident, array_to_string(x.reloptions, chr(1)), ",
    "pg_get_indexdef(x.oid), u.place > i.indnkeyatts, a.attname, ",
    "pg_get_indexdef(x.oid, u.place::int, false), ",
    "k.condeferrable, k.condeferred, obj_description(k.oid, 'pg_constraint'), ",
    "(SELECT CASE WHEN pg_operator_is_visible(o.oid) THEN o.oprname ",
    "ELSE 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' END ",
    "FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace ",
    "WHERE o.oid = k.conexclop[u.place]) FROM ",
    tables!(),
    " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid ",
    "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "JOIN pg_catalog.pg_am m ON m.oid = x.relam ",
    "CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place) ",
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number ",
    "AND u.number <> 0 ",
    "LEFT JOIN pg_catalog.pg_tablespace sp ON sp.oid = x.reltablespace ",
    "LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = x.oid AND k.contype IN ('p', 'u', 'x') ",
    "WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = x.oid) ",
    "AND k.contype IS DISTINCT FROM 'p' AND k.contype IS DISTINCT FROM 'u' ",
    "ORDER BY c.oid, x.oid, u.place"
);

/// An index as it is read.
struct Reading {
    table: String,
    index: Index,
    /// Of an exclusion constraint.
    exclude: Option<Exclude>,
    /// What of its definition is not read yet.
    rest: String,
}

/// What an exclusion constraint says besides its index.
struct Exclude {
    deferrable: Option<Deferrable>,
    comment: Option<String>,
    operators: Vec<String>,
}

pub(super) fn read(rows: Vec<Row>, tables: &mut Tables) -> Result<(), ReflectError> {
    let mut readings: BTreeMap<(String, String), Reading> = BTreeMap::new();
    for row in rows {
        let mut fields = Fields::of("an index", row);
        let table = fields.text()?;
        let oid = fields.text()?;
        let mut index = Index::new(fields.text()?, []);
        index.unique = fields.flag()?;
        index.method = Some(fields.text()?).filter(|method| method != "btree");
        index.nulls_not_distinct = fields.flag()?;
        index.predicate = fields.optional()?.map(|it| unwrapped(&it).to_string());
        index.comment = fields.optional()?;
        let tablespace = fields.optional()?.map(|it| ("tablespace".to_string(), it));
        let clustered = fields.flag()?.then_some("clustered");
        let identity = fields.flag()?.then_some("replica_identity");
        let flags = clustered.into_iter().chain(identity);
        let flags = flags.map(|it| (it.to_string(), "true".to_string()));
        let all = tablespace.into_iter().chain(flags);
        let all = all.chain(super::parameters(fields.optional()?));
        index.options = all
            .map(|(key, value)| (format!("postgresql.{key}"), value))
            .collect();
        let definition = fields.text()?;
        let reading = readings
            .entry((table.clone(), oid))
            .or_insert_with(|| Reading {
                table,
                rest: keys(&definition).to_string(),
                index,
                exclude: None,
            });
        let included = fields.flag()?;
        let column = fields.optional()?;
        let text = fields.text()?;
        let deferrable = constraints::deferrable(&mut fields)?;
        let comment = fields.optional()?;
        if let Some(operator) = fields.optional()? {
            let exclude = reading.exclude.get_or_insert_with(|| Exclude {
                deferrable,
                comment,
                operators: Vec::new(),
            });
            exclude.operators.push(operator);
        }
        match column {
            Some(column) if included => reading.index.include.push(column),
            column => {
                let element = reading.element(column, &text).ok_or_else(|| {
                    fields.error(&format!("has no `{text}` in its definition `{definition}`"))
                })?;
                reading.index.elements.push(element);
            }
        }
    }
    for Reading {
        table,
        mut index,
        exclude,
        ..
    } in readings.into_values()
    {
        let table = table_of(tables, &table)?;
        index.predicate = index
            .predicate
            .map(|it| with_in_lists(&it, is_varchar_of(table)));
        match exclude {
            Some(exclude) => table.excludes.push(exclude.of(index)),
            None => table.indexes.push(index),
        }
    }
    Ok(())
}

impl Exclude {
    fn of(self, index: Index) -> ExcludeConstraint {
        let elements = index.elements.into_iter().zip(self.operators);
        ExcludeConstraint {
            name: Some(index.name),
            method: index.method,
            elements: elements
                .map(|(element, operator)| ExcludeElement { element, operator })
                .collect(),
            include: index.include,
            predicate: index.predicate,
            deferrable: self.deferrable,
            comment: self.comment,
        }
    }
}

/// What follows the parenthesis before the first key.
fn keys(definition: &str) -> &str {
    let mut tokens = tokens(definition).skip_while(|token| !token.is_word("USING"));
    tokens
        .find(|token| token.is_symbol("("))
        .map_or("", |token| &definition[token.end()..])
}

impl Reading {
    /// Reads the next key off the definition, where the server prints of collation, operator
    /// class and order what is not the default.
    fn element(&mut self, column: Option<String>, text: &str) -> Option<IndexElement> {
        let options = self.rest.trim_start().strip_prefix(text)?;
        let key = match column {
            Some(column) => IndexKey::Column(column),
            None => IndexKey::Expression(unwrapped(text).to_string()),
        };
        let mut element = IndexElement {
            key,
            descending: false,
            nulls_first: None,
            collation: None,
            operator_class: None,
        };
        let (length, words) = until_comma(options);
        let mut words = words.as_slice();
        if let [first, rest @ ..] = words
            && first.is_word("COLLATE")
        {
            let (name, rest) = qualified(rest);
            element.collation = Some(match name {
                [one] => one.name().unwrap_or_default(),
                _ => forced(name),
            });
            words = rest;
        }
        if let [.., nulls, place] = words
            && nulls.is_word("NULLS")
        {
            element.nulls_first = Some(place.is_word("FIRST"));
            words = &words[..words.len() - 2];
        }
        if let [rest @ .., last] = words
            && last.is_word("DESC")
        {
            element.descending = true;
            words = rest;
        }
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            element.operator_class = Some(options[first.start..last.end()].to_string());
        }
        self.rest = options[length..].to_string();
        Some(element)
    }
}

/// The tokens before the comma or parenthesis that ends a key, and how many bytes to skip.
fn until_comma(options: &str) -> (usize, Vec<Token<'_>>) {
    let mut depth = 0_usize;
    let mut before = Vec::new();
    for token in tokens(options) {
        match token.text {
            "," | ")" if depth == 0 => return (token.end(), before),
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        before.push(token);
    }
    (options.len(), before)
}

/// Splits a name with or without a namespace off.
fn qualified<'a, 't>(words: &'a [Token<'t>]) -> (&'a [Token<'t>], &'a [Token<'t>]) {
    match words {
        [_, dot, _, ..] if dot.is_symbol(".") => words.split_at(3),
        _ => words.split_at(words.len().min(1)),
    }
}

/// The name with each part in quotes, as a collation of another namespace is kept.
fn forced(name: &[Token<'_>]) -> String {
    let parts = name
        .iter()
        .filter(|token| token.kind != TokenKind::Symbol)
        .filter_map(Token::name);
    let quoted: Vec<_> = parts
        .map(|part| crate::dialect::postgres::names::force_quote(&part))
        .collect();
    quoted.join(".")
}
