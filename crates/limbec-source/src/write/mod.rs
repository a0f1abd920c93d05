//! Writes revision files, and models of a database.
//!
//! Input: a header and operations, or SQL. Output: the text of a file, laid out as `rustfmt` lays
//! it out by default. What it writes, [`crate::revisions`] reads back as the same operations,
//! without what only an inverse needs (a dropped column's definition, a value before a change).

mod expression;
mod layout;
mod literal;
mod models;
mod objects;
mod remarks;
mod slug;

use limbec_core::operations::Operation;
use limbec_core::revision::{Header, check_id};

pub use models::{WrittenModels, write_models};
pub use remarks::{Remark, Remarks};
pub use slug::{file_name, slug};

use layout::Expression;

/// A revision to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewRevision<'a> {
    /// What it says about itself; its path is not written.
    pub header: &'a Header,
    /// What it does.
    pub upgrade: &'a [Operation],
    /// What undoes it.
    pub downgrade: &'a [Operation],
    /// What a reviewer should know, one paragraph each; they stand in the doc, below its fields.
    pub notes: &'a [String],
    /// What is said in the bodies.
    pub remarks: &'a Remarks,
}

/// Whether a text may be a revision's id.
///
/// ```
/// use limbec_source::write::is_valid_id;
/// assert!(is_valid_id("3950395dfef3"));
/// assert!(!is_valid_id("head") && !is_valid_id("a-b") && !is_valid_id(""));
/// ```
pub fn is_valid_id(id: &str) -> bool {
    check_id(id).is_ok()
}

/// Writes a `.rs` revision.
///
/// ```
/// use limbec_core::operations::Operations;
/// use limbec_core::revision::Header;
/// use limbec_core::schema::{Column, Text};
/// use limbec_source::write::{NewRevision, Remarks, write_revision};
///
/// let header = Header { id: "3950395dfef3".into(), message: "Add notes".into(), ..Header::default() };
/// let mut op = Operations::new();
/// op.add_column("tags", Column::new("notes", Text));
/// let upgrade = op.into_vec();
/// let downgrade = upgrade[0].invert().unwrap();
/// let revision = NewRevision {
///     header: &header,
///     upgrade: &upgrade,
///     downgrade: &downgrade,
///     notes: &[],
///     remarks: &Remarks::default(),
/// };
/// assert!(write_revision(&revision).contains(r#"
/// pub fn upgrade(op: &mut Operations) {
///     op.add_column("tags", Column::new("notes", Text));
/// }
///
/// pub fn downgrade(op: &mut Operations) {
///     // Drops the column and its values: data is lost.
///     op.drop_column("tags", "notes");
/// }
/// "#));
/// ```
pub fn write_revision(revision: &NewRevision<'_>) -> String {
    let mut text = doc(revision.header, revision.notes, "//!");
    text.push_str("\nuse limbec::prelude::*;\n\n");
    text.push_str(&constant(revision.header));
    let Remarks { upgrade, downgrade } = revision.remarks;
    for (name, operations, remarks) in [
        ("upgrade", revision.upgrade, upgrade),
        ("downgrade", revision.downgrade, downgrade),
    ] {
        text.push('\n');
        function(&mut text, name, operations, remarks);
    }
    text
}

/// Writes a `.sql` revision of its statements.
///
/// ```
/// use limbec_core::revision::Header;
/// use limbec_source::write::write_sql_revision;
/// let header = Header { id: "3950395dfef3".into(), message: "Fill".into(), ..Header::default() };
/// let text = write_sql_revision(&header, &["UPDATE a SET b = 1".into()], &[]);
/// assert_eq!(text, "\
/// -- Fill
/// --
/// -- Revision ID: 3950395dfef3
/// -- Revises:
///
/// -- upgrade
/// UPDATE a SET b = 1;
///
/// -- downgrade
/// ");
/// ```
pub fn write_sql_revision(header: &Header, upgrade: &[String], downgrade: &[String]) -> String {
    let mut text = doc(header, &[], "--");
    for (name, statements) in [("upgrade", upgrade), ("downgrade", downgrade)] {
        text.push_str(&format!("\n-- {name}\n"));
        for statement in statements {
            let statement = statement.trim().trim_end_matches(';').trim_end();
            text.push_str(statement);
            // A `;` behind a line comment would be part of it, and what is one depends on the database.
            let last = statement.lines().next_back().unwrap_or_default();
            let may_be_comment = last.contains("--") || last.contains('#');
            text.push_str(if may_be_comment { "\n;\n" } else { ";\n" });
        }
    }
    text
}

