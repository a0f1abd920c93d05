//! Structs that stand for domains, sequences, namespaces and extensions.

use limbec_core::schema::{
    CheckConstraint, ColumnType, Domain as SchemaDomain, Namespace, ObjectName, OwnedBy,
    Sequence as SchemaSequence,
};
use proc_macro2::Span;
use syn::ext::IdentExt;

use super::cases::Case;
use super::column::comment;
use super::constraint::{self, Check};
use super::element;
use super::entries::{Entries, of_attributes};
use super::keys;
use super::rust_type::{Mapped, Scope, Types};
use super::scan::newtype;
use crate::mistake::{At, Mistakes, Place};

/// A struct with `#[derive(Domain)]`, before its type is looked up.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) place: Place,
    pub(super) name: ObjectName,
    module: usize,
    rust_type: Option<syn::Type>,
    sql_type: Option<At<String>>,
    collation: Option<String>,
    not_null: bool,
    default: Option<String>,
    checks: Vec<Check>,
    comment: Option<String>,
}

/// A struct with `#[derive(Sequence)]`.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) place: Place,
    pub(super) sequence: SchemaSequence,
    pub(super) owner: Option<Span>,
}

/// What the attributes of an item say first: its name and namespace.
fn name_of(entries: &Entries, rust_name: &str, mistakes: &mut Mistakes) -> ObjectName {
    let name = entries.text("name", mistakes);
    ObjectName {
        schema: entries.text("schema", mistakes).map(|it| it.value),
        name: name.map_or_else(|| Case::Snake.of(rust_name), |it| it.value),
    }
}

impl Domain {
    /// Reads a struct; `attributes` are its own, conditions resolved.
    pub(super) fn read(
        item: &syn::ItemStruct,
        attributes: &[syn::Attribute],
        module: usize,
        mistakes: &mut Mistakes,
    ) -> Domain {
        let span = item.ident.span();
        let rust_type = newtype(item).cloned();
        if rust_type.is_none() {
            mistakes
                .at(
                    span,
                    format!(
                        "`{}` wraps no type: a domain is made of another type",
                        item.ident
                    ),
                )
                .help(format!("write `struct {}(String);`", item.ident));
        }
        let entries = of_attributes(attributes, "domain", &keys::DOMAIN, span, mistakes);
        let domain = Domain {
            place: mistakes.place(span),
            name: name_of(&entries, &item.ident.unraw().to_string(), mistakes),
            module,
            rust_type,
            sql_type: entries.text("type", mistakes),
            collation: entries.text("collation", mistakes).map(|it| it.value),
            not_null: entries.set("not_null", mistakes).is_some(),
            default: entries.sql("server_default", mistakes).map(|it| it.value),
            checks: constraint::checks(&entries, mistakes),
            comment: comment(&entries, attributes, mistakes),
        };
        entries.finish(mistakes);
        domain
    }

    /// Makes the domain, its type found; `None` where that is not known, which is said.
    pub(super) fn build(&self, types: &Types<'_>, mistakes: &mut Mistakes) -> Option<SchemaDomain> {
        let base = self.base(types, mistakes)?;
        let mut domain = SchemaDomain::new(self.name.clone(), base);
        domain.collation.clone_from(&self.collation);
        domain.not_null = self.not_null;
        domain.default.clone_from(&self.default);
        domain.comment.clone_from(&self.comment);
        let mut taken: Vec<String> = self.checks.iter().filter_map(given).collect();
        for check in &self.checks {
            let name = given(check).unwrap_or_else(|| {
                let name = free_name(&format!("{}_check", self.name.name), &taken);
                taken.push(name.clone());
                name
            });
            let check = CheckConstraint::new(check.expression.clone()).name(name);
            domain.checks.push(check);
        }
        Some(domain)
    }

    fn base(&self, types: &Types<'_>, mistakes: &mut Mistakes) -> Option<ColumnType> {
        if let Some(text) = &self.sql_type {
            return Some(super::sql_type(&text.value).0);
        }
        let scope = Scope {
            module: self.module,
            parameters: &[],
        };
        match types.resolve(self.rust_type.as_ref()?, scope) {
            Ok(Mapped { column_type, .. }) => column_type,
            Err(problem) => {
                let mistake = mistakes.at(problem.span, problem.message);
                mistake.help.extend(
                    problem
                        .help
                        .into_iter()
                        .map(|it| it.replace("#[column(type", "#[domain(type")),
                );
                None
            }
        }
    }
}

