//! The files of changes and dependents, and the templates in them.

use std::collections::{BTreeMap, BTreeSet};

/// A `#` with its parts and the `##` below it.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) parts: BTreeMap<String, String>,
    pub(super) inner: Vec<Section>,
}

impl Section {
    fn new(title: &str) -> Self {
        Section {
            title: title.to_string(),
            parts: BTreeMap::new(),
            inner: Vec::new(),
        }
    }

    /// The text of a part, or nothing.
    pub(super) fn text(&self, part: &str) -> &str {
        self.parts.get(part).map_or("", String::as_str)
    }
}

/// Reads a file beside this one.
pub(super) fn sections(file: &str) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    let mut part = None;
    for line in super::known::read(file).lines() {
        if let Some(title) = line.strip_prefix("# ") {
            all.push(Section::new(title));
            part = None;
        } else if let Some(title) = line.strip_prefix("## ") {
            let last = all.last_mut().expect("a `##` stands below a `#`");
            last.inner.push(Section::new(title));
            part = None;
        } else if let Some(name) = line.strip_prefix("--- ") {
            part = Some(name.to_string());
        } else if let (Some(last), Some(part)) = (all.last_mut(), &part) {
            let parts = match last.inner.last_mut() {
                Some(inner) => &mut inner.parts,
                None => &mut last.parts,
            };
            let text = parts.entry(part.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    for section in &mut all {
        let inner = section
            .inner
            .iter_mut()
            .flat_map(|it| it.parts.values_mut());
        for text in section.parts.values_mut().chain(inner) {
            *text = text.trim().to_string();
        }
    }
    all
}

/// What the templates of one side of a pair are filled with.
pub(super) struct World {
    parts: BTreeMap<String, String>,
    /// Behind every name that stands in a namespace.
    suffix: String,
}

/// The parts that every change has if it says nothing else.
const DEFAULTS: [(&str, &str); 20] = [
    ("s", ""),
    ("z", "zz."),
    ("zz", "zz"),
    ("nothing", ""),
    ("t", "{s}items"),
    ("ts", "{s}"),
    ("table", "{t}"),
    ("kind", "table"),
    ("c", "val"),
    ("written", "{c}"),
    ("key", ", PRIMARY KEY (id)"),
    ("partition", ""),
    ("inside", ""),
    ("more", ""),
    ("own", ""),
    ("namespace", ""),
    ("expr", "CASE WHEN {test} THEN 1 ELSE 0 END"),
    ("schema", ""),
    ("first", ""),
    ("after", ""),
];

impl World {
    /// The parts of a change, the last of them first; `suffix` tells its names from those of others.
    pub(super) fn new(layers: &[&BTreeMap<String, String>], suffix: &str) -> Self {
        let mut parts: BTreeMap<String, String> = DEFAULTS
            .iter()
            .map(|(name, text)| ((*name).to_string(), (*text).to_string()))
            .collect();
        parts.insert("u".to_string(), suffix.to_string());
        for layer in layers {
            parts.extend(
                layer
                    .iter()
                    .map(|(name, text)| (name.clone(), text.clone())),
            );
        }
        World {
            parts,
            suffix: suffix.to_string(),
        }
    }

    pub(super) fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }

    /// Fills a template; an error names a part that the change does not have.
    pub(super) fn fill(&self, template: &str) -> Result<String, String> {
        self.filled(template, "{c}", &mut BTreeSet::new())
    }

    /// The parts that a template stands on.
    pub(super) fn used(&self, template: &str) -> Result<BTreeSet<String>, String> {
        let mut used = BTreeSet::new();
        self.filled(template, "{c}", &mut used)?;
        Ok(used)
    }

    fn filled(
        &self,
        template: &str,
        x: &str,
        used: &mut BTreeSet<String>,
    ) -> Result<String, String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('{') {
            text += before;
            let end = closing(behind).ok_or_else(|| format!("`{template}` lacks a `}}`"))?;
            let (name, behind) = (&behind[..end], &behind[end + 1..]);
            text += &self.named(name, x, used)?;
            rest = behind;
            if ["s", "z", "ts"].contains(&name) {
                let end = rest.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
                let (object, behind) = rest.split_at(end.unwrap_or(rest.len()));
                text += object;
                if !object.is_empty() && !behind.starts_with("{u}") {
                    text += &self.suffix;
                }
                rest = behind;
            }
        }
        Ok(text + rest)
    }

    fn named(&self, name: &str, x: &str, used: &mut BTreeSet<String>) -> Result<String, String> {
        if name == "x" {
            return self.filled(x, "{c}", used);
        }
        let (part, x) = match name.split_once(" of ") {
            Some((part, x)) => (part, x.to_string()),
            None => match name.split_once('.') {
                Some((row, part)) => (part, format!("{row}.{{c}}")),
                None => (name, x.to_string()),
            },
        };
        let text = self.parts.get(part).ok_or_else(|| part.to_string())?;
        used.insert(part.to_string());
        self.filled(text, &x, used)
    }
}

/// Where the brace closes that is open at the start.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
