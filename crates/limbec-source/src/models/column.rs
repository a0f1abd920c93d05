//! A field with `#[column(…)]`, before its Rust type is looked up.

use std::collections::BTreeMap;

use limbec_core::schema::{ColumnType, Generated, Identity, ObjectName};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;

use super::constraint::{self, Check, Unique};
use super::element;
use super::entries::{Entries, Form, of_attributes};
use super::foreign_key::{self, ForeignKey};
use super::index::{self, Index};
use super::keys;
use crate::mistake::{At, Mistakes};

/// A field. There may be ten thousand at once, and few say much: what is rare is boxed.
#[derive(Debug)]
pub(super) struct Field {
    /// The name in Rust.
    pub(super) rust_name: String,
    /// The column's name; the place is the attribute's or the field's.
    pub(super) name: At<String>,
    pub(super) renamed_from: Option<Box<At<String>>>,
    /// The type in Rust, until the column is built.
    pub(super) rust_type: Option<Box<syn::Type>>,
    pub(super) type_span: Span,
    pub(super) sql_type: Option<Box<At<String>>>,
    pub(super) primary_key: Option<Span>,
    pub(super) identity: Option<Box<At<Identity>>>,
    pub(super) nullable: Option<At<bool>>,
    pub(super) length: Option<Box<At<u32>>>,
    pub(super) precision: Option<Box<At<u32>>>,
    pub(super) scale: Option<Box<At<i32>>>,
    pub(super) default: Option<Box<At<String>>>,
    pub(super) generated: Option<Box<At<Generated>>>,
    pub(super) collation: Option<Box<At<String>>>,
    pub(super) comment: Option<String>,
    pub(super) options: BTreeMap<String, String>,
    pub(super) uniques: Vec<Unique>,
    pub(super) indexes: Vec<Index>,
    pub(super) checks: Vec<Check>,
    pub(super) foreign_key: Option<Box<ForeignKey>>,
}

impl Field {
    /// Reads a field of a struct with names; `None` for one that is not in the database.
    pub(super) fn read(
        field: &syn::Field,
        attributes: &[syn::Attribute],
        mistakes: &mut Mistakes,
    ) -> Option<Field> {
        let ident = field.ident.as_ref()?;
        let rust_name = ident.unraw().to_string();
        let entries = of_attributes(attributes, "column", &keys::COLUMN, ident.span(), mistakes);
        let skipped = entries.set("skip", mistakes).is_some();
        let name = entries.text("name", mistakes).unwrap_or_else(|| At {
            value: rust_name.clone(),
            span: ident.span(),
        });
        let read = Field {
            rust_name,
            renamed_from: entries.text("renamed_from", mistakes).map(Box::new),
            rust_type: Some(Box::new(field.ty.clone())),
            type_span: field.ty.span(),
            sql_type: entries.text("type", mistakes).map(Box::new),
            primary_key: entries.set("primary_key", mistakes),
            identity: identity(&entries, mistakes).map(Box::new),
            nullable: nullable(&entries, mistakes),
            length: entries.number("length", mistakes).map(Box::new),
            precision: entries.number("precision", mistakes).map(Box::new),
            scale: entries.number("scale", mistakes).map(Box::new),
            default: entries.sql("server_default", mistakes).map(Box::new),
            generated: generated(&entries, mistakes).map(Box::new),
            collation: entries.text("collation", mistakes).map(Box::new),
            comment: comment(&entries, attributes, mistakes),
            options: constraint::options(&entries, mistakes),
            uniques: constraint::uniques(&entries, false, mistakes),
            indexes: index::indexes(&entries, false, mistakes),
            checks: named_checks(&entries, mistakes),
            foreign_key: foreign_key::for_column(&entries, &name, mistakes).map(Box::new),
            name,
        };
        entries.finish(mistakes);
        if skipped {
            return None;
        }
        read.contradictions(mistakes);
        Some(read)
    }

