//! Exclusion constraints as a model writes them, before they have names.

use limbec_core::schema::{Deferrable, ExcludeElement, IndexElement, IndexKey};
use proc_macro2::Span;

use super::entries::Entries;
use super::{constraint, element, keys};
use crate::mistake::{At, Mistakes};

/// An exclusion constraint.
#[derive(Debug)]
pub(super) struct Exclude {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) elements: Vec<At<ExcludeElement>>,
    pub(super) method: Option<String>,
    pub(super) predicate: Option<String>,
    pub(super) include: Vec<At<String>>,
    pub(super) deferrable: Option<Deferrable>,
    pub(super) comment: Option<String>,
}

/// Reads `exclude(…)` of a table.
pub(super) fn excludes(entries: &Entries, mistakes: &mut Mistakes) -> Vec<Exclude> {
    let mut excludes = Vec::new();
    for nested in entries.nested("exclude", &keys::EXCLUDE, mistakes) {
        let text =
            |key: &str, mistakes: &mut Mistakes| nested.text(key, mistakes).map(|it| it.value);
        let on = nested.names("on", mistakes);
        if on.is_none() && !nested.has("on") {
            mistakes
                .at(nested.span, "what must not meet is missing")
                .help("write `on = [\"room with =\", \"during with &&\"]`");
        }
        excludes.push(Exclude {
            name: nested.text("name", mistakes),
            renamed_from: nested.text("renamed_from", mistakes),
            elements: elements(on.unwrap_or_default(), mistakes),
            method: text("using", mistakes),
            predicate: text("where", mistakes),
            include: nested.names("include", mistakes).unwrap_or_default(),
            deferrable: constraint::deferrable(&nested, mistakes),
            comment: text("comment", mistakes),
        });
        nested.finish(mistakes);
    }
    excludes
}

fn elements(on: Vec<At<String>>, mistakes: &mut Mistakes) -> Vec<At<ExcludeElement>> {
    let mut elements = Vec::with_capacity(on.len());
    for At { value, span } in on {
        match element::with_operator(&value) {
            Some((element, operator)) => elements.push(At {
                value: ExcludeElement { element, operator },
                span,
            }),
            None => {
                mistakes
                    .at(span, format!("`{value}` does not say by what operator"))
                    .help("write the column or expression, `with` and the operator: `room with =`");
            }
        }
    }
    elements
}

impl Exclude {
    /// The columns among its elements, with their places.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, Span)> {
        let of_key =
            (self.elements.iter()).filter_map(|it| Some((column(&it.value.element)?, it.span)));
        of_key.chain(self.include.iter().map(|it| (it.value.as_str(), it.span)))
    }
}

fn column(element: &IndexElement) -> Option<&str> {
    match &element.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    }
}
