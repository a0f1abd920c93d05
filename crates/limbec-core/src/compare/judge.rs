//! Expressions: equal as text, or as the database says.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Key, key_of};
use super::unknown::{Conflict, Unknown};
use crate::dialect::{Dialect, Expression, Place};
use crate::schema::{Column, ColumnType, Definition, ObjectName, Schema, Table};
use crate::sql::{Lexicon, TokenKind, TypesStand, rename_type, tokens};

/// Two expressions in the same place whose texts differ: does the database hold them for one?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The one in the database.
    pub current: Expression,
    /// The one of the models.
    pub target: Expression,
}

impl Question {
    fn of([current, target]: [&str; 2], expression: impl Fn(&str) -> Expression) -> Self {
        Question {
            current: expression(current),
            target: expression(target),
        }
    }
}

/// What the database says of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same.
    Equal,
    /// Not the same.
    Different,
    /// The database does not take the models' expression: a mistake in it, or it needs something
    /// that is not there yet.
    Refused {
        /// The reason.
        reason: String,
        /// Where in the text, in characters from 0.
        position: Option<usize>,
    },
    /// It cannot be said, with the reason: the object stays as it is, and the comparison reports it.
    Unknown(String),
}

/// A mistake in the SQL of the models: the database does not take it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The table or domain that it is of.
    pub of: ObjectName,
    /// The SQL, as the models have it.
    pub text: String,
    /// The database's reason.
    pub reason: String,
    /// Where in the SQL, in characters from 0.
    pub position: Option<usize>,
}

/// What the database has said so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdicts {
    settled: BTreeMap<Question, Verdict>,
    outdated: Vec<Definition>,
}

impl Verdicts {
    /// Keeps a verdict.
    pub fn insert(&mut self, question: Question, verdict: Verdict) {
        self.settled.insert(question, verdict);
    }

    /// Keeps that a definition is not what the target asks for once everything else has changed, which
    /// a scratch copy has shown: as it is then, by the new names. It is replaced.
    ///
    /// A view `SELECT * FROM notes` is as its statement makes it until `notes` has one more column.
    ///
    /// Returns whether that is news.
    pub fn outdate(&mut self, definition: Definition) -> bool {
        let is_new = self.outdated(&definition).is_none();
        if is_new {
            self.outdated.push(definition);
        }
        is_new
    }

    /// What is known to be outdated of a definition's name.
    pub(super) fn outdated(&self, definition: &Definition) -> Option<&Definition> {
        self.outdated.iter().find(|it| it.is_same(definition))
    }
}

/// A table as it is and as it shall be.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) current: &'a Table,
    pub(super) target: &'a Table,
}

impl Tables<'_> {
    /// Whether every column stays as it is, as far as an expression over it can tell.
    fn keep_their_columns(self) -> bool {
        self.current.columns.iter().all(|current| {
            self.target
                .column_named(&current.name)
                .is_some_and(|target| target.column_type == current.column_type)
        })
    }
}

