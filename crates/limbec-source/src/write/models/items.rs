//! Constraints, indexes and identities as the items of attributes.

use std::collections::BTreeMap;

use limbec_core::schema::{
    CheckConstraint, Deferrable, ExcludeConstraint, ExcludeElement, ForeignKey, Identity,
    IdentityKind, Index, IndexElement, IndexKey, Inheritance, ObjectName, PrimaryKey,
    ReferentialAction, Table, UniqueConstraint,
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
    rest.extend(flags([
        (it.nulls_not_distinct, "nulls_not_distinct"),
        (it.without_overlaps, "without_overlaps"),
    ]));
    rest.extend(include(&it.include));
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

/// The flags that hold.
fn flags<const N: usize>(all: [(bool, &'static str); N]) -> impl Iterator<Item = Item> {
    all.into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, key)| Item::flag(key))
}

fn include(columns: &[String]) -> Option<Item> {
    (!columns.is_empty()).then(|| Item::texts("include", columns))
}

/// A primary key that its fields do not say, or not all of it.
pub(super) fn primary_key(key: &PrimaryKey, named: bool) -> Item {
    let mut items = vec![Item::texts("columns", &key.columns)];
    let name = key.name.as_deref().filter(|_| named);
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(include(&key.include));
    items.extend(deferrable(key.deferrable));
    items.extend(flags([(key.without_overlaps, "without_overlaps")]));
    items.extend(key.comment.as_deref().map(|it| Item::text("comment", it)));
    Item::List("primary_key", items)
}

/// An exclusion constraint; `None` where an element of it has no spelling.
pub(super) fn exclude(exclude: &Placed<'_, ExcludeConstraint>) -> Option<Item> {
    let Placed { it, named, .. } = exclude;
    let mut items = Vec::new();
    items.extend(it.method.as_deref().map(|it| Item::text("using", it)));
    let on: Option<Vec<String>> = it.elements.iter().map(exclude_element_text).collect();
    items.push(Item::texts("on", &on?));
    items.extend(it.predicate.as_deref().map(|it| Item::text("where", it)));
    let name = it.name.as_deref().filter(|_| *named);
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(include(&it.include));
    items.extend(deferrable(it.deferrable));
    items.extend(it.comment.as_deref().map(|it| Item::text("comment", it)));
    Some(Item::List("exclude", items))
}

fn exclude_element_text(it: &ExcludeElement) -> Option<String> {
    let text = format!("{} with {}", element_text(&it.element)?, it.operator);
    let (element, operator) = element::with_operator(&text)?;
    (same_element(&element, &it.element) && operator == it.operator).then_some(text)
}

/// The checks of a field or of a struct.
pub(super) fn checks(checks: &[&Placed<'_, CheckConstraint>]) -> Vec<Item> {
    let name = |check: &Placed<'_, CheckConstraint>| check.it.name.clone().filter(|_| check.named);
    if let [check] = checks
        && check.field.is_some()
        && says_no_more(check.it)
    {
        let mut items = vec![Item::text("check", &check.it.expression)];
        items.extend(name(check).map(|it| Item::text("check_name", &it)));
        return items;
    }
    let item = |it: &&Placed<'_, CheckConstraint>| check(it.it, name(it).as_deref());
    checks.iter().map(item).collect()
}

/// Whether a check is no more than a condition with a name.
fn says_no_more(check: &CheckConstraint) -> bool {
    let CheckConstraint {
        name: _,
        expression: _,
        no_inherit,
        not_valid,
        not_enforced,
        comment,
    } = check;
    !(*no_inherit || *not_valid || *not_enforced || comment.is_some())
}

/// A check as one item.
pub(super) fn check(check: &CheckConstraint, name: Option<&str>) -> Item {
    let mut items = vec![Item::text("expression", &check.expression)];
    items.extend(name.map(|it| Item::text("name", it)));
    items.extend(flags([
        (check.no_inherit, "no_inherit"),
        (check.not_valid, "not_valid"),
        (check.not_enforced, "not_enforced"),
    ]));
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
        if action == ReferentialAction::NoAction {
            continue;
        }
        let mut words = action.sql().to_lowercase();
        if key == "on_delete" && !it.on_delete_columns.is_empty() {
            let columns: Vec<String> = it.on_delete_columns.iter().map(|it| quoted(it)).collect();
            words.push_str(&format!(" ({})", columns.join(", ")));
        }
        rest.push(Item::text(key, &words));
    }
    rest.extend(deferrable(it.deferrable));
    rest.extend(flags([
        (it.match_full, "match_full"),
        (it.period, "period"),
        (it.not_valid, "not_valid"),
        (it.not_enforced, "not_enforced"),
    ]));
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
    rest.extend(include(&it.include));
    rest.extend(flags([(it.nulls_not_distinct, "nulls_not_distinct")]));
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
    keys.into_iter()
        .map(|key| format!("{key}{suffix}"))
        .find(|text| same_element(&element::read(text), element))
}

fn same_element(a: &IndexElement, b: &IndexElement) -> bool {
    let nulls = |it: &IndexElement| it.nulls_first.unwrap_or(it.descending);
    a.key == b.key
        && a.descending == b.descending
        && nulls(a) == nulls(b)
        && a.collation == b.collation
        && a.operator_class == b.operator_class
}

/// The tables that it has columns of, and by what it is partitioned.
pub(super) fn inheritance(table: &Table) -> Vec<Item> {
    let mut items = Vec::new();
    items.extend((table.partition_by.iter()).map(|it| Item::text("partition_by", it)));
    match &table.inherits {
        Inheritance::None => {}
        Inheritance::Tables(parents) => {
            let parents: Vec<String> = parents.iter().map(ObjectName::spelled).collect();
            items.push(Item::texts("inherits", &parents));
        }
        Inheritance::Partition { of, bound } => {
            items.push(Item::text("partition_of", &of.spelled()));
            items.push(Item::text("bound", bound));
        }
    }
    items
}

/// What only one database knows.
pub(super) fn options(options: &BTreeMap<String, String>) -> Vec<Item> {
    options
        .iter()
        .map(|(key, value)| Item::option(key, value))
        .collect()
}
