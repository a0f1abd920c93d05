//! What stands beside tables as items of their own: domains, sequences, namespaces, extensions.

use limbec_core::schema::{ColumnType, Domain, Namespace, ObjectName, Sequence};

use super::attribute::{Item, attribute};
use super::items;
use super::names::TypeNames;
use super::rust_type::{RustTypes, name_of};
use super::structs::{comment, default};
use crate::models::cases::Case;

/// The name and namespace of an item, where its Rust name does not say them.
fn name_items(name: &ObjectName, rust_name: &str) -> Vec<Item> {
    let mut items = Vec::new();
    if Case::Snake.of(rust_name.trim_start_matches("r#")) != name.name {
        items.push(Item::text("name", &name.name));
    }
    items.extend(name.schema.as_deref().map(|it| Item::text("schema", it)));
    items
}

/// An item with its attributes.
fn item(derive: &str, list: &str, about: Option<&str>, mut items: Vec<Item>, rust: &str) -> String {
    let (doc, comment) = comment(about, 0);
    items.extend(comment);
    let attributes = attribute(list, &items, 0);
    format!("{doc}#[derive({derive})]\n{attributes}pub struct {rust};\n")
}

/// Writes a domain.
pub(super) fn domain(it: &Domain, names: &TypeNames, types: &mut RustTypes<'_>) -> String {
    let rust_name = names.domain(&it.name).unwrap_or("Domain");
    let base = types.of(&it.base, false);
    let mut all = name_items(&it.name, rust_name);
    // A domain has no `length`: what is no plain Rust type is spelled out.
    if !base.items.is_empty() {
        all.extend(name_of(&it.base).map(|it| Item::text("type", &it)));
    }
    if it.not_null {
        all.push(Item::flag("not_null"));
    }
    all.extend(it.default.as_deref().map(default));
    all.extend(
        it.collation
            .as_deref()
            .map(|it| Item::text("collation", it)),
    );
    let usual = format!("{}_check", it.name.name);
    let alone = it.checks.len() == 1;
    all.extend(it.checks.iter().map(|check| {
        let name = check.name.as_deref();
        items::check(check, name.filter(|it| !alone || *it != usual))
    }));
    let rust = format!("{rust_name}(pub {})", base.rust);
    item("Domain", "domain", it.comment.as_deref(), all, &rust)
}

/// Writes a sequence; `owned` says whether the models have the column that it goes with.
pub(super) fn sequence(it: &Sequence, names: &TypeNames, owned: bool) -> String {
    let rust_name = names.sequence(&it.name);
    let mut all = name_items(&it.name, rust_name);
    if it.data_type != ColumnType::BigInteger {
        all.extend(name_of(&it.data_type).map(|it| Item::text("type", &it)));
    }
    let numbers = [
        ("start", it.start),
        ("increment", it.increment),
        ("minimum", it.minimum),
        ("maximum", it.maximum),
        ("cache", it.cache),
    ];
    let numbers = numbers.into_iter();
    all.extend(numbers.filter_map(|(key, value)| value.map(|value| Item::bare(key, value))));
    if it.cycle {
        all.push(Item::flag("cycle"));
    }
    if let Some(owner) = it.owned_by.as_ref().filter(|_| owned) {
        let column = items::quoted(&owner.column);
        let owner = format!("{}.{column}", items::dotted(&owner.table));
        all.push(Item::text("owned_by", &owner));
    }
    item(
        "Sequence",
        "sequence",
        it.comment.as_deref(),
        all,
        rust_name,
    )
}

/// Writes a namespace.
pub(super) fn namespace(it: &Namespace, names: &TypeNames) -> String {
    let rust_name = names.namespace(&it.name);
    let all = name_items(&ObjectName::new(it.name.as_str()), rust_name);
    item("Schema", "schema", it.comment.as_deref(), all, rust_name)
}

/// Writes an extension.
pub(super) fn extension(name: &ObjectName, names: &TypeNames) -> String {
    let rust_name = names.extension(name);
    let all = name_items(name, rust_name);
    item("Extension", "extension", None, all, rust_name)
}
