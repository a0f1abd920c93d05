//! The body of a `.rs` revision: its items and the statements of its two functions.

use std::ops::Range;

use limbec_core::dialect;
use limbec_core::operations::{Operation, Operations};

use super::Body;
use super::checksum;
use super::constant;
use super::cursor::Cursor;
use super::expression;
use super::lexer::{Kind, Lexer, Token};
use crate::diagnostic::Diagnostic;
use crate::suggest::did_you_mean;

/// The way out of everything that is no directive.
const WAY_OUT: &str = "a revision holds only calls on `op`; for data use `op.execute(\"…\")`";

/// More levels of brackets than any revision has, and few enough for the stack.
const DEEPEST: usize = 32;

pub(super) fn read(path: &str, text: &str) -> Result<Body, Vec<Diagnostic>> {
    let tokens: Vec<Token<'_>> = Lexer::new(text).collect();
    let mut cursor = Cursor::new(path, &tokens);
    check_tokens(&mut cursor);
    if !cursor.diagnostics.is_empty() {
        return Err(cursor.diagnostics);
    }
    let mut found = Found::default();
    while cursor
        .peek()
        .is_some_and(|token| token.kind == Kind::InnerDoc)
    {
        cursor.next();
    }
    while cursor.peek().is_some() {
        item(&mut cursor, &mut found);
    }
    let end = text.trim_end().len();
    found.check(&mut cursor, end..end);
    if !cursor.diagnostics.is_empty() {
        cursor.diagnostics.sort_by_key(|it| it.span.start);
        return Err(cursor.diagnostics);
    }
    let (upgrade, upgrade_spans) = found.upgrade.unwrap_or_default();
    let (downgrade, downgrade_spans) = found.downgrade.unwrap_or_default();
    Ok(Body {
        upgrade,
        downgrade,
        upgrade_spans,
        downgrade_spans,
        checksum: checksum::of_rust(tokens.iter().copied(), text),
    })
}

/// The operations of a function, each with its place.
type Function = (Vec<Operation>, Vec<Range<usize>>);

#[derive(Default)]
struct Found {
    constant: bool,
    upgrade: Option<Function>,
    downgrade: Option<Function>,
}

impl Found {
    fn check(&self, cursor: &mut Cursor<'_>, end: Range<usize>) {
        if !self.constant {
            let error = cursor.error(0..0, "the constant `REVISION` is missing");
            error.help.push(constant::SHAPE.into());
        }
        for (name, function) in [("upgrade", &self.upgrade), ("downgrade", &self.downgrade)] {
            if function.is_none() {
                let error = cursor.error(end.clone(), format!("the function `{name}` is missing"));
                error.help.push(format!(
                    "add `pub fn {name}(op: &mut Operations) {{}}`; it may stay empty"
                ));
            }
        }
    }
}

/// Checks what the parser relies on: every token is one, brackets match, and not too deep.
fn check_tokens(cursor: &mut Cursor<'_>) {
    let mut open: Vec<Token<'_>> = Vec::new();
    let mut deep = false;
    for token in cursor.tokens {
        match token.kind {
            Kind::Bad(bad) => {
                cursor.error(token.span(), bad.message());
            }
            Kind::Open => {
                if open.len() == DEEPEST && !deep {
                    deep = true;
                    let message = format!("brackets are nested deeper than {DEEPEST} levels");
                    cursor
                        .error(token.span(), message)
                        .help
                        .push(WAY_OUT.into());
                }
                open.push(*token);
            }
            Kind::Close => match open.pop() {
                Some(it) if closes(it.text, token.text) => {}
                Some(it) => {
                    let message = format!("this `{}` is never closed", it.text);
                    cursor.error(it.span(), message);
                    return;
                }
                None => {
                    cursor.error(
                        token.span(),
                        format!("this `{}` closes nothing", token.text),
                    );
                    return;
                }
            },
            _ => {}
        }
    }
    if let Some(token) = open.last() {
        cursor.error(
            token.span(),
            format!("this `{}` is never closed", token.text),
        );
    }
}

fn closes(open: &str, close: &str) -> bool {
    matches!((open, close), ("(", ")") | ("[", "]") | ("{", "}"))
}

const PRELUDE: [&str; 7] = ["use", "limbec", "::", "prelude", "::", "*", ";"];

fn item(cursor: &mut Cursor<'_>, found: &mut Found) {
    let Some(token) = cursor.peek() else { return };
    if token.kind == Kind::OuterDoc {
        cursor.next();
        if cursor.peek().is_none() {
            cursor.error(token.span(), "this doc comment documents nothing");
        }
    } else if token.kind == Kind::InnerDoc {
        cursor.next();
        cursor
            .error(
                token.span(),
                "a doc comment of the file stands before everything else",
            )
            .help
            .push("write it as `//`".into());
    } else if token.is("#") {
        attribute(cursor);
    } else if constant::begins(cursor) {
        constant::read(cursor);
        if found.constant {
            let span = cursor.since(token.start);
            cursor.error(span, "there are two constants `REVISION`");
        }
        found.constant = true;
    } else if !cursor.take_all(&PRELUDE) {
        let name = function_name(cursor);
        match name.map(|it| it.text) {
            Some("upgrade") => function(cursor, "upgrade", &mut found.upgrade),
            Some("downgrade") => function(cursor, "downgrade", &mut found.downgrade),
            _ => other_item(cursor, name),
        }
    }
}

