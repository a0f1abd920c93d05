//! The words at the top of a revision file: its message, its doc and its fields.
//!
//! In a `.sql` file the fields say what the revision is; in a `.rs` file they repeat the constant
//! for people.

use std::ops::Range;

/// A line of the doc without its comment marker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Line<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// What a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldName {
    Id,
    Revises,
    DependsOn,
    BranchLabels,
    CreateDate,
}

impl FieldName {
    pub(super) const ALL: [(FieldName, &'static str); 5] = [
        (FieldName::Id, "Revision ID"),
        (FieldName::Revises, "Revises"),
        (FieldName::DependsOn, "Depends on"),
        (FieldName::BranchLabels, "Branch labels"),
        (FieldName::CreateDate, "Create Date"),
    ];

    pub(super) fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// A field with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: FieldName,
    pub(super) value: Line<'a>,
    pub(super) line: Line<'a>,
}

impl<'a> Field<'a> {
    /// The ids of a list: separated by commas, none when empty or `<base>`.
    pub(super) fn ids(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let value = self.value;
        let mut at = value.start;
        value.text.split(',').filter_map(move |part| {
            let start = at + part.len() - part.trim_start().len();
            at += part.len() + 1;
            let text = part.trim();
            let line = Line { text, start };
            (!text.is_empty() && text != "<base>").then_some(line)
        })
    }
}

/// The doc taken apart.
#[derive(Debug, Default)]
pub(super) struct Doc<'a> {
    pub(super) message: &'a str,
    pub(super) rest: String,
    pub(super) fields: Vec<Field<'a>>,
    /// Lines among the fields that are none.
    pub(super) others: Vec<Line<'a>>,
}

/// Takes the lines of a doc apart: the message is the first line, the fields begin at the line
/// `Revision ID:` and end at an empty one, the rest is the doc.
pub(super) fn read<'a>(lines: impl Iterator<Item = Line<'a>>) -> Doc<'a> {
    let mut doc = Doc::default();
    let mut place = Place::Message;
    for line in lines {
        let field = match place {
            Place::After => None,
            _ => field(line),
        };
        if matches!(place, Place::Message | Place::Doc)
            && field.is_some_and(|it| it.name == FieldName::Id)
        {
            place = Place::Fields;
        }
        match place {
            Place::Message => {
                doc.message = line.text;
                place = Place::Doc;
            }
            Place::Fields if line.text.is_empty() => place = Place::After,
            Place::Fields => match field {
                Some(it) => doc.fields.push(it),
                None => doc.others.push(line),
            },
            Place::Doc | Place::After => {
                let is_first = doc.rest.is_empty();
                if !(is_first && line.text.is_empty()) {
                    if !is_first {
                        doc.rest.push('\n');
                    }
                    doc.rest.push_str(line.text);
                }
            }
        }
    }
    doc.rest.truncate(doc.rest.trim_end().len());
    doc
}

enum Place {
    Message,
    Doc,
    Fields,
    After,
}

fn field(line: Line<'_>) -> Option<Field<'_>> {
    // Every line of a doc is asked, and few begin like a field.
    if !line
        .text
        .starts_with(['R', 'D', 'B', 'C', 'r', 'd', 'b', 'c'])
    {
        return None;
    }
    let (word, value) = line.text.split_once(':')?;
    let (name, _) = FieldName::ALL
        .into_iter()
        .find(|(_, it)| it.eq_ignore_ascii_case(word.trim_end()))?;
    let start = line.start + word.len() + 1 + value.len() - value.trim_start().len();
    let value = Line {
        text: value.trim(),
        start,
    };
    Some(Field { name, value, line })
}
