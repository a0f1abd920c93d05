//! A struct with `#[derive(Table)]`, before its types and references are looked up.

use std::collections::BTreeMap;

use limbec_core::schema::{self, Inheritance, ObjectName};
use proc_macro2::Span;
use syn::ext::IdentExt;

use super::cases::Case;
use super::column::{self, Field};
use super::conditions;
use super::constraint::{self, Check, PrimaryKey, Unique};
use super::entries::{Entries, of_attributes};
use super::exclude::{self, Exclude};
use super::foreign_key::{self, ForeignKey};
use super::index::{self, Index};
use super::keys;
use crate::mistake::{At, Mistakes, Place};
use crate::suggest::did_you_mean;

/// A table as one struct tells it.
#[derive(Debug)]
pub(super) struct Table {
    /// The struct's name.
    pub(super) rust_name: String,
    /// Its type parameters.
    pub(super) parameters: Vec<String>,
    /// Where it stands: the module's number in the scan.
    pub(super) module: usize,
    pub(super) place: Place,
    pub(super) name: ObjectName,
    pub(super) name_place: Place,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) comment: Option<String>,
    pub(super) inherits: Inheritance,
    pub(super) partition_by: Option<String>,
    pub(super) options: BTreeMap<String, String>,
    pub(super) fields: Vec<Field>,
    pub(super) primary_key: Option<PrimaryKey>,
    pub(super) uniques: Vec<Unique>,
    pub(super) indexes: Vec<Index>,
    pub(super) checks: Vec<Check>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) excludes: Vec<Exclude>,
}

impl Table {
    /// Reads a struct; `attributes` are its own, conditions resolved.
    pub(super) fn read(
        item: &syn::ItemStruct,
        attributes: &[syn::Attribute],
        module: usize,
        mistakes: &mut Mistakes,
    ) -> Table {
        let span = item.ident.span();
        let rust_name = item.ident.unraw().to_string();
        let entries = of_attributes(attributes, "table", &keys::TABLE, span, mistakes);
        let name = entries.text("name", mistakes);
        let schema = entries.text("schema", mistakes);
        let none = entries.set("no_primary_key", mistakes);
        let of_others = ["partition_of", "inherits"]
            .iter()
            .any(|it| entries.has(it));
        let name_place = mistakes.place(name.as_ref().map_or(span, |name| name.span));
        let name = ObjectName {
            schema: schema.map(|it| it.value),
            name: name.map_or_else(|| Case::Snake.of(&rust_name), |name| name.value),
        };
        let renamed_from = entries.text("renamed_from", mistakes);
        let comment = column::comment(&entries, attributes, mistakes);
        let said = fields_and_options(&entries, &name, mistakes);
        let mut table = Table {
            parameters: item
                .generics
                .type_params()
                .map(|it| it.ident.unraw().to_string())
                .collect(),
            module,
            place: mistakes.place(span),
            name_place,
            name,
            renamed_from,
            comment,
            inherits: said.inherits,
            partition_by: said.partition_by,
            options: said.options,
            fields: fields(item, of_others, none.is_some(), mistakes),
            primary_key: constraint::primary_key(&entries, mistakes),
            uniques: constraint::uniques(&entries, true, mistakes),
            indexes: index::indexes(&entries, true, mistakes),
            checks: constraint::checks(&entries, mistakes),
            foreign_keys: foreign_key::foreign_keys(&entries, mistakes),
            excludes: exclude::excludes(&entries, mistakes),
            rust_name,
        };
        let key_name = entries.text("primary_key_name", mistakes);
        entries.finish(mistakes);
        table.columns_are_distinct(mistakes);
        table.columns_are_known(mistakes);
        table.settle_primary_key(key_name, none, mistakes);
        table
    }