    /// Says what cannot be true at once, whatever the type.
    fn contradictions(&self, mistakes: &mut Mistakes) {
        let mut against = |first: Option<(Span, &str)>, second: Option<(Span, &str)>, why: &str| {
            if let (Some((span, first)), Some((other, second))) = (first, second) {
                let other = mistakes.place(other);
                mistakes
                    .at(span, format!("`{first}` contradicts `{second}`: {why}"))
                    .other(other, format!("`{second}` is here"));
            }
        };
        let identity = self.identity.as_ref().map(|it| (it.span, "identity"));
        let default = self.default.as_ref().map(|it| (it.span, "server_default"));
        let generated = self.generated.as_ref().map(|it| (it.span, "generated"));
        let nullable = self
            .nullable
            .as_ref()
            .filter(|it| it.value)
            .map(|it| (it.span, "nullable"));
        let primary_key = self.primary_key.map(|span| (span, "primary_key"));
        against(identity, default, "a column has one source of its values");
        against(identity, generated, "a column has one source of its values");
        against(generated, default, "a column has one source of its values");
        against(nullable, primary_key, "a primary key is never NULL");
        against(
            nullable,
            identity,
            "what the database counts up is never NULL",
        );
        let unique = self
            .uniques
            .iter()
            .find(|it| it.name.is_none())
            .map(|it| it.span);
        let index = self.indexes.iter().find(|it| {
            it.name.is_none() && !it.unique && it.predicate.is_none() && it.method.is_none()
        });
        if let (Some(unique), Some(index)) = (unique, index) {
            let other = mistakes.place(unique);
            mistakes
                .at(index.span, "`unique` keeps an index already")
                .other(other, "`unique` is here")
                .help("keep `unique` alone, or write `index(unique)` for a unique index without a constraint");
        }
        if let Some(sql_type) = &self.sql_type {
            for (span, key) in [
                (self.length.as_ref().map(|it| it.span), "length"),
                (self.precision.as_ref().map(|it| it.span), "precision"),
                (self.scale.as_ref().map(|it| it.span), "scale"),
            ] {
                if let Some(span) = span {
                    let other = mistakes.place(sql_type.span);
                    mistakes
                        .at(span, format!("`{key}` stands beside `type`"))
                        .other(other, "`type` is here")
                        .help("write it in the type, as in `type = \"varchar(36)\"` or `type = \"numeric(10, 2)\"`");
                }
            }
        }
    }
}

/// Reads `autoincrement`, `identity`, `identity = "always"`, `identity(start = 10)`.
fn identity(entries: &Entries, mistakes: &mut Mistakes) -> Option<At<Identity>> {
    let autoincrement = entries.set("autoincrement", mistakes);
    let mut found = autoincrement.map(|span| At {
        value: Identity::by_default(),
        span,
    });
    for form in entries.forms("identity", &keys::IDENTITY, mistakes) {
        let next = match form {
            Form::Short(At { value: None, span }) => At {
                value: Identity::by_default(),
                span,
            },
            Form::Short(At {
                value: Some(words),
                span,
            }) => At {
                value: identity_kind(&words, span, mistakes)?,
                span,
            },
            Form::Nested(nested) => {
                let always = nested.set("always", mistakes);
                let serial = nested.set("serial", mistakes);
                let mut value = match (always, serial) {
                    (Some(_), None) => Identity::always(),
                    (None, Some(_)) => Identity::serial(),
                    (None, None) => Identity::by_default(),
                    (Some(always), Some(serial)) => {
                        let other = mistakes.place(always);
                        mistakes
                            .at(serial, "a column counts up in one way")
                            .other(other, "`always` is here");
                        Identity::always()
                    }
                };
                let mut number = |key| nested.number::<i64>(key, mistakes).map(|it| it.value);
                value.start = number("start");
                value.increment = number("increment");
                value.minimum = number("minimum");
                value.maximum = number("maximum");
                value.cache = number("cache");
                value.cycle = nested.set("cycle", mistakes).is_some();
                value.sequence = sequence(&nested, mistakes);
                value.sequence_type = sequence_type(&nested, serial.is_some(), mistakes);
                let span = nested.span;
                if value.increment == Some(0) {
                    mistakes.at(span, "`increment = 0` counts nowhere");
                }
                nested.finish(mistakes);
                At { value, span }
            }
        };
        if let Some(first) = found.replace(next.clone()) {
            let other = mistakes.place(first.span);
            mistakes
                .at(next.span, "the identity is given twice")
                .other(other, "first given here");
        }
    }
    found
}

