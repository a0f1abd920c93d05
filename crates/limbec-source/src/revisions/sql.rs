//! `.sql` revisions: a header of comments, then the sections `-- upgrade` and `-- downgrade`.

use std::ops::Range;

use limbec_core::dialect;
use limbec_core::operations::Operation;
use limbec_core::revision::{Header, check_id, check_label};

use super::doc::{self, Doc, FieldName, Line};
use super::sections::{Marker, Reading, Undivided, Way, divide, marker};
use super::{Body, checksum};
use crate::diagnostic::{Diagnostic, Secondary};
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

pub(super) fn read_body(path: &str, text: &str) -> Result<Body, Vec<Diagnostic>> {
    let begin = head(text).last().map_or(0, |(_, end)| end);
    let sections = match divide(text, begin, dialect::LEXICONS) {
        Ok(sections) => sections,
        Err(Undivided::Mistaken(reading)) => return Err(mistakes(path, text, &reading)),
        Err(Undivided::Ambiguous(readings)) => return Err(vec![ambiguous(path, &readings)]),
    };
    let upgrades = sections.iter().filter(|it| it.way == Way::Upgrade);
    let mut body = Body {
        checksum: checksum::of_sql(upgrades.map(|it| it.sql.clone()), text),
        ..Body::default()
    };
    for section in sections.into_iter().filter(|it| it.has_sql) {
        let (operations, spans) = match section.way {
            Way::Upgrade => (&mut body.upgrade, &mut body.upgrade_spans),
            Way::Downgrade => (&mut body.downgrade, &mut body.downgrade_spans),
        };
        let span = trimmed(text, section.sql);
        operations.push(Operation::Execute {
            sql: text[span.clone()].to_string(),
            dialect: section.dialect.map(str::to_string),
            autocommit: false,
        });
        spans.push(span);
    }
    Ok(body)
}

/// A part of a text without the white space round it, such as every database takes for that.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let is_space = |c: char| c.is_ascii_whitespace();
    let part = text[span.clone()].trim_end_matches(is_space);
    let end = span.start + part.len();
    end - part.trim_start_matches(is_space).len()..end
}

/// Everything for which a file is no revision.
fn mistakes(path: &str, text: &str, reading: &Reading<'_>) -> Vec<Diagnostic> {
    let unknown = reading.unknown.iter();
    let mut found: Vec<Diagnostic> = unknown
        .map(|(way, word, line)| unknown_dialect(path, *way, word, line.clone()))
        .collect();
    if let Some(span) = &reading.stray {
        let message = "this stands before the line `-- upgrade`";
        let mut error = Diagnostic::new(path, span.clone(), message);
        error
            .help
            .push("put the SQL of the revision below a line `-- upgrade`".into());
        found.push(error);
    }
    let missing = Way::ALL.into_iter().filter(|way| !reading.has(*way));
    found.extend(missing.map(|way| missing_section(path, text, reading, way)));
    found.sort_by_key(|it| it.span.start);
    found
}

fn unknown_dialect(path: &str, way: Way, word: &str, line: Range<usize>) -> Diagnostic {
    let message = format!(
        "there is no dialect `{word}` for a section `{}`",
        way.name()
    );
    let mut error = Diagnostic::new(path, line, message);
    let names = || dialect::NAMES.iter().copied();
    error.help.extend(did_you_mean(word, names()));
    let known: Vec<String> = names().map(|it| format!("`{it}`")).collect();
    error
        .help
        .push(format!("the dialects are {}", known.join(" and ")));
    error
}

fn missing_section(path: &str, text: &str, reading: &Reading<'_>, way: Way) -> Diagnostic {
    let name = way.name();
    let end = text.trim_end().len();
    if let Some((_, _, token)) = reading.hidden.iter().find(|(hidden, ..)| *hidden == way) {
        let message = format!("what begins here does not end before the line `-- {name}`");
        let mut error = Diagnostic::new(path, token.start..token.start + 1, message);
        error.help.push("close the quotes or the comment".into());
        return error;
    }
    let message = format!("the section `-- {name}` is missing");
    let mut error = Diagnostic::new(path, end..end, message);
    error.help.push(format!(
        "add a line `-- {name}`, with nothing below it where there is nothing to do"
    ));
    error
}

/// A line that begins a section for one database and not for another.
fn ambiguous(path: &str, [one, other]: &[Reading<'_>; 2]) -> Diagnostic {
    let only = |of: &Reading<'_>, not: &Reading<'_>| {
        let mut lines = of.sections.iter().map(|it| it.line.clone());
        lines.find(|it| !not.begins(it))
    };
    let place = |line: &Option<Range<usize>>| line.as_ref().map_or(usize::MAX, |it| it.start);
    let (of_one, of_other) = (only(one, other), only(other, one));
    let (line, by, not) = if place(&of_one) < place(&of_other) {
        (of_one, one, other)
    } else {
        (of_other, other, one)
    };
    let line = line.unwrap_or_default();
    let message = format!(
        "whether this line begins a section depends on the database: it does for `{}`, and not for `{}`",
        by.by, not.by
    );
    let mut error = Diagnostic::new(path, line.clone(), message);
    let hidden = not.hidden.iter().find(|(_, it, _)| *it == line);
    error
        .secondary
        .extend(hidden.map(|(_, _, token)| Secondary {
            path: path.to_string(),
            span: token.start..token.start + 1,
            label: format!("for `{}`, what begins here runs over it", not.by),
        }));
    error.help.push(format!(
        "name the database that the section above is for, as in `-- upgrade {}`, or write it so that all read it alike",
        by.by
    ));
    error
}
