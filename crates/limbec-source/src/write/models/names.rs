//! Rust's names for what the database calls otherwise: structs, enums, fields and variants.

use std::collections::{BTreeMap, BTreeSet};

use limbec_core::schema::{ObjectName, Schema};

use super::singular::singular;
use crate::models::cases::Case;

/// Names that the models import or that Rust has, which no struct may take.
const TAKEN: &[&str] = &[
    "Box",
    "Cow",
    "DateTime",
    "Decimal",
    "Default",
    "Domain",
    "Enum",
    "Err",
    "Extension",
    "HashMap",
    "IpNetwork",
    "MacAddress",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "None",
    "Ok",
    "Option",
    "Result",
    "Schema",
    "Self",
    "Sequence",
    "Some",
    "String",
    "Table",
    "TimeDelta",
    "Utc",
    "Uuid",
    "Value",
    "Vec",
];

/// Words that no identifier may be, not even a raw one.
const NEVER: [&str; 5] = ["self", "super", "crate", "Self", "_"];

/// The types that stand for tables and enumerations.
#[derive(Debug, Default)]
pub(super) struct TypeNames {
    tables: BTreeMap<ObjectName, String>,
    enums: BTreeMap<ObjectName, String>,
    domains: BTreeMap<ObjectName, String>,
    sequences: BTreeMap<ObjectName, String>,
    namespaces: BTreeMap<String, String>,
    extensions: BTreeMap<ObjectName, String>,
}

impl TypeNames {
    /// Names every table and enumeration of a schema; no two alike.
    pub(super) fn of(schema: &Schema) -> Self {
        let mut taken: BTreeSet<String> = TAKEN.iter().map(ToString::to_string).collect();
        let mut names = TypeNames::default();
        for table in &schema.tables {
            let whole = camel(&table.name.name);
            let one = camel(&singular_of(&table.name.name));
            let name = choose(&table.name, [one, whole], "Row", &mut taken);
            names.tables.insert(table.name.clone(), name);
        }
        for enumeration in &schema.enums {
            let whole = camel(&enumeration.name.name);
            let name = choose(&enumeration.name, [whole], "Kind", &mut taken);
            names.enums.insert(enumeration.name.clone(), name);
        }
        for domain in &schema.domains {
            let whole = camel(&domain.name.name);
            let name = choose(&domain.name, [whole], "Domain", &mut taken);
            names.domains.insert(domain.name.clone(), name);
        }
        for sequence in &schema.sequences {
            let whole = camel(&sequence.name.name);
            let name = choose(&sequence.name, [whole], "Sequence", &mut taken);
            names.sequences.insert(sequence.name.clone(), name);
        }
        for namespace in &schema.namespaces {
            let bare = ObjectName::new(namespace.name.as_str());
            let name = choose(&bare, [camel(&namespace.name)], "Schema", &mut taken);
            names.namespaces.insert(namespace.name.clone(), name);
        }
        for extension in &schema.extensions {
            let whole = camel(&extension.name);
            let name = choose(extension, [whole], "Extension", &mut taken);
            names.extensions.insert(extension.clone(), name);
        }
        names
    }

    pub(super) fn table(&self, name: &ObjectName) -> &str {
        self.tables.get(name).map_or("Table", String::as_str)
    }

    pub(super) fn enumeration(&self, name: &ObjectName) -> &str {
        self.enums.get(name).map_or("String", String::as_str)
    }

    /// The struct of a domain, where there is one.
    pub(super) fn domain(&self, name: &ObjectName) -> Option<&str> {
        self.domains.get(name).map(String::as_str)
    }

    pub(super) fn sequence(&self, name: &ObjectName) -> &str {
        self.sequences.get(name).map_or("Sequence", String::as_str)
    }

    pub(super) fn namespace(&self, name: &str) -> &str {
        self.namespaces.get(name).map_or("Schema", String::as_str)
    }

    pub(super) fn extension(&self, name: &ObjectName) -> &str {
        self.extensions
            .get(name)
            .map_or("Extension", String::as_str)
    }
}

/// The first of the wished names that is free, else one with the namespace, the suffix, a number.
fn choose(
    name: &ObjectName,
    wished: impl IntoIterator<Item = String>,
    suffix: &str,
    taken: &mut BTreeSet<String>,
) -> String {
    let mut wished: Vec<String> = wished.into_iter().collect();
    let first = wished.first().cloned().unwrap_or_default();
    if let Some(namespace) = &name.schema {
        wished.insert(1, format!("{}{first}", camel(namespace)));
    }
    wished.push(format!("{first}{suffix}"));
    let numbered = (2..).map(|number| format!("{first}{number}"));
    let free = wished
        .into_iter()
        .chain(numbered)
        .find(|it| !taken.contains(it))
        .unwrap_or(first);
    taken.insert(free.clone());
    free
}

