//! Indexes that back no constraint, and exclusion constraints, which are read as their indexes.

use std::collections::BTreeMap;

use super::super::lexicon::{LEXICON, tokens};
use super::row::Fields;
use super::tables::Tables;
use super::{ColumnNames, constraints, is_varchar_of, join_comment, join_tables};
use crate::dialect::ReflectError;
use crate::dialect::postgres::canonical::{unwrapped, with_in_lists};
use crate::dialect::postgres::names;
use crate::schema::{ExcludeConstraint, ExcludeElement, Index, IndexElement, IndexKey};
use crate::sql::{Token, TokenKind, operator_class};

/// The B-trees over columns alone, in the usual order and with the collation and the operator class
/// that each column's type has anyway: what most indexes are. PostgreSQL takes as long to print one
/// definition as to find all of these. The numbers are those of every server: 403 is `btree`, which
/// knows `varchar` (1043) as `text` (25); what is not built in is numbered from 16384 on.
macro_rules! plain {
    () => {
        concat!(
            "SELECT i.indexrelid FROM pg_catalog.pg_index i CROSS JOIN LATERAL ",
            "unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[]) u(key, class, coll) ",
            "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.key ",
            "LEFT JOIN pg_catalog.pg_opclass o ON o.oid = u.class AND o.opcdefault ",
            "AND o.opcmethod = 403 AND o.oid < 16384 ",
            "WHERE i.indexprs IS NULL AND i.indoption::text !~ '[1-9]' AND u.class IS NOT NULL ",
            "GROUP BY i.indexrelid HAVING bool_and(coalesce(u.coll = a.attcollation AND ",
            "o.opcintype = CASE a.atttypid WHEN 1043 THEN 25 ELSE a.atttypid END, false))"
        )
    };
}

/// A row an index. What a build that failed has left is told from the others. Foreign keys point at
/// the index of what they refer to, so only the constraints that own theirs count.
/// `indnullsnotdistinct` is new in 15: it is looked for in the index first, and then found beside it.
pub(super) const QUERY: &str = concat!(
    "SELECT i.indrelid, x.relname, i.indisunique, m.amname, ",
    "i.indisunique AND i.nulls_not_distinct, pg_get_expr(i.indpred, i.indrelid), ",
    "r.description, sp.spcname, i.indisclustered, i.indisreplident, i.indisvalid, ",
    "array_to_string(x.reloptions, chr(1)), ",
    "CASE WHEN plain.indexrelid IS NULL THEN pg_get_indexdef(x.oid) END, i.indkey, i.indnkeyatts, ",
    "CASE WHEN i.indexprs IS NOT NULL THEN (SELECT ",
    "string_agg(quote_ident(pg_get_indexdef(x.oid, place, false)), ',' ORDER BY place) ",
    "FROM generate_series(1, i.indnkeyatts) place) END, ",
    "CASE WHEN k.contype = 'x' THEN (SELECT string_agg(quote_ident(",
    "CASE WHEN pg_operator_is_visible(o.oid) THEN o.oprname ",
    "ELSE 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' END), ",
    "',' ORDER BY u.place) FROM unnest(k.conexclop) WITH ORDINALITY u(operator, place) ",
    "JOIN pg_catalog.pg_operator o ON o.oid = u.operator ",
    "JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace) END, ",
    "k.condeferrable, k.condeferred, obj_description(k.oid, 'pg_constraint') ",
    "FROM (SELECT NULL::boolean AS indnullsnotdistinct) since_15 CROSS JOIN LATERAL ",
    "(SELECT i.*, indnullsnotdistinct AS nulls_not_distinct FROM pg_catalog.pg_index i) i",
    join_tables!("i.indrelid"),
    " JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid ",
    "JOIN pg_catalog.pg_am m ON m.oid = x.relam ",
    "LEFT JOIN pg_catalog.pg_tablespace sp ON sp.oid = x.reltablespace ",
    "LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')",
    join_comment!("pg_class", "x.oid", "0"),
    " LEFT JOIN (",
    plain!(),
    ") plain ON plain.indexrelid = x.oid WHERE NOT x.relispartition ",
    "AND k.contype IS DISTINCT FROM 'p' AND k.contype IS DISTINCT FROM 'u'"
);

