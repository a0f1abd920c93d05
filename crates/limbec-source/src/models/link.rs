//! Foreign keys: the tables and columns they refer to.

use std::collections::BTreeMap;

use limbec_core::schema::{self, ColumnType, IndexElement, IndexKey, ObjectName};

use super::build::{Built, described};
use super::foreign_key::ForeignKey;
use super::table::Table;
use crate::mistake::{At, Mistakes, values};
use crate::suggest::did_you_mean;

/// The tables of all files, by name.
pub(super) struct Linker<'a> {
    tables: &'a [Table],
    built: &'a [Vec<Built>],
    by_name: BTreeMap<&'a ObjectName, usize>,
}

impl<'a> Linker<'a> {
    /// Sorts the tables by name; of two of one name the first counts.
    pub(super) fn new(tables: &'a [Table], built: &'a [Vec<Built>]) -> Self {
        let mut by_name = BTreeMap::new();
        for (number, table) in tables.iter().enumerate() {
            by_name.entry(&table.name).or_insert(number);
        }
        Linker {
            tables,
            built,
            by_name,
        }
    }

    /// Makes the foreign key of a table, its references found; unnamed as yet where the model
    /// gives no name.
    pub(super) fn link(
        &self,
        own: usize,
        key: &ForeignKey,
        mistakes: &mut Mistakes,
    ) -> Option<schema::ForeignKey> {
        let (number, column) = self.target(own, key, mistakes)?;
        let target = &self.tables[number];
        let referred = referred_columns(target, key, column, mistakes)?;
        let unique = target.has_parents() || is_unique(target, &referred);
        if !unique {
            let columns = referred.join(", ");
            let mistake = mistakes.at(
                key.target.span,
                format!("`{}({columns})` is neither its primary key nor unique, so no foreign key can refer to it", target.name),
            );
            if let [column] = referred.as_slice() {
                mistake.help(format!(
                    "add `#[column(unique)]` to `{column}` of `{}`",
                    target.rust_name
                ));
            } else {
                mistake.help(format!(
                    "add `#[table(unique(columns = [\"{}\"]))]` to `{}`",
                    referred.join("\", \""),
                    target.rust_name
                ));
            }
            mistake.other(target.place, "the table referred to");
        }
        for (column, referred) in key.columns.iter().zip(&referred) {
            self.types_agree(own, (&column.value, key), (number, referred), mistakes);
        }
        Some(schema::ForeignKey {
            name: key.name.as_ref().map(|name| name.value.clone()),
            columns: values(&key.columns),
            referred_table: target.name.clone(),
            referred_columns: referred,
            on_delete: key.on_delete,
            on_update: key.on_update,
            deferrable: key.deferrable,
            match_full: key.match_full,
            on_delete_columns: values(&key.on_delete_columns),
            period: key.period,
            not_valid: key.validity.not_valid,
            not_enforced: key.validity.not_enforced,
            comment: key.comment.clone(),
        })
    }

    /// Finds the table referred to, and the column where it is part of the name.
    fn target(
        &self,
        own: usize,
        key: &ForeignKey,
        mistakes: &mut Mistakes,
    ) -> Option<(usize, Option<String>)> {
        let parts: Vec<&str> = key.target.value.iter().map(String::as_str).collect();
        let find = |schema: Option<&str>, name: &str| {
            let name = ObjectName {
                schema: schema.map(str::to_string),
                name: name.to_string(),
            };
            self.by_name.get(&name).copied()
        };
        let (schema, table, column) = match (parts.as_slice(), key.table_level) {
            ([table], _) => (None, *table, None),
            ([schema, table], true) => (Some(*schema), *table, None),
            ([a, b], false) => match (find(None, a), find(Some(a), b)) {
                (None, Some(qualified)) => return Some((qualified, None)),
                _ => (None, *a, Some((*b).to_string())),
            },
            ([schema, table, column], _) => (Some(*schema), *table, Some((*column).to_string())),
            _ => return None,
        };
        if let Some(number) = find(schema, table) {
            return Some((number, column));
        }
        let wanted = ObjectName {
            schema: schema.map(str::to_string),
            name: table.to_string(),
        };
        let rest = column
            .map(|column| format!(".{column}"))
            .unwrap_or_default();
        let mistake = mistakes.at(
            key.target.span,
            format!("no model has the table `{wanted}`"),
        );
        let by_struct = self.tables.iter().find(|it| it.rust_name == table);
        let elsewhere = self.tables.iter().find(|it| it.name.name == table);
        if let Some(model) = by_struct {
            mistake.help(format!(
                "the table of `{table}` is named `{}`: write `{}{rest}`",
                model.name, model.name
            ));
        } else if let Some(model) = elsewhere {
            mistake.help(format!("did you mean `{}{rest}`?", model.name));
        } else {
            let names: Vec<String> = self.by_name.keys().map(ToString::to_string).collect();
            let own_name = self.tables[own].name.to_string();
            let near = did_you_mean(&wanted.to_string(), names.iter().map(String::as_str));
            mistake.help(near.unwrap_or_else(|| {
                let others: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != own_name).collect();
                match others.as_slice() {
                    [] => "the only model read is this one: see `paths` under `[models]` in `limbec.toml`".into(),
                    few if few.len() <= 10 => format!("the tables are `{}`", few.join("`, `")),
                    _ => "see `paths` under `[models]` in `limbec.toml` for the files that are read".into(),
                }
            }));
        }
        None
    }

    fn types_agree(
        &self,
        own: usize,
        (column, key): (&str, &ForeignKey),
        (target, referred): (usize, &str),
        mistakes: &mut Mistakes,
    ) {
        let (Some((own_type, spelled_out)), Some((referred_type, _))) = (
            self.column_type(own, column),
            self.column_type(target, referred),
        ) else {
            return;
        };
        let likeness = likeness(own_type, referred_type);
        if likeness == Likeness::Same || (likeness == Likeness::Kin && spelled_out) {
            return;
        }
        let field = self.tables[own].field(column);
        let span = field.map_or(key.span, |field| field.name.span);
        let target = &self.tables[target];
        let mistake = mistakes.at(
            span,
            format!(
                "`{column}` is {} and refers to `{}.{referred}`, which is {}",
                described(own_type),
                target.name,
                described(referred_type)
            ),
        );
        mistake.help("give both the same type");
        if likeness == Likeness::Kin {
            mistake.help(format!(
                "where the difference is meant, spell it out: `type = \"{}\"`",
                described(own_type).trim_matches('`')
            ));
        }
        if let Some(field) = target.field(referred) {
            mistake.other(
                crate::mistake::Place {
                    file: target.place.file,
                    span: field.name.span,
                },
                "the column referred to",
            );
        }
    }

    /// A column's type where it is known, and whether it is spelled out.
    fn column_type(&self, table: usize, column: &str) -> Option<(&ColumnType, bool)> {
        let at = self.tables[table]
            .fields
            .iter()
            .position(|field| field.name.value == column)?;
        let built = self.built.get(table)?.get(at)?;
        Some((&built.column.as_ref()?.column_type, built.spelled_out))
    }
}

