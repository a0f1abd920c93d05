//! What goes and what comes, where the one may be the other by a new name.
//!
//! A column that goes and one that comes look alike where the values of the one fit the other: in
//! one table, of one family of types, both with values of their own (not computed), both counted
//! up or neither, both of the primary key or neither, and not referring to two different columns.
//! A table that goes and one that comes look alike where more than half of the columns of the
//! larger one are in both, by name and family of types; in different namespaces, if they have one
//! name, too.
//!
//! A label that goes and one that comes look alike where they stand between the same neighbours, or
//! have much of their names in common.
//!
//! NULL and defaults do not count: a rename changes them as often as not. The likeliest candidate, by
//! its name first, comes first.

use std::collections::BTreeSet;

use super::keys::{Key, by_key, key_of};
use crate::dialect::Dialect;
use crate::schema::{Column, ColumnType, ObjectName, Rename, Renamed, Schema, Table};

/// From which likeness of two labels on they are taken for one, of 100.
const ALIKE: usize = 50;

/// Something that goes, and something that comes and looks like it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LookAlike {
    /// What comes.
    pub object: Renamed,
    /// The name of what goes: of a table with its namespace, of anything else without what it stands in.
    pub from: ObjectName,
}

impl LookAlike {
    /// What goes, with what it stands in: `posts.title`.
    ///
    /// ```
    /// use limbec_core::compare::LookAlike;
    /// use limbec_core::schema::Renamed;
    /// let object = Renamed::Column { table: "posts".into(), name: "name".into() };
    /// let found = LookAlike { object, from: "title".into() };
    /// assert_eq!(found.before(), "posts.title");
    /// assert_eq!(found.after(), "posts.name");
    /// ```
    pub fn before(&self) -> String {
        match self.object.owner() {
            Some(owner) => format!("{owner}.{}", self.from),
            None => self.from.to_string(),
        }
    }

    /// What comes, with what it stands in.
    pub fn after(&self) -> String {
        match &self.object {
            Renamed::Table { name } | Renamed::Enum { name } => name.to_string(),
            other => match other.owner() {
                Some(owner) => format!("{owner}.{}", other.name()),
                None => other.name().to_string(),
            },
        }
    }

    /// Whether what goes and what comes stand in different namespaces.
    pub fn moves(&self) -> bool {
        self.rename().moves()
    }

    /// That the one is the other, for one comparison.
    pub fn rename(&self) -> Rename {
        Rename {
            object: self.object.clone(),
            from: self.from.clone(),
            once: true,
        }
    }
}

/// The tables that look alike.
pub(super) fn tables(
    dropped: &[Table],
    created: &[Table],
    dialect: &dyn Dialect,
) -> Vec<LookAlike> {
    let mut found = Vec::new();
    for old in dropped {
        let scored = created.iter().filter_map(|new| {
            // Of another namespace, only one of the same name is likely to be the same.
            let same_name = dialect.fold_name(&new.name.name) == dialect.fold_name(&old.name.name);
            if new.name.schema != old.name.schema && !same_name {
                return None;
            }
            let common = common_columns(old, new, dialect);
            let larger = old.columns.len().max(new.columns.len());
            let likeness = likeness(&old.name.name, &new.name.name);
            (2 * common > larger).then_some(((common, likeness), new))
        });
        found.extend(best(scored.collect()).map(|new| LookAlike {
            object: Renamed::Table {
                name: new.name.clone(),
            },
            from: old.name.clone(),
        }));
    }
    found
}

fn common_columns(old: &Table, new: &Table, dialect: &dyn Dialect) -> usize {
    let is_in = |column: &&Column| {
        let mut others = old.columns.iter();
        others.any(|it| {
            dialect.fold_name(&it.name) == dialect.fold_name(&column.name)
                && of_one_family(&it.column_type, &column.column_type, dialect)
        })
    };
    new.columns.iter().filter(is_in).count()
}

/// The columns that look alike in a table of both sides.
pub(super) fn columns(current: &Table, target: &Table, dialect: &dyn Dialect) -> Vec<LookAlike> {
    let lacks = |table: &Table, name: &str| {
        let mut columns = table.columns.iter();
        !columns.any(|it| it.name == name || dialect.fold_name(&it.name) == dialect.fold_name(name))
    };
    let goes: Vec<&Column> = current
        .columns
        .iter()
        .filter(|it| lacks(target, &it.name))
        .collect();
    if goes.is_empty() {
        return Vec::new();
    }
    let comes: Vec<&Column> = target
        .columns
        .iter()
        .filter(|it| lacks(current, &it.name))
        .collect();
    let mut found = Vec::new();
    for old in goes {
        let alike = comes
            .iter()
            .filter(|new| values_fit((current, old), (target, new), dialect));
        let scored = alike.map(|new| {
            let same = [
                dialect.same_type(&old.column_type, &new.column_type),
                old.nullable == new.nullable,
                old.default == new.default,
            ];
            let same = same.iter().filter(|it| **it).count();
            ((likeness(&old.name, &new.name), same), *new)
        });
        found.extend(best(scored.collect()).map(|new| LookAlike {
            object: Renamed::Column {
                table: target.name.clone(),
                name: new.name.clone(),
            },
            from: ObjectName::new(&old.name),
        }));
    }
    found
}

