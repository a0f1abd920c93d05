//! Expressions: literals, lists, names of the prelude, and calls of builder functions.
//!
//! Their values are made by `limbec_core::script`, the list of names that the builder itself is
//! made of.

use std::ops::Range;

use limbec_core::schema::{ColumnType, ReferentialAction};
use limbec_core::script::{BUILDERS, CallError, Value};

use super::body::is_keyword;
use super::cursor::Cursor;
use super::lexer::{Kind, Token};
use super::literal;
use crate::suggest::did_you_mean;

/// An expression's value where it has one, with its place.
struct Node {
    value: Option<Value>,
    span: Range<usize>,
}

/// The arguments of a call.
pub(super) struct Arguments {
    nodes: Vec<Node>,
    complete: bool,
}

impl Arguments {
    /// The values; `None` where a mistake has been reported in one. To be taken once.
    pub(super) fn values(&mut self) -> Option<Vec<Value>> {
        if !self.complete || self.nodes.iter().any(|it| it.value.is_none()) {
            return None;
        }
        Some(
            self.nodes
                .iter_mut()
                .filter_map(|it| it.value.take())
                .collect(),
        )
    }

    /// The first argument where it is a string.
    pub(super) fn first_text(&self) -> Option<(&str, Range<usize>)> {
        match self.nodes.first() {
            Some(Node {
                value: Some(Value::Text(text)),
                span,
            }) => Some((text, span.clone())),
            _ => None,
        }
    }

    /// Reports a call that cannot be made: at the argument at fault, else at the name called.
    pub(super) fn report(
        &self,
        cursor: &mut Cursor<'_>,
        called: &str,
        name: Token<'_>,
        error: &CallError,
    ) {
        let argument = error.argument.and_then(|index| self.nodes.get(index));
        let span = argument.map_or(name.span(), |node| node.span.clone());
        cursor.error(span, format!("`{called}`: {}", error.message));
    }
}

/// Reads `(…)`.
pub(super) fn arguments(cursor: &mut Cursor<'_>) -> Arguments {
    cursor.next();
    list(cursor, ")")
}

/// Reads expressions up to the closing bracket, and goes behind it.
fn list(cursor: &mut Cursor<'_>, close: &str) -> Arguments {
    let mut arguments = Arguments {
        nodes: Vec::new(),
        complete: true,
    };
    let goes_on = |cursor: &mut Cursor<'_>| {
        !cursor.take(close) && cursor.peek().is_some_and(|it| it.kind != Kind::Close)
    };
    while goes_on(cursor) {
        let node = expression(cursor);
        let reported = node.value.is_none();
        arguments.nodes.push(node);
        if cursor.take(",") {
            continue;
        }
        let here = cursor.peek().filter(|it| !it.is(close));
        if let Some(token) = here {
            arguments.complete = false;
            if !reported {
                unexpected(cursor, token, close);
            }
            skip_to_comma(cursor);
        }
    }
    arguments
}

fn skip_to_comma(cursor: &mut Cursor<'_>) {
    while let Some(token) = cursor.peek().filter(|it| it.kind != Kind::Close) {
        cursor.skip_tree();
        if token.is(",") {
            return;
        }
    }
}

/// What stands where a `,` or the end must.
fn unexpected(cursor: &mut Cursor<'_>, token: Token<'_>, close: &str) {
    let begins_value = matches!(
        token.kind,
        Kind::Text | Kind::RawText | Kind::Number | Kind::Word
    );
    if begins_value && !is_keyword(token.text) {
        cursor.error(token.span(), "a `,` is missing before this");
        return;
    }
    let message = match token.text {
        "?" => "a revision has no `?`: its calls do not fail".to_string(),
        text => format!("found `{text}`, where `,` or `{close}` must stand"),
    };
    cursor
        .error(token.span(), message)
        .help
        .push(COMPUTES.into());
}

const COMPUTES: &str = "values are literals, lists and builder calls such as `Column::new(\"id\", Text)`: nothing is computed";

/// Reads an expression with the methods called on it.
fn expression(cursor: &mut Cursor<'_>) -> Node {
    let start = cursor.here().start;
    let mut value = primary(cursor);
    while cursor.take(".") {
        let Some(method) = cursor.peek().filter(|it| it.kind == Kind::Word) else {
            let here = cursor.here();
            cursor.error(here, "the name of a method must stand here");
            value = None;
            break;
        };
        cursor.next();
        if !cursor.peek().is_some_and(|it| it.is("(")) {
            let message = format!("`{}` is not called: `(` is missing", method.text);
            cursor.error(method.span(), message);
            value = None;
            break;
        }
        let arguments = arguments(cursor);
        value = value.and_then(|receiver| call(cursor, receiver, method, arguments));
    }
    Node {
        value,
        span: cursor.since(start),
    }
}

