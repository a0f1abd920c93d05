//! The constant `REVISION`, which says what a `.rs` revision is.

use std::ops::Range;

use super::cursor::Cursor;
use super::lexer::Kind;
use super::literal;
use crate::suggest::did_you_mean;

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Constant {
    pub(super) id: Option<Placed>,
    pub(super) revises: Vec<Placed>,
    pub(super) depends_on: Vec<Placed>,
    pub(super) branch_labels: Vec<Placed>,
}

/// How the constant is written.
pub(super) const SHAPE: &str = "write it as `pub const REVISION: Revision = Revision::new(\"3950395dfef3\").revises(&[\"61ee6f04df66\"]);`";

const BEGIN: [&str; 9] = [
    "pub", "const", "REVISION", ":", "Revision", "=", "Revision", "::", "new",
];

const METHODS: [&str; 3] = ["revises", "depends_on", "branch_labels"];

/// Whether the constant begins here, `pub` or not.
pub(super) fn begins(cursor: &Cursor<'_>) -> bool {
    let is = |index: usize, text: &str| cursor.ahead(index).is_some_and(|token| token.is(text));
    let at = usize::from(is(0, "pub"));
    is(at, "const") && is(at + 1, "REVISION")
}

/// Reads the constant that begins here, and goes behind its semicolon.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Constant {
    let mut constant = Constant::default();
    let before = cursor.diagnostics.len();
    let start = cursor.here().start;
    if !cursor.take_all(&BEGIN) {
        skip(cursor);
        let span = cursor.since(start);
        cursor
            .error(span, "this is not how `REVISION` is written")
            .help
            .push(SHAPE.into());
        return constant;
    }
    let complete = values(cursor, &mut constant).is_some() && cursor.take(";");
    if !complete {
        let here = cursor.here();
        if cursor.diagnostics.len() == before {
            cursor
                .error(here, "this is not how `REVISION` is written")
                .help
                .push(SHAPE.into());
        }
        skip(cursor);
    }
    constant
}

fn skip(cursor: &mut Cursor<'_>) {
    while let Some(token) = cursor.peek() {
        cursor.skip_tree();
        if token.is(";") {
            return;
        }
    }
}

/// Reads from the `(` of `Revision::new(`; `None` where it is not written so.
fn values(cursor: &mut Cursor<'_>, constant: &mut Constant) -> Option<()> {
    open(cursor, "(")?;
    constant.id = Some(text(cursor)?);
    cursor.take(",");
    open(cursor, ")")?;
    let mut seen = Vec::new();
    while cursor.take(".") {
        let method = cursor.peek()?;
        let list = match method.text {
            "revises" => &mut constant.revises,
            "depends_on" => &mut constant.depends_on,
            "branch_labels" => &mut constant.branch_labels,
            name => {
                let error =
                    cursor.error(method.span(), format!("`Revision` has no method `{name}`"));
                error.help.extend(did_you_mean(name, METHODS));
                error
                    .help
                    .push("it has `revises`, `depends_on` and `branch_labels`".into());
                return None;
            }
        };
        cursor.next();
        if seen.contains(&method.text) {
            cursor.error(method.span(), format!("`{}` is called twice", method.text));
            return None;
        }
        seen.push(method.text);
        open(cursor, "(")?;
        open(cursor, "&")?;
        open(cursor, "[")?;
        while !cursor.take("]") {
            list.push(text(cursor)?);
            if !cursor.take(",") {
                open(cursor, "]")?;
                break;
            }
        }
        cursor.take(",");
        open(cursor, ")")?;
    }
    Some(())
}

fn open(cursor: &mut Cursor<'_>, text: &str) -> Option<()> {
    cursor.take(text).then_some(())
}

fn text(cursor: &mut Cursor<'_>) -> Option<Placed> {
    let token = cursor.peek()?;
    let value = match token.kind {
        Kind::Text => literal::text(token.text),
        Kind::RawText => literal::raw_text(token.text),
        _ => return None,
    };
    cursor.next();
    match value {
        Ok(text) => Some(Placed {
            text: text.into_owned(),
            span: token.span(),
        }),
        Err(bad) => {
            let span = token.start + bad.span.start..token.start + bad.span.end;
            cursor.error(span, bad.message);
            None
        }
    }
}