/// Reads `sequence = "name"` or `"schema.name"`.
fn sequence(nested: &Entries, mistakes: &mut Mistakes) -> Option<ObjectName> {
    let text = nested.text("sequence", mistakes)?;
    match element::dotted(&text.value).unwrap_or_default().as_slice() {
        [name] => Some(ObjectName::new(name.as_str())),
        [schema, name] => Some(ObjectName::qualified(schema.as_str(), name.as_str())),
        _ => {
            mistakes
                .at(text.span, format!("`{}` names no sequence", text.value))
                .help("write `sequence = \"name\"`, or `\"schema.name\"`");
            None
        }
    }
}

fn sequence_type(nested: &Entries, serial: bool, mistakes: &mut Mistakes) -> Option<ColumnType> {
    let text = nested.text("type", mistakes)?;
    if !serial {
        mistakes
            .at(text.span, "an identity counts in the type of its column")
            .help("leave `type` out, or write `identity(serial, type = \"bigint\")`");
    }
    Some(super::sql_type(&text.value).0)
}

fn identity_kind(words: &str, span: Span, mistakes: &mut Mistakes) -> Option<Identity> {
    match words.replace('_', " ").to_lowercase().trim() {
        "always" => Some(Identity::always()),
        "by default" => Some(Identity::by_default()),
        "serial" => Some(Identity::serial()),
        _ => {
            mistakes
                .at(span, format!("`{words}` is no kind of identity"))
                .help("the kinds are `by default`, `always` and `serial`");
            None
        }
    }
}

fn nullable(entries: &Entries, mistakes: &mut Mistakes) -> Option<At<bool>> {
    let nullable = entries.flag("nullable", mistakes);
    let not_null = entries.flag("not_null", mistakes);
    if let (Some(nullable), Some(not_null)) = (&nullable, &not_null) {
        let other = mistakes.place(nullable.span);
        mistakes
            .at(
                not_null.span,
                "`not_null` and `nullable` say the same thing twice",
            )
            .other(other, "`nullable` is here");
    }
    nullable.or(not_null.map(|it| At {
        value: !it.value,
        span: it.span,
    }))
}

fn generated(entries: &Entries, mistakes: &mut Mistakes) -> Option<At<Generated>> {
    let mut made = |key, stored| {
        entries.text(key, mistakes).map(|text| At {
            value: Generated {
                expression: text.value,
                stored,
            },
            span: text.span,
        })
    };
    let (stored, not_stored) = (made("generated", true), made("generated_virtual", false));
    if let (Some(first), Some(second)) = (&stored, &not_stored) {
        let other = mistakes.place(first.span);
        mistakes
            .at(second.span, "a column is computed in one way")
            .other(other, "`generated` is here");
    }
    stored.or(not_stored)
}

fn named_checks(entries: &Entries, mistakes: &mut Mistakes) -> Vec<Check> {
    let name = entries.text("check_name", mistakes);
    let mut checks = constraint::checks(entries, mistakes);
    if let Some(name) = name {
        match checks.as_mut_slice() {
            [check] if check.name.is_none() => check.name = Some(name),
            [] => {
                mistakes
                    .at(name.span, "`check_name` says nothing without `check`")
                    .help("add `check = \"price > 0\"`");
            }
            _ => {
                mistakes
                    .at(name.span, "it is not clear which check `check_name` names")
                    .help("write `check(expression = \"…\", name = \"…\")` for each");
            }
        }
    }
    checks
}

/// Reads `comment = "…"`, or takes the doc comment where `comment` stands alone.
pub(super) fn comment(
    entries: &Entries,
    attributes: &[syn::Attribute],
    mistakes: &mut Mistakes,
) -> Option<String> {
    let comment = entries.flag_or_text("comment", mistakes)?;
    if comment.value.is_some() {
        return comment.value;
    }
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    let text = lines
        .iter()
        .flat_map(|line| line.split('\n'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    let text = text.trim();
    if text.is_empty() {
        mistakes
            .at(comment.span, "there is no doc comment to take")
            .help("write `comment = \"…\"`, or a doc comment (`/// …`) above");
        return None;
    }
    Some(text.to_string())
}

fn doc_line(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(text),
        ..
    }) = &pair.value
    else {
        return None;
    };
    pair.path.is_ident("doc").then(|| text.value())
}