fn call(
    cursor: &mut Cursor<'_>,
    receiver: Value,
    method: Token<'_>,
    mut arguments: Arguments,
) -> Option<Value> {
    let methods = receiver.methods();
    if !methods.contains(&method.text) {
        let kind = receiver.kind();
        let error = cursor.error(
            method.span(),
            format!("{kind} has no method `{}`", method.text),
        );
        if methods.is_empty() {
            error.help.push("leave the call out".into());
        }
        error
            .help
            .extend(did_you_mean(method.text, methods.iter().copied()));
        // The receiver stays, so that the next mistake in the chain is found too.
        return Some(receiver);
    }
    let Some(values) = arguments.values() else {
        return Some(receiver);
    };
    match receiver.call(method.text, values) {
        Ok(value) => Some(value),
        Err(error) => {
            arguments.report(cursor, method.text, method, &error);
            None
        }
    }
}

/// Reads what methods are called on.
fn primary(cursor: &mut Cursor<'_>) -> Option<Value> {
    let token = cursor.next()?;
    let next_is = |text: &str| cursor.peek().is_some_and(|it| it.is(text));
    match token.kind {
        Kind::Text => text(cursor, token, literal::text(token.text)),
        Kind::RawText => text(cursor, token, literal::raw_text(token.text)),
        Kind::Number => integer(cursor, token, false, token.start),
        Kind::Symbol if token.is("-") => match cursor.peek() {
            Some(number) if number.kind == Kind::Number => {
                cursor.next();
                integer(cursor, number, true, token.start)
            }
            _ => refuse(cursor, token),
        },
        Kind::Symbol if token.is("&") && next_is("[") => {
            cursor.next();
            values(cursor, "]")
        }
        Kind::Open if token.is("[") => values(cursor, "]"),
        Kind::Open if token.is("(") => parenthesised(cursor, token),
        Kind::Word if token.is("true") => Some(Value::Boolean(true)),
        Kind::Word if token.is("false") => Some(Value::Boolean(false)),
        Kind::Word if token.is("vec") && next_is("!") => {
            cursor.next();
            if cursor.take("[") {
                values(cursor, "]")
            } else {
                refuse(cursor, token)
            }
        }
        Kind::Word if !is_keyword(token.text) => path(cursor, token),
        _ => refuse(cursor, token),
    }
}

fn values(cursor: &mut Cursor<'_>, close: &str) -> Option<Value> {
    list(cursor, close).values().map(Value::List)
}

fn parenthesised(cursor: &mut Cursor<'_>, open: Token<'_>) -> Option<Value> {
    let mut inner = list(cursor, ")");
    let count = inner.nodes.len();
    let values = inner.values()?;
    let span = cursor.since(open.start);
    // `(a,)` is a tuple too.
    let is_tuple = count != 1
        || cursor.tokens[..cursor.at]
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|it| it.is(","));
    if is_tuple {
        cursor
            .error(span, "a revision has no tuples")
            .help
            .push("write a list as `&[…]`".into());
        return None;
    }
    values.into_iter().next()
}

fn text(
    cursor: &mut Cursor<'_>,
    token: Token<'_>,
    value: Result<std::borrow::Cow<'_, str>, literal::BadLiteral>,
) -> Option<Value> {
    match value {
        Ok(text) => Some(Value::Text(text.into_owned())),
        Err(bad) => {
            let span = token.start + bad.span.start..token.start + bad.span.end;
            cursor.error(span, bad.message);
            None
        }
    }
}

fn integer(
    cursor: &mut Cursor<'_>,
    token: Token<'_>,
    negative: bool,
    start: usize,
) -> Option<Value> {
    match literal::integer(token.text, negative) {
        Ok(number) => Some(Value::Integer(number)),
        Err(message) => {
            cursor.error(start..token.end(), message);
            None
        }
    }
}

/// Reads `Text`, `Column::new(…)` or `ReferentialAction::Cascade` behind its first word.
fn path(cursor: &mut Cursor<'_>, first: Token<'_>) -> Option<Value> {
    let mut segments = vec![first];
    while cursor.take("::") {
        match cursor.peek().filter(|it| it.kind == Kind::Word) {
            Some(segment) => segments.push(segment),
            None => return refuse_here(cursor),
        }
        cursor.next();
    }
    let span = cursor.since(first.start);
    let calls = cursor.peek().is_some_and(|it| it.is("("));
    if cursor.peek().is_some_and(|it| it.is("!")) {
        let error = cursor.error(
            span,
            format!("a revision calls no macro, and so not `{}!`", first.text),
        );
        error.help.push(COMPUTES.into());
        cursor.next();
        cursor.skip_group();
        return None;
    }
    match segments[..] {
        [name] if !calls => constant(cursor, name),
        [name, constant] if !calls && name.is("ReferentialAction") => {
            let known = ReferentialAction::ALL
                .iter()
                .find(|(_, it, _)| *it == constant.text);
            match known {
                Some((action, ..)) => Some(Value::ReferentialAction(*action)),
                None => unknown_name(cursor, span, constant.text, &actions()),
            }
        }
        [name, function] if calls => construct(cursor, name, function),
        [name] => {
            let arguments = arguments(cursor);
            let known = all_functions();
            let message = format!("there is no function `{}` in `limbec::prelude`", name.text);
            let error = cursor.error(span, message);
            // `Varchar(36)` means `Varchar::length(36)`.
            let of_type = known
                .iter()
                .find(|it| it.starts_with(&format!("{}::", name.text)));
            if let Some(function) = of_type.filter(|_| !arguments.nodes.is_empty()) {
                error.help.push(format!("did you mean `{function}`?"));
            } else {
                error.help.push(COMPUTES.into());
            }
            None
        }
        _ => {
            if calls {
                arguments(cursor);
            }
            let error = cursor.error(
                span,
                "a revision names only what `limbec::prelude` holds, without a path",
            );
            error.help.push(COMPUTES.into());
            None
        }
    }
}

