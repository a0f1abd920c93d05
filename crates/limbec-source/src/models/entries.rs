//! The words between an attribute's parentheses: `key`, `key = value`, `key(…)`, as data.
//!
//! Input: tokens. Output: entries, which the readers of each attribute take one by one by their
//! keys. What nobody took is unknown, and is said to be so with the nearest key.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

use super::entry::{Entry, Value, entry, pair, split};
use super::keys::{self, Key, Keys};
use crate::mistake::{At, Mistake, Mistakes};
use crate::suggest::did_you_mean;

/// A flag that may carry a text: `index` or `index = "name"`.
pub(super) type FlagOrText = At<Option<String>>;

/// The entries of an attribute or of a nested list.
pub(super) struct Entries {
    list: Vec<Entry>,
    keys: &'static Keys,
    /// Where the attribute stands, for what is missing from it.
    pub(super) span: Span,
}

impl Entries {
    /// Makes an empty list, to be added to.
    pub(super) fn new(keys: &'static Keys, span: Span) -> Self {
        Entries {
            list: Vec::new(),
            keys,
            span,
        }
    }

    /// Reads the tokens of a nested list.
    pub(super) fn read(
        keys: &'static Keys,
        tokens: TokenStream,
        span: Span,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut entries = Entries::new(keys, span);
        entries.add(tokens, mistakes);
        entries
    }

    /// Adds the entries of more tokens; a mistake in one does not lose the others.
    pub(super) fn add(&mut self, tokens: TokenStream, mistakes: &mut Mistakes) {
        for part in split(tokens) {
            match entry(part) {
                Ok(entry) => self.list.push(entry),
                Err((span, message)) => {
                    let keys = self.keys;
                    mistakes.at(span, message).maybe_help(keys.an_example());
                }
            }
        }
    }

