//! The header of a `.rs` revision: its doc and its constant `REVISION`.

use limbec_core::revision::{Header, check_id, check_label};

use super::constant::{self, Constant, Placed};
use super::cursor::Cursor;
use super::doc::{self, Doc, FieldName, Line};
use super::lexer::{Kind, Lexer, Token};
use crate::diagnostic::Diagnostic;

/// Reads no further than the end of the constant.
pub(super) fn read(path: &str, text: &str) -> Result<Header, Vec<Diagnostic>> {
    let (docs, tokens) = head(text);
    let doc = doc::read(docs.iter().map(|token| line(*token)));
    let mut cursor = Cursor::new(path, &tokens);
    while cursor.peek().is_some() && !constant::begins(&cursor) {
        cursor.skip_tree();
    }
    if let Some(token) = tokens.last()
        && let Kind::Bad(bad) = token.kind
    {
        cursor.error(token.span(), bad.message());
        return Err(cursor.diagnostics);
    }
    if cursor.peek().is_none() {
        let error = cursor.error(
            0..0,
            "the file has no constant `REVISION`, so it is no revision",
        );
        error.help.push(constant::SHAPE.into());
        return Err(cursor.diagnostics);
    }
    let constant = constant::read(&mut cursor);
    check(&mut cursor, &constant);
    compare(&mut cursor, &doc, &constant);
    let Some(id) = constant.id else {
        return Err(cursor.diagnostics);
    };
    if !cursor.diagnostics.is_empty() {
        return Err(cursor.diagnostics);
    }
    let texts = |list: Vec<Placed>| list.into_iter().map(|it| it.text).collect();
    let date = doc
        .fields
        .iter()
        .find(|it| it.name == FieldName::CreateDate);
    Ok(Header {
        id: id.text,
        revises: texts(constant.revises),
        depends_on: texts(constant.depends_on),
        branch_labels: texts(constant.branch_labels),
        message: doc.message.to_string(),
        create_date: date.map(|it| it.value.text.to_string()),
        doc: doc.rest,
        path: path.to_string(),
    })
}

/// The lines of the doc, and the other tokens up to the semicolon of the constant.
fn head(text: &str) -> (Vec<Token<'_>>, Vec<Token<'_>>) {
    let mut docs = Vec::with_capacity(8);
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(48);
    let mut in_constant = false;
    for token in Lexer::new(text) {
        match token.kind {
            Kind::InnerDoc if tokens.is_empty() => {
                docs.push(token);
                continue;
            }
            Kind::InnerDoc | Kind::OuterDoc => continue,
            _ => {}
        }
        in_constant |= token.is("REVISION") && tokens.last().is_some_and(|it| it.is("const"));
        let ends = in_constant && token.is(";");
        tokens.push(token);
        if ends {
            break;
        }
    }
    (docs, tokens)
}

/// A line of the doc without its `//!`.
fn line(token: Token<'_>) -> Line<'_> {
    let marked = token.text.get(3..).unwrap_or_default();
    let text = marked.strip_prefix(' ').unwrap_or(marked);
    Line {
        text: text.trim_end(),
        start: token.end() - text.len(),
    }
}

/// Checks that ids are ids and labels are labels.
fn check(cursor: &mut Cursor<'_>, constant: &Constant) {
    for id in constant.id.iter().chain(&constant.revises) {
        if let Err(error) = check_id(&id.text) {
            cursor.error(id.span.clone(), error.to_string());
        }
    }
    for label in &constant.branch_labels {
        if let Err(error) = check_label(&label.text) {
            cursor.error(label.span.clone(), error.to_string());
        }
    }
}

/// The doc is for people and the constant counts; where they contradict, people are misled.
fn compare(cursor: &mut Cursor<'_>, doc: &Doc<'_>, constant: &Constant) {
    for field in &doc.fields {
        let counts = match field.name {
            FieldName::Id => constant.id.as_slice(),
            FieldName::Revises => &constant.revises,
            FieldName::DependsOn => &constant.depends_on,
            FieldName::BranchLabels => &constant.branch_labels,
            FieldName::CreateDate => continue,
        };
        let counts = counts.iter().map(|it| it.text.as_str());
        let says = field.ids().map(|it| it.text);
        if says.eq(counts.clone()) || constant.id.is_none() {
            continue;
        }
        let word = field.name.word();
        let counts = counts.collect::<Vec<_>>().join(", ");
        let error = cursor.error(
            field.line.span(),
            format!(
                "the doc says `{}`, but `REVISION` says `{counts}`",
                field.line.text
            ),
        );
        let space = if counts.is_empty() { "" } else { " " };
        error.help.push(format!(
            "`REVISION` is what counts: where it is right, write `//! {word}:{space}{counts}`"
        ));
    }
}