    /// Looks a field up by its column's name.
    pub(super) fn field(&self, column: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.value == column)
    }

    /// Whether it has a column, or may have it from another table.
    pub(super) fn may_have(&self, column: &str) -> bool {
        self.field(column).is_some() || self.has_parents()
    }

    /// Whether columns, and with them perhaps the key, come from other tables.
    pub(super) fn has_parents(&self) -> bool {
        !self.inherits.is_none()
    }

    /// Takes the primary key together from the fields and the struct.
    fn settle_primary_key(
        &mut self,
        name: Option<At<String>>,
        none: Option<Span>,
        mistakes: &mut Mistakes,
    ) {
        let marked: Vec<At<String>> = self
            .fields
            .iter()
            .filter_map(|field| {
                field.primary_key.map(|span| At {
                    value: field.name.value.clone(),
                    span,
                })
            })
            .collect();
        match (&self.primary_key, marked.first()) {
            (Some(key), Some(field)) => {
                let other = mistakes.place(field.span);
                mistakes
                    .at(key.span, "the primary key is given twice")
                    .other(other, "and at a field here")
                    .help("keep one of the two");
            }
            (None, Some(field)) => {
                let span = field.span;
                self.primary_key = Some(PrimaryKey {
                    name: None,
                    renamed_from: None,
                    columns: marked,
                    include: Vec::new(),
                    deferrable: None,
                    without_overlaps: false,
                    comment: None,
                    span,
                });
            }
            _ => {}
        }
        if let (Some(key), Some(none)) = (&self.primary_key, none) {
            let other = mistakes.place(key.span);
            mistakes
                .at(none, "`no_primary_key` contradicts the primary key")
                .other(other, "which is here");
        }
        let has_parents = self.has_parents();
        match (&mut self.primary_key, name) {
            (Some(key), Some(name)) => {
                if let Some(first) = key.name.replace(name.clone()) {
                    let other = mistakes.place(first.span);
                    mistakes
                        .at(name.span, "the primary key has two names")
                        .other(other, "first named here");
                }
            }
            (None, Some(name)) => {
                mistakes.at(
                    name.span,
                    "`primary_key_name` says nothing without a primary key",
                );
            }
            (None, None) if none.is_none() && !self.fields.is_empty() && !has_parents => {
                let help = if self.field("id").is_some() {
                    "write `#[column(primary_key)]` at `id`"
                } else {
                    "write `#[column(primary_key)]` at its field or fields"
                };
                mistakes
                    .at(
                        self.place.span,
                        format!("`{}` has no primary key", self.rust_name),
                    )
                    .help(help)
                    .help("write `#[table(no_primary_key)]` where it has none on purpose");
            }
            _ => {}
        }
    }

    fn columns_are_distinct(&self, mistakes: &mut Mistakes) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for field in &self.fields {
            if let Some(first) = seen.insert(&field.name.value, field.name.span) {
                let other = mistakes.place(first);
                mistakes
                    .at(
                        field.name.span,
                        format!("two columns are named `{}`", field.name.value),
                    )
                    .other(other, "the first is here");
            }
        }
    }

    /// Says which columns the constraints of the struct name that it does not have.
    fn columns_are_known(&self, mistakes: &mut Mistakes) {
        fn places(names: &[At<String>]) -> impl Iterator<Item = (&str, Span)> {
            names.iter().map(|name| (name.value.as_str(), name.span))
        }
        let keys = (self.primary_key.iter())
            .flat_map(|key| places(&key.columns).chain(places(&key.include)));
        let uniques = (self.uniques.iter())
            .flat_map(|unique| places(&unique.columns).chain(places(&unique.include)));
        let foreign_keys = (self.foreign_keys.iter())
            .flat_map(|key| places(&key.columns).chain(places(&key.on_delete_columns)));
        let excludes = self.excludes.iter().flat_map(Exclude::columns);
        let of_table = self.indexes.iter().flat_map(Index::columns);
        let of_fields = self
            .fields
            .iter()
            .flat_map(|field| field.indexes.iter().flat_map(Index::columns));
        for (column, span) in keys
            .chain(uniques)
            .chain(foreign_keys)
            .chain(excludes)
            .chain(of_table)
            .chain(of_fields)
        {
            if !self.may_have(column) {
                mistakes
                    .at(
                        span,
                        format!("`{}` has no column `{column}`", self.rust_name),
                    )
                    .maybe_help(self.meant(column));
            }
        }
        let lists = (self.primary_key.iter().map(|key| &key.columns))
            .chain(self.uniques.iter().map(|unique| &unique.columns))
            .chain(self.foreign_keys.iter().map(|key| &key.columns));
        for list in lists {
            for (at, name) in list.iter().enumerate() {
                if list[..at].iter().any(|before| before.value == name.value) {
                    mistakes.at(
                        name.span,
                        format!("the column `{}` is named twice", name.value),
                    );
                }
            }
        }
    }

    /// The column that a name may have meant.
    pub(super) fn meant(&self, column: &str) -> Option<String> {
        if let Some(field) = self.fields.iter().find(|field| field.rust_name == column) {
            return Some(format!(
                "the column of the field `{column}` is named `{}`",
                field.name.value
            ));
        }
        did_you_mean(
            column,
            self.fields.iter().map(|field| field.name.value.as_str()),
        )
    }
}