    /// Takes the one entry of a key; a second one is a mistake.
    fn found(&self, key: &str, mistakes: &mut Mistakes) -> Option<&Entry> {
        debug_assert!(
            self.keys.get(key).is_some(),
            "`{key}` is missing from its list"
        );
        let mut all = self.all(key);
        let first = all.next()?;
        for again in all {
            let first = mistakes.place(first.span);
            mistakes
                .at(again.span, format!("`{key}` is given twice"))
                .other(first, "first given here");
        }
        Some(first)
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &Entry> {
        self.list
            .iter()
            .filter(move |entry| entry.key == key)
            .inspect(|entry| entry.taken.set(true))
    }

    fn wrong<'m>(&self, entry: &Entry, what: &str, mistakes: &'m mut Mistakes) -> &'m mut Mistake {
        let form = self.keys.get(&entry.key).map_or("", |key| key.form);
        mistakes
            .at(entry.value_span, format!("`{}` takes {what}", entry.key))
            .help(format!("write `{form}`"))
    }

    /// Takes a flag: `key`, `key = true`, `key = false`.
    pub(super) fn flag(&self, key: &str, mistakes: &mut Mistakes) -> Option<At<bool>> {
        let entry = self.found(key, mistakes)?;
        let span = entry.span;
        match entry.value {
            Value::Flag => Some(At { value: true, span }),
            Value::Boolean(value) => Some(At { value, span }),
            _ => {
                self.wrong(entry, "no value, or `true` or `false`", mistakes);
                None
            }
        }
    }

    /// Takes a flag, and gives its place where it is set.
    pub(super) fn set(&self, key: &str, mistakes: &mut Mistakes) -> Option<Span> {
        self.flag(key, mistakes)
            .filter(|flag| flag.value)
            .map(|flag| flag.span)
    }

    /// Takes a text that is not empty.
    pub(super) fn text(&self, key: &str, mistakes: &mut Mistakes) -> Option<At<String>> {
        let entry = self.found(key, mistakes)?;
        let Value::Text(text) = &entry.value else {
            self.wrong(entry, "a string", mistakes);
            return None;
        };
        proper(text, key, entry.value_span, mistakes)
    }

    /// Takes a text that may be left out, the key standing alone.
    pub(super) fn flag_or_text(&self, key: &str, mistakes: &mut Mistakes) -> Option<FlagOrText> {
        let entry = self.found(key, mistakes)?;
        self.flag_or_text_of(entry, mistakes)
    }

    fn flag_or_text_of(&self, entry: &Entry, mistakes: &mut Mistakes) -> Option<FlagOrText> {
        match &entry.value {
            Value::Flag | Value::Boolean(true) => Some(At {
                value: None,
                span: entry.span,
            }),
            Value::Boolean(false) => None,
            Value::Text(text) => {
                proper(text, &entry.key, entry.value_span, mistakes).map(|text| At {
                    value: Some(text.value),
                    span: text.span,
                })
            }
            _ => {
                self.wrong(entry, "a string, or no value", mistakes);
                None
            }
        }
    }

    /// Takes an SQL expression: a string, or a number or a boolean as it stands.
    pub(super) fn sql(&self, key: &str, mistakes: &mut Mistakes) -> Option<At<String>> {
        let entry = self.found(key, mistakes)?;
        let span = entry.value_span;
        match &entry.value {
            Value::Text(text) => proper(text, key, span, mistakes),
            Value::Number(number) => Some(At {
                value: number.clone(),
                span,
            }),
            Value::Boolean(value) => Some(At {
                value: value.to_string(),
                span,
            }),
            _ => {
                self.wrong(entry, "an SQL expression in a string", mistakes);
                None
            }
        }
    }

    /// Takes a number.
    pub(super) fn number<T: std::str::FromStr>(
        &self,
        key: &str,
        mistakes: &mut Mistakes,
    ) -> Option<At<T>> {
        let entry = self.found(key, mistakes)?;
        let span = entry.value_span;
        let Value::Number(number) = &entry.value else {
            self.wrong(entry, "a number", mistakes);
            return None;
        };
        if let Ok(value) = number.parse() {
            return Some(At { value, span });
        }
        self.wrong(entry, "a whole number in its range", mistakes);
        None
    }

    /// Takes a list of names: `["a", "b"]`, or one name alone.
    pub(super) fn names(&self, key: &str, mistakes: &mut Mistakes) -> Option<Vec<At<String>>> {
        let entry = self.found(key, mistakes)?;
        let items = match &entry.value {
            Value::List(items) => items.clone(),
            value @ Value::Text(_) => vec![At {
                value: value.clone(),
                span: entry.value_span,
            }],
            _ => {
                self.wrong(entry, "a list of strings", mistakes);
                return None;
            }
        };
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            if let Value::Text(text) = item.value {
                names.extend(proper(&text, key, item.span, mistakes));
            } else {
                self.wrong(entry, "a list of strings", mistakes);
                return None;
            }
        }
        if names.is_empty() {
            self.wrong(entry, "at least one string", mistakes);
            return None;
        }
        Some(names)
    }

    /// Takes every nested list of a key, and every use of it as a flag or with a text.
    ///
    /// `unique`, `unique = "name"` and `unique(…)` are three ways to say one thing.
    pub(super) fn forms(
        &self,
        key: &str,
        nested: &'static Keys,
        mistakes: &mut Mistakes,
    ) -> Vec<Form> {
        let mut forms = Vec::new();
        for entry in self.all(key) {
            match &entry.value {
                Value::Nested(tokens) => {
                    forms.push(Form::Nested(Entries::read(
                        nested,
                        tokens.clone(),
                        entry.span,
                        mistakes,
                    )));
                }
                _ => forms.extend(self.flag_or_text_of(entry, mistakes).map(Form::Short)),
            }
        }
        forms
    }

    /// Takes every nested list of a key, which has no other form.
    pub(super) fn nested(
        &self,
        key: &str,
        nested: &'static Keys,
        mistakes: &mut Mistakes,
    ) -> Vec<Entries> {
        let mut lists = Vec::new();
        for entry in self.all(key) {
            if let Value::Nested(tokens) = &entry.value {
                lists.push(Entries::read(nested, tokens.clone(), entry.span, mistakes));
            } else {
                self.wrong(entry, "a list in parentheses", mistakes);
            }
        }
        lists
    }

    /// Takes pairs of texts: `option("postgresql.unlogged" = "true")`.
    pub(super) fn pairs(&self, key: &str, mistakes: &mut Mistakes) -> Vec<(At<String>, String)> {
        let mut pairs = Vec::new();
        for entry in self.all(key) {
            let Value::Nested(tokens) = &entry.value else {
                self.wrong(entry, "pairs in parentheses", mistakes);
                continue;
            };
            for part in split(tokens.clone()) {
                if let Some(pair) = pair(part) {
                    pairs.push(pair);
                } else {
                    self.wrong(entry, "pairs of strings", mistakes);
                    break;
                }
            }
        }
        pairs
    }

    /// Whether a key is there, without taking it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.list.iter().any(|entry| entry.key == key)
    }

    /// Where a key stands, else the whole list.
    pub(super) fn span_of(&self, key: &str) -> Span {
        self.list
            .iter()
            .find(|entry| entry.key == key)
            .map_or(self.span, |entry| entry.span)
    }

    /// Says what nobody took.
    pub(super) fn finish(self, mistakes: &mut Mistakes) {
        for entry in self.list.iter().filter(|entry| !entry.taken.get()) {
            let place = self.keys.place;
            let mistake = mistakes.at(
                entry.span,
                format!("unknown attribute `{}` in `{place}`", entry.key),
            );
            if let Some(spelling) = self.keys.spelling_of(&entry.key) {
                mistake.help(spelling);
            } else if let Some(question) = did_you_mean(&entry.key, self.keys.names()) {
                mistake.help(question);
            } else {
                mistake.help(format!("`{place}` knows {}", self.keys.listed()));
            }
        }
    }
}

