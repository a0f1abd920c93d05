//! Expressions: equal as text, or as the database says.

use std::collections::BTreeMap;

use crate::dialect::{Dialect, Expression, Place};
use crate::schema::Table;

/// Two expressions in the same place whose texts differ: does the database hold them for one?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The one in the database.
    pub current: Expression,
    /// The one of the models.
    pub target: Expression,
}

/// What the database says of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same.
    Equal,
    /// Not the same.
    Different,
    /// It cannot be said, with the reason.
    Unknown(String),
}

/// The verdicts so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdicts(BTreeMap<Question, Verdict>);

impl Verdicts {
    /// Keeps a verdict.
    pub fn insert(&mut self, question: Question, verdict: Verdict) {
        self.0.insert(question, verdict);
    }
}

/// Judges expressions by text, then by the verdicts, and collects what is open.
pub(super) struct Judge<'a> {
    pub(super) dialect: &'a dyn Dialect,
    verdicts: &'a Verdicts,
    pub(super) questions: Vec<Question>,
    pub(super) unknown: Vec<String>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(dialect: &'a dyn Dialect, verdicts: &'a Verdicts) -> Self {
        Judge {
            dialect,
            verdicts,
            questions: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn same_name(&self, a: &str, b: &str) -> bool {
        a == b || self.dialect.fold_name(a) == self.dialect.fold_name(b)
    }

    pub(super) fn same_names(&self, a: &[String], b: &[String]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_name(a, b))
    }

    /// Whether two expressions are one, in a place of the target's table.
    pub(super) fn same_expression(
        &mut self,
        table: &Table,
        place: &Place,
        current: &str,
        target: &str,
    ) -> bool {
        if current == target || self.dialect.same_text(current, target) {
            return true;
        }
        let columns: Vec<(String, String)> = table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .filter_map(|column| {
                Some((
                    column.name.clone(),
                    self.dialect.type_sql(&column.column_type).ok()?,
                ))
            })
            .collect();
        let expression = |text: &str| Expression {
            table: table.name.name.clone(),
            columns: columns.clone(),
            place: place.clone(),
            text: text.to_string(),
        };
        let question = Question {
            current: expression(current),
            target: expression(target),
        };
        match self.verdicts.0.get(&question) {
            Some(Verdict::Equal) => true,
            Some(Verdict::Different) => false,
            Some(Verdict::Unknown(reason)) => {
                self.unknown.push(format!(
                    "an expression of the table `{}` could not be compared (`{current}` in the \
                     database, `{target}` in the models): {reason}",
                    table.name
                ));
                true
            }
            None => {
                self.questions.push(question);
                false
            }
        }
    }

    pub(super) fn same_optional_expression(
        &mut self,
        table: &Table,
        place: &Place,
        current: Option<&str>,
        target: Option<&str>,
    ) -> bool {
        match (current, target) {
            (None, None) => true,
            (Some(current), Some(target)) => self.same_expression(table, place, current, target),
            _ => false,
        }
    }
}