/// Judges expressions by text, then by the verdicts, and collects what is open.
pub(super) struct Judge<'a> {
    pub(super) dialect: &'a dyn Dialect,
    pub(super) verdicts: &'a Verdicts,
    /// The enumerations that the database does not have yet as they shall be, with the labels that
    /// it lacks; `None` where it lacks the type.
    pub(super) unready: BTreeMap<Key, Option<Vec<String>>>,
    /// The sequences that the database does not have yet.
    pub(super) unready_sequences: BTreeSet<String>,
    pub(super) questions: Vec<Question>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) refused: Vec<Refused>,
    /// What the database does not have yet as the models want it: an expression that needs it may be
    /// refused for that alone.
    pub(super) coming: Coming,
    pub(super) conflicts: Vec<Conflict>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(dialect: &'a dyn Dialect, verdicts: &'a Verdicts) -> Self {
        Judge {
            dialect,
            verdicts,
            unready: BTreeMap::new(),
            unready_sequences: BTreeSet::new(),
            questions: Vec::new(),
            unknown: Vec::new(),
            refused: Vec::new(),
            coming: Coming::default(),
            conflicts: Vec::new(),
        }
    }

    pub(super) fn same_name(&self, a: &str, b: &str) -> bool {
        a == b || self.dialect.fold_name(a) == self.dialect.fold_name(b)
    }

    pub(super) fn same_names(&self, a: &[String], b: &[String]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_name(a, b))
    }

    /// The SQL of a type for a question about an expression; text in place of an enumeration that
    /// the database does not have yet, or not with a label that the expression names.
    pub(super) fn type_sql(&self, column_type: &ColumnType, target: &str) -> Option<String> {
        let askable = self.askable(column_type, target);
        self.dialect.type_sql(&askable).ok()
    }

    fn askable(&self, column_type: &ColumnType, target: &str) -> ColumnType {
        match column_type {
            ColumnType::Enum(it) => match self.unready.get(&key_of(self.dialect, &it.name)) {
                Some(Some(lacks)) if !names_one(target, lacks, self.dialect.lexicon()) => {
                    column_type.clone()
                }
                Some(_) => ColumnType::Text,
                None => column_type.clone(),
            },
            ColumnType::Array(element) => {
                ColumnType::Array(Box::new(self.askable(element, target)))
            }
            other => other.clone(),
        }
    }

    /// The expression with text in place of the enumerations that a column is not asked with.
    fn without_unready_types(&self, expression: &str, target: &str) -> String {
        let mut text = expression.to_string();
        for ((schema, name), lacks) in &self.unready {
            if lacks
                .as_ref()
                .is_none_or(|lacks| names_one(target, lacks, self.dialect.lexicon()))
            {
                let from = ObjectName {
                    schema: schema.clone(),
                    name: name.clone(),
                };
                let (to, lexicon) = (ObjectName::new("text"), self.dialect.lexicon());
                text = rename_type(&text, &from, &to, TypesStand::InCasts, lexicon);
            }
        }
        text
    }

    /// The columns of the target, and behind them those that go, which the current expression may
    /// name. Computed ones stand among them as if they were not.
    fn columns(&self, tables: Tables<'_>, place: &Place, target: &str) -> Vec<(String, String)> {
        let goes = |column: &&Column| {
            let mut targets = tables.target.columns.iter();
            !targets.any(|it| self.same_name(&it.name, &column.name))
        };
        // No database computes a value from a computed one.
        let is_in_reach = |column: &&Column| {
            column.generated.is_none() || !matches!(place, Place::Generated { .. })
        };
        let current = tables.current.columns.iter().filter(goes);
        let columns = tables.target.columns.iter().chain(current);
        let spelled = columns.filter(is_in_reach).filter_map(|column| {
            let column_type = self.type_sql(&column.column_type, target)?;
            Some((column.name.clone(), column_type))
        });
        spelled.collect()
    }

    /// Whether two expressions are one, in a place of the target's table.
    pub(super) fn same_expression(
        &mut self,
        tables: Tables<'_>,
        place: &Place,
        current: &str,
        target: &str,
    ) -> bool {
        if self.are_one_text(current, target) {
            return true;
        }
        if self.takes_from_unready(target) {
            return false;
        }
        let table = tables.target;
        let mut columns = self.columns(tables, place, target);
        let named = Mentioned::in_texts([current, target], self.dialect.lexicon());
        if !named.holds(&table.name.name) {
            // A smaller question, of types that are sure to be there.
            columns.retain(|(name, _)| named.holds(name));
        }
        let question = Question::of([current, target], |text| Expression {
            table: table.name.name.clone(),
            columns: columns.clone(),
            place: place.clone(),
            text: self.without_unready_types(text, target),
        });
        match self.verdict(question) {
            Some(Verdict::Equal) => true,
            None | Some(Verdict::Different) => false,
            Some(Verdict::Refused { reason, position }) => {
                let mut columns = table.columns.iter();
                let waits = columns.any(|it| self.is_unready(&it.column_type));
                let refused = Refused {
                    of: table.name.clone(),
                    text: target.to_string(),
                    reason: reason.clone(),
                    position: *position,
                };
                self.refuse(refused, waits)
            }
            // It was made over columns of other types, where it meant something else.
            Some(Verdict::Unknown(_)) if !tables.keep_their_columns() => false,
            Some(Verdict::Unknown(reason)) => {
                self.unknown.push(Unknown::Expression {
                    of: table.name.clone(),
                    place: place.clone(),
                    current: current.to_string(),
                    target: target.to_string(),
                    reason: reason.clone(),
                });
                true
            }
        }
    }

    /// Whether an expression names a sequence that is not there yet, in a string as they are named.
    fn takes_from_unready(&self, expression: &str) -> bool {
        let lexicon = self.dialect.lexicon();
        let inside = |text: &str| {
            let mut words =
                tokens(text.trim_matches('\''), lexicon).filter_map(|it| it.name(lexicon));
            words.any(|word| self.unready_sequences.contains(&word))
        };
        !self.unready_sequences.is_empty()
            && tokens(expression, lexicon).any(|it| it.kind == TokenKind::Text && inside(it.text))
    }

    /// Whether two texts mean the same, in a place of an object. `stays` says whether the place means
    /// to the current text what it did when the text was written.
    pub(super) fn same_in_place(
        &mut self,
        (of, columns): (&ObjectName, &[(String, String)]),
        place: &Place,
        stays: bool,
        current: &str,
        target: &str,
    ) -> bool {
        if self.are_one_text(current, target) {
            return true;
        }
        let question = Question::of([current, target], |text| Expression {
            table: of.name.clone(),
            columns: columns.to_vec(),
            place: place.clone(),
            text: self.without_unready_types(text, target),
        });
        match self.verdict(question) {
            Some(Verdict::Equal) => true,
            None | Some(Verdict::Different) => false,
            Some(Verdict::Unknown(_)) if !stays => false,
            Some(Verdict::Refused { reason, position }) => {
                let refused = Refused {
                    of: of.clone(),
                    text: target.to_string(),
                    reason: reason.clone(),
                    position: *position,
                };
                self.refuse(refused, false)
            }
            Some(Verdict::Unknown(reason)) => {
                self.unknown.push(Unknown::Expression {
                    of: of.clone(),
                    place: place.clone(),
                    current: current.to_string(),
                    target: target.to_string(),
                    reason: reason.clone(),
                });
                true
            }
        }
    }

    /// Whether two `CREATE` statements of one object are one.
    pub(super) fn same_statement(&mut self, of: &Definition, current: &str, target: &str) -> bool {
        if self.are_one_text(current, target) {
            return true;
        }
        let question = Question::of([current, target], |text| Expression {
            table: String::new(),
            columns: Vec::new(),
            place: Place::Definition,
            text: text.to_string(),
        });
        let can_be_asked = |it| !self.dialect.canonical(it).is_empty();
        let asked = can_be_asked(&question.current) && can_be_asked(&question.target);
        match asked.then(|| self.verdict(question)).flatten() {
            Some(Verdict::Equal) => true,
            Some(Verdict::Unknown(reason)) => {
                self.unknown.push(Unknown::Definition {
                    of: Box::new(of.clone()),
                    current: current.to_string(),
                    target: target.to_string(),
                    reason: reason.clone(),
                });
                true
            }
            None | Some(Verdict::Different | Verdict::Refused { .. }) => false,
        }
    }

    /// Keeps a mistake, which is no difference then. What `waits` for something else may be none: the
    /// proof of the revision will tell.
    fn refuse(&mut self, refused: Refused, waits: bool) -> bool {
        let lexicon = self.dialect.lexicon();
        let needs = |text: &str| self.coming.is_named_in(text, lexicon);
        if waits || needs(&refused.text) || needs(&refused.reason) {
            return false;
        }
        self.refused.push(refused);
        true
    }

    fn is_unready(&self, column_type: &ColumnType) -> bool {
        let named = column_type.enumeration();
        named.is_some_and(|it| self.unready.contains_key(&key_of(self.dialect, &it.name)))
    }

    fn are_one_text(&self, current: &str, target: &str) -> bool {
        current == target || self.dialect.same_text(current, target)
    }

    /// The verdict on a question; where there is none yet, it is asked.
    fn verdict(&mut self, question: Question) -> Option<&'a Verdict> {
        let verdict = self.verdicts.settled.get(&question);
        if verdict.is_none() {
            self.questions.push(question);
        }
        verdict
    }

    pub(super) fn same_optional_expression(
        &mut self,
        tables: Tables<'_>,
        place: &Place,
        current: Option<&str>,
        target: Option<&str>,
    ) -> bool {
        match (current, target) {
            (None, None) => true,
            (Some(current), Some(target)) => self.same_expression(tables, place, current, target),
            _ => false,
        }
    }
}