/// A key that has a short and a long form.
pub(super) enum Form {
    /// `key` or `key = "text"`.
    Short(FlagOrText),
    /// `key(…)`.
    Nested(Entries),
}

/// A text that a database can hold, or a mistake.
fn proper(text: &str, key: &str, span: Span, mistakes: &mut Mistakes) -> Option<At<String>> {
    // A comment may be of spaces alone: databases keep it.
    let is_empty = match key {
        "comment" => text.is_empty(),
        _ => text.trim().is_empty(),
    };
    if is_empty {
        mistakes.at(span, format!("`{key}` is empty"));
    } else if text.contains('\0') {
        mistakes.at(
            span,
            format!("`{key}` holds a NUL, which no database takes"),
        );
    } else {
        return Some(At {
            value: text.to_string(),
            span,
        });
    }
    None
}

/// Collects the entries of every `#[table(…)]` (or another name) among attributes.
pub(super) fn of_attributes(
    attributes: &[syn::Attribute],
    name: &str,
    keys: &'static Keys,
    span: Span,
    mistakes: &mut Mistakes,
) -> Entries {
    let mut entries = Entries::new(keys, span);
    for attribute in attributes.iter().filter(|it| it.path().is_ident(name)) {
        match &attribute.meta {
            syn::Meta::List(list) => {
                entries.span = attribute.span();
                entries.add(list.tokens.clone(), mistakes);
            }
            _ => {
                mistakes
                    .at(
                        attribute.span(),
                        format!("`{}` is written with its list in parentheses", keys.place),
                    )
                    .maybe_help(keys.an_example());
            }
        }
    }
    entries
}

impl Keys {
    fn get(&self, name: &str) -> Option<&Key> {
        self.list.iter().find(|key| key.name == name)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.list.iter().map(|key| key.name)
    }

    fn listed(&self) -> String {
        let names: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    }

    fn an_example(&self) -> Option<String> {
        self.list
            .first()
            .map(|key| format!("for example `{}`", self.place.replace('…', key.form)))
    }

    /// The way out for a key of another list or of another tool.
    fn spelling_of(&self, foreign: &str) -> Option<String> {
        if let Some((_, ours)) = keys::FOREIGN
            .iter()
            .find(|(theirs, ours)| *theirs == foreign && self.get(ours).is_some())
        {
            return self
                .get(ours)
                .map(|key| format!("limbec writes it `{}`", key.form));
        }
        let home = keys::HOMES
            .iter()
            .find(|home| home.place != self.place && home.get(foreign).is_some())?;
        let form = home.get(foreign)?.form;
        Some(format!("it belongs to `{}`", home.place.replace('…', form)))
    }
}
