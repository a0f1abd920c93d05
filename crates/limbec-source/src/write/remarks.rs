//! Comments in the body of a revision: what its author should know or fill in.

use limbec_core::operations::Operation;

use super::{expression, layout, literal};

/// How wide a line of a comment may be.
const WIDTH: usize = 96;

/// Something to be said in a revision's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Remark {
    /// A sentence.
    Text(String),
    /// An operation that is commented out, to be completed.
    Code(Operation),
}

/// What is said in the bodies of a revision, each before an operation, which is counted from 0; the
/// number of operations stands for the end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remarks {
    /// In the upgrade.
    pub upgrade: Vec<(usize, Remark)>,
    /// In the downgrade.
    pub downgrade: Vec<(usize, Remark)>,
}

/// Writes what is said before an operation.
pub(super) fn before(text: &mut String, operation: usize, remarks: &[(usize, Remark)]) {
    for (_, remark) in remarks.iter().filter(|(at, _)| *at == operation) {
        match remark {
            Remark::Text(sentence) => wrap(text, sentence),
            Remark::Code(operation) => code(text, operation),
        }
    }
}

fn wrap(text: &mut String, sentence: &str) {
    let shown: String = sentence
        .chars()
        .map(|c| {
            if literal::must_be_escaped(c) || c == '\n' {
                ' '
            } else {
                c
            }
        })
        .collect();
    let mut line = String::new();
    for word in shown.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH - 7 {
            text.push_str(&format!("    // {line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        text.push_str(&format!("    // {line}\n"));
    }
}

fn code(text: &mut String, operation: &Operation) {
    for directive in expression::directives(operation) {
        let statement = layout::statement("op", directive.name, &directive.arguments, 4);
        for line in statement.lines() {
            let line = line.strip_prefix("    ").unwrap_or(line);
            text.push_str(&format!("    // {line}\n"));
        }
    }
}