/// Reads `option(…)`, and what has keys of its own: the tables that it has columns of, by what it is
/// partitioned.
fn fields_and_options(
    entries: &Entries,
    name: &ObjectName,
    mistakes: &mut Mistakes,
) -> schema::Table {
    let mut table = schema::Table::new(name);
    for (option, value) in constraint::options(entries, mistakes) {
        table.set_option(&option, Some(value));
    }
    for key in ["partition_by", "partition_of", "bound"] {
        if let Some(text) = entries.text(key, mistakes) {
            table.set_option(&format!("postgresql.{key}"), Some(text.value));
        }
    }
    if let Some(parents) = entries.names("inherits", mistakes) {
        if matches!(table.inherits, Inheritance::Partition { .. }) {
            mistakes.at(
                entries.span_of("inherits"),
                "a partition has its columns from its table alone",
            );
        }
        let parents: Vec<String> = parents.into_iter().map(|it| it.value).collect();
        table.set_option("postgresql.inherits", Some(parents.join(", ")));
    }
    if table.lacks_bound() {
        mistakes
            .at(entries.span_of("partition_of"), "which rows the partition holds is missing")
            .help("write `bound = \"FROM (…) TO (…)\"`, `bound = \"IN (…)\"` or `bound = \"DEFAULT\"`");
    }
    if let Inheritance::Partition { bound, .. } = &mut table.inherits {
        *bound = whole_bound(bound);
    } else if entries.has("bound") && !entries.has("partition_of") {
        mistakes.at(
            entries.span_of("bound"),
            "`bound` says nothing without `partition_of`",
        );
    }
    table
}

/// A bound with the words before it that a model may leave out, as databases print it.
fn whole_bound(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let whole = ["FOR", "DEFAULT"];
    if whole.iter().any(|it| first.eq_ignore_ascii_case(it)) {
        text.to_string()
    } else {
        format!("FOR VALUES {}", text.trim_start())
    }
}

/// Reads the fields; where columns come from other tables, there may be none.
fn fields(
    item: &syn::ItemStruct,
    of_others: bool,
    without_key: bool,
    mistakes: &mut Mistakes,
) -> Vec<Field> {
    if of_others && matches!(item.fields, syn::Fields::Unit) {
        return Vec::new();
    }
    let syn::Fields::Named(named) = &item.fields else {
        let what = match &item.fields {
            syn::Fields::Unit => "has no fields",
            _ => "has fields without names",
        };
        mistakes
            .at(
                item.ident.span(),
                format!(
                    "`{}` {what}: a table is a struct with named fields",
                    item.ident
                ),
            )
            .help("write `struct Name { column: Type }`");
        return Vec::new();
    };
    let mut fields = Vec::with_capacity(named.named.len());
    let mut complete = true;
    for field in &named.named {
        let (attributes, kept) = conditions::resolve(&field.attrs);
        if kept {
            fields.extend(Field::read(field, &attributes, mistakes));
        }
        complete &= field.ident.is_some();
    }
    if fields.is_empty() && complete && !(of_others || without_key) {
        mistakes
            .at(item.ident.span(), format!("`{}` has no column", item.ident))
            .help("write `#[table(no_primary_key)]` where that is on purpose");
    }
    fields
}