/// The comment at the top of a file.
fn doc(header: &Header, notes: &[String], marker: &str) -> String {
    let mut text = String::new();
    let mut line = |content: &str| {
        let content = content.trim_end();
        let space = if content.is_empty() { "" } else { " " };
        text.push_str(marker);
        text.push_str(space);
        // What does not show could hide what a reviewer must see.
        text.extend(content.chars().filter(|c| !literal::must_be_escaped(*c)));
        text.push('\n');
    };
    if !header.message.trim().is_empty() {
        header.message.trim().lines().for_each(&mut line);
        line("");
    }
    if !header.doc.trim().is_empty() {
        header.doc.trim().lines().for_each(&mut line);
        line("");
    }
    line(&format!("Revision ID: {}", header.id));
    line(&format!("Revises: {}", header.revises.join(", ")));
    for (word, list) in [
        ("Depends on", &header.depends_on),
        ("Branch labels", &header.branch_labels),
    ] {
        if !list.is_empty() {
            line(&format!("{word}: {}", list.join(", ")));
        }
    }
    if let Some(date) = &header.create_date {
        line(&format!("Create Date: {date}"));
    }
    for note in notes.iter().filter(|it| !it.trim().is_empty()) {
        line("");
        note.trim().lines().for_each(&mut line);
    }
    text
}

fn constant(header: &Header) -> String {
    let text = |it: &String| Expression::Atom(literal::text(it));
    let lists = [
        ("revises", &header.revises),
        ("depends_on", &header.depends_on),
        ("branch_labels", &header.branch_labels),
    ];
    let calls: Vec<_> = lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(method, list)| {
            (
                method,
                vec![Expression::List(list.iter().map(text).collect())],
            )
        })
        .collect();
    let new = Expression::Call("Revision::new".into(), vec![text(&header.id)]);
    layout::definition(
        "pub const REVISION: Revision",
        &Expression::Chain(Box::new(new), calls),
    )
}

fn function(text: &mut String, name: &str, operations: &[Operation], remarks: &[(usize, Remark)]) {
    if operations.is_empty() && remarks.is_empty() {
        text.push_str(&format!(
            "pub fn {name}(op: &mut Operations) {{\n    {NOTHING}\n}}\n"
        ));
        return;
    }
    text.push_str(&format!("pub fn {name}(op: &mut Operations) {{\n"));
    let mut before = None;
    for (index, operation) in operations.iter().enumerate() {
        remarks::before(text, index, remarks);
        let warning = warning(operation);
        if warning != before
            && let Some((one, several)) = warning
        {
            let follows = operations.get(index + 1).and_then(self::warning) == warning;
            text.push_str(&format!("    // {}\n", if follows { several } else { one }));
        }
        before = warning;
        for directive in expression::directives(operation) {
            text.push_str(&layout::statement(
                "op",
                directive.name,
                &directive.arguments,
                4,
            ));
        }
    }
    remarks::before(text, operations.len(), remarks);
    text.push_str("}\n");
}

/// In the body of a function that does nothing yet.
const NOTHING: &str = "// Nothing yet. Add directives, such as: op.execute(\"UPDATE …\");";

/// What is said above an operation that loses data, alone and above several of its kind.
fn warning(operation: &Operation) -> Option<(&'static str, &'static str)> {
    if !operation.loses_data() {
        return None;
    }
    Some(match operation {
        Operation::DropTable { .. } => (
            "Drops the table and its rows: data is lost.",
            "Drops the tables and their rows: data is lost.",
        ),
        Operation::DropColumn { .. } => (
            "Drops the column and its values: data is lost.",
            "Drops the columns and their values: data is lost.",
        ),
        _ => ("Data is lost.", "Data is lost."),
    })
}
