//! The grammar of an attribute's entries: tokens in, [`Entry`] out.

use std::cell::Cell;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::mistake::At;

/// One entry.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) span: Span,
    pub(super) value: Value,
    pub(super) value_span: Span,
    pub(super) taken: Cell<bool>,
}

/// What stands behind a key.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Nothing.
    Flag,
    Text(String),
    /// A number as written, without its suffix.
    Number(String),
    Boolean(bool),
    List(Vec<At<Value>>),
    Nested(TokenStream),
}

/// Splits tokens at their commas; a comma at the end stands for nothing.
pub(super) fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for tree in tokens {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(Vec::new()),
            _ => parts.last_mut().expect("never empty").push(tree),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What is wrong with an entry, and where.
pub(super) type Wrong = (Span, String);

/// Reads what stands between two commas.
pub(super) fn entry(part: Vec<TokenTree>) -> Result<Entry, Wrong> {
    let mut part = part.into_iter();
    let first = part.next().expect("parts are never empty");
    let span = first.span();
    let TokenTree::Ident(ident) = first else {
        return Err((span, "the name of an attribute is expected here".into()));
    };
    let text = ident.to_string();
    let key = text.strip_prefix("r#").unwrap_or(&text).to_string();
    let entry = |value, value_span| Entry {
        key: key.clone(),
        span,
        value,
        value_span,
        taken: Cell::new(false),
    };
    let (parsed, end) = match part.next() {
        None => (entry(Value::Flag, span), None),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => (
            entry(Value::Nested(group.stream()), group.span()),
            part.next(),
        ),
        Some(TokenTree::Punct(equals)) if equals.as_char() == '=' => {
            let rest: Vec<TokenTree> = part.by_ref().collect();
            let Some(value_span) = rest.first().map(TokenTree::span) else {
                return Err((equals.span(), format!("`{key}` has no value")));
            };
            (entry(value(&key, rest)?, value_span), None)
        }
        Some(other) => {
            return Err((
                other.span(),
                format!("`=`, `(` or `,` is expected after `{key}`"),
            ));
        }
    };
    match end {
        Some(other) => Err((other.span(), format!("`,` is expected after `{key}(…)`"))),
        None => Ok(parsed),
    }
}

fn value(key: &str, trees: Vec<TokenTree>) -> Result<Value, Wrong> {
    let span = trees.first().map_or_else(Span::call_site, TokenTree::span);
    let expected = || {
        (
            span,
            format!("`{key}` takes a literal: a string, a number, `true` or `false`"),
        )
    };
    let mut trees = trees.into_iter();
    let value = match trees.next() {
        Some(TokenTree::Literal(literal)) => literal_value(literal, "").ok_or_else(expected)?,
        Some(TokenTree::Ident(ident)) if ident == "true" || ident == "false" => {
            Value::Boolean(ident == "true")
        }
        Some(TokenTree::Punct(minus)) if minus.as_char() == '-' => match trees.next() {
            Some(TokenTree::Literal(literal)) => match literal_value(literal, "-") {
                Some(number @ Value::Number(_)) => number,
                _ => return Err(expected()),
            },
            _ => return Err(expected()),
        },
        Some(TokenTree::Group(group)) => {
            group_value(key, &group).map_err(|wrong| wrong.unwrap_or_else(expected))?
        }
        _ => return Err(expected()),
    };
    match trees.next() {
        Some(more) => Err((
            more.span(),
            format!("`,` is expected after the value of `{key}`"),
        )),
        None => Ok(value),
    }
}

fn group_value(key: &str, group: &Group) -> Result<Value, Option<Wrong>> {
    match group.delimiter() {
        // What a macro passed on as one token.
        Delimiter::None => value(key, group.stream().into_iter().collect()).map_err(Some),
        Delimiter::Bracket => {
            let mut items = Vec::new();
            for part in split(group.stream()) {
                let span = part[0].span();
                items.push(At {
                    value: value(key, part).map_err(Some)?,
                    span,
                });
            }
            Ok(Value::List(items))
        }
        Delimiter::Parenthesis | Delimiter::Brace => Err(None),
    }
}

fn literal_value(literal: proc_macro2::Literal, sign: &str) -> Option<Value> {
    match syn::Lit::new(literal) {
        syn::Lit::Str(text) if sign.is_empty() => Some(Value::Text(text.value())),
        syn::Lit::Int(number) => Some(Value::Number(format!("{sign}{}", number.base10_digits()))),
        syn::Lit::Float(number) => Some(Value::Number(format!("{sign}{}", number.base10_digits()))),
        _ => None,
    }
}

/// Reads `"key" = "value"`.
pub(super) fn pair(part: Vec<TokenTree>) -> Option<(At<String>, String)> {
    let [
        TokenTree::Literal(key),
        TokenTree::Punct(equals),
        TokenTree::Literal(value),
    ] = <[TokenTree; 3]>::try_from(part).ok()?
    else {
        return None;
    };
    let span = key.span();
    match (
        literal_value(key, "")?,
        equals.as_char(),
        literal_value(value, "")?,
    ) {
        (Value::Text(key), '=', Value::Text(value)) => Some((At { value: key, span }, value)),
        _ => None,
    }
}