/// The name of a table with its last word in the singular.
fn singular_of(name: &str) -> String {
    let snake = Case::Snake.of(&words(name));
    match snake.rsplit_once('_') {
        Some((before, last)) => format!("{before}_{}", singular(last)),
        None => singular(&snake),
    }
}

/// A name with `_` for all that no identifier holds.
fn words(name: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    name.chars()
        .map(|c| if word(c) { c } else { '_' })
        .collect()
}

/// A name as a type or a variant has it.
pub(super) fn camel(name: &str) -> String {
    let camel = Case::Pascal.of(&words(name));
    identifier(&camel, "N")
}

/// An identifier that is none of Rust's words, with a letter before it where it begins otherwise.
fn identifier(name: &str, letter: &str) -> String {
    let sound = syn::parse_str::<syn::Ident>(name).is_ok();
    match name {
        "" => letter.to_string(),
        _ if sound => name.to_string(),
        _ if NEVER.contains(&name) => format!("{name}_"),
        _ if syn::parse_str::<syn::Ident>(&format!("r#{name}")).is_ok() => format!("r#{name}"),
        _ => {
            let kept: String = name
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            format!("{letter}{kept}")
        }
    }
}

/// The fields of columns, in their order: each its identifier, no two alike.
pub(super) fn fields<'a>(columns: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut fields = Vec::new();
    for column in columns {
        let wanted = field(column);
        let mut name = wanted.clone();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{}_{number}", wanted.trim_start_matches("r#"));
        }
        fields.push(name);
    }
    fields
}

fn field(column: &str) -> String {
    let plain = column
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let name = if plain {
        column.to_string()
    } else {
        Case::Snake.of(&words(column))
    };
    identifier(&name, "n_")
}

/// The variants of labels, with the case that makes the most of them, as `rename_all` names it;
/// none where it is the usual one.
pub(super) fn variants(labels: &[String]) -> (Vec<(String, bool)>, Option<&'static str>) {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for label in labels {
        let wanted = camel(label);
        let mut name = wanted.clone();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{wanted}{number}");
        }
        names.push(name);
    }
    let made_by = |case: Case| {
        let pairs = names.iter().zip(labels);
        pairs
            .filter(|(name, label)| case.of(name.trim_start_matches("r#")) == **label)
            .count()
    };
    let mut best = Case::NAMES[0];
    for candidate in Case::NAMES {
        if made_by(candidate.1) > made_by(best.1) {
            best = candidate;
        }
    }
    let (word, case) = best;
    let spelled = names.into_iter().zip(labels).map(|(name, label)| {
        let made = case.of(name.trim_start_matches("r#")) == *label;
        (name, made)
    });
    (spelled.collect(), (case != Case::Snake).then_some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_are_singular_and_apart() {
        let mut schema = Schema::default();
        let names = [
            "users",
            "user",
            "User",
            "film_actor",
            "user_roles",
            "order",
            "a b",
            "1st",
            "größen",
            "tables",
            "options",
            "self",
            "…",
        ];
        for name in names {
            schema.tables.push(limbec_core::schema::Table::new(name));
        }
        let billing = ObjectName::qualified("billing", "users");
        schema.tables.push(limbec_core::schema::Table::new(billing));
        let types = TypeNames::of(&schema);
        let made: Vec<&str> = schema
            .tables
            .iter()
            .map(|it| types.table(&it.name))
            .collect();
        assert_eq!(
            made.join(" "),
            "User UserRow User2 FilmActor UserRole Order AB N1st Größen Tables Options Self_ N \
             BillingUser"
        );
    }

    #[test]
    fn fields_are_identifiers() {
        let columns = [
            "id",
            "type",
            "self",
            "CustomerID",
            "customer_id",
            "a b",
            "a-b",
            "1",
            "größe",
            "_",
            "",
        ];
        assert_eq!(
            fields(columns).join(" "),
            "id r#type self_ customer_id customer_id_2 a_b a_b_2 n_1 größe __ n_"
        );
    }

    #[test]
    fn variants_take_the_case_of_most_labels() {
        let of = |labels: &[&str]| {
            let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
            let (variants, case) = variants(&labels);
            let names: Vec<String> = variants
                .into_iter()
                .map(|(name, made)| if made { name } else { format!("{name}!") })
                .collect();
            format!("{} {case:?}", names.join(" "))
        };
        assert_eq!(of(&["queued", "in_progress"]), "Queued InProgress None");
        assert_eq!(
            of(&["PG-13", "R", "NC-17"]),
            "Pg13! R Nc17! Some(\"UPPERCASE\")"
        );
        assert_eq!(
            of(&["RUNNING", "NOT_RUN"]),
            "Running NotRun Some(\"SCREAMING_SNAKE_CASE\")"
        );
        assert_eq!(of(&["a b", "a-b", "+"]), "AB! AB2! N! None");
    }
}
