//! Indexes as a model writes them, before they have names.

use std::collections::BTreeMap;

use limbec_core::schema::{IndexElement, IndexKey};
use proc_macro2::Span;

use super::constraint::{options, placed};
use super::element;
use super::entries::{Entries, Form};
use super::keys;
use crate::mistake::{At, Mistakes};

/// An index.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    /// Empty at a column, whose own it is.
    pub(super) elements: Vec<At<IndexElement>>,
    pub(super) unique: bool,
    pub(super) method: Option<String>,
    pub(super) include: Vec<At<String>>,
    pub(super) predicate: Option<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) comment: Option<String>,
    pub(super) options: BTreeMap<String, String>,
    pub(super) span: Span,
}

/// Reads `index`, `index = "name"`, `index(…)`; at a table the columns must be named.
pub(super) fn indexes(entries: &Entries, at_table: bool, mistakes: &mut Mistakes) -> Vec<Index> {
    let forms = entries.forms("index", &keys::INDEX, mistakes);
    let mut indexes = Vec::with_capacity(forms.len());
    for form in forms {
        let index = match form {
            Form::Short(short) => Index {
                name: short.value.map(|value| At {
                    value,
                    span: short.span,
                }),
                renamed_from: None,
                elements: Vec::new(),
                unique: false,
                method: None,
                include: Vec::new(),
                predicate: None,
                nulls_not_distinct: false,
                comment: None,
                options: BTreeMap::new(),
                span: short.span,
            },
            Form::Nested(nested) => index(nested, mistakes),
        };
        if placed(
            !index.elements.is_empty(),
            at_table,
            index.span,
            "index(columns = [\"a\", \"b\"])",
            mistakes,
        ) {
            indexes.push(index);
        }
    }
    indexes
}

fn index(nested: Entries, mistakes: &mut Mistakes) -> Index {
    let columns = nested.names("columns", mistakes);
    let on = nested.names("on", mistakes);
    if let (Some(_), Some(on)) = (&columns, &on) {
        mistakes
            .at(on[0].span, "`columns` and `on` both say what is indexed")
            .help("keep `on`, and add the columns to it in their order");
    }
    let columns = columns.into_iter().flatten().map(|name| At {
        value: IndexElement::column(name.value),
        span: name.span,
    });
    let on = on.into_iter().flatten().map(|text| At {
        value: element::read(&text.value),
        span: text.span,
    });
    let index = Index {
        name: nested.text("name", mistakes),
        renamed_from: nested.text("renamed_from", mistakes),
        elements: columns.chain(on).collect(),
        unique: nested.set("unique", mistakes).is_some(),
        method: nested.text("using", mistakes).map(|it| it.value),
        include: nested.names("include", mistakes).unwrap_or_default(),
        predicate: nested.text("where", mistakes).map(|it| it.value),
        nulls_not_distinct: nested.set("nulls_not_distinct", mistakes).is_some(),
        comment: nested.text("comment", mistakes).map(|it| it.value),
        options: options(&nested, mistakes),
        span: nested.span,
    };
    if index.nulls_not_distinct && !index.unique {
        mistakes
            .at(
                index.span,
                "`nulls_not_distinct` is of use in a unique index only",
            )
            .help("add `unique`");
    }
    nested.finish(mistakes);
    index
}

impl Index {
    /// The columns among its elements, with their places.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, Span)> {
        self.elements
            .iter()
            .filter_map(|element| match &element.value.key {
                IndexKey::Column(name) => Some((name.as_str(), element.span)),
                IndexKey::Expression(_) => None,
            })
            .chain(
                self.include
                    .iter()
                    .map(|name| (name.value.as_str(), name.span)),
            )
    }
}