fn actions() -> Vec<String> {
    ReferentialAction::ALL
        .iter()
        .map(|(_, name, _)| (*name).to_string())
        .collect()
}

fn constant(cursor: &mut Cursor<'_>, name: Token<'_>) -> Option<Value> {
    if let Some(value) = Value::constant(name.text) {
        return Some(value);
    }
    let functions = all_functions();
    let of_type = functions
        .iter()
        .find(|it| it.starts_with(&format!("{}::", name.text)));
    if let Some(function) = of_type {
        let error = cursor.error(
            name.span(),
            format!("`{}` is no value by itself", name.text),
        );
        error.help.push(format!("write it as `{function}(…)`"));
        return None;
    }
    let mut known = actions();
    known.extend(ColumnType::CONSTANTS.iter().map(ToString::to_string));
    unknown_name(cursor, name.span(), name.text, &known)
}

fn unknown_name(
    cursor: &mut Cursor<'_>,
    span: Range<usize>,
    name: &str,
    known: &[String],
) -> Option<Value> {
    let error = cursor.error(span, format!("there is no `{name}` in `limbec::prelude`"));
    match did_you_mean(name, known.iter().map(String::as_str)) {
        Some(question) => error.help.push(question),
        None => error.help.push(COMPUTES.into()),
    }
    None
}

fn construct(cursor: &mut Cursor<'_>, owner: Token<'_>, function: Token<'_>) -> Option<Value> {
    let mut arguments = arguments(cursor);
    let builder = BUILDERS.iter().find(|it| it.name == owner.text);
    let exists = match builder {
        Some(builder) => builder.functions.contains(&function.text),
        None => ColumnType::FUNCTIONS
            .iter()
            .any(|it| it.split_once("::") == Some((owner.text, function.text))),
    };
    let called = format!("{}::{}", owner.text, function.text);
    if !exists {
        let known = all_functions();
        let span = owner.start..function.end();
        let error = cursor.error(
            span,
            format!("there is no function `{called}` in `limbec::prelude`"),
        );
        match did_you_mean(&called, known.iter().map(String::as_str)) {
            Some(question) => error.help.push(question),
            None => error.help.push(COMPUTES.into()),
        }
        return None;
    }
    let values = arguments.values()?;
    match Value::construct(owner.text, function.text, values) {
        Ok(value) => Some(value),
        Err(error) => {
            arguments.report(cursor, &called, function, &error);
            None
        }
    }
}

/// Every function that makes a value, as `Column::new`.
fn all_functions() -> Vec<String> {
    let builders = BUILDERS.iter().flat_map(|it| {
        it.functions
            .iter()
            .map(|function| format!("{}::{function}", it.name))
    });
    builders
        .chain(ColumnType::FUNCTIONS.iter().map(ToString::to_string))
        .collect()
}

fn refuse_here(cursor: &mut Cursor<'_>) -> Option<Value> {
    let here = cursor.here();
    cursor.error(here, "a name must stand here");
    None
}

/// A token that begins no value. It has been taken.
fn refuse(cursor: &mut Cursor<'_>, token: Token<'_>) -> Option<Value> {
    if token.kind == Kind::Close {
        // The list that it closes goes on from it.
        cursor.at -= 1;
    }
    let message = match (token.kind, token.text) {
        (Kind::Close, text) => format!("a value must stand before this `{text}`"),
        (_, "|" | "move") => "a revision has no closures".to_string(),
        (_, "&") => "`&` stands only before a list".to_string(),
        (_, ",") => "a value must stand before this `,`".to_string(),
        (Kind::OtherLiteral, _) => {
            "a revision has only strings, whole numbers and booleans".to_string()
        }
        (_, word) if is_keyword(word) => format!("a revision has no `{word}`"),
        (_, text) => format!("found `{text}`, where a value must stand"),
    };
    let help = if token.text == "&" {
        "leave it out"
    } else {
        COMPUTES
    };
    cursor.error(token.span(), message).help.push(help.into());
    if token.is(",") {
        cursor.at -= 1;
    } else if token.kind == Kind::Open {
        cursor.at -= 1;
        skip_value(cursor);
    } else if token.kind != Kind::Close {
        // The parameters of a closure hold commas of their own.
        if token.is("|") {
            while cursor.peek().is_some_and(|it| it.kind != Kind::Close) && !cursor.take("|") {
                cursor.skip_tree();
            }
        }
        skip_value(cursor);
    }
    None
}

fn skip_value(cursor: &mut Cursor<'_>) {
    while cursor
        .peek()
        .is_some_and(|it| it.kind != Kind::Close && !it.is(","))
    {
        cursor.skip_tree();
    }
}
