//! `.sql` revisions: a header of comments, then the sections `-- upgrade` and `-- downgrade`.

use std::ops::Range;

use limbec_core::dialect;
use limbec_core::operations::Operation;
use limbec_core::revision::{Header, check_id, check_label};
use limbec_core::sql::{Lexicon, Token, TokenKind, split, tokens};

use super::doc::{self, Doc, FieldName, Line};
use super::{Body, checksum};
use crate::diagnostic::Diagnostic;
use crate::suggest::did_you_mean;

/// Whether a path is that of a `.sql` revision.
pub(super) fn is_sql(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("sql"))
}

/// Reads no further than the first line that is no comment.
pub(super) fn read_header(path: &str, text: &str) -> Result<Header, Vec<Diagnostic>> {
    let doc = doc::read(head(text).map(|(line, _)| line));
    let mut diagnostics = Vec::new();
    check_fields(path, &doc, &mut diagnostics);
    let texts = |name: FieldName| -> Vec<String> {
        let fields = doc.fields.iter().filter(|it| it.name == name);
        fields
            .flat_map(super::doc::Field::ids)
            .map(|it| it.text.to_string())
            .collect()
    };
    let Some(id) = texts(FieldName::Id).into_iter().next() else {
        let end = doc.fields.first().map_or(0..0, |it| it.line.span());
        let mut error = Diagnostic::new(path, end, "the header has no revision id");
        error.help.push(
            "begin the file with `-- <message>`, `--`, `-- Revision ID: <id>` and `-- Revises: <id of the parent>`"
                .into(),
        );
        diagnostics.push(error);
        return Err(diagnostics);
    };
    if !doc.fields.iter().any(|it| it.name == FieldName::Revises) {
        // Without the line, a typing mistake would make a second base of the revision.
        let place = doc.fields.first().map_or(0..0, |it| it.line.span());
        let mut error = Diagnostic::new(path, place, "the header has no line `Revises:`");
        error.help.push(
            "add a line `-- Revises: <id of the parent>`, or `-- Revises:` where there is none"
                .into(),
        );
        diagnostics.push(error);
    }
    if !diagnostics.is_empty() {
        diagnostics.sort_by_key(|it| it.span.start);
        return Err(diagnostics);
    }
    let date = doc
        .fields
        .iter()
        .find(|it| it.name == FieldName::CreateDate);
    Ok(Header {
        id,
        revises: texts(FieldName::Revises),
        depends_on: texts(FieldName::DependsOn),
        branch_labels: texts(FieldName::BranchLabels),
        message: doc.message.to_string(),
        create_date: date.map(|it| it.value.text.to_string()),
        doc: doc.rest,
        path: path.to_string(),
    })
}

/// The comment lines that the text begins with, without their `--`, each with its end; a section
/// marker ends them.
fn head(text: &str) -> impl Iterator<Item = (Line<'_>, usize)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut begun = false;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..).filter(|it| !it.is_empty())?;
            let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
            let line = rest[..length].trim_end();
            let start = at;
            at += length;
            let Some(comment) = line.trim_start().strip_prefix("--") else {
                if line.trim().is_empty() && !begun {
                    continue;
                }
                // An empty line ends a paragraph, as an empty comment does.
                if line.trim().is_empty() {
                    return Some((Line { text: "", start }, at));
                }
                return None;
            };
            if !matches!(marker(comment), Marker::None) {
                return None;
            }
            begun = true;
            let text = comment.strip_prefix(' ').unwrap_or(comment);
            return Some((
                Line {
                    text,
                    start: start + line.len() - text.len(),
                },
                at,
            ));
        }
    })
}

fn check_fields(path: &str, doc: &Doc<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for line in &doc.others {
        let mut error = Diagnostic::new(path, line.span(), "this line of the header is no field");
        let word = line.text.split(':').next().unwrap_or_default();
        error
            .help
            .extend(did_you_mean(word, FieldName::ALL.map(|(_, it)| it)));
        error
            .help
            .push("an empty comment line `--` ends the fields".into());
        diagnostics.push(error);
    }
    for (index, field) in doc.fields.iter().enumerate() {
        if doc.fields[..index].iter().any(|it| it.name == field.name) {
            let message = format!("the header has two lines `{}:`", field.name.word());
            diagnostics.push(Diagnostic::new(path, field.line.span(), message));
        }
        if field.name == FieldName::Id
            && let Some(second) = field.ids().nth(1)
        {
            let message = "a revision has one id";
            diagnostics.push(Diagnostic::new(path, second.span(), message));
        }
        for id in field.ids() {
            let checked = match field.name {
                FieldName::Id | FieldName::Revises => check_id(id.text),
                FieldName::BranchLabels => check_label(id.text),
                FieldName::DependsOn | FieldName::CreateDate => continue,
            };
            if let Err(error) = checked {
                diagnostics.push(Diagnostic::new(path, id.span(), error.to_string()));
            }
        }
    }
}

/// What a comment may be besides a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker<'a> {
    None,
    Section(Section, Option<&'static str>),
    /// A section for a dialect that there is not.
    Unknown(Section, &'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Upgrade,
    Downgrade,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Section::Upgrade => "upgrade",
            Section::Downgrade => "downgrade",
        }
    }
}

fn begins_line(text: &str, at: usize) -> bool {
    text[..at]
        .rsplit('\n')
        .next()
        .is_some_and(|before| before.trim().is_empty())
}

