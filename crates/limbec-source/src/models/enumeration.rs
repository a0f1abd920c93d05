//! An enum with `#[derive(Enum)]`.

use limbec_core::schema::{EnumType, ObjectName};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::cases::Case;
use super::entries::of_attributes;
use super::keys;
use super::{column, conditions};
use crate::mistake::{At, Mistakes, Place};
use crate::suggest::did_you_mean;

/// An enumeration as one enum tells it.
#[derive(Debug)]
pub(super) struct Enumeration {
    pub(super) place: Place,
    pub(super) enum_type: EnumType,
    pub(super) renamed_from: Option<At<String>>,
    /// The labels that had other texts, with those.
    pub(super) renamed_labels: Vec<(String, At<String>)>,
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
        let renamed_from = entries.text("renamed_from", mistakes);
        entries.finish(mistakes);
        let (labels, renamed_labels) = labels(item, case.unwrap_or(Case::Snake), mistakes);
        let enum_type = EnumType {
            name: ObjectName {
                schema,
                name: name.map_or_else(|| Case::Snake.of(&rust_name), |name| name.value),
            },
            labels,
            comment,
        };
        Enumeration {
            place: mistakes.place(span),
            enum_type,
            renamed_from,
            renamed_labels,
        }
    }
}

type Labels = (Vec<String>, Vec<(String, At<String>)>);

/// The labels, and the former texts of those that had another.
fn labels(item: &syn::ItemEnum, case: Case, mistakes: &mut Mistakes) -> Labels {
    let mut labels: Vec<(String, Span)> = Vec::new();
    let mut renamed = Vec::new();
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
            .find_map(|it| label(it, mistakes))
            .unwrap_or_default();
        let (text, span) = own.text.unwrap_or_else(|| {
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
        renamed.extend(own.renamed_from.map(|from| (text.clone(), from)));
        labels.push((text, span));
    }
    if labels.is_empty() {
        mistakes.at(
            item.ident.span(),
            format!("`{}` has no variant, and so no label", item.ident),
        );
    }
    let labels = labels.into_iter().map(|(label, _)| label).collect();
    (labels, renamed)
}

/// What `#[label(…)]` says.
#[derive(Default)]
struct Label {
    text: Option<(String, Span)>,
    renamed_from: Option<At<String>>,
}

/// Reads `#[label("…")]`, `#[label = "…"]`, `#[label("…", renamed_from = "…")]`.
fn label(attribute: &syn::Attribute, mistakes: &mut Mistakes) -> Option<Label> {
    let read = match &attribute.meta {
        syn::Meta::List(list) => list.parse_args_with(words).ok(),
        syn::Meta::NameValue(syn::MetaNameValue {
            value:
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }),
            ..
        }) => Some((Some(text.clone()), None)),
        _ => None,
    };
    let Some((text, before)) = read else {
        mistakes.at(attribute.span(), "a label is a string").help(
            "write `#[label(\"in progress\")]`, or `#[label(\"new\", renamed_from = \"old\")]`",
        );
        return None;
    };
    let mut proper = |literal: syn::LitStr| {
        let text = literal.value();
        if text.contains('\0') {
            mistakes.at(
                literal.span(),
                "a label holds a NUL, which no database takes",
            );
            return None;
        }
        Some((text, literal.span()))
    };
    Some(Label {
        text: text.and_then(&mut proper),
        renamed_from: before
            .and_then(proper)
            .map(|(value, span)| At { value, span }),
    })
}

/// The label and its former text, at least one of them.
fn words(
    input: syn::parse::ParseStream<'_>,
) -> syn::Result<(Option<syn::LitStr>, Option<syn::LitStr>)> {
    let text = if input.peek(syn::LitStr) {
        Some(input.parse()?)
    } else {
        None
    };
    if text.is_some() && !input.is_empty() {
        input.parse::<syn::Token![,]>()?;
    }
    if text.is_some() && input.is_empty() {
        return Ok((text, None));
    }
    let key: syn::Ident = input.parse()?;
    if key != "renamed_from" {
        return Err(syn::Error::new(key.span(), "not `renamed_from`"));
    }
    input.parse::<syn::Token![=]>()?;
    let before = input.parse()?;
    input.parse::<Option<syn::Token![,]>>()?;
    Ok((text, Some(before)))
}