/// Reads an index, or an exclusion constraint, into its table.
pub(super) fn read(
    fields: &mut Fields<'_>,
    names: &ColumnNames,
    tables: &mut Tables,
) -> Result<(), ReflectError> {
    let oid = fields.number()?;
    let Some(table) = tables.get_mut(&oid) else {
        return Ok(());
    };
    let mut index = Index::new(fields.text()?, []);
    index.unique = fields.flag()?;
    index.method = Some(fields.text()?)
        .filter(|method| *method != "btree")
        .map(String::from);
    index.nulls_not_distinct = fields.flag()?;
    index.predicate = fields
        .optional()?
        .map(|it| with_in_lists(unwrapped(it), is_varchar_of(table)));
    index.comment = fields.optional_string()?;
    index.options = options(fields)?;
    index.valid = fields.flag()?;
    for (name, value) in super::parameters(fields.optional()?) {
        let value = value.to_string();
        index.options.insert(format!("postgresql.{name}"), value);
    }
    let definition = fields.optional()?;
    let numbers = fields.numbers()?;
    let (keys, included) = numbers.split_at(fields.number::<usize>()?.min(numbers.len()));
    index.include = names.of(oid, included)?;
    let texts = fields.names()?;
    let mut rest = keys_of(definition.unwrap_or_default());
    for (place, number) in keys.iter().enumerate() {
        let column = match number {
            0 => None,
            number => names.of(oid, &[*number])?.pop(),
        };
        let element = match (column, definition) {
            (Some(column), None) => IndexElement::column(column),
            (column, _) => {
                let text = texts.get(place).map(String::as_str);
                element(column, text, &mut rest).ok_or_else(|| {
                    let (key, definition) = (place + 1, definition.unwrap_or_default());
                    fields.error(&format!(
                        "has no key {key} in its definition `{definition}`"
                    ))
                })?
            }
        };
        index.elements.push(element);
    }
    let operators = fields.names()?;
    if operators.is_empty() {
        table.indexes.push(index);
    } else {
        table.excludes.push(exclude(index, operators, fields)?);
    }
    Ok(())
}

/// What only PostgreSQL knows of an index, but for its storage parameters.
fn options(fields: &mut Fields<'_>) -> Result<BTreeMap<String, String>, ReflectError> {
    let mut options = BTreeMap::new();
    let mut set =
        |name: &str, value: &str| options.insert(format!("postgresql.{name}"), value.to_string());
    if let Some(tablespace) = fields.optional()? {
        set("tablespace", tablespace);
    }
    for flag in ["clustered", "replica_identity"] {
        if fields.flag()? {
            set(flag, "true");
        }
    }
    Ok(options)
}

/// An exclusion constraint of its index, its operators and the last fields.
fn exclude(
    index: Index,
    operators: Vec<String>,
    fields: &mut Fields<'_>,
) -> Result<ExcludeConstraint, ReflectError> {
    let elements = index.elements.into_iter().zip(operators);
    Ok(ExcludeConstraint {
        name: Some(index.name),
        method: index.method,
        elements: elements
            .map(|(element, operator)| ExcludeElement { element, operator })
            .collect(),
        include: index.include,
        predicate: index.predicate,
        deferrable: constraints::deferrable(fields)?,
        comment: fields.optional_string()?,
    })
}

/// What follows the parenthesis before the first key.
fn keys_of(definition: &str) -> &str {
    let mut tokens = tokens(definition).skip_while(|token| !token.is_word("USING"));
    tokens
        .find(|token| token.is_symbol("("))
        .map_or("", |token| &definition[token.end()..])
}

/// Reads the next key, a column or an expression, off the rest of a definition, where the server
/// prints of collation, operator class and order what is not the default.
fn element(
    column: Option<String>,
    expression: Option<&str>,
    rest: &mut &str,
) -> Option<IndexElement> {
    let text = rest.trim_start();
    let (key, options) = match (column, expression) {
        (Some(column), _) => {
            let name = tokens(text).next()?;
            let is_it = name.name(&LEXICON).as_ref() == Some(&column);
            (
                is_it.then_some(IndexKey::Column(column))?,
                &text[name.end()..],
            )
        }
        (None, Some(expression)) => (
            IndexKey::Expression(unwrapped(expression).to_string()),
            text.strip_prefix(expression)?,
        ),
        (None, None) => return None,
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
            [one] => one.name(&LEXICON).unwrap_or_default(),
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
    element.operator_class = operator_class(words, &LEXICON).map(|(class, _)| class);
    *rest = &options[length..];
    Some(element)
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
        .filter_map(|it| it.name(&LEXICON));
    let quoted: Vec<_> = parts.map(|part| names::force_quote(&part)).collect();
    quoted.join(".")
}
