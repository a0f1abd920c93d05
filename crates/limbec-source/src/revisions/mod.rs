//! Reads revision files without compiling them.
//!
//! Input: the text of a file, `.rs` or `.sql` by its path. Output: its [`Header`], which the graph
//! is made of, or its [`Body`], the operations; else every mistake in it, each at its place.
//!
//! The two are apart because a command reads the headers of all files and the bodies of those it
//! runs. A header ends at the constant `REVISION`: nothing behind it is looked at.
//!
//! A `.rs` revision is read by a scanner and a parser of its own, not by `syn`: the grammar is a
//! small part of Rust's, reading must take microseconds, places must be exact inside a procedural
//! macro too, and one mistake must not hide the next. The tests hold it against `syn` (what it
//! reads is Rust) and against the compiler (both give the same operations).
//!
//! Invariants: no I/O; no text makes it panic or overflow the stack; what it does not understand
//! is an error, never skipped.

mod body;
mod checksum;
mod constant;
mod cursor;
mod doc;
mod expression;
mod header;
mod lexer;
mod literal;
mod sections;
mod sql;

use std::ops::Range;

use limbec_core::operations::Operation;
pub use limbec_core::revision::Header;

pub use checksum::checksum;

use crate::diagnostic::Diagnostic;

/// The value of a string literal; `None` where it is another literal.
#[cfg(feature = "embed")]
pub(crate) fn string(literal: &str) -> Option<String> {
    let value = match literal.chars().next()? {
        '"' => literal::text(literal),
        'r' => literal::raw_text(literal),
        _ => return None,
    };
    value.ok().map(String::from)
}

/// Reads what a revision file says about itself.
///
/// ```
/// use limbec_source::revisions::read_header;
///
/// let text = r#"//! Add description
/// //!
/// //! Revision ID: 3950395dfef3
/// //! Revises: 61ee6f04df66
///
/// use limbec::prelude::*;
///
/// pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["61ee6f04df66"]);
/// "#;
/// let header = read_header("versions/3950395dfef3_add_description.rs", text).unwrap();
/// assert_eq!(header.message, "Add description");
/// assert_eq!(header.revises, ["61ee6f04df66"]);
/// ```
///
/// # Errors
/// Every mistake in the header.
pub fn read_header(path: &str, text: &str) -> Result<Header, Vec<Diagnostic>> {
    if sql::is_sql(path) {
        sql::read_header(path, text)
    } else {
        header::read(path, text)
    }
}

/// What a revision does.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// The operations of `upgrade`, in order.
    pub upgrade: Vec<Operation>,
    /// The operations of `downgrade`, in order.
    pub downgrade: Vec<Operation>,
    /// The place of each operation of `upgrade`, in bytes of the text.
    pub upgrade_spans: Vec<Range<usize>>,
    /// The place of each operation of `downgrade`, in bytes of the text.
    pub downgrade_spans: Vec<Range<usize>>,
    /// The checksum of `upgrade`, as [`checksum`] makes it.
    pub checksum: String,
}

impl Body {
    /// The lines of the text in which the operations of `upgrade` and those of `downgrade` begin, counted
    /// from 1.
    pub fn lines(&self, text: &str) -> (Vec<usize>, Vec<usize>) {
        let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |span: &Range<usize>| starts.partition_point(|at| *at < span.start) + 1;
        (
            self.upgrade_spans.iter().map(line).collect(),
            self.downgrade_spans.iter().map(line).collect(),
        )
    }
}

/// Reads what a revision does.
///
/// ```
/// use limbec_source::revisions::read_body;
///
/// let text = r#"
/// use limbec::prelude::*;
///
/// pub const REVISION: Revision = Revision::new("3950395dfef3");
///
/// pub fn upgrade(op: &mut Operations) {
///     op.add_column("collections", Column::new("description", Text));
/// }
///
/// pub fn downgrade(op: &mut Operations) {
///     op.drop_colum("collections", "description");
/// }
/// "#;
/// let mistakes = read_body("versions/3950395dfef3.rs", text).unwrap_err();
/// assert_eq!(mistakes[0].message, "there is no directive `op.drop_colum`");
/// assert_eq!(mistakes[0].help[0], "did you mean `drop_column`?");
///
/// let body = read_body("versions/3950395dfef3.rs", &text.replace("colum(", "column(")).unwrap();
/// assert_eq!(body.upgrade.len(), 1);
/// assert!(text[body.upgrade_spans[0].clone()].starts_with("op.add_column("));
/// assert_eq!(body.lines(text).0, [7]);
/// ```
///
/// # Errors
/// Every mistake in the file.
pub fn read_body(path: &str, text: &str) -> Result<Body, Vec<Diagnostic>> {
    if sql::is_sql(path) {
        sql::read_body(path, text)
    } else {
        body::read(path, text)
    }
}
