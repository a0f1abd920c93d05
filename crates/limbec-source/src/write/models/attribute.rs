//! Attributes, laid out as `rustfmt` lays them out, so that it changes nothing.
//!
//! `rustfmt` leaves a list that holds an array or a pair of strings as it stands, and lays every
//! other one out by the rules that are followed here.

use super::super::literal;

/// Wider lists go below each other (`attr_fn_like_width` of `rustfmt`).
const LIST_WIDTH: usize = 70;
const MAX_WIDTH: usize = 100;

/// What stands between two commas.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// `key`, `key = "value"`.
    Word(String),
    /// `key(…)`.
    List(&'static str, Vec<Item>),
}

impl Item {
    /// A key alone.
    pub(super) fn flag(key: &str) -> Item {
        Item::Word(key.to_string())
    }

    /// A key and a text.
    pub(super) fn text(key: &str, value: &str) -> Item {
        Item::Word(format!("{key} = {}", literal::text(value)))
    }

    /// A key and a number or a boolean.
    pub(super) fn bare(key: &str, value: impl std::fmt::Display) -> Item {
        Item::Word(format!("{key} = {value}"))
    }

    /// A key and a list of texts.
    pub(super) fn texts<'a>(key: &str, values: impl IntoIterator<Item = &'a String>) -> Item {
        let values: Vec<String> = values.into_iter().map(|it| literal::text(it)).collect();
        Item::Word(format!("{key} = [{}]", values.join(", ")))
    }

    /// An option of one database.
    pub(super) fn option(key: &str, value: &str) -> Item {
        let pair = format!("{} = {}", literal::text(key), literal::text(value));
        Item::List("option", vec![Item::Word(pair)])
    }

    fn lines(&self, indent: usize) -> String {
        match self {
            Item::Word(text) => text.clone(),
            Item::List(name, items) => list(name, items, indent),
        }
    }

    fn width(&self) -> usize {
        match self {
            Item::Word(text) => text.chars().count(),
            Item::List(name, items) => name.len() + 2 + width(items),
        }
    }
}

/// The width of items on one line.
fn width(items: &[Item]) -> usize {
    let separators = 2 * items.len().saturating_sub(1);
    items.iter().map(Item::width).sum::<usize>() + separators
}

/// Writes `#[name(items)]` at an indent, with its line break; nothing without items.
pub(super) fn attribute(name: &str, items: &[Item], indent: usize) -> String {
    if items.is_empty() {
        return String::new();
    }
    let margin = " ".repeat(indent);
    format!("{margin}#[{}]\n", list(name, items, indent))
}

/// `name(items)`, which begins at an indent of its line.
fn list(name: &str, items: &[Item], indent: usize) -> String {
    let wide = width(items);
    let narrow = match items {
        // What stands alone may take the whole line.
        [Item::Word(_)] => true,
        [Item::List(_, items)] => width(items) <= LIST_WIDTH,
        _ => wide <= LIST_WIDTH,
    };
    let fits = narrow && indent + name.len() + wide + 5 < MAX_WIDTH;
    if fits {
        let texts: Vec<String> = items.iter().map(|it| it.lines(indent)).collect();
        return format!("{name}({})", texts.join(", "));
    }
    if let [Item::List(inner, items)] = items
        && width(items) > LIST_WIDTH
    {
        return format!("{name}({})", list(inner, items, indent));
    }
    let margin = " ".repeat(indent + 4);
    let texts: Vec<String> = items
        .iter()
        .map(|it| format!("{margin}{}", it.lines(indent + 4)))
        .collect();
    format!("{name}(\n{}\n{})", texts.join(",\n"), " ".repeat(indent))
}
