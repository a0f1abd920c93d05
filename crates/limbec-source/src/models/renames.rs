//! Former names: `renamed_from`, wherever it stands.

use std::collections::BTreeMap;

use limbec_core::schema::{ObjectName, Rename, Renamed};

use super::enumeration::Enumeration;
use super::table::Table;
use crate::mistake::{At, Mistakes};

/// A name in a file, with what it was before.
type Said = (usize, String, At<String>);

/// A name with what it was before.
type Pair<'a> = (&'a str, &'a At<String>);

/// Collects what the models say of former names of tables, columns, enumerations and labels; what
/// cannot be true is a mistake.
pub(super) fn of_models(
    tables: &[Table],
    enumerations: &[Enumeration],
    mistakes: &mut Mistakes,
) -> Vec<Rename> {
    let mut renames = Vec::new();
    let mut add = |object: Renamed, from: ObjectName| {
        renames.push(Rename {
            object,
            from,
            once: false,
        });
    };
    let in_full = |file: usize, name: &ObjectName, from: &At<String>| -> Said {
        let from = At {
            value: before(name, &from.value).to_string(),
            ..from.clone()
        };
        (file, name.to_string(), from)
    };
    let said = tables.iter().filter_map(|it| {
        let from = it.renamed_from.as_ref()?;
        Some(in_full(it.place.file, &it.name, from))
    });
    consistent(&said.collect::<Vec<_>>(), mistakes);
    let said = enumerations.iter().filter_map(|it| {
        let from = it.renamed_from.as_ref()?;
        Some(in_full(it.place.file, &it.enum_type.name, from))
    });
    consistent(&said.collect::<Vec<_>>(), mistakes);

    for table in tables {
        let name = table.name.clone();
        if let Some(from) = &table.renamed_from {
            let from = before(&name, &from.value);
            add(Renamed::Table { name: name.clone() }, from);
        }
        let said: Vec<Pair<'_>> = table
            .fields
            .iter()
            .filter_map(|it| Some((it.name.value.as_str(), it.renamed_from.as_deref()?)))
            .collect();
        consistent(&in_file(table.place.file, &said), mistakes);
        for (column, from) in said {
            let object = Renamed::Column {
                table: name.clone(),
                name: column.to_string(),
            };
            add(object, ObjectName::new(&from.value));
        }
    }
    for it in enumerations {
        let name = it.enum_type.name.clone();
        if let Some(from) = &it.renamed_from {
            let from = before(&name, &from.value);
            add(Renamed::Enum { name: name.clone() }, from);
        }
        let said: Vec<Pair<'_>> = it
            .renamed_labels
            .iter()
            .map(|(label, from)| (label.as_str(), from))
            .collect();
        consistent(&in_file(it.place.file, &said), mistakes);
        for (label, from) in said {
            let object = Renamed::EnumValue {
                enumeration: name.clone(),
                name: label.to_string(),
            };
            add(object, ObjectName::new(&from.value));
        }
    }
    renames
}

/// The name before, in full: `public.jobs` gives its namespace, `jobs` stands in the one that the
/// object is in now.
fn before(now: &ObjectName, from: &str) -> ObjectName {
    match from.split_once('.') {
        Some((schema, name)) => ObjectName::qualified(schema, name),
        None => ObjectName {
            schema: now.schema.clone(),
            name: from.to_string(),
        },
    }
}

fn in_file(file: usize, said: &[Pair<'_>]) -> Vec<Said> {
    let said = said.iter();
    said.map(|(name, from)| (file, (*name).to_string(), (*from).clone()))
        .collect()
}

/// Says which names were their own, which two were one, and which were each other: after the
/// revision, nobody could tell from the models that it has run.
fn consistent(said: &[Said], mistakes: &mut Mistakes) {
    let before: BTreeMap<&str, &str> = said
        .iter()
        .map(|(_, name, from)| (name.as_str(), from.value.as_str()))
        .collect();
    let mut seen: BTreeMap<&str, crate::mistake::Place> = BTreeMap::new();
    for (file, name, from) in said {
        mistakes.file = *file;
        if *name == from.value {
            mistakes
                .at(from.span, format!("`{name}` is its own former name"))
                .help("take `renamed_from` out");
            continue;
        }
        let place = mistakes.place(from.span);
        if let Some(first) = seen.insert(&from.value, place) {
            mistakes
                .at(from.span, format!("two names were `{}` before", from.value))
                .other(first, "the first is here");
        }
        let mut at = from.value.as_str();
        for _ in said {
            if at == name {
                mistakes
                    .at(from.span, format!("`{name}` and `{}` were each other", from.value))
                    .help("take `renamed_from` out, and say it once: `limbec revision --autogenerate --rename a=b --rename b=a`");
                break;
            }
            match before.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
    }
}