/// The columns referred to: those named, else the primary key.
fn referred_columns(
    target: &Table,
    key: &ForeignKey,
    column: Option<String>,
    mistakes: &mut Mistakes,
) -> Option<Vec<String>> {
    let named: Vec<String> = match column {
        Some(column) => vec![column],
        None => key
            .referred_columns
            .iter()
            .map(|column| column.value.clone())
            .collect(),
    };
    if named.is_empty() {
        let own: Vec<String> = target
            .primary_key
            .iter()
            .flat_map(|key| &key.columns)
            .map(|it| it.value.clone())
            .collect();
        if own.len() == key.columns.len() {
            return Some(own);
        }
        let form = if key.table_level {
            format!("{}(…)", target.name)
        } else {
            format!("{}.column", target.name)
        };
        mistakes
            .at(
                key.target.span,
                format!(
                    "the primary key of `{}` has {} column(s), and {} refer(s) to it",
                    target.name,
                    own.len(),
                    key.columns.len()
                ),
            )
            .help(format!("name the column referred to: `{form}`"));
        return None;
    }
    let mut known = true;
    for column in &named {
        if !target.may_have(column) {
            known = false;
            mistakes
                .at(
                    key.target.span,
                    format!("`{}` has no column `{column}`", target.name),
                )
                .maybe_help(target.meant(column))
                .other(target.place, "the table referred to");
        }
    }
    known.then_some(named)
}

/// Whether a column of the one type may refer to one of the other without spelling its type out.
#[cfg(feature = "write")]
pub(crate) fn are_alike(a: &ColumnType, b: &ColumnType) -> bool {
    likeness(a, b) == Likeness::Same
}

/// How near the types of two columns are.
#[derive(PartialEq, Eq)]
enum Likeness {
    Same,
    /// A database can refer from the one to the other.
    Kin,
    Strangers,
}

fn likeness(a: &ColumnType, b: &ColumnType) -> Likeness {
    use ColumnType as T;
    let integer = |it: &T| matches!(it, T::SmallInteger | T::Integer | T::BigInteger);
    let number = |it: &T| integer(it) || matches!(it, T::Numeric { .. } | T::Real | T::Double);
    let text = |it: &T| matches!(it, T::Text | T::Varchar { .. } | T::Char { .. });
    match (a, b) {
        _ if a == b => Likeness::Same,
        // `varchar` and `text` are one type with two names.
        (T::Text | T::Varchar { length: None }, T::Text | T::Varchar { length: None })
        // What a type of the database's own refers to is for the database to judge.
        | (T::Custom(_), _) | (_, T::Custom(_)) => Likeness::Same,
        _ if number(a) && number(b) || text(a) && text(b) => Likeness::Kin,
        (T::Timestamp { .. } | T::TimestampTz { .. } | T::Date, T::Timestamp { .. } | T::TimestampTz { .. } | T::Date)
        | (T::Time { .. }, T::Time { .. })
        | (T::Inet | T::Cidr, T::Inet | T::Cidr) => Likeness::Kin,
        _ => Likeness::Strangers,
    }
}

/// Whether a foreign key can refer to columns: together they are the primary key or unique.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let same = |others: Vec<&str>| {
        others.len() == columns.len()
            && others
                .iter()
                .all(|name| columns.iter().any(|column| column == name))
    };
    let named =
        |names: &'_ [At<String>]| same(names.iter().map(|name| name.value.as_str()).collect());
    let of_fields = table.fields.iter().any(|field| {
        let by_index = field
            .indexes
            .iter()
            .any(|index| index.unique && index.predicate.is_none());
        (!field.uniques.is_empty() || by_index)
            && columns == std::slice::from_ref(&field.name.value)
    });
    let index = table
        .indexes
        .iter()
        .filter(|index| index.unique && index.predicate.is_none())
        .any(|index| {
            let columns: Option<Vec<&str>> = index
                .elements
                .iter()
                .map(|element| column(&element.value))
                .collect();
            columns.is_some_and(same)
        });
    of_fields
        || index
        || table.primary_key.iter().any(|key| named(&key.columns))
        || table.uniques.iter().any(|unique| named(&unique.columns))
}

fn column(element: &IndexElement) -> Option<&str> {
    match &element.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    }
}
