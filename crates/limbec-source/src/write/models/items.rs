//! Constraints, indexes and identities as the items of attributes.

use std::collections::BTreeMap;

use limbec_core::schema::{
    CheckConstraint, Deferrable, ForeignKey, Identity, IdentityKind, Index, IndexElement, IndexKey,
    ObjectName, ReferentialAction, UniqueConstraint,
};

use super::attribute::Item;
use super::rust_type::name_of;
use super::sketch::{Placed, plain_column};
use crate::models::element;

/// `identity`, `identity = "always"`, `identity(start = 10)`.
pub(super) fn identity(identity: &Identity) -> Item {
    let numbers = [
        ("start", identity.start),
        ("increment", identity.increment),
        ("minimum", identity.minimum),
        ("maximum", identity.maximum),
        ("cache", identity.cache),
    ];
    let mut items: Vec<Item> = numbers
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| Item::bare(key, value)))
        .collect();
    if identity.cycle {
        items.push(Item::flag("cycle"));
    }
    let sequence = identity.sequence.as_ref().map(dotted);
    items.extend(sequence.map(|it| Item::text("sequence", &it)));
    let sequence_type = identity.sequence_type.as_ref().and_then(name_of);
    items.extend(sequence_type.map(|it| Item::text("type", &it)));
    let kind = match identity.kind {
        IdentityKind::Always => Some("always"),
        IdentityKind::Serial => Some("serial"),
        IdentityKind::ByDefault => None,
    };
    match (kind, items.is_empty()) {
        (None, true) => Item::flag("identity"),
        (Some(kind), true) => Item::text("identity", kind),
        (kind, false) => {
            items.splice(0..0, kind.map(Item::flag));
            Item::List("identity", items)
        }
    }
}

/// `key`, `key = "name"` or `key(…)`, whichever is the shortest.
fn shortest(key: &'static str, name: Option<&str>, mut rest: Vec<Item>) -> Item {
    match (name, rest.is_empty()) {
        (None, true) => Item::flag(key),
        (Some(name), true) => Item::text(key, name),
        (name, false) => {
            rest.splice(0..0, name.map(|it| Item::text("name", it)));
            Item::List(key, rest)
        }
    }
}

pub(super) fn unique(unique: &Placed<'_, UniqueConstraint>) -> Item {
    let Placed { it, field, named } = unique;
    let name = it.name.as_deref().filter(|_| *named);
    let mut rest = Vec::new();
    rest.extend(deferrable(it.deferrable));
    if it.nulls_not_distinct {
        rest.push(Item::flag("nulls_not_distinct"));
    }
    rest.extend(it.comment.as_deref().map(|it| Item::text("comment", it)));
    if field.is_some() {
        return shortest("unique", name, rest);
    }
    let mut items = vec![Item::texts("columns", &it.columns)];
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(rest);
    Item::List("unique", items)
}

fn deferrable(deferrable: Option<Deferrable>) -> Option<Item> {
    deferrable.map(|it| match it {
        Deferrable::InitiallyImmediate => Item::flag("deferrable"),
        Deferrable::InitiallyDeferred => Item::flag("initially_deferred"),
    })
}