/// Whether an expression names one of the labels.
fn names_one(expression: &str, labels: &[String], lexicon: &Lexicon) -> bool {
    labels.iter().any(|label| {
        let literal = format!("'{}'", label.replace('\'', "''"));
        tokens(expression, lexicon).any(|token| token.text.contains(&literal))
    })
}

/// What the database does not have yet as the models want it.
#[derive(Default)]
pub(super) struct Coming {
    names: BTreeSet<String>,
    /// An extension brings who knows what.
    has_extension: bool,
}

impl Coming {
    pub(super) fn of(current: &Schema, target: &Schema, dialect: &dyn Dialect) -> Self {
        let extensions = target.extensions.iter();
        let is_there = |it: &ObjectName| current.extensions.iter().any(|to| to.name == it.name);
        let mut coming = Coming {
            names: BTreeSet::new(),
            has_extension: extensions.clone().any(|it| !is_there(it)),
        };
        let mut add = |name: &ObjectName| coming.names.insert(name.name.to_lowercase());
        for it in &target.definitions {
            let mut known = current.definitions.iter();
            if !known.any(|known| known.is_same(it) && dialect.same_text(&known.sql, &it.sql)) {
                add(&it.name);
            }
        }
        for it in target.enums.iter().filter(|it| !current.enums.contains(it)) {
            add(&it.name);
        }
        for it in (target.domains.iter()).filter(|it| !current.domains.contains(it)) {
            add(&it.name);
        }
        for it in (target.sequences.iter()).filter(|it| !current.sequences.contains(it)) {
            add(&it.name);
        }
        coming
    }

    fn is_named_in(&self, text: &str, lexicon: &Lexicon) -> bool {
        self.has_extension
            || tokens(text, lexicon)
                .filter_map(|it| it.name(lexicon))
                .any(|it| self.names.contains(&it.to_lowercase()))
    }
}

/// The names that expressions mention, whatever their case.
struct Mentioned(BTreeSet<String>);

impl Mentioned {
    fn in_texts<'t>(texts: impl IntoIterator<Item = &'t str>, lexicon: &Lexicon) -> Self {
        let names = texts
            .into_iter()
            .flat_map(|it| tokens(it, lexicon))
            .filter_map(|token| token.name(lexicon));
        Mentioned(names.map(|name| name.to_lowercase()).collect())
    }

    fn holds(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }
}