fn given(check: &Check) -> Option<String> {
    check.name.as_ref().map(|it| it.value.clone())
}

/// The name, numbered as PostgreSQL does where it is taken.
fn free_name(name: &str, taken: &[String]) -> String {
    let numbered = (1_u32..).map(|number| format!("{name}{number}"));
    let mut names = std::iter::once(name.to_string()).chain(numbered);
    names
        .find(|it| !taken.contains(it))
        .unwrap_or_else(|| name.to_string())
}

impl Sequence {
    /// Reads a struct; `attributes` are its own, conditions resolved.
    pub(super) fn read(
        item: &syn::ItemStruct,
        attributes: &[syn::Attribute],
        mistakes: &mut Mistakes,
    ) -> Sequence {
        let span = item.ident.span();
        let entries = of_attributes(attributes, "sequence", &keys::SEQUENCE, span, mistakes);
        let name = name_of(&entries, &item.ident.unraw().to_string(), mistakes);
        let mut sequence = SchemaSequence::new(name);
        if let Some(text) = entries.text("type", mistakes) {
            let (data_type, _) = super::sql_type(&text.value);
            if !matches!(
                data_type,
                ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
            ) {
                mistakes
                    .at(text.span, format!("a sequence counts no `{}`", text.value))
                    .help("its type is `smallint`, `integer` or `bigint`");
            }
            sequence.data_type = data_type;
        }
        let mut number = |key| entries.number::<i64>(key, mistakes).map(|it| it.value);
        sequence.start = number("start");
        sequence.increment = number("increment");
        sequence.minimum = number("minimum");
        sequence.maximum = number("maximum");
        sequence.cache = number("cache");
        sequence.cycle = entries.set("cycle", mistakes).is_some();
        let owner = entries.text("owned_by", mistakes);
        sequence.owned_by = owner.as_ref().and_then(|text| owned_by(text, mistakes));
        sequence.comment = comment(&entries, attributes, mistakes);
        entries.finish(mistakes);
        Sequence {
            place: mistakes.place(span),
            sequence,
            owner: owner.map(|it| it.span),
        }
    }
}

fn owned_by(text: &At<String>, mistakes: &mut Mistakes) -> Option<OwnedBy> {
    let parts = element::dotted(&text.value).unwrap_or_default();
    let (table, column) = match parts.as_slice() {
        [table, column] => (ObjectName::new(table.as_str()), column),
        [schema, table, column] => (
            ObjectName::qualified(schema.as_str(), table.as_str()),
            column,
        ),
        _ => {
            mistakes
                .at(text.span, format!("`{}` names no column", text.value))
                .help("write `owned_by = \"table.column\"`, or `\"schema.table.column\"`");
            return None;
        }
    };
    Some(OwnedBy {
        table,
        column: column.clone(),
    })
}

/// Reads a struct with `#[derive(Schema)]`.
pub(super) fn namespace(
    item: &syn::ItemStruct,
    attributes: &[syn::Attribute],
    mistakes: &mut Mistakes,
) -> Namespace {
    let span = item.ident.span();
    let entries = of_attributes(attributes, "schema", &keys::SCHEMA, span, mistakes);
    let name = entries.text("name", mistakes).map_or_else(
        || Case::Snake.of(&item.ident.unraw().to_string()),
        |it| it.value,
    );
    let comment = comment(&entries, attributes, mistakes);
    entries.finish(mistakes);
    Namespace { name, comment }
}

/// Reads a struct with `#[derive(Extension)]`: the extension's name, and the namespace it goes to.
pub(super) fn extension(
    item: &syn::ItemStruct,
    attributes: &[syn::Attribute],
    mistakes: &mut Mistakes,
) -> ObjectName {
    let span = item.ident.span();
    let entries = of_attributes(attributes, "extension", &keys::EXTENSION, span, mistakes);
    let name = name_of(&entries, &item.ident.unraw().to_string(), mistakes);
    entries.finish(mistakes);
    name
}