fn attribute(cursor: &mut Cursor<'_>) {
    let start = cursor.here().start;
    cursor.next();
    cursor.take("!");
    cursor.skip_group();
    let span = cursor.since(start);
    cursor
        .error(span, "a revision has no attributes")
        .help
        .push("leave it out: nothing in a revision is compiled conditionally".into());
}

/// The name of the function that begins here, whatever stands before its `fn`.
fn function_name<'a>(cursor: &Cursor<'a>) -> Option<Token<'a>> {
    const BEFORE: [&str; 10] = [
        "pub", "(", "crate", "super", "self", ")", "async", "unsafe", "const", "extern",
    ];
    let before = |token: &Token<'_>| BEFORE.contains(&token.text) || token.kind == Kind::Text;
    let at = cursor.tokens[cursor.at..]
        .iter()
        .position(|token| !before(token))?;
    cursor.ahead(at).filter(|it| it.is("fn"))?;
    cursor.ahead(at + 1)
}

/// Anything that is no part of a revision: an error over its head.
fn other_item(cursor: &mut Cursor<'_>, function: Option<Token<'_>>) {
    let start = cursor.here().start;
    let public = usize::from(cursor.peek().is_some_and(|it| it.is("pub")));
    let word = cursor.ahead(public).map_or("", |it| it.text);
    let mut head = None;
    while let Some(token) = cursor.peek() {
        if head.is_none() && ["{", ";", "=", "("].iter().any(|it| token.is(it)) {
            head = Some(cursor.since(start));
        }
        cursor.skip_tree();
        if token.is("{") || token.is(";") {
            cursor.take(";");
            break;
        }
    }
    let head = head
        .filter(|it| !it.is_empty())
        .unwrap_or(cursor.since(start));
    let message = match (function, word) {
        (Some(name), _) => format!("a revision has no function `{}`", name.text),
        (None, "use") => "a revision imports only `limbec::prelude::*`".to_string(),
        (None, word) => {
            format!("a revision has no `{word}` besides its constant and two functions")
        }
    };
    let error = cursor.error(head, message);
    if let Some(name) = function {
        error
            .help
            .extend(did_you_mean(name.text, ["upgrade", "downgrade"]));
    }
    error.help.push(
        "it holds `use limbec::prelude::*;`, the constant `REVISION`, `upgrade` and `downgrade`"
            .into(),
    );
}

fn function(cursor: &mut Cursor<'_>, name: &str, found: &mut Option<Function>) {
    let start = cursor.here().start;
    let parameter = signature(cursor);
    if parameter.is_none() {
        while cursor.peek().is_some_and(|it| !it.is("{") && !it.is(";")) {
            cursor.skip_tree();
        }
        let span = cursor.since(start);
        let error = cursor.error(
            span,
            format!("`{name}` must have the signature of a revision"),
        );
        error
            .help
            .push(format!("write it as `pub fn {name}(op: &mut Operations)`"));
    } else if found.is_some() {
        let span = cursor.since(start);
        cursor.error(span, format!("there are two functions `{name}`"));
    }
    let mut read = Function::default();
    let mut operations = Operations::new();
    if cursor.take("{") {
        let parameter = parameter.unwrap_or("op");
        while !cursor.take("}") && cursor.peek().is_some() {
            statement(cursor, parameter, &mut operations, &mut read.1);
        }
    } else {
        cursor.take(";");
    }
    read.0 = operations.into_vec();
    found.get_or_insert(read);
}

/// Reads `pub fn name(op: &mut Operations)`; gives the name of the parameter.
fn signature<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let public = cursor.take("pub");
    cursor.take("fn");
    cursor.next();
    if !cursor.take("(") {
        return None;
    }
    let parameter = cursor
        .next()
        .filter(|it| it.kind == Kind::Word && !is_keyword(it.text))?;
    let fits = cursor.take_all(&[":", "&", "mut", "Operations"]);
    cursor.take(",");
    let ends = fits && cursor.take(")") && cursor.peek().is_some_and(|it| it.is("{"));
    (public && ends).then_some(parameter.text)
}