/// The checks of a field or of a struct.
pub(super) fn checks(checks: &[&Placed<'_, CheckConstraint>]) -> Vec<Item> {
    let name = |check: &Placed<'_, CheckConstraint>| check.it.name.clone().filter(|_| check.named);
    if let [check] = checks
        && check.field.is_some()
        && check.it.comment.is_none()
    {
        let mut items = vec![Item::text("check", &check.it.expression)];
        items.extend(name(check).map(|it| Item::text("check_name", &it)));
        return items;
    }
    let item = |it: &&Placed<'_, CheckConstraint>| check(it.it, name(it).as_deref());
    checks.iter().map(item).collect()
}

/// A check as one item.
pub(super) fn check(check: &CheckConstraint, name: Option<&str>) -> Item {
    let mut items = vec![Item::text("expression", &check.expression)];
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(check.comment.as_deref().map(|it| Item::text("comment", it)));
    match items.as_slice() {
        [_] => Item::text("check", &check.expression),
        _ => Item::List("check", items),
    }
}

/// A foreign key: several items at a field, one at a struct.
pub(super) fn foreign_key(key: &Placed<'_, ForeignKey>) -> Vec<Item> {
    let Placed { it, field, named } = key;
    let mut rest = Vec::new();
    let actions = [("on_delete", it.on_delete), ("on_update", it.on_update)];
    for (key, action) in actions {
        if action != ReferentialAction::NoAction {
            rest.push(Item::text(key, &action.sql().to_lowercase()));
        }
    }
    rest.extend(deferrable(it.deferrable));
    if it.match_full {
        rest.push(Item::flag("match_full"));
    }
    let name = it.name.as_deref().filter(|_| *named);
    let referred: Vec<String> = it.referred_columns.iter().map(|it| quoted(it)).collect();
    let table = dotted(&it.referred_table);
    if field.is_some() {
        let target = format!("{table}.{}", referred.join("."));
        let mut items = vec![Item::text("foreign_key", &target)];
        items.extend(name.map(|it| Item::text("foreign_key_name", it)));
        items.extend(rest);
        return items;
    }
    let references = format!("{table}({})", referred.join(", "));
    let mut items = vec![
        Item::texts("columns", &it.columns),
        Item::text("references", &references),
    ];
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(rest);
    items.extend(it.comment.as_deref().map(|it| Item::text("comment", it)));
    vec![Item::List("foreign_key", items)]
}

pub(super) fn dotted(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&name.name)),
        None => quoted(&name.name),
    }
}

/// A name in the little SQL of attributes, quoted where it is not one plain word.
pub(super) fn quoted(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if starts && plain {
        name.to_string()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// An index; `None` where an element of it has no spelling.
pub(super) fn index(index: &Placed<'_, Index>) -> Option<Item> {
    let Placed { it, field, named } = index;
    let name = Some(it.name.as_str()).filter(|_| *named);
    let mut rest = Vec::new();
    if it.unique {
        rest.push(Item::flag("unique"));
    }
    rest.extend(it.method.as_deref().map(|it| Item::text("using", it)));
    rest.extend(it.predicate.as_deref().map(|it| Item::text("where", it)));
    if !it.include.is_empty() {
        rest.push(Item::texts("include", &it.include));
    }
    if it.nulls_not_distinct {
        rest.push(Item::flag("nulls_not_distinct"));
    }
    rest.extend(it.comment.as_deref().map(|it| Item::text("comment", it)));
    rest.extend(options(&it.options));
    if field.is_some() {
        return Some(shortest("index", name, rest));
    }
    let plain: Option<Vec<String>> = it
        .elements
        .iter()
        .map(|element| plain_column(element).map(str::to_string))
        .collect();
    let mut items = vec![match plain {
        Some(columns) => Item::texts("columns", &columns),
        None => {
            let texts: Option<Vec<String>> = it.elements.iter().map(element_text).collect();
            Item::texts("on", &texts?)
        }
    }];
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(rest);
    Some(Item::List("index", items))
}

/// An element as the reader reads it: the shortest spelling that is read as the element again.
fn element_text(element: &IndexElement) -> Option<String> {
    let keys = match &element.key {
        IndexKey::Column(name) => vec![quoted(name), format!("\"{}\"", name.replace('"', "\"\""))],
        IndexKey::Expression(text) => vec![text.clone(), format!("({text})")],
    };
    let mut suffix = String::new();
    if let Some(collation) = &element.collation {
        suffix.push_str(&format!(" collate \"{}\"", collation.replace('"', "\"\"")));
    }
    if let Some(class) = &element.operator_class {
        suffix.push_str(&format!(" {class}"));
    }
    if element.descending {
        suffix.push_str(" desc");
    }
    match element.nulls_first {
        Some(first) if first != element.descending => {
            suffix.push_str(if first { " nulls first" } else { " nulls last" });
        }
        _ => {}
    }
    let same = |text: &String| {
        let read = element::read(text);
        let nulls = |it: &IndexElement| it.nulls_first.unwrap_or(it.descending);
        read.key == element.key
            && read.descending == element.descending
            && nulls(&read) == nulls(element)
            && read.collation == element.collation
            && read.operator_class == element.operator_class
    };
    keys.into_iter()
        .map(|key| format!("{key}{suffix}"))
        .find(same)
}

/// What only one database knows.
pub(super) fn options(options: &BTreeMap<String, String>) -> Vec<Item> {
    options
        .iter()
        .map(|(key, value)| Item::option(key, value))
        .collect()
}
