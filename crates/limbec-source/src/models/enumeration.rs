//! An enum with `#[derive(Enum)]`.

use limbec_core::schema::{EnumType, ObjectName};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::cases::Case;
use super::entries::of_attributes;
use super::keys;
use super::{column, conditions};
use crate::mistake::{Mistakes, Place};
use crate::suggest::did_you_mean;

/// An enumeration as one enum tells it.
#[derive(Debug)]
pub(super) struct Enumeration {
    pub(super) place: Place,
    pub(super) enum_type: EnumType,
}

impl Enumeration {
    /// Reads an enum; `attributes` are its own, conditions resolved.
    pub(super) fn read(
        item: &syn::ItemEnum,
        attributes: &[syn::Attribute],
        mistakes: &mut Mistakes,
    ) -> Enumeration {
        let span = item.ident.span();
        let rust_name = item.ident.unraw().to_string();
        let entries = of_attributes(
            attributes,
            "enumeration",
            &keys::ENUMERATION,
            span,
            mistakes,
        );
        let name = entries.text("name", mistakes);
        let schema = entries.text("schema", mistakes).map(|it| it.value);
        let case = entries.text("rename_all", mistakes).and_then(|text| {
            let found = Case::NAMES
                .iter()
                .find(|(name, _)| *name == text.value)
                .map(|(_, case)| *case);
            if found.is_none() {
                let names = Case::NAMES.map(|(name, _)| name);
                let help = did_you_mean(&text.value, names)
                    .unwrap_or_else(|| format!("the cases are `{}`", names.join("`, `")));
                mistakes
                    .at(text.span, format!("`{}` is no case", text.value))
                    .help(help);
            }
            found
        });
        let comment = column::comment(&entries, attributes, mistakes);
        entries.finish(mistakes);
        let enum_type = EnumType {
            name: ObjectName {
                schema,
                name: name.map_or_else(|| Case::Snake.of(&rust_name), |name| name.value),
            },
            labels: labels(item, case.unwrap_or(Case::Snake), mistakes),
            comment,
        };
        Enumeration {
            place: mistakes.place(span),
            enum_type,
        }
    }
}

fn labels(item: &syn::ItemEnum, case: Case, mistakes: &mut Mistakes) -> Vec<String> {
    let mut labels: Vec<(String, Span)> = Vec::new();
    for variant in &item.variants {
        let (attributes, kept) = conditions::resolve(&variant.attrs);
        if !kept {
            continue;
        }
        if !matches!(variant.fields, syn::Fields::Unit) {
            mistakes
                .at(variant.fields.span(), format!("`{}` holds data: a label of an enumeration is a name alone", variant.ident))
                .help("keep the data in columns of their own, or the whole value in a `Json<…>` column");
        }
        let own = attributes
            .iter()
            .filter(|it| it.path().is_ident("label"))
            .find_map(|it| label(it, mistakes));
        let (text, span) = own.unwrap_or_else(|| {
            (
                case.of(&variant.ident.unraw().to_string()),
                variant.ident.span(),
            )
        });
        if let Some((_, first)) = labels.iter().find(|(label, _)| *label == text) {
            let other = mistakes.place(*first);
            mistakes
                .at(span, format!("two labels are `{text}`"))
                .other(other, "the first is here");
        }
        labels.push((text, span));
    }
    if labels.is_empty() {
        mistakes.at(
            item.ident.span(),
            format!("`{}` has no variant, and so no label", item.ident),
        );
    }
    labels.into_iter().map(|(label, _)| label).collect()
}

/// Reads `#[label("…")]` or `#[label = "…"]`.
fn label(attribute: &syn::Attribute, mistakes: &mut Mistakes) -> Option<(String, Span)> {
    let literal = match &attribute.meta {
        syn::Meta::List(list) => list.parse_args::<syn::LitStr>().ok(),
        syn::Meta::NameValue(syn::MetaNameValue {
            value:
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }),
            ..
        }) => Some(text.clone()),
        _ => None,
    };
    let Some(literal) = literal else {
        mistakes
            .at(attribute.span(), "a label is a string")
            .help("write `#[label(\"in progress\")]`");
        return None;
    };
    let text = literal.value();
    if text.contains('\0') {
        mistakes.at(
            literal.span(),
            "a label holds a NUL, which no database takes",
        );
        return None;
    }
    Some((text, literal.span()))
}