fn statement(
    cursor: &mut Cursor<'_>,
    parameter: &str,
    operations: &mut Operations,
    spans: &mut Vec<Range<usize>>,
) {
    let Some(token) = cursor.peek() else { return };
    if cursor.take(";") {
        return;
    }
    if token.is("#") {
        attribute(cursor);
        return;
    }
    if matches!(token.kind, Kind::InnerDoc | Kind::OuterDoc) {
        cursor.next();
        let error = cursor.error(token.span(), "a doc comment documents nothing here");
        error.help.push("write it as `//`".into());
        return;
    }
    let calls = token.is(parameter)
        && cursor.ahead(1).is_some_and(|it| it.is("."))
        && cursor.ahead(2).is_some_and(|it| it.kind == Kind::Word)
        && cursor.ahead(3).is_some_and(|it| it.is("("));
    if calls {
        directive(cursor, operations, spans);
    } else {
        other_statement(cursor, parameter);
    }
}

fn directive(cursor: &mut Cursor<'_>, operations: &mut Operations, spans: &mut Vec<Range<usize>>) {
    let start = cursor.here().start;
    cursor.next();
    cursor.next();
    let Some(name) = cursor.next() else { return };
    let mut arguments = expression::arguments(cursor);
    let span = cursor.since(start);
    if Operations::DIRECTIVES.contains(&name.text) {
        if ["execute_on", "execute_autocommit_on"].contains(&name.text) {
            check_dialect(cursor, &arguments);
        }
        let Some(values) = arguments.values() else {
            return end_of_statement(cursor);
        };
        match operations.call(name.text, values) {
            Ok(()) => spans.push(span),
            Err(error) => arguments.report(cursor, &format!("op.{}", name.text), name, &error),
        }
    } else {
        let error = cursor.error(
            name.span(),
            format!("there is no directive `op.{}`", name.text),
        );
        error.help.extend(did_you_mean(
            name.text,
            Operations::DIRECTIVES.iter().copied(),
        ));
        error.help.push(WAY_OUT.into());
    }
    end_of_statement(cursor);
}

/// After a call stands `;`, or the end of the function.
fn end_of_statement(cursor: &mut Cursor<'_>) {
    if cursor.take(";") {
        return;
    }
    let Some(token) = cursor.peek().filter(|it| !it.is("}")) else {
        return;
    };
    let message = if token.is(".") || token.is("?") {
        "a directive gives nothing to go on with"
    } else {
        "a `;` is missing before this"
    };
    let continues = token.is(".") || token.is("?");
    cursor.error(token.span(), message);
    if continues {
        skip_statement(cursor);
    }
}

fn check_dialect(cursor: &mut Cursor<'_>, arguments: &expression::Arguments) {
    let names = || dialect::NAMES.iter().copied();
    if let Some((name, span)) = arguments.first_text()
        && !dialect::NAMES.contains(&name)
    {
        let error = cursor.error(span, format!("there is no dialect `{name}`"));
        error.help.extend(did_you_mean(name, names()));
        let known: Vec<String> = names().map(|it| format!("`{it}`")).collect();
        error
            .help
            .push(format!("the dialects are {}", known.join(" and ")));
    }
}

const KEYWORDS: [&str; 33] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "ref", "return",
    "self", "static", "struct", "super", "trait", "type", "unsafe", "use", "while",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || matches!(word, "pub" | "Self" | "true" | "false" | "where" | "_")
}

/// A statement that is no call on `op`: an error over its head.
fn other_statement(cursor: &mut Cursor<'_>, parameter: &str) {
    let Some(first) = cursor.peek() else { return };
    let second = cursor.ahead(1);
    let is_macro = first.kind == Kind::Word && second.is_some_and(|it| it.is("!"));
    let mut span = first.span();
    let message = match first.text {
        "for" | "while" | "loop" => format!("a revision has no `{}` loop", first.text),
        "{" => "a revision has no block of its own".to_string(),
        word if is_keyword(word) => format!("a revision has no `{word}`"),
        word if is_macro => {
            span.end = second.map_or(span.end, |it| it.end());
            format!("a revision calls no macro, and so not `{word}!`")
        }
        word if word == parameter => format!("`{word}` stands here without a call"),
        word if first.kind == Kind::Word => format!("`{word}` is not `{parameter}`"),
        word => format!("a statement cannot begin with `{word}`"),
    };
    let error = cursor.error(span, message);
    error
        .help
        .push(WAY_OUT.replace("`op", &format!("`{parameter}")));
    skip_statement(cursor);
}

/// Goes behind the `;` of the statement, or behind its block.
fn skip_statement(cursor: &mut Cursor<'_>) {
    let is_let = cursor.peek().is_some_and(|it| it.is("let"));
    while let Some(token) = cursor.peek().filter(|it| !it.is("}")) {
        cursor.skip_tree();
        let goes_on = || {
            cursor
                .peek()
                .is_some_and(|it| it.is("else") || it.is(".") || it.is(";"))
        };
        if token.is(";") || (token.is("{") && !is_let && !goes_on()) {
            return;
        }
    }
}