/// Reads a comment without its `--`: a section's name, alone or with a dialect's.
fn marker(comment: &str) -> Marker<'_> {
    let mut words = comment.split_whitespace();
    let section = match words.next() {
        Some(word) if word.eq_ignore_ascii_case("upgrade") => Section::Upgrade,
        Some(word) if word.eq_ignore_ascii_case("downgrade") => Section::Downgrade,
        _ => return Marker::None,
    };
    match (words.next(), words.next()) {
        (None, _) => Marker::Section(section, None),
        // More words make a sentence, and a sentence is a comment.
        (Some(_), Some(_)) => Marker::None,
        (Some(word), None) => match named(word) {
            Some(dialect) => Marker::Section(section, Some(dialect)),
            None => Marker::Unknown(section, word),
        },
    }
}

/// The dialect of a name in any case.
fn named(word: &str) -> Option<&'static str> {
    let mut names = dialect::NAMES.iter().copied();
    names.find(|name| name.eq_ignore_ascii_case(word))
}

pub(super) fn read_body(path: &str, text: &str) -> Result<Body, Vec<Diagnostic>> {
    let mut reader = Reader {
        path,
        text,
        body: Body::default(),
        diagnostics: Vec::new(),
    };
    let begin = head(text).last().map_or(0, |(_, end)| end);
    let mut open: Option<(Section, Option<&'static str>, usize)> = None;
    let mut seen = Vec::new();
    let mut stray = None;
    for token in tokens(&text[begin..], &Lexicon::NEUTRAL) {
        let span = begin + token.start..begin + token.end();
        let comment = token
            .text
            .strip_prefix("--")
            .filter(|_| token.kind == TokenKind::Comment);
        let marker = match comment {
            Some(comment) if begins_line(text, span.start) => marker(comment),
            _ => Marker::None,
        };
        match marker {
            Marker::None => {
                if open.is_none() && token.kind != TokenKind::Comment && stray.is_none() {
                    stray = Some(span);
                }
                continue;
            }
            Marker::Unknown(section, word) => {
                reader.unknown_dialect(section, word, span.clone());
                seen.push(section);
            }
            Marker::Section(section, _) => seen.push(section),
        }
        if let Some((section, dialect, start)) = open.take() {
            reader.section(section, dialect, start..span.start);
        }
        if let Marker::Section(section, dialect) = marker {
            open = Some((section, dialect, span.end));
        } else if let Marker::Unknown(section, _) = marker {
            open = Some((section, None, span.end));
        }
    }
    if let Some((section, dialect, start)) = open {
        reader.section(section, dialect, start..text.len());
    }
    if let Some(span) = stray {
        let mut error = Diagnostic::new(path, span, "this stands before the line `-- upgrade`");
        error
            .help
            .push("put the SQL of the revision below a line `-- upgrade`".into());
        reader.diagnostics.push(error);
    }
    for section in [Section::Upgrade, Section::Downgrade] {
        if !seen.contains(&section) {
            reader.missing(section, begin);
        }
    }
    if reader.diagnostics.is_empty() {
        let mut body = reader.body;
        body.checksum = checksum::of_sql(&body.upgrade_spans, text);
        return Ok(body);
    }
    reader.diagnostics.sort_by_key(|it| it.span.start);
    Err(reader.diagnostics)
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    body: Body,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn section(&mut self, section: Section, dialect: Option<&str>, range: Range<usize>) {
        let (operations, spans) = match section {
            Section::Upgrade => (&mut self.body.upgrade, &mut self.body.upgrade_spans),
            Section::Downgrade => (&mut self.body.downgrade, &mut self.body.downgrade_spans),
        };
        let section = &self.text[range.clone()];
        for statement in split(section, &Lexicon::NEUTRAL) {
            // A statement is a part of the section, so their distance is its place.
            let offset = statement.as_ptr().addr() - section.as_ptr().addr();
            let start = range.start + offset;
            operations.push(Operation::Execute {
                sql: statement.to_string(),
                dialect: dialect.map(str::to_string),
                autocommit: false,
            });
            spans.push(start..start + statement.len());
        }
    }

    fn unknown_dialect(&mut self, section: Section, word: &str, span: Range<usize>) {
        let message = format!(
            "there is no dialect `{word}` for a section `{}`",
            section.name()
        );
        let mut error = Diagnostic::new(self.path, span, message);
        let names = || dialect::NAMES.iter().copied();
        error.help.extend(did_you_mean(word, names()));
        let known: Vec<String> = names().map(|it| format!("`{it}`")).collect();
        error
            .help
            .push(format!("the dialects are {}", known.join(" and ")));
        self.diagnostics.push(error);
    }

    fn missing(&mut self, section: Section, begin: usize) {
        let name = section.name();
        let end = self.text.trim_end().len();
        let mut error = Diagnostic::new(
            self.path,
            end..end,
            format!("the section `-- {name}` is missing"),
        );
        let swallowed = tokens(&self.text[begin.min(self.text.len())..], &Lexicon::NEUTRAL)
            .find(|it| hides(it, name));
        if let Some(token) = swallowed {
            error.span = begin + token.start..begin + token.start + 1;
            error.message = format!("what begins here does not end before the line `-- {name}`");
            error.help.push("close the quotes or the comment".into());
        } else {
            error.help.push(format!(
                "add a line `-- {name}`, with nothing below it where there is nothing to do"
            ));
        }
        self.diagnostics.push(error);
    }
}

/// Whether a string, a quoted name or a block comment runs over the line of a section.
fn hides(token: &Token<'_>, section: &str) -> bool {
    matches!(
        token.kind,
        TokenKind::Text | TokenKind::QuotedName | TokenKind::Comment
    ) && token.text.lines().skip(1).any(|line| {
        let comment = line.trim().strip_prefix("--");
        comment.is_some_and(
            |it| matches!(marker(it), Marker::Section(found, _) if found.name() == section),
        )
    })
}
