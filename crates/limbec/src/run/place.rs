//! Where in a revision's file a statement comes from.

use std::fmt;
use std::path::Path;

use limbec_core::operations::Operation;
use limbec_core::revision::PlanStep;
use limbec_core::sql::{Lexicon, TokenKind, split, tokens};

use super::{Content, FailedStatement};

/// A place in a revision's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the project names it.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// The place that a statement of a step comes from, by the number of its operation.
///
/// In a `.rs` revision that is the line of its directive. In a `.sql` revision it is the line that the
/// database names, else the statement's first, if the section holds the statement once.
pub(super) fn find(
    step: &PlanStep<'_>,
    content: &Content,
    operation: usize,
    failed: &FailedStatement,
    lexicon: &Lexicon,
) -> Option<Place> {
    let path = &step.revision.path;
    let line = content.line(step.direction, operation)?;
    let within = match content.operations(step.direction).get(operation)? {
        Operation::Execute { sql, .. } if is_sql(path) => line_of(sql, failed, lexicon),
        _ => 0,
    };
    Some(Place {
        path: path.clone(),
        line: line + within,
    })
}

fn is_sql(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("sql"))
}

/// The line in a section, counted from 0: that which the database names in a failed statement, else the
/// statement's first, else the section's.
fn line_of(section: &str, failed: &FailedStatement, lexicon: &Lexicon) -> usize {
    let pieces = split(section, lexicon);
    let mut same = pieces.iter().filter(|it| it.trim() == failed.sql.trim());
    let (Some(only), None) = (same.next(), same.next()) else {
        return 0;
    };
    let sent = only.trim_start();
    let within = match failed.position {
        Some(at) => sent
            .chars()
            .take(at.saturating_sub(1))
            .map(char::len_utf8)
            .sum(),
        None => {
            let mut said = tokens(sent, lexicon).filter(|it| it.kind != TokenKind::Comment);
            said.next().map_or(0, |it| it.start)
        }
    };
    let at = sent.as_ptr().addr() - section.as_ptr().addr() + within;
    section[..at].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(section: &str, sql: &str, position: Option<usize>) -> usize {
        let failed = FailedStatement {
            sql: sql.to_string(),
            position,
            ..FailedStatement::default()
        };
        line_of(section, &failed, &Lexicon::STANDARD)
    }

    #[test]
    fn a_statement_is_found_in_its_section() {
        let section = "SELECT 1;\n\n-- é\nSELECT\n  2;\nSELECT 1;\nSELECT 3";
        assert_eq!(line(section, "-- é\nSELECT\n  2", None), 3);
        assert_eq!(line(section, "-- é\nSELECT\n  2", Some(15)), 4);
        assert_eq!(line(section, "SELECT 3", Some(99)), 6);
        // It may be either, and what limbec made of one is in neither.
        assert_eq!(line(section, "SELECT 1", None), 0);
        assert_eq!(line(section, "SELECT 4", None), 0);
    }
}