/// The labels that look alike in an enumeration of both sides.
pub(super) fn labels(current: &Schema, target: &Schema, dialect: &dyn Dialect) -> Vec<LookAlike> {
    let wanted = by_key(dialect, &target.enums);
    let mut found = Vec::new();
    for old in &current.enums {
        let Some(new) = wanted.get(&key_of(dialect, &old.name)) else {
            continue;
        };
        let kept: BTreeSet<&str> = (old.labels.iter())
            .filter(|it| new.labels.contains(it))
            .map(String::as_str)
            .collect();
        let comes = slots(&new.labels, &kept);
        for (slot, place, label) in slots(&old.labels, &kept) {
            let alike = comes.iter().filter_map(|(other, at, new)| {
                let likeness = likeness(label, new);
                let is_likely = *other == slot || likeness >= ALIKE;
                is_likely.then_some(((likeness, *other == slot && *at == place), *new))
            });
            found.extend(best(alike.collect()).map(|it| LookAlike {
                object: Renamed::EnumValue {
                    enumeration: new.name.clone(),
                    name: it.to_string(),
                },
                from: ObjectName::new(label),
            }));
        }
    }
    found
}

/// The kept labels between which a label stands.
type Slot<'a> = (Option<&'a str>, Option<&'a str>);

/// The labels that are not kept: each with the neighbours between which it stands, and its number there.
fn slots<'a>(labels: &'a [String], kept: &BTreeSet<&'a str>) -> Vec<(Slot<'a>, usize, &'a str)> {
    let is_kept = |label: &&String| kept.contains(label.as_str());
    let mut found = Vec::new();
    let mut number = 0;
    for (at, label) in labels.iter().enumerate() {
        if is_kept(&label) {
            number = 0;
            continue;
        }
        let before = labels[..at].iter().rfind(is_kept).map(String::as_str);
        let after = labels[at..].iter().find(is_kept).map(String::as_str);
        found.push(((before, after), number, label.as_str()));
        number += 1;
    }
    found
}

/// All of them, the likeliest first; ties keep their order.
fn best<S: Ord + Copy, T>(mut scored: Vec<(S, T)>) -> impl Iterator<Item = T> {
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, it)| it)
}

/// How much two names have in common, of 100: the pairs of letters that are in both.
fn likeness(a: &str, b: &str) -> usize {
    let pairs = |name: &str| {
        let letters: Vec<char> = name
            .chars()
            .filter(|it| it.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let pairs = letters.windows(2).map(|it| (it[0], it[1]));
        pairs.collect::<Vec<_>>()
    };
    let (of_a, mut of_b) = (pairs(a), pairs(b));
    let all = of_a.len() + of_b.len();
    let mut common = 0;
    for pair in of_a {
        if let Some(at) = of_b.iter().position(|it| *it == pair) {
            of_b.swap_remove(at);
            common += 1;
        }
    }
    200 * common / all.max(1)
}

fn values_fit(
    (current, old): (&Table, &Column),
    (target, new): (&Table, &Column),
    dialect: &dyn Dialect,
) -> bool {
    let of_their_own = |it: &Column| it.generated.is_none();
    of_their_own(old)
        && of_their_own(new)
        && old.identity.is_some() == new.identity.is_some()
        && current.in_primary_key(&old.name) == target.in_primary_key(&new.name)
        && of_one_family(&old.column_type, &new.column_type, dialect)
        && may_refer_alike(
            &referred(current, &old.name, dialect),
            &referred(target, &new.name, dialect),
        )
}

/// A foreign key may come or go with a new name; it does not lead elsewhere all at once.
fn may_refer_alike<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    old.is_empty() || new.is_empty() || old == new
}

/// The columns that a column alone refers to.
fn referred(table: &Table, column: &str, dialect: &dyn Dialect) -> Vec<(Key, Vec<String>)> {
    let own = table
        .foreign_keys
        .iter()
        .filter(|it| it.columns == [column]);
    let mut referred: Vec<_> = own
        .map(|it| {
            (
                key_of(dialect, &it.referred_table),
                it.referred_columns.clone(),
            )
        })
        .collect();
    referred.sort();
    referred
}

/// Whether the values of one type are, by and large, values of the other.
fn of_one_family(a: &ColumnType, b: &ColumnType, dialect: &dyn Dialect) -> bool {
    if dialect.same_type(a, b) {
        return true;
    }
    match (a, b) {
        (ColumnType::Array(a), ColumnType::Array(b)) => of_one_family(a, b, dialect),
        (ColumnType::Enum(a), ColumnType::Enum(b)) => {
            key_of(dialect, &a.name) == key_of(dialect, &b.name)
        }
        (ColumnType::Custom(a), ColumnType::Custom(b)) => {
            let name = |it: &str| {
                it.split('(')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_lowercase()
            };
            name(a) == name(b)
        }
        _ => family(a).is_some_and(|it| family(b) == Some(it)),
    }
}

fn family(column_type: &ColumnType) -> Option<&'static str> {
    Some(match column_type {
        ColumnType::SmallInteger
        | ColumnType::Integer
        | ColumnType::BigInteger
        | ColumnType::Real
        | ColumnType::Double
        | ColumnType::Numeric { .. } => "number",
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. } => "text",
        ColumnType::Date | ColumnType::Timestamp { .. } | ColumnType::TimestampTz { .. } => {
            "moment"
        }
        ColumnType::Time { .. } => "time",
        ColumnType::Json | ColumnType::Jsonb => "json",
        ColumnType::Inet | ColumnType::Cidr => "address",
        _ => return None,
    })
}
