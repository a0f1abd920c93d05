//! Where in a project's files stands what a database finds wrong: models and files of SQL.

use std::ops::Range;

use limbec::run::FailedStatement;
use limbec_core::compare::Refused;
use limbec_core::schema::ObjectName;
use limbec_source::diagnostic::Diagnostic;
use limbec_source::models::{Declared, SqlText, sql_texts};

use crate::error::Mistake;

/// Files, each with its path as it is shown.
pub(crate) type Texts = Vec<(String, String)>;

/// The files that say what the database shall be, and where its tables are declared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) declared: Vec<Declared>,
    /// The files of models.
    pub(crate) models: Texts,
    /// The files of SQL.
    pub(crate) sql: Texts,
    /// The connection's own namespace.
    pub(crate) own: Option<String>,
}

impl Places {
    /// Where a column is declared, or a table: what declares it, and the place.
    pub(crate) fn declared(
        &self,
        table: &ObjectName,
        column: Option<&str>,
    ) -> Option<(&Declared, &Range<usize>)> {
        let own = self.own.as_deref();
        let table = table.clone().within(own);
        let mut all = self.declared.iter();
        let declared = all.find(|it| it.table.clone().within(own) == table)?;
        Some((declared, declared.place(column)?))
    }

    /// The text of a file of models.
    pub(crate) fn text(&self, path: &str) -> &str {
        let found = self.models.iter().find(|(it, _)| it == path);
        found.map(|(_, text)| text.as_str()).unwrap_or_default()
    }

    /// The mistake in an expression of a table or domain.
    pub(crate) fn of_refused(&self, refused: &Refused) -> Option<Mistake> {
        let (declared, _) = self.declared(&refused.of, None)?;
        let texts = self.texts_of(declared);
        let whole = texts.iter().find(|it| it.value == refused.text);
        let found = whole.or_else(|| texts.iter().find(|it| it.value.contains(&refused.text)));
        let span = match (found, refused.position) {
            (Some(it), Some(at)) => {
                let before = it.value.find(&refused.text).unwrap_or_default();
                let at = at + it.value[..before].chars().count();
                it.place_of(at, self.text(&declared.path))
            }
            (Some(it), None) => it.span.clone(),
            (None, _) => declared.span.clone(),
        };
        Some(self.mistake(&declared.path, span, &refused.reason))
    }

    /// The mistake that a failed statement leads back to.
    pub(crate) fn of_failure(&self, message: &str, failed: &FailedStatement) -> Option<Mistake> {
        let position = failed.position.and_then(|at| at.checked_sub(1));
        if let Some(mistake) = self.of_sql_file(message, failed, position) {
            return Some(mistake);
        }
        let operation = failed.operation.as_deref().unwrap_or_default();
        let is_of = |it: &&Declared| {
            let name = it.table.clone().within(self.own.as_deref()).to_string();
            let ends = |c: char| c.is_whitespace() || c == ':';
            operation
                .split(ends)
                .any(|word| word == name || word.strip_prefix(&format!("{name}.")).is_some())
        };
        let table = self.declared.iter().find(is_of)?;
        let texts = self.texts_of(table);
        let text = self.text(&table.path);
        let span = position.and_then(|at| place_in(&texts, text, &failed.sql, at));
        let span = span.or_else(|| place_of_word(&texts, text, message));
        let column = || {
            let (_, span) = table.columns.iter().find(|(name, _)| {
                let spellings = [
                    format!("\"{name}\""),
                    format!("[{name}]"),
                    format!(".{name}"),
                ];
                spellings.iter().any(|it| message.contains(it))
            })?;
            Some(span.clone())
        };
        let span = span.or_else(column).unwrap_or_else(|| table.span.clone());
        Some(self.mistake(&table.path, span, message))
    }

    fn of_sql_file(
        &self,
        message: &str,
        failed: &FailedStatement,
        position: Option<usize>,
    ) -> Option<Mistake> {
        // A statement is sent as it stands in its file.
        let holds = |(path, text): &'_ (String, String)| {
            let start = text.find(&failed.sql)?;
            let statement = &failed.sql;
            let inside = position.and_then(|at| statement.char_indices().nth(at));
            let span = match inside {
                Some((at, _)) => start + at..start + at + word(&statement[at..]),
                None => start..start + statement.lines().next().unwrap_or_default().len(),
            };
            let diagnostic = Diagnostic::new(path, span, message);
            Some(Mistake {
                diagnostic,
                text: text.clone(),
            })
        };
        let (_, about) = message.rsplit_once(": ").unwrap_or_default();
        let names = |(path, text): &'_ (String, String)| {
            // Of a view it is only known by running it what it lacks.
            let made = failed.operation.as_deref()?.strip_prefix("trying ")?;
            let start = text.find(&format!("VIEW {made}"))?;
            let at = start + text[start..].find(about).filter(|_| !about.is_empty())?;
            let diagnostic = Diagnostic::new(path, at..at + about.len(), message);
            Some(Mistake {
                diagnostic,
                text: text.clone(),
            })
        };
        let mut files = self.sql.iter();
        let whole = self.sql.iter().find_map(holds);
        whole.or_else(|| files.find_map(names))
    }

    /// The texts in the attributes of a table.
    pub(crate) fn texts_of(&self, declared: &Declared) -> Vec<SqlText> {
        sql_texts(self.text(&declared.path), declared.span.start)
    }

    fn mistake(&self, path: &str, span: Range<usize>, message: &str) -> Mistake {
        Mistake {
            diagnostic: Diagnostic::new(path, span, message),
            text: self.text(path).to_string(),
        }
    }
}

/// The place of a statement's character in the models, if it comes from a text of theirs.
fn place_in(texts: &[SqlText], file: &str, statement: &str, at: usize) -> Option<Range<usize>> {
    let (byte, _) = statement.char_indices().nth(at)?;
    let holds = |it: &&SqlText| {
        let mut starts = statement.match_indices(it.value.as_str());
        let start = starts.find(|(start, _)| (*start..start + it.value.len()).contains(&byte));
        start.map(|(start, _)| statement[start..byte].chars().count())
    };
    let found = texts.iter().filter(|it| !it.value.is_empty());
    // The longest one: a column's name may be in it, too.
    let longest = found
        .filter(|it| holds(it).is_some())
        .max_by_key(|it| it.value.len())?;
    Some(longest.place_of(holds(&longest)?, file))
}

/// The place of what a message is about, its last word, if only one text holds it.
fn place_of_word(texts: &[SqlText], file: &str, message: &str) -> Option<Range<usize>> {
    let (_, about) = message.rsplit_once(": ")?;
    let about = about.trim_end_matches("()");
    let is_word = !about.is_empty() && about.chars().all(|it| it.is_alphanumeric() || it == '_');
    let holds = |it: &&SqlText| is_word && it.value.contains(about);
    let mut holding = texts.iter().filter(holds);
    let (only, None) = (holding.next()?, holding.next()) else {
        return None;
    };
    let at = only.value.find(about)?;
    Some(only.place_of(only.value[..at].chars().count(), file))
}

/// The bytes of the word that a text begins with; a character at least.
fn word(text: &str) -> usize {
    let letters = text
        .chars()
        .take_while(|it| it.is_alphanumeric() || *it == '_');
    let length = letters.map(char::len_utf8).sum::<usize>();
    length.max(text.chars().next().map_or(0, char::len_utf8))
}
